"""What an audit finds, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from triage.inference.truth import Value
from triage.knowledge.conditions import Condition
from triage.knowledge.model import Rule
from triage.proof.variation import Change
from triage.source.diagnostic import Location


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
    """An intake that shows something; `name` is the id of the case it is saved as, `rule` its subject."""

    name: str
    title: str
    findings: Mapping[str, Value]
    rule: str = ""


class Verdict(Enum):
    """How a statement about every possible intake ended."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that no case shows: which measure lacks it, what it is, where it stands, and why it lacks.

    `impossible` says whether it is proved that no case can show it; `witnesses` are intakes that would.
    """

    measure: str
    subject: str
    what: str
    reason: str
    place: Location
    rule: str = ""
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
    def percent(self) -> float:
        """The share shown of what can be shown, in percent; 100 where there is nothing to show."""
        possible = self.total - self.impossible
        return 100.0 * self.covered / possible if possible else 100.0


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One thing a proof found against its statement, or could not decide."""

    subject: str
    what: str
    place: Location
    verdict: Verdict
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement about every possible intake, how it was shown, and what was found against it.

    `goals` is the number of questions behind it. `law` says that the project promises it: a law refuted is a
    fault; another statement refuted is something to look at.
    """

    id: str
    statement: str
    method: str
    verdict: Verdict
    goals: int
    law: bool
    exceptions: tuple[Counterexample, ...] = ()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule changed in one place, as a slip of its author might.

    `part` is what was changed or left out: a test, a group of tests, a disposition or a name; `instead` is
    what stands there now, if anything does.
    """

    operator: str
    change: Change
    place: Location
    part: Condition | str = ""
    instead: Condition | str = ""

    @property
    def rule(self) -> Rule:
        """The rule as it is."""
        return self.change.before


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change of a rule that no case notices.

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
class Lack:
    """What provenance lacks: a claim without a rule, a source never cited, a source not verified."""

    kind: str
    subject: str
    what: str
    place: Location


@dataclass(frozen=True, slots=True)
class Masked:
    """A disposition that never decides: in each of the cases where its rule fires, one of `by` masks it.

    The rules of `by` call for as much, or for more; those that mask most of the cases stand first. `proof`
    says whether no intake at all lets it decide; `witness` is one that does.
    """

    rule: str
    disposition: str
    place: Location
    fired: int
    by: tuple[str, ...]
    proof: Verdict
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One rule in the audit: how many cases fire it and nearly fire it, and which conditions are shown."""

    id: str
    title: str
    topic: str
    place: Location
    fired: int
    near_misses: int
    conditions: tuple[ConditionReport, ...]


@dataclass(frozen=True, slots=True)
class ConditionReport:
    """One test of a rule: the number of cases where it is true, false and unknown, and whether it decides."""

    text: str
    place: Location
    true: int
    false: int
    unknown: int
    decisive: bool
    masking: bool


@dataclass(frozen=True)
class Audit:
    """Everything an audit found.

    `failing` names the cases whose expectations are not met by the rules as they are.
    """

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
    rules: tuple[RuleReport, ...]
    mutation: Mutation
    proofs: tuple[Proof, ...]
    provenance: tuple[Lack, ...]
    masked: tuple[Masked, ...] = ()

    @property
    def open_proofs(self) -> tuple[Proof, ...]:
        """Laws that are refuted or undecided, and every other statement that is undecided."""
        return tuple(
            proof
            for proof in self.proofs
            if proof.verdict is Verdict.UNDECIDED or (proof.law and proof.verdict is Verdict.REFUTED)
        )

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Every witness intake, each under its own name, in the order of what they belong to."""
        found = [
            *(witness for gap in self.gaps for witness in gap.witnesses),
            *(survivor.witness for survivor in self.mutation.survivors if survivor.witness),
            *(w for proof in self.proofs for against in proof.exceptions for w in against.witnesses),
            *(entry.witness for entry in self.masked if entry.witness),
        ]
        seen: dict[str, int] = {}
        named = []
        for witness in found:
            seen[witness.name] = seen.get(witness.name, 0) + 1
            again = f"-{seen[witness.name]}" if seen[witness.name] > 1 else ""
            named.append(replace(witness, name=witness.name + again))
        return tuple(named)

    def measure(self, name: str) -> Measure:
        """Return a measure by name.

        Raises:
            KeyError: no measure has this name.
        """
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)
