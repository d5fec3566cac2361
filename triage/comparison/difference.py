"""The whole comparison of two knowledge bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.comparison.advice import AdviceChange, advice_changes
from triage.comparison.cases import CaseChanges, KnownCase, case_changes
from triage.comparison.examples import Example, examples
from triage.comparison.rules import RuleChange, RulePairs, rule_changes
from triage.comparison.tables import TableChanges, table_changes
from triage.comparison.transitions import Way, find_ways
from triage.comparison.world_pair import Sighting, WorldPair
from triage.knowledge.model import KnowledgeBase
from triage.proof.everyone import BUDGET
from triage.proof.solver import SOLVER, Answer

WORK = 400_000
"""The number of questions of each kind that a comparison may ask, times the rules of both bases."""
_LEAST, _QUESTIONS_A_PERSON = 60, 12


class NotComparableError(ValueError):
    """The ladders of the two bases have a different order, so that their urgency cannot be compared."""


@dataclass(frozen=True)
class Difference:
    """Everything in which two knowledge bases differ by meaning.

    `examples` holds people who show the ways and the changed advice, no more than are worth reading;
    `questions` counts the questions to the solver.
    """

    knowledge: tuple[KnowledgeBase, KnowledgeBase]
    rules: tuple[RuleChange, ...]
    ways: tuple[Way, ...]
    advice: tuple[AdviceChange, ...]
    tables: TableChanges
    cases: CaseChanges
    examples: Mapping[Sighting, Example]
    questions: int

    @property
    def is_same_meaning(self) -> bool:
        """Whether it is proved that nobody gets another disposition or other advice."""
        return not (self.ways or self.advice or self.tables.ladder)

    def answer(self, *, less_urgent: bool) -> Answer:
        """Return whether anybody becomes less (or more) urgent."""
        gone = [bool(way.gone) for way in self.ways if way.less_urgent == less_urgent]
        return Answer.FOUND if any(gone) else Answer.UNDECIDED if gone else Answer.NONE

    @property
    def without_example(self) -> int:
        """How many changes have no example, although somebody shows them."""
        return sum(sighting not in self.examples for sighting in _sightings(self.ways, self.advice))


def compare(
    old: KnowledgeBase,
    new: KnowledgeBase,
    cases: Sequence[KnownCase] = (),
    budget: int = BUDGET,
    *,
    solver: str = SOLVER,
    looks: int | None = None,
    people: int | None = None,
) -> Difference:
    """Compare two knowledge bases by meaning.

    Args:
        old: the knowledge base as it was.
        new: the knowledge base as it is.
        cases: intakes to compare too.
        budget: the most conflicts of the solver for one question.
        solver: the name of the solver in its package.
        looks: how many changes of each kind are asked about one by one, by default as many as `WORK` allows;
            the rest is undecided.
        people: how many people to show, by default one for every dozen looks.

    Raises:
        NotComparableError: their ladders have a different order.
        SolverMissingError: the package of the solver is not installed.
        DisagreementError: two ways to the same answer differ, which is a fault of this program.
    """
    if list(old.rungs) != list(new.rungs):
        raise NotComparableError("the two rule bases cannot be compared: their ladders differ in order")
    if looks is None:
        looks = max(_LEAST, WORK // (1 + len(old.rules) + len(new.rules)))
    if people is None:
        people = looks // _QUESTIONS_A_PERSON
    pair = WorldPair(old, new, budget=budget, solver=solver)
    rules = RulePairs(pair)
    changes = tuple(rule_changes(pair, rules))
    ways = find_ways(pair, rules, looks)
    advice = advice_changes(pair, rules, looks)
    return Difference(
        knowledge=(old, new),
        rules=changes,
        ways=ways,
        advice=advice,
        tables=table_changes(pair, rules),
        cases=case_changes(pair, cases),
        examples=examples(pair, _sightings(ways, advice), people),
        questions=pair.questions,
    )


def _sightings(ways: Sequence[Way], advice: Sequence[AdviceChange]) -> list[Sighting]:
    """Return the sightings to show: the longest move of each way, then risky advice, then the rest."""
    sightings = [way.moves[way.gone[0]] for way in ways if way.gone]
    sightings += [change.sighting for change in advice if change.is_risky]
    sightings += [sighting for way in ways for sighting in way.moves.values()]
    sightings += [change.sighting for change in advice]
    return [each for each in dict.fromkeys(sightings) if each.answer is Answer.FOUND]
