"""A world with one rule changed: only what the change can touch is worked out anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from triage.inference.outcomes import CARE, Group, Outcomes
from triage.inference.standing import Bits, Standing, union
from triage.knowledge.conditions import Test
from triage.knowledge.model import Rule
from triage.proof.world import World, concluded

Difference: TypeAlias = tuple[str, str, Bits, Bits]
"""Something that a case can expect: field, name, the column before a change and the one after."""


@dataclass(frozen=True)
class Change:
    """A rule changed in one place.

    `after` is None for a rule that is left out. For the test `blind` (this very object, in the condition of
    `after`) what is not known counts as no.
    """

    before: Rule
    after: Rule | None
    blind: Test | None = None

    @property
    def of_condition(self) -> bool:
        """Whether it is the condition that changes, not what follows."""
        return self.after is not None and (self.blind is not None or self.after.when != self.before.when)


class Variations:
    """One world under one change after another."""

    def __init__(self, world: World) -> None:
        """Take a world; what all variations of it share is kept."""
        self.world = world
        self._unions: dict[tuple[str, Group], Unions] = {}

    def of(self, change: Change) -> Variation:
        """Return what becomes of the intakes where a rule is changed."""
        return Variation(self, change)

    def others(self, aspect: str, group: Group, numbers: Iterable[int]) -> Bits:
        """Where a rule of a group, other than these, stands so (`fired`, `possible`, `not_sure`)."""
        members = self.world.fold.members.get(group, [])
        if (aspect, group) not in self._unions:
            columns = getattr(self.world.verdicts, aspect)
            self._unions[aspect, group] = Unions([columns[number] for number in members])
        places = [(bisect_left(members, number), number) for number in sorted(numbers)]
        left_out = [place for place, number in places if members[place : place + 1] == [number]]
        ends = zip([0, *(place + 1 for place in left_out)], [*left_out, len(members)], strict=True)
        return union(self._unions[aspect, group].between(*each) for each in ends)


class Unions:
    """The unions of any run of columns, from those of pairs, of pairs of pairs, and so on."""

    def __init__(self, columns: list[Bits]) -> None:
        """Join the columns level by level."""
        self._levels = [columns]
        while len(columns) > 1:
            columns = [union(columns[at : at + 2]) for at in range(0, len(columns), 2)]
            self._levels.append(columns)

    def between(self, start: int, end: int) -> Bits:
        """Return the union of the columns from `start` up to, but not with, `end`."""
        lanes: Bits = 0
        for level in self._levels:
            if start >= end:
                break
            if start % 2:
                lanes |= level[start]
                start += 1
            if end % 2:
                end -= 1
                lanes |= level[end]
            start, end = start // 2, end // 2
        return lanes


class Variation:
    """What becomes of the intakes of a world where a rule is changed."""

    def __init__(self, variations: Variations, change: Change) -> None:
        """Evaluate the changed rule, and those that rest on it."""
        self._variations = variations
        self._world = variations.world
        self.change = change
        self.number = self._world.compiled.number_of[change.before.id]
        self.stands: dict[int, Standing] = {}
        """How the rules stand that stand otherwise than before, by number."""
        self._conclusions: dict[str, Standing] = {}
        self._evaluate()

    def _evaluate(self) -> None:
        before, after = self.change.before, self.change.after
        self._compare(self.number, self._changed())
        if self.stands or after is None:
            moved = set(before.findings)
        else:
            moved = set(before.findings) - set(after.findings)
        for rule in self._world.resting_on(frozenset(moved)):
            if not moved.isdisjoint(rule.tested):
                number = self._world.compiled.number_of[rule.id]
                self._compare(number, self._standing(rule))
                if number in self.stands:
                    moved.update(rule.findings)

    def _changed(self) -> Standing:
        """How the changed rule stands; one that becomes a reason for care is asked what keeps it open."""
        before, after = self.change.before, self.change.after
        if after is None:
            return Standing(0, 0, 0)
        if self.change.of_condition or after.disposition != before.disposition:
            return self._standing(after)
        return self._world.rule(self.number)

    def _standing(self, rule: Rule) -> Standing:
        stands = self._world.condition(rule.when, self._test)
        heeds = bool(rule.findings) or CARE in self._world.fold.groups(rule)
        return stands if heeds else Standing(stands.true, stands.possible, 0)

    def _compare(self, number: int, stands: Standing) -> None:
        if stands != self._world.rule(number):
            self.stands[number] = stands

    def _test(self, test: Test) -> Standing:
        if test is self.change.blind:
            true = self._world.test(test).true
            return Standing(true, true, 0)
        if test.finding not in self._world.knowledge.findings:
            return self._world.test(test)
        if test.finding not in self._conclusions:
            self._conclusions[test.finding] = self._concluded(test)
        return self._conclusions[test.finding]

    def _concluded(self, test: Test) -> Standing:
        before, after = self._world.test(test), self.change.after
        concluding = self._world.knowledge.concluders[test.finding]
        numbers = [self._world.compiled.number_of[rule.id] for rule in concluding]
        if self.number not in numbers and self.stands.keys().isdisjoint(numbers):
            return before
        if after is None or test.finding not in after.findings:
            numbers = [number for number in numbers if number != self.number]
        stands = concluded([self.rule(number) for number in numbers])
        return before if self._world.is_same(before, stands) else stands

    def rule(self, number: int) -> Standing:
        """How a rule stands, by its number."""
        return self.stands.get(number) or self._world.rule(number)

    @cached_property
    def outcomes(self) -> VariedOutcomes:
        """What the intakes come to under the changed rules."""
        return VariedOutcomes(self._variations, self)

    def differences(self) -> Iterator[Difference]:
        """Yield what a case could expect and the change alters, as far as it is not plain that it stays."""
        yield from self.rule_differences()
        yield from self.disposition_differences()
        yield from self.other_differences()

    def rule_differences(self) -> Iterator[Difference]:
        """Yield what changes in which rules fire, and which are open."""
        rules, base = self._world.compiled.rules, self._world
        for number, stands in self.stands.items():
            before = base.rule(number)
            yield "fired", rules[number].id, before.true, stands.true
            yield "open", rules[number].id, before.open, stands.open

    @property
    def _is_heard(self) -> bool:
        """Whether the fold may come to something else."""
        return bool(self.stands) or not self.change.of_condition

    def disposition_differences(self) -> Iterator[Difference]:
        """Yield what changes in who comes to which disposition."""
        if self._is_heard:
            before = self._world.outcomes.disposition
            for name, after in self.outcomes.disposition.items():
                yield "disposition", name, before[name], after

    def keep_disposition(self) -> None:
        """Take over that nobody comes to another disposition, where that is proved."""
        if self._is_heard:
            self.outcomes.disposition = self._world.outcomes.disposition

    def other_differences(self) -> Iterator[Difference]:
        """Yield what changes in all else that the fold makes of the rules."""
        if self._is_heard:
            yield from self.outcomes.differences()


class VariedOutcomes(Outcomes):
    """The outcomes under a change; what it does not touch is taken over from those of the world."""

    def __init__(self, variations: Variations, variation: Variation) -> None:
        """Take a variation, and what all variations of its world share."""
        world = variations.world
        super().__init__(world.fold, world.full, world.verdicts)
        self._variations = variations
        self._variation = variation
        self._base = world.outcomes
        changed, number = variation.change, variation.number
        rules = world.compiled.rules
        self._numbers = {number, *variation.stands}
        old = {each: set(self.fold.groups(rules[each])) for each in self._numbers}
        self._groups = {**old, number: set(self.fold.groups(changed.after)) if changed.after else set()}
        self._touched = set().union(*old.values(), self._groups[number])
        if not variation.stands:  # then the rule itself differs only in what it says
            self._touched = old[number] ^ self._groups[number]

    def fired(self, group: Group) -> Bits:
        """Where a rule of a group fires."""
        if group not in self._touched:
            return self._base.fired(group)
        if group not in self._fired:
            self._fired[group] = self._any("fired", "true", group)
        return self._fired[group]

    def possible(self, group: Group) -> Bits:
        """Where a rule of a group fires or is open."""
        if group in self._touched:
            return self._any("possible", "possible", group)
        return self._base.possible(group)

    def not_sure(self, group: Group) -> Bits:
        """Where a "not sure" keeps a rule of a group open."""
        if group in self._touched:
            return self._any("not_sure", "not_sure", group)
        return self._base.not_sure(group)

    def _any(self, aspect: str, field: str, group: Group) -> Bits:
        others = self._variations.others(aspect, group, self._numbers)
        mine = (number for number, groups in self._groups.items() if group in groups)
        return others | union(getattr(self._variation.rule(number), field) for number in mine)

    def _give(self, step: str) -> Bits:
        return super()._give(step) if step in self._changing else self._base.given_step(step)

    def _caution(self, rule: str) -> Bits:
        number, held = self.fold.cautioning[rule]
        after = self._variation.change.after
        if number == self._variation.number:
            held = self.fold.held_by(after) if after is not None and after.caution else ()
        return self._variation.rule(number).open & union(map(self.given_step, held))

    @cached_property
    def _moved(self) -> Bits:
        """Where the disposition is another one than before."""
        before = self._base.disposition
        return union(before[name] ^ column for name, column in self.disposition.items())

    @cached_property
    def _changing(self) -> AbstractSet[str]:
        """The steps of which it is not plain to see that they are given as before."""
        touched = {name for kind, name in self._touched if kind in ("offer", "hold")}
        if not self._moved:
            return touched
        offered = ((step, self._base.fired(("offer", step))) for step in self.fold.steps)
        return touched.union(step for step, lanes in offered if self._moved & lanes)

    def differences(self) -> Iterator[Difference]:
        """Yield what else than the disposition differs, where it is not plain to see that it does not."""
        base = self._base
        yield "soon", "", base.soon, self.soon
        for kind, name in sorted(self._touched):
            if kind == "cause":
                yield "causes", name, base.fired((kind, name)), self.fired((kind, name))
        steps = [step for step in self.fold.steps if step in self._changing] if self._changing else []
        given = {step: (base.given_step(step), self.given_step(step)) for step in steps}
        yield from (("given", step, *pair) for step, pair in given.items())
        yield from (("withheld", step, base.withheld_step(step), self.withheld_step(step)) for step in steps)
        moved = {step: before ^ after for step, (before, after) in given.items() if before != after}
        for rule, (number, held) in self.fold.cautioning.items():
            lanes = union(moved[step] for step in held if step in moved) if moved else 0
            if number in self._numbers or (lanes and lanes & self._variation.rule(number).open):
                yield "cautions", rule, base.caution(rule), self.caution(rule)
