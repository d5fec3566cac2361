"""The findings of an audit, as frozen data."""

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

    `rule` is the rule that it is about, or "gates/" and the id of a gate. `change` is the change of a mutant
    that it would notice, if any; `shows` is the cause, step or other thing that it shows, if any.
    """

    name: str
    title: str
    findings: Mapping[str, Value]
    rule: str = ""
    change: Change | None = None
    shows: Name | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """Something with an id, and its kind, such as "rule" or "option"."""

    kind: str
    id: str

    def __str__(self) -> str:
        return self.id


Named: TypeAlias = Test | Name
"""A thing that an audit names; each report words it for its reader."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with a `{}` for each of its names."""

    template: str
    names: tuple[Named, ...]

    @classmethod
    def listing(cls, template: str, names: Iterable[Named]) -> Sentence:
        """Return a sentence whose one `{}` becomes a list: the first few names, and the number of others."""
        every = list(dict.fromkeys(names))
        shown, more = every[:_MOST_LISTED], len(every[_MOST_LISTED:])
        *first, last = [*("{}" for _ in shown), *([plural(more, "other")] if more else [])]
        listed = f"{', '.join(first)} and {last}" if first else last
        return cls(template.format(listed), tuple(shown))

    def __str__(self) -> str:
        return self.template.format(*self.names)


class Verdict(Enum):
    """The result of a proof about every possible intake."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no case shows: the measure that lacks it, the subject, what is lacking, and its place.

    `impossible` is PROVED if no case can show it; `witnesses` are intakes that would show it.
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
    """How much of what there is to show the cases show."""

    name: str
    means: str
    covered: int
    total: int
    impossible: int = 0

    @property
    def possible(self) -> int:
        """How much any cases could show."""
        return self.total - self.impossible

    @property
    def percent(self) -> float:
        """The percentage of the possible that is shown; 100 if there is nothing to show."""
        return 100.0 * self.covered / self.possible if self.possible else 100.0

    @property
    def rounded(self) -> str:
        """The percentage with one decimal, rounded down, so that only the whole is called 100."""
        return f"{math.floor(self.percent * 10) / 10:.1f}"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Something that refutes a law, or that its proof could not rule out if the verdict is UNDECIDED."""

    subject: Name
    what: Sentence | str
    place: Location
    verdict: Verdict
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A law about every possible intake, its verdict, its number of goals, and its counterexamples."""

    id: str
    statement: str
    verdict: Verdict
    goals: int
    exceptions: tuple[Counterexample, ...] = ()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule or a gate changed in one place, as by a slip of its author.

    `part` was changed or left out; `instead` is its replacement, if there is one.
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
    """A mutant that no case notices.

    `equivalent` is PROVED if no case can notice it; `witness` is an intake that would notice it.
    """

    mutant: Mutant
    equivalent: Verdict
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """The mutation score of the cases; `total` leaves out the equivalents, which no case can notice."""

    killed: int
    total: int
    by_operator: Mapping[str, tuple[int, int]]
    survivors: tuple[Survivor, ...] = ()
    equivalents: tuple[Survivor, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One rule: how many cases fire it or nearly do, and what the cases show of its conditions."""

    id: str
    place: Location
    fired: int
    near_misses: int
    conditions: tuple[ConditionReport, ...]


@dataclass(frozen=True, slots=True)
class ConditionReport:
    """One test of a rule: the number of cases where it is true, false and unknown, and whether it decides.

    `impossible` names the gaps that no case can close.
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
    """A red flag that is not asked of everybody: when it is asked, why, and a person who is not asked.

    `not_asked` holds that person's answers as in a case file; it is empty if nobody was found.
    """

    flag: Name
    place: Location
    asked_when: str
    rationale: str
    not_asked: Mapping[str, Any]


@dataclass(frozen=True)
class Audit:
    """Everything that an audit found; `failing` names the cases whose expectations the rules do not meet."""

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
        """Every witness under a name of its own: those of gaps, then of survivors, then of proofs."""
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
