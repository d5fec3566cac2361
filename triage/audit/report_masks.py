"""Dispositions that never decide, the rules that mask them, and whether any intake lets them decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.audit.model import Masked, Place, TestedCase, Verdict
from triage.audit.reach import Reach
from triage.audit.spaces import Space, single
from triage.audit.splitting import Answer, Formula, every
from triage.audit.table import Table
from triage.inference.compiled import compiled
from triage.inference.standing import union
from triage.knowledge.model import KnowledgeBase, Rule

_VERDICTS = {
    Answer.NONE: Verdict.PROVED,
    Answer.FOUND: Verdict.REFUTED,
    Answer.UNDECIDED: Verdict.UNDECIDED,
}


def masked(knowledge: KnowledgeBase, cases: Sequence[TestedCase], budget: int) -> tuple[Masked, ...]:
    """Return the rules that fire, but whose disposition decides in no case.

    A disposition decides where its rule fires, and no other rule that calls for as much. The lowest decides
    only where every rule that calls for more is ruled out.

    Args:
        knowledge: a loaded knowledge base.
        cases: valid cases.
        budget: the most nodes of each search for an intake where the disposition decides.
    """
    return _Masks(knowledge, cases, budget).found()


class _Masks:
    def __init__(self, knowledge: KnowledgeBase, cases: Sequence[TestedCase], budget: int) -> None:
        self._knowledge = knowledge
        self._table = Table(compiled(knowledge), cases)
        self._space: Space = single(self._table.compiled)
        self._reach = Reach(self._space, knowledge)
        self._budget = budget

    def found(self) -> tuple[Masked, ...]:
        rules = self._knowledge.rules.values()
        return tuple(self._masked(rule) for rule in rules if rule.disposition and self._never_decides(rule))

    def _never_decides(self, rule: Rule) -> bool:
        fired = self._table.fired(rule.id)
        return bool(fired) and not fired & ~union(self._against(rule).values())

    def _against(self, rule: Rule) -> Mapping[str, int]:
        """The cases where each other rule keeps this one's disposition from deciding."""
        return {
            other.id: self._table.fired(rule.id)
            & (
                self._table.possible(other.id)
                if self._must_be_ruled_out(other, rule)
                else self._table.fired(other.id)
            )
            for other in self._others(rule)
        }

    def _others(self, rule: Rule) -> list[Rule]:
        """The other rules that call for as much, or for more."""
        rungs = self._knowledge.rungs

        def urgency(each: Rule) -> tuple[int, bool]:
            return rungs[each.disposition].rank, each.soon

        rules = (other for other in self._knowledge.rules.values() if other.disposition)
        return [other for other in rules if other.id != rule.id and urgency(other) >= urgency(rule)]

    def _must_be_ruled_out(self, other: Rule, rule: Rule) -> bool:
        lowest = next(iter(self._knowledge.rungs))
        return rule.disposition == lowest != other.disposition

    def _masked(self, rule: Rule) -> Masked:
        against: list[Formula] = [
            self._reach.ruled_out(other)
            if self._must_be_ruled_out(other, rule)
            else self._reach.silent(other)
            for other in self._others(rule)
        ]
        search = self._space.search(every([self._reach.fired(rule), *against]), self._budget)
        witness = None
        if search.answer is Answer.FOUND:
            title = f"{rule.title}: {rule.disposition} decides"
            (witness,) = self._space.witnesses(search.assignment, f"{rule.id}.decides", title, rule.id)
        fired = self._table.fired(rule.id)
        return Masked(
            rule.id,
            rule.disposition,
            Place(rule.file, rule.line_of("disposition")),
            fired.bit_count(),
            _fewest(self._against(rule), fired),
            _VERDICTS[search.answer],
            search.nodes,
            witness,
        )


def _fewest(beside: Mapping[str, int], fired: int) -> tuple[str, ...]:
    """Choose few rules that together mask every case: each time the one that masks most of what is left."""
    chosen = []
    while fired:
        best = max(beside, key=lambda name: (beside[name] & fired).bit_count())
        chosen.append(best)
        fired &= ~beside[best]
    return tuple(chosen)
