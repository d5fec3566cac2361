"""What an audit finds, as frozen data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

from triage.inference.truth import Value
from triage.knowledge.parts.conditions import Condition, Test
from triage.proof.variation import Change
from triage.source.diagnostic import Location
from triage.source.text import plural

_MOST_LISTED = 3


@dataclass(frozen=True, slots=True)
class TestedCase:
    """A valid case as the audit reads it."""

    id: str
    file: str
    line: int
    findings: Mapping[str, Value]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Witness:
    """An intake that shows something; `name` is the id of the case it is saved as.

    It is about a `rule`, or about a gate: then `rule` is `gates/` and the id of the gate. One that shows what
    a change alters holds that `change`; one that shows a cause or a step holds what it `shows`.
    """

    name: str
    title: str
    findings: Mapping[str, Value]
    rule: str = ""
    change: Change | None = None
    shows: Name | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """Something that has an id; `kind` is what it is, such as "rule" or "option"."""

    kind: str
    id: str

    def __str__(self) -> str:
        return self.id


Named: TypeAlias = Test | Name
"""What an audit names; each report calls it as its reader knows it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words about something: `{}` stands for each of its names."""

    template: str
    names: tuple[Named, ...]

    @classmethod
    def listing(cls, template: str, names: Iterable[Named]) -> Sentence:
        """Return a sentence with a list for its one `{}`: the first few names, and how many others."""
        every = list(dict.fromkeys(names))
        shown, more = every[:_MOST_LISTED], len(every[_MOST_LISTED:])
        *first, last = [*("{}" for _ in shown), *([plural(more, "other")] if more else [])]
        listed = f"{', '.join(first)} and {last}" if first else last
        return cls(template.format(listed), tuple(shown))

    def __str__(self) -> str:
        return self.template.format(*self.names)


class Verdict(Enum):
    """How a statement about every possible intake ended."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no case shows: what lacks it, of what, and where it stands.

    `impossible` says whether it is proved that no case can show it; `witnesses` are intakes that would.
    """

    measure: str
    subject: Named
    what: str
    place: Location
    rule: str = ""
    reason: Sentence | str = ""
    impossible: Verdict = Verdict.UNDECIDED
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A count of what the cases show, of what there is to show."""

    name: str
    means: str
    covered: int
    total: int
    impossible: int = 0

    @property
    def possible(self) -> int:
        """How much can be shown."""
        return self.total - self.impossible

    @property
    def percent(self) -> float:
        """The share shown of what can be shown, in percent; 100 where there is nothing to show."""
        return 100.0 * self.covered / self.possible if self.possible else 100.0

    @property
    def rounded(self) -> str:
        """The share with one decimal, rounded down: only what is whole is called 100."""
        return f"{math.floor(self.percent * 10) / 10:.1f}"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One thing a proof found against its statement; where it is undecided, what it could not rule out."""

    subject: Name
    what: Sentence | str
    place: Location
    verdict: Verdict
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A law about every possible intake, the number of questions behind it, and what speaks against it."""

    id: str
    statement: str
    verdict: Verdict
    goals: int
    exceptions: tuple[Counterexample, ...] = ()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule or a gate changed in one place, as a slip of its author might.

    `part` is what was changed or left out; `instead` is what stands there now, if anything does.
    """

    operator: str
    change: Change
    place: Location
    part: Condition | Name
    instead: Condition | Name | None = None

    @property
    def rule(self) -> str:
        """The id of the rule; "" for a gate."""
        return next(iter(self.change.rules), "")


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no case notices.

    `equivalent` says whether it is proved that no case can notice it; `witness` is an intake that would.
    """

    mutant: Mutant
    equivalent: Verdict
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """The mutation score of the rule base on the cases; changes that no case can notice count for nothing."""

    killed: int
    total: int
    by_operator: Mapping[str, tuple[int, int]]
    survivors: tuple[Survivor, ...] = ()
    equivalents: tuple[Survivor, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One rule in the audit: how many cases fire it and nearly fire it, and which conditions are shown."""

    id: str
    place: Location
    fired: int
    near_misses: int
    conditions: tuple[ConditionReport, ...]


@dataclass(frozen=True, slots=True)
class ConditionReport:
    """One test of a rule: the number of cases where it is true, false and unknown, and whether it decides.

    `impossible` says what of this no case can show.
    """

    test: Test
    place: Location
    true: int
    false: int
    unknown: int
    decisive: bool
    masking: bool
    impossible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatedRedFlag:
    """A red flag that is not asked of everybody: when it is, why not otherwise, and somebody not asked.

    That person is given by answers as in a case file; they are empty where nobody was found.
    """

    flag: Name
    place: Location
    asked_when: str
    rationale: str
    not_asked: Mapping[str, Any]


@dataclass(frozen=True)
class Audit:
    """Everything an audit found; `failing` names the cases whose expectations the rules do not meet."""

    knowledge_base: str
    version: str
    sha256: str
    reviewed_by_clinician: bool
    cases: int
    invalid_cases: int
    failing: tuple[str, ...]
    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]
    impossible: tuple[Gap, ...]
    gated_red_flags: tuple[GatedRedFlag, ...]
    rules: tuple[RuleReport, ...]
    mutation: Mutation
    proofs: tuple[Proof, ...]

    @property
    def open_proofs(self) -> tuple[Proof, ...]:
        """The laws that are refuted or undecided."""
        return tuple(proof for proof in self.proofs if proof.verdict is not Verdict.PROVED)

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Every witness intake, each under its own name, in the order of what they belong to."""
        every = [
            *(witness for gap in self.gaps for witness in gap.witnesses),
            *(survivor.witness for survivor in self.mutation.survivors if survivor.witness),
            *(w for proof in self.proofs for against in proof.exceptions for w in against.witnesses),
        ]
        times, named = Counter[str](), []
        for witness in every:
            times[witness.name] += 1
            again = f"-{times[witness.name]}" if times[witness.name] > 1 else ""
            named.append(replace(witness, name=witness.name + again))
        return tuple(named)

    def measure(self, name: str) -> Measure:
        """Return a measure by name.

        Raises:
            KeyError: no measure has this name.
        """
        return {measure.name: measure for measure in self.measures}[name]
