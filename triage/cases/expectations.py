"""What a case can expect of its assessment: one table with all there is to know about each key.

An expectation of names wants each name present in a field of the outcome, or absent from it. A field can be
read from an assessment (as names) and from columns (as bits for each name), so the same table serves one
case, a block of cases, and every possible intake. Add a new key here; CONTRIBUTING.md says what else to
change if the key is no list of names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.columns.compiled import Verdicts
from triage.inference.columns.outcomes import Outcomes
from triage.knowledge.model import KnowledgeBase

DISPOSITION = "disposition"
ACCEPTABLE = "acceptable"
KNOWN_MISS = "known_miss"
SOON = "soon"


@dataclass(frozen=True, slots=True)
class Field:
    """A part of an outcome that holds names: how to read it from an assessment, and from columns.

    `columns` gets the ids of the rules in the order of the columns, and returns the bits of each name.
    """

    id: str
    names: Callable[[Assessment], Sequence[str]]
    columns: Callable[[Sequence[str], Verdicts, Outcomes], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class NameExpectation:
    """A key that lists names: what it means, the table of the names, and whether they must be present."""

    key: str
    means: str
    field: Field
    table: Callable[[KnowledgeBase], Iterable[str]]
    present: bool = True

    def unmet(self, expect: Mapping[str, Any], assessment: Assessment) -> list[str]:
        """Return the expected names of this key that an assessment does not meet."""
        wanted: Sequence[str] = expect.get(self.key, ())
        shown = set(self.field.names(assessment)) if wanted else set()
        return [name for name in wanted if (name in shown) is not self.present]


def _cautions(assessment: Assessment) -> list[str]:
    return list(dict.fromkeys(caution.rule for step in assessment.steps for caution in step.cautions))


_FIRED = Field(
    "fired",
    lambda assessment: assessment.fired,
    lambda rules, verdicts, _: dict(zip(rules, verdicts.fired, strict=True)),
)
_OPEN = Field(
    "open",
    lambda assessment: assessment.open_rules,
    lambda rules, verdicts, _: {
        rule: possible & ~fired
        for rule, fired, possible in zip(rules, verdicts.fired, verdicts.possible, strict=True)
    },
)
_CAUSES = Field(
    "causes",
    lambda assessment: [cause.id for cause in assessment.causes],
    lambda _, __, outcomes: outcomes.causes,
)
_GIVEN = Field(
    "given",
    lambda assessment: [step.id for step in assessment.steps],
    lambda _, __, outcomes: outcomes.given,
)
_WITHHELD = Field(
    "withheld",
    lambda assessment: [step.id for step in assessment.withheld],
    lambda _, __, outcomes: outcomes.withheld,
)
_CAUTIONS = Field("cautions", _cautions, lambda _, __, outcomes: outcomes.cautions)

NAMES: Mapping[str, NameExpectation] = {
    each.key: each
    for each in (
        NameExpectation("fires", "Rules that fire.", _FIRED, lambda base: base.rules),
        NameExpectation("open", "Rules that are not ruled out.", _OPEN, lambda base: base.rules),
        NameExpectation("causes", "Possible causes that are named.", _CAUSES, lambda base: base.causes),
        NameExpectation("steps", "Steps that are given.", _GIVEN, lambda base: base.steps),
        NameExpectation("withheld", "Steps that are held back.", _WITHHELD, lambda base: base.steps),
        NameExpectation(
            "cautions", "Rules whose caution stands beside a step.", _CAUTIONS, lambda base: base.rules
        ),
        NameExpectation("silent", "Rules that do not fire.", _FIRED, lambda base: base.rules, present=False),
        NameExpectation(
            "not_open", "Rules that fire or are ruled out.", _OPEN, lambda base: base.rules, present=False
        ),
        NameExpectation(
            "not_steps", "Steps that are not given.", _GIVEN, lambda base: base.steps, present=False
        ),
    )
}
"""Every expectation that lists names, by its key."""

FIELDS: Mapping[str, Field] = {each.field.id: each.field for each in NAMES.values()}
"""Every field that expectations of names look at, by its id."""

MEANINGS: Mapping[str, str] = {
    DISPOSITION: "How soon, and to whom.",
    ACCEPTABLE: "Other dispositions with which the case passes too.",
    KNOWN_MISS: "The disposition today, though the source of the case differs; such cases are counted.",
    SOON: "Whether the shorter time frame of the disposition holds.",
    **{key: each.means for key, each in NAMES.items()},
}
"""Every key that a case can expect, and what it means."""


def expectation_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the JSON Schema of what a case expects."""
    dispositions = [*knowledge.rungs, UNDETERMINED]
    names = {
        key: {"type": "array", "items": {"enum": list(each.table(knowledge))}, "uniqueItems": True}
        for key, each in NAMES.items()
    }
    kinds: dict[str, dict[str, Any]] = {
        DISPOSITION: {"enum": dispositions},
        ACCEPTABLE: {
            "type": "array",
            "items": {"enum": dispositions},
            "minItems": 1,
            "uniqueItems": True,
        },
        KNOWN_MISS: {"enum": dispositions},
        SOON: {"type": "boolean"},
        **names,
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {key: {**kinds[key], "description": means} for key, means in MEANINGS.items()},
        "dependentRequired": {ACCEPTABLE: [DISPOSITION], KNOWN_MISS: [DISPOSITION]},
    }


def accepted(expect: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the dispositions with which a case passes, the expected one first; none if any will do.

    A known miss passes only with its known disposition.
    """
    return (expect[KNOWN_MISS],) if KNOWN_MISS in expect else wanted(expect)


def wanted(expect: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the dispositions that are right for a case, the expected one first; none if any is right."""
    if DISPOSITION not in expect:
        return ()
    return (expect[DISPOSITION], *expect.get(ACCEPTABLE, ()))


def misses(expect: Mapping[str, Any], assessment: Assessment) -> list[tuple[str, str]]:
    """Return the keys whose expectation an assessment does not meet, each with what it shows instead."""
    unmet = {key: each.unmet(expect, assessment) for key, each in NAMES.items()}
    return _misses(expect, assessment.disposition, unmet, soon=assessment.soon)


def _misses(
    expect: Mapping[str, Any], disposition: str, unmet: Mapping[str, Sequence[str]], *, soon: bool
) -> list[tuple[str, str]]:
    missed: list[tuple[str, str]] = []
    dispositions = accepted(expect)
    if KNOWN_MISS in expect and disposition in wanted(expect):
        missed.append((KNOWN_MISS, f"no longer a miss: {disposition} is right; remove known_miss"))
    elif KNOWN_MISS in expect and disposition != expect[KNOWN_MISS]:
        missed.append((KNOWN_MISS, f"known to come to {expect[KNOWN_MISS]}, got {disposition}"))
    elif dispositions and disposition not in dispositions:
        missed.append((DISPOSITION, f"expected {' or '.join(dispositions)}, got {disposition}"))
    if SOON in expect and expect[SOON] != soon:
        missed.append((SOON, f"expected {expect[SOON]}, got {soon}"))
    for key, names in unmet.items():
        if names:
            what = "expected but not found" if NAMES[key].present else "found but not expected"
            missed.append((key, f"{what}: {', '.join(names)}"))
    return missed


def shown(assessment: Assessment) -> dict[str, Any]:
    """Return all that a case could expect of an assessment, as it is."""
    return {
        DISPOSITION: assessment.disposition,
        SOON: assessment.soon,
        **{key: list(each.field.names(assessment)) for key, each in NAMES.items() if each.present},
    }


class Shown:
    """The fields of a block of cases, as columns for each name; each field is worked out once."""

    def __init__(self, rules: Sequence[str], verdicts: Verdicts, outcomes: Outcomes) -> None:
        """Take the ids of the rules in the order of the columns, their verdicts, and the outcomes."""
        self.outcomes = outcomes
        self._rules = rules
        self._verdicts = verdicts
        self._columns: dict[str, Mapping[str, int]] = {SOON: {"": outcomes.soon}}

    def columns(self, field: str) -> Mapping[str, int]:
        """Return the cases that have each name of a field; the only name of `soon` is ""."""
        if field not in self._columns:
            self._columns[field] = FIELDS[field].columns(self._rules, self._verdicts, self.outcomes)
        return self._columns[field]


class ExpectedColumns:
    """What many cases expect, as bits: lane n is the case at position n.

    Columns are combined only by `&`, `|` and `~`, so they may be integers or bits of a circuit.
    """

    def __init__(self, expectations: Sequence[Mapping[str, Any]]) -> None:
        """Lay out what each case expects; an empty mapping expects nothing."""
        present: dict[tuple[str, str], list[int]] = {}
        absent: dict[tuple[str, str], list[int]] = {}
        passing: dict[str, list[int]] = {}
        deciding: list[int] = []
        self._expectations = expectations
        for lane, expect in enumerate(expectations):
            for key in expect:
                if key in NAMES:
                    side = present if NAMES[key].present else absent
                    for name in expect[key]:
                        side.setdefault((NAMES[key].field.id, name), []).append(lane)
            if SOON in expect:
                side = present if expect[SOON] else absent
                side.setdefault((SOON, ""), []).append(lane)
            if accepted(expect):
                deciding.append(lane)
            for name in accepted(expect):
                # A known miss that comes to a right disposition is no longer a miss, so it does not pass.
                if KNOWN_MISS not in expect or name not in wanted(expect):
                    passing.setdefault(name, []).append(lane)
        self._wanted = {
            place: (column_of(present.get(place, ())), column_of(absent.get(place, ())))
            for place in sorted({*present, *absent})
        }
        self._accepted = {name: column_of(lanes) for name, lanes in passing.items()}
        self._deciding = column_of(deciding)

    def fields(self) -> Iterator[str]:
        """Yield the fields that any case has an expectation of, among them `soon`."""
        yield from dict.fromkeys(field for field, _ in self._wanted)

    def names(self, field: str) -> Iterator[str]:
        """Yield the names of a field that any case has an expectation of."""
        yield from (name for other, name in self._wanted if other == field)

    def missed(self, field: str, name: str, column: int) -> int:
        """Return the cases whose expectation of a name of a field its column does not meet."""
        wanted = self._wanted.get((field, name))
        if wanted is None:
            return 0
        present, absent = wanted
        return present & ~column | absent & column

    def missed_disposition(self, columns: Mapping[str, int]) -> int:
        """Return the cases whose disposition is none of those with which they pass.

        Args:
            columns: the lanes of each disposition; a missing one has none.
        """
        met = 0
        for name, lanes in self._accepted.items():
            met |= lanes & columns.get(name, 0)
        return self._deciding & ~met

    def missed_by(self, shown: Shown) -> int:
        """Return the cases that miss any of their expectations."""
        missed = self.missed_disposition(shown.outcomes.disposition)
        for field in self.fields():
            columns = shown.columns(field)
            for name in self.names(field):
                missed |= self.missed(field, name, columns.get(name, 0))  # a missing name is shown nowhere
        return missed

    def misses(self, lane: int, shown: Shown) -> list[tuple[str, str]]:
        """Return what one case misses, as the function `misses` does."""
        expect = self._expectations[lane]
        unmet = {}
        for key, each in NAMES.items():
            if key in expect:
                columns = shown.columns(each.field.id)
                unmet[key] = [
                    name for name in expect[key] if bool(columns.get(name, 0) >> lane & 1) is not each.present
                ]
        dispositions = shown.outcomes.disposition.items()
        (disposition,) = (name for name, column in dispositions if column >> lane & 1)
        return _misses(expect, disposition, unmet, soon=bool(shown.outcomes.soon >> lane & 1))


def column_of(lanes: Sequence[int]) -> int:
    """Return the bits of some lanes, which must be in order; the time grows only with the last lane."""
    if not lanes:
        return 0
    bits = bytearray((lanes[-1] >> 3) + 1)
    for lane in lanes:
        bits[lane >> 3] |= 1 << (lane & 7)
    return int.from_bytes(bits, "little")
