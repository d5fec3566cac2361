"""Two knowledge bases compared by meaning: who comes to another disposition, or gets other advice.

People stand for the comparison: everyone that both questionnaires can ask about (`triage.audit.joint`). What
is found is found with an example, as plain as can be and assessed by the reference evaluator; what is not
found is proved to be nobody's, or said to be undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.audit.advice_changes import AdviceChange, AdviceComparer
from triage.audit.examining import Examiner
from triage.audit.joint import NEW, OLD, Crowd, Joint, Person
from triage.audit.levels import Aspect, Ladder, Level, levels
from triage.audit.matching import Matching
from triage.audit.pairing import Pairing, Writing
from triage.audit.people import crowd
from triage.audit.progress import Progress, silent
from triage.audit.rule_changes import Kind, RuleChange, RuleComparer
from triage.audit.splitting import Formula
from triage.audit.table_changes import TableChanges, table_changes
from triage.audit.ways import WayFinder, Ways
from triage.inference.compiled import numbers_in
from triage.inference.truth import Value
from triage.knowledge.model import KnowledgeBase

BUDGET = 20_000


class NotComparableError(ValueError):
    """Two bases whose ladders have another order: nobody can say which outcome is the more urgent."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """An intake that is already there: its id, its findings, and the base (0 old, 1 new) of these."""

    id: str
    findings: Mapping[str, Value]
    side: int = NEW


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A known case that comes to another level, or to other advice."""

    id: str
    before: Level
    after: Level


@dataclass(frozen=True)
class CaseChanges:
    """What becomes of known cases: how many were compared, and which are not as before."""

    compared: int
    not_comparable: int
    dispositions: tuple[CaseChange, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Everything in which two knowledge bases differ by meaning.

    `people` is the size of the crowd that was looked at first, `searches` and `nodes` what was searched.
    """

    knowledge: tuple[KnowledgeBase, KnowledgeBase]
    matching: Matching
    rules: tuple[RuleChange, ...]
    ways: Ways
    advice: tuple[AdviceChange, ...]
    tables: TableChanges
    cases: CaseChanges
    people: int
    searches: int
    nodes: int

    @property
    def is_same_meaning(self) -> bool:
        """Whether it is proved that nobody comes to another disposition or gets other advice."""
        return not (self.ways.ways or self.advice or self.tables.ladder)

    def changed_rules(self, *kinds: Kind) -> list[RuleChange]:
        """Return the rules of which something became."""
        return [change for change in self.rules if change.kind in kinds]


def compare(
    old: KnowledgeBase,
    new: KnowledgeBase,
    cases: Sequence[KnownCase] = (),
    budget: int = BUDGET,
    progress: Progress = silent,
) -> Difference:
    """Compare two knowledge bases by meaning.

    Args:
        old: the knowledge base as it was.
        new: the knowledge base as it is.
        cases: intakes to compare too, and to look at before anything is searched for.
        budget: the most nodes of each search.
        progress: told how far the work has come.

    Raises:
        NotComparableError: their ladders have another order.
    """
    if list(old.rungs) != list(new.rungs):
        raise NotComparableError(
            "the ladders of the two rule bases have another order; they cannot be compared"
        )
    joint = Joint(old, new)
    order = levels(old, new)
    ladders = (Ladder(joint.spaces[OLD], old, OLD, order), Ladder(joint.spaces[NEW], new, NEW, order))
    writing = Writing(joint)
    pairing = Pairing(joint, writing)
    rules = RuleComparer(writing, pairing, ladders)
    nobody = joint.variations({}, [])
    rules.find_renamed(Examiner(joint, nobody, budget))
    finder = WayFinder(order, ladders, pairing)
    known = [joint.read(case.findings, case.side) for case in cases]
    people = [person for person in known if person is not None]
    hints = list(_hints(ladders, order, [*finder.hints(), *rules.hints()]))
    everyone = crowd(joint, hints, people)
    examiner = Examiner(joint, everyone, budget)
    changes = tuple(rules.changes(examiner))
    ways = finder.ways(examiner, progress)
    advice = tuple(AdviceComparer(joint, writing.names, pairing, ladders).changes(examiner, progress))
    return Difference(
        knowledge=(old, new),
        matching=joint.matching,
        rules=changes,
        ways=ways,
        advice=advice,
        tables=table_changes(joint, writing, pairing),
        cases=_case_changes(joint, order, cases, known),
        people=everyone.full.bit_count(),
        searches=examiner.searches,
        nodes=examiner.nodes,
    )


_TIMES = 4
"""How many people are built for each thing that differs, beside those who also meet a rule of the ladder."""


def _hints(
    ladders: tuple[Ladder, Ladder], order: Sequence[Level], differing: Sequence[Formula]
) -> list[list[Formula]]:
    """What differs, by itself and beside every rule that sends someone home; and every rule of the ladder."""
    lowest = order[0]
    home = [ladder.where(Aspect.FIRED, rule) for ladder in ladders for rule in ladder.calling(lowest)]
    ladder = ladders[NEW]
    calling = [ladder.where(Aspect.FIRED, rule) for level in order for rule in ladder.calling(level)]
    apart = list(dict.fromkeys(differing))
    return [
        *([formula] for formula in apart for _ in range(_TIMES)),
        *([formula, other] for formula in apart for other in dict.fromkeys(home)),
        *([formula] for formula in calling),
    ]


def _case_changes(
    joint: Joint, order: Sequence[Level], cases: Sequence[KnownCase], known: Sequence[Person | None]
) -> CaseChanges:
    compared = [(case, person) for case, person in zip(cases, known, strict=True) if person is not None]
    seen = joint.variations({}, [person for _, person in compared])
    levels_of = [
        {lane: level for level in order for lane in numbers_in(side.at(level) & seen.full)}
        for side in seen.seen
    ]
    moved = [
        CaseChange(case.id, levels_of[OLD][lane], levels_of[NEW][lane])
        for lane, (case, _) in enumerate(compared)
        if lane in levels_of[OLD] and levels_of[OLD][lane] != levels_of[NEW][lane]
    ]
    other = [compared[lane][0].id for lane in numbers_in(_other_advice(seen) & seen.full)]
    names = {case.id for case in moved}
    return CaseChanges(
        len(compared),
        len(cases) - len(compared),
        tuple(moved),
        tuple(name for name in other if name not in names),
    )


def _other_advice(crowd: Crowd) -> int:
    """The people who are given other steps, causes or reasons to hold a step back."""
    lanes = 0
    for field in ("given", "withheld", "causes"):
        old, new = (getattr(seen.outcomes, field) for seen in crowd.seen)
        for name in {*old, *new}:
            lanes |= old.get(name, 0) ^ new.get(name, 0)
    return lanes
