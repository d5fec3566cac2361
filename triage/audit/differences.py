"""Where a change of a rule shows: the intakes of which a case could expect something that is no longer met.

A case can expect a disposition and whether it is soon, rules that fire, stay silent or are open, causes, and
steps given, withheld and cautioned against. For each change, formulas of which one can be true exactly where
one of these differs. A change that shows in what the changed rule itself does is found there; what else rests
on it is looked at only where nothing shows there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triage.audit.mutants import Mutant, resting_on
from triage.audit.reach import Reach
from triage.audit.spaces import Space, Standing
from triage.audit.splitting import Formula, every, some
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import KnowledgeBase, Rule


class Differences:
    """Formulas for where changes of rules show, over one space of intakes."""

    def __init__(self, space: Space, knowledge: KnowledgeBase) -> None:
        self._space = space
        self._knowledge = knowledge
        self._reach = Reach(space, knowledge)
        rungs = list(knowledge.rungs)
        self._at = {name: number for number, name in enumerate(rungs)}
        self._not_sure_at = self._at[knowledge.laws.not_sure_disposition]

    def of(self, mutant: Mutant) -> Iterable[Formula]:
        """Return formulas of which one can be true exactly where some case would notice the change."""
        if mutant.changed is None:
            return [self._space.fired(mutant.rule.id), self._space.possible(mutant.rule.id)]
        if mutant.changes_condition:
            return self._condition(mutant, mutant.changed)
        return {
            "disposition_moved": self._disposition,
            "cause_dropped": self._cause,
            "finding_dropped": self._finding,
            "step_dropped": self._step,
            "withholding_dropped": self._withholding,
            "caution_dropped": self._caution,
        }[mutant.operator](mutant.rule, mutant.changed)

    def _condition(self, mutant: Mutant, changed: Rule) -> Iterator[Formula]:
        """Where the rule itself fires or is open otherwise; else where a "not sure" is heard otherwise."""
        before = self._space.standing(mutant.rule.when)
        after = (
            self._space.standing(changed.when)
            if mutant.blind is None
            else self._blind(changed.when, mutant.blind)
        )
        for one, other in ((before.true, after.true), (before.possible, after.possible)):
            yield from self._differ(one, other)
        touched = {changed.id, *self._resting_on(changed.findings)}
        yield from self._not_sure(self._space.varied(changed, after), touched)

    def _differ(self, one: Formula, other: Formula) -> Iterator[Formula]:
        yield every([one, self._space.no(other)])
        yield every([self._space.no(one), other])

    def _blind(self, condition: Condition, blind: int) -> Standing:
        """Where a condition stands when one of its tests counts as false where it is not known."""
        numbers = iter(range(10**6))

        def of(part: Condition) -> Standing:
            if isinstance(part, Test):
                stands = self._space.standing(part)
                known = Standing(stands.true, stands.true, not_sure=False)
                return known if next(numbers) == blind else stands
            parts = [of(each) for each in part.parts]
            join = every if isinstance(part, All) else some
            true, possible = join(each.true for each in parts), join(each.possible for each in parts)
            unsure = some(each.not_sure for each in parts)
            return Standing(true, possible, every([unsure, possible, self._space.no(true)]))

        return of(condition)

    def _resting_on(self, findings: Iterable[str]) -> set[str]:
        names = resting_on(self._knowledge, findings)
        return {rule.id for rule in self._knowledge.rules.values() if rule.tested & names}

    def _not_sure(self, varied: Space, touched: set[str]) -> Iterator[Formula]:
        """Where a "not sure" lifts the disposition before the change and not after it, or the reverse.

        Args:
            varied: the intakes under the changed rules.
            touched: the rules that may be kept open by another "not sure" than before.
        """
        if self._not_sure_at == 0:
            return
        reasons = [rule.id for rule in self._knowledge.reasons_for_care]
        one = some(self._space.unsure(name) for name in reasons if name in touched)
        other = some(varied.unsure(name) for name in reasons if name in touched)
        quiet = [self._space.no(self._space.unsure(name)) for name in reasons if name not in touched]
        quiet += [
            self._reach.silent(rule)
            for rule in self._knowledge.rules.values()
            if rule.disposition and self._at[rule.disposition] >= self._not_sure_at
        ]
        for differs in self._differ(one, other):
            yield every([differs, *quiet])

    def _finding(self, rule: Rule, changed: Rule) -> Iterator[Formula]:
        """Where a rule that reads the conclusion does otherwise, or a "not sure" is heard otherwise."""
        lost = set(rule.findings) - set(changed.findings)
        varied = self._space.varied(changed, self._space.standing(rule.when))
        for other in self._knowledge.rules.values():
            if other.tested & lost:
                yield from self._differ(self._space.fired(other.id), varied.fired(other.id))
                yield from self._differ(self._space.possible(other.id), varied.possible(other.id))
        yield from self._not_sure(varied, self._resting_on(lost))

    def _disposition(self, rule: Rule, changed: Rule) -> Iterator[Formula]:
        """Where the rule's disposition decides, or whether it is soon; or where it keeps self-care away."""
        low, high = sorted((self._at[rule.disposition], self._at[changed.disposition]))
        if low != high:
            yield every([self._space.fired(rule.id), *self._below(rule, high)])
            if low == 0:
                yield from self._reason_for_care(rule)
        upper = rule if self._at[rule.disposition] == high else changed
        can_be_soon = bool(self._knowledge.rungs[upper.disposition].soon_time_frame)
        if can_be_soon and (low == high or upper.soon):
            yield self._soon(rule, low, high)

    def _others(self, rule: Rule) -> Iterator[Rule]:
        return (other for other in self._knowledge.rules.values() if other.id != rule.id)

    def _below(self, rule: Rule, rung: int) -> Iterator[Formula]:
        """Where nothing but the rule calls for a rung or more."""
        for other in self._others(rule):
            if other.disposition and self._at[other.disposition] >= rung:
                yield self._reach.silent(other)
        if self._not_sure_at >= max(rung, 1):
            yield self._space.no(self._unsure_but_for(rule))

    def _unsure_but_for(self, rule: Rule) -> Formula:
        """Where a "not sure" keeps a reason for care open, this rule aside."""
        reasons = self._knowledge.reasons_for_care
        return some(self._space.unsure(other.id) for other in reasons if other.id != rule.id)

    def _reason_for_care(self, rule: Rule) -> Iterator[Formula]:
        """Where a rule that is open changes the outcome by being a reason for care, or not being one."""
        possible, silent = self._space.possible(rule.id), self._reach.silent(rule)
        if self._not_sure_at > 0:
            yield every([self._space.unsure(rule.id), *self._below(rule, self._not_sure_at)])
        cared_for = some(
            self._reach.fired(other)
            for other in self._others(rule)
            if other.disposition and self._at[other.disposition] == 0
        )
        clear = [
            self._reach.ruled_out(other)
            for other in self._others(rule)
            if other.disposition and self._at[other.disposition] > 0
        ]
        yield every([possible, silent, cared_for, *clear])

    def _soon(self, rule: Rule, low: int, high: int) -> Formula:
        """Where the outcome is the higher rung, changed or not, and the rule alone makes it soon."""
        name = list(self._at)[high]
        others = [other for other in self._others(rule) if other.disposition == name]
        goal = [
            self._space.fired(rule.id),
            *self._below(rule, high + 1),
            *(self._reach.silent(other) for other in others if other.soon),
        ]
        if low != high:  # held there by another rule; a "not sure" can be taken away, and it falls
            goal.append(some(self._reach.fired(other) for other in others if not other.soon))
        elif high == 0:
            goal += [self._reach.ruled_out(other) for other in self._knowledge.reasons_for_care]
        return every(goal)

    def _lost(self, rule: Rule, changed: Rule, key: str) -> Formula:
        """Where the rule fires and no other rule says what was dropped from it."""
        (lost,) = set(getattr(rule, key)) - set(getattr(changed, key))
        others = [self._reach.silent(other) for other in self._others(rule) if lost in getattr(other, key)]
        return every([self._space.fired(rule.id), *others])

    def _cause(self, rule: Rule, changed: Rule) -> Iterator[Formula]:
        yield self._lost(rule, changed, "causes")

    def _step(self, rule: Rule, changed: Rule) -> Iterator[Formula]:
        yield self._lost(rule, changed, "steps")

    def _withholding(self, rule: Rule, changed: Rule) -> Iterator[Formula]:
        """Where a step is no longer held back, or where the caution no longer stands beside any step."""
        steps = [step for step in self._knowledge.steps.values() if _meets(rule, step.kinds)]
        freed = [step for step in steps if not _meets(changed, step.kinds)]
        kept = [step for step in steps if step not in freed]
        fires = self._space.fired(rule.id)
        for step in freed:
            for name in self._reach.outcomes_that_offer(step):
                yield every([fires, self._reach.clear(step, rule.id), self._reach.disposition(name)])
        for step in freed:
            for name in self._reach.outcomes_that_offer(step):
                beside = (each for each in kept if name in self._reach.outcomes_that_offer(each))
                none_beside = (self._space.no(self._reach.clear(each)) for each in beside)
                given = [self._reach.clear(step), self._reach.disposition(name)]
                yield every([self._open(rule), *given, *none_beside])

    def _caution(self, rule: Rule, _: Rule) -> Iterator[Formula]:
        """Where the rule is open beside a step of its kinds."""
        for step in self._knowledge.steps.values():
            if _meets(rule, step.kinds):
                for name in self._reach.outcomes_that_offer(step):
                    given = [self._reach.clear(step), self._reach.disposition(name)]
                    yield every([self._open(rule), *given])

    def _open(self, rule: Rule) -> Formula:
        return every([self._space.possible(rule.id), self._reach.silent(rule)])


def _meets(rule: Rule, kinds: Iterable[str]) -> bool:
    return bool(set(rule.withholds) & set(kinds))
