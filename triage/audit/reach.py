"""Where an outcome is reached, as a formula over all intakes."""

from __future__ import annotations

from functools import cached_property

from triage.audit.spaces import Space
from triage.audit.splitting import Formula, every, some
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase, Rule, Step


class Reach:
    """Formulas for outcomes of one side of a space, as the fold comes to them."""

    def __init__(self, space: Space, knowledge: KnowledgeBase, side: int = 0) -> None:
        self._space = space
        self._knowledge = knowledge
        self._side = side
        self._ladder = list(knowledge.rungs)
        self._disposing = [rule for rule in knowledge.rules.values() if rule.disposition]

    def fired(self, rule: Rule) -> Formula:
        """Where a rule fires."""
        return self._space.fired(rule.id, self._side)

    def silent(self, rule: Rule) -> Formula:
        """Where a rule does not fire."""
        return self._space.no(self.fired(rule))

    def ruled_out(self, rule: Rule) -> Formula:
        """Where a rule neither fires nor is open."""
        return self._space.no(self._space.possible(rule.id, self._side))

    @cached_property
    def not_sure(self) -> Formula:
        """Where a "not sure" keeps a reason for care open."""
        return some(self._space.unsure(rule.id, self._side) for rule in self._knowledge.reasons_for_care)

    def at_least(self, name: str) -> Formula:
        """Where the disposition is this one, or a more urgent one."""
        at = self._ladder.index(name)
        if at == 0:
            above = self.at_least(self._ladder[1]) if len(self._ladder) > 1 else False
            return some([above, self.disposition(name)])
        return some([self._fires_at_least(at), self._not_sure_at_least(at)])

    def disposition(self, name: str) -> Formula:
        """Where a disposition (or `undetermined`) is what an intake comes to."""
        if name == UNDETERMINED:
            return self._space.no(self.at_least(self._ladder[0]))
        at = self._ladder.index(name)
        here = [self.fired(rule) for rule in self._disposing if rule.disposition == name]
        if at == 0:
            clear = (self.ruled_out(rule) for rule in self._knowledge.reasons_for_care)
            return every([some(here), *clear])
        if name == self._knowledge.laws.not_sure_disposition:
            here.append(self.not_sure)
        above = [self._fires_at_least(at + 1), self._not_sure_at_least(at + 1)]
        return every([some(here), *(self._space.no(each) for each in above)])

    def _fires_at_least(self, at: int) -> Formula:
        return some(
            self.fired(rule) for rule in self._disposing if self._ladder.index(rule.disposition) >= at
        )

    def _not_sure_at_least(self, at: int) -> Formula:
        """Where a "not sure" calls for a rung or more; on the lowest rung it calls for nothing."""
        level = self._ladder.index(self._knowledge.laws.not_sure_disposition)
        return self.not_sure if level >= max(at, 1) else False

    def given(self, step: Step, but_for: str = "") -> Formula:
        """Where a step is given; with `but_for`, where it would be if that rule held nothing back."""
        clear = self.clear(step, but_for)
        if step.offered_under("first_aid"):
            return clear
        return every([clear, some(self.disposition(name) for name in self.outcomes_that_offer(step))])

    def clear(self, step: Step, but_for: str = "") -> Formula:
        """Where a rule offers a step and none holds it back, whatever the disposition."""
        rules = self._knowledge.rules.values()
        offered = some(self.fired(rule) for rule in rules if step.id in rule.steps)
        against = (
            self.silent(rule)
            for rule in rules
            if rule.id != but_for and set(step.kinds) & set(rule.withholds)
        )
        return every([offered, *against])

    def outcomes_that_offer(self, step: Step) -> list[str]:
        """The dispositions under which a step is given, most urgent first, `undetermined` last."""
        offers = [(rung.id, rung.offers) for rung in self._knowledge.rungs.values()]
        offers = [*offers[::-1], (UNDETERMINED, self._knowledge.undetermined.offers)]
        return [name for name, offered in offers if step.offered_under(offered)]
