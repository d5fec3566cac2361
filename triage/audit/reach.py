"""Where an outcome is reached, as a formula over all intakes."""

from __future__ import annotations

from triage.audit.spaces import Space
from triage.audit.splitting import Formula, every, some
from triage.knowledge.model import KnowledgeBase, Rule, Step


class Reach:
    """Formulas for outcomes of one side of a space."""

    def __init__(self, space: Space, knowledge: KnowledgeBase, side: int = 0) -> None:
        self._space = space
        self._knowledge = knowledge
        self._side = side

    def fired(self, rule: Rule) -> Formula:
        """Where a rule fires."""
        return self._space.fired(rule.id, self._side)

    def silent(self, rule: Rule) -> Formula:
        """Where a rule does not fire."""
        return self._space.no(self.fired(rule))

    def ruled_out(self, rule: Rule) -> Formula:
        """Where a rule neither fires nor is open."""
        return self._space.no(self._space.possible(rule.id, self._side))

    def disposition(self, name: str) -> Formula:
        """Where the rules that fire lead to a disposition (not by an explicit "not sure" alone)."""
        rungs = list(self._knowledge.rungs)
        at = rungs.index(name)
        rules = [rule for rule in self._knowledge.rules.values() if rule.disposition]
        here = some(self.fired(rule) for rule in rules if rule.disposition == name)
        above = [rule for rule in rules if rungs.index(rule.disposition) > at]
        clear = self.ruled_out if at == 0 else self.silent
        return every([here, *(clear(rule) for rule in above)])

    def given(self, step: Step, but_for: str = "") -> Formula:
        """Where a step is given; with `but_for`, where it would be if that rule held nothing back."""
        rules = self._knowledge.rules.values()
        offered = some(self.fired(rule) for rule in rules if step.id in rule.steps)
        against = [
            self.silent(rule)
            for rule in rules
            if rule.id != but_for and set(step.kinds) & set(rule.withholds)
        ]
        if step.offered_under("first_aid"):
            return every([offered, *against])
        ways = some(
            self.disposition(rung.id)
            for rung in self._knowledge.rungs.values()
            if step.offered_under(rung.offers)
        )
        return every([offered, *against, ways])
