"""Finding someone of whom a claim holds: in the crowd first, then by search; then as plain as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.audit.joint import NEW, OLD, SIDES, Crowd, Joint, Person, Seen
from triage.audit.levels import Aspect
from triage.audit.people import Claim, plainer
from triage.audit.splitting import Answer, Formula, Search, every
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.inference.compiled import numbers_in
from triage.inference.truth import Value

_SMALL = 300


@dataclass(frozen=True, slots=True)
class Example:
    """Someone as both bases see them: answers and assessment, the old base first."""

    findings: tuple[Mapping[str, Value], Mapping[str, Value]]
    assessments: tuple[Assessment, Assessment]


@dataclass(frozen=True, slots=True)
class Found:
    """Whether there is someone: found (with an example), none (proved), or undecided within the budget."""

    answer: Answer
    example: Example | None = None


class DisagreementError(RuntimeError):
    """Two ways to the same answer differ: a fault of this program, never of the rules."""


class Examiner:
    """Looks for people. `searches` and `nodes` count what was searched."""

    def __init__(self, joint: Joint, crowd: Crowd, budget: int) -> None:
        """Take the crowd to look at first, and the most nodes of each search."""
        self._joint = joint
        self._crowd = crowd
        self._budget = budget
        self.searches = 0
        self.nodes = 0

    def find(self, claim: Claim, goals: Iterable[Formula]) -> Found:
        """Look for someone of whom a claim holds.

        Args:
            claim: the claim, over people in columns.
            goals: formulas of which one is true exactly where the claim is; made only for a search.
        """
        lanes = claim(self._crowd) & self._crowd.full
        if lanes:
            return self._found(self._crowd.person(next(numbers_in(lanes))), claim)
        undecided = False
        for goal in goals:
            found = self._search(goal, self._budget)
            if found.answer is Answer.FOUND:
                return self._found(self._joint.person(found.assignment), claim)
            undecided = undecided or found.answer is Answer.UNDECIDED
        return Found(Answer.UNDECIDED if undecided else Answer.NONE)

    def is_proved_nobody(self, goal: Formula) -> bool:
        """Whether a small search proves that a formula holds of nobody."""
        return self._search(goal, _SMALL).answer is Answer.NONE

    def _search(self, goal: Formula, budget: int) -> Search:
        found = self._joint.spaces[NEW].search(every([goal, self._joint.answered]), min(budget, self._budget))
        self.searches += 1
        self.nodes += found.nodes
        return found

    def _found(self, person: Person, claim: Claim) -> Found:
        alone = self._joint.variations(person, [{}])
        if not claim(alone) & alone.full:
            raise DisagreementError("a search and the compiled rules disagree about someone")
        return Found(Answer.FOUND, example(self._joint, plainer(self._joint, person, claim)))


def example(joint: Joint, person: Person) -> Example:
    """Return someone as the reference evaluator sees them, checked against the compiled rules."""
    crowd = joint.variations(person, [{}])
    old, new = (joint.findings(person, side) for side in SIDES)
    assessments = (assess_findings(joint.knowledge[OLD], old), assess_findings(joint.knowledge[NEW], new))
    for seen, assessment in zip(crowd.seen, assessments, strict=True):
        if _decided(seen) != _concluded(assessment):
            raise DisagreementError("the two evaluators disagree about someone")
    return Example((old, new), assessments)


def _decided(seen: Seen) -> tuple[object, ...]:
    outcomes = seen.outcomes
    named = (outcomes.disposition, outcomes.causes, outcomes.given, outcomes.withheld, outcomes.cautions)
    rules = [rule.id for rule in seen.compiled.rules]
    return (
        *({name for name, column in columns.items() if column} for columns in named),
        {rule for rule in rules if seen.column(Aspect.FIRED, rule)},
        {rule for rule in rules if seen.column(Aspect.POSSIBLE, rule)},
        bool(outcomes.soon),
    )


def _concluded(assessment: Assessment) -> tuple[object, ...]:
    return (
        {assessment.disposition},
        {cause.id for cause in assessment.causes},
        {step.id for step in assessment.steps},
        {step.id for step in assessment.withheld},
        {caution.rule for step in assessment.steps for caution in step.cautions},
        {*assessment.fired},
        {*assessment.fired, *assessment.open_rules},
        assessment.soon,
    )
