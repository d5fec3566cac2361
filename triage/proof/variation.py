"""A world with one rule changed: only what the change can touch is worked out anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from triage.inference.outcomes import CARE, Group, Outcomes
from triage.inference.standing import Bits, Standing, union
from triage.knowledge.conditions import Test
from triage.knowledge.model import Rule
from triage.proof.world import World, concluded

Difference: TypeAlias = tuple[str, str, Bits]
"""Something that a case can expect, as (field, name), and where a change alters it."""

Matters: TypeAlias = Callable[[str, str], bool]
"""Whether it matters that a change alters something, given by field and name."""


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
    """One world under one change after another; what all of them share is kept."""

    def __init__(self, world: World) -> None:
        """Take a world."""
        self.world = world
        self._unions: dict[tuple[str, Group], Unions] = {}

    def others(self, aspect: str, group: Group, numbers: Iterable[int]) -> Bits:
        """Where a rule of a group, other than these, stands so (see `Outcomes.where`)."""
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
        """Take a change; what it comes to is worked out when it is asked for."""
        self._variations = variations
        self._world = variations.world
        self._conclusions: dict[str, Standing] = {}
        self._stands: dict[int, Standing] = {}
        self.change = change
        self.number = self._world.compiled.number_of[change.before.id]

    @cached_property
    def _own(self) -> Standing:
        """How the changed rule stands; one that becomes a reason for care is asked what keeps it open."""
        before, after = self.change.before, self.change.after
        if after is None:
            return Standing(0, 0, 0, 0)
        if self.change.of_condition or after.disposition != before.disposition:
            return self._standing(after)
        return self._world.rule(self.number)

    @cached_property
    def stands(self) -> dict[int, Standing]:
        """How the rules stand that stand otherwise than before, by number."""
        before, after = self.change.before, self.change.after
        self._take(self.number, self._world.settled(self._world.rule(self.number), self._own))
        moved = set(before.findings)
        if after is not None and not self._stands:
            moved -= set(after.findings)
        for rule in self._world.resting_on(frozenset(moved)):
            if not moved.isdisjoint(rule.tested):
                number = self._world.compiled.number_of[rule.id]
                self._take(number, self._standing(rule))
                if number in self._stands:
                    moved.update(rule.findings)
        return self._stands

    def _take(self, number: int, stands: Standing) -> None:
        if stands != self._world.rule(number):
            self._stands[number] = stands

    def _standing(self, rule: Rule) -> Standing:
        return self._world.of_rule(rule, self._test)

    def _test(self, test: Test) -> Standing:
        before = self._world.test(test)
        if test is self.change.blind:
            return Standing(before.true, before.true, 0, before.true)
        if test.finding not in self._world.knowledge.findings:
            return before
        if test.finding not in self._conclusions:
            self._conclusions[test.finding] = self._concluded(test.finding, before)
        return self._conclusions[test.finding]

    def _concluded(self, finding: str, before: Standing) -> Standing:
        after, world = self.change.after, self._world
        numbers = [world.compiled.number_of[rule.id] for rule in world.knowledge.concluders[finding]]
        if self.number not in numbers and self._stands.keys().isdisjoint(numbers):
            return before
        if after is None or finding not in after.findings:
            numbers = [number for number in numbers if number != self.number]
        stands = concluded(self._stands.get(number) or world.rule(number) for number in numbers)
        return world.settled(before, stands)

    def rule(self, number: int) -> Standing:
        """How a rule stands, by its number."""
        return self.stands.get(number) or self._world.rule(number)

    @cached_property
    def outcomes(self) -> VariedOutcomes:
        """What the intakes come to under the changed rules."""
        return VariedOutcomes(self._variations, self)

    def differences(self, matters: Matters = lambda *_: True) -> Iterator[Difference]:
        """Yield what a case could expect and the change alters, as far as it matters."""
        yield from self._rule_differences()
        if self._is_heard:
            yield "disposition", "", self.outcomes.moved
            yield from self.outcomes.differences(matters)

    def stages(self) -> Iterator[Iterable[Difference]]:
        """Yield the same in stages; whoever asks for the next has proved that nothing of the last differs."""
        yield self._differences(self.number, self._own)
        yield self._rule_differences()
        if self._is_heard:
            yield [("disposition", "", self.outcomes.moved)]
            self.outcomes.keep_disposition()
            yield self.outcomes.differences()

    def _rule_differences(self) -> Iterator[Difference]:
        for number, stands in self.stands.items():
            yield from self._differences(number, stands)

    def _differences(self, number: int, after: Standing) -> Iterator[Difference]:
        name, before = self._world.compiled.rules[number].id, self._world.rule(number)
        if after != before:
            yield "fired", name, before.true ^ after.true
            yield "open", name, before.open ^ after.open

    @property
    def _is_heard(self) -> bool:
        """Whether the fold may come to something else."""
        return bool(self.stands) or not self.change.of_condition


class VariedOutcomes(Outcomes):
    """The outcomes under a change; what it does not touch is taken over from those of the world."""

    def __init__(self, variations: Variations, variation: Variation) -> None:
        """Take a variation, and what all variations of its world share."""
        world = variations.world
        super().__init__(world.fold, world.full, world.verdicts)
        self._variations = variations
        self._variation = variation
        self._base = world.outcomes
        after, number = variation.change.after, variation.number
        rules = world.compiled.rules
        old = {each: set(self.fold.groups(rules[each])) for each in (number, *variation.stands)}
        self._groups = {**old, number: set(self.fold.groups(after)) if after else set()}
        if variation.stands:
            self._touched = set().union(*old.values(), self._groups[number])
        else:  # then the rule itself differs only in what it says
            self._touched = old[number] ^ self._groups[number]

    def _any(self, aspect: str, group: Group) -> Bits:
        if group not in self._touched:
            return self._base.where(aspect, group)
        others = self._variations.others(aspect, group, self._groups)
        field = "true" if aspect == "fired" else aspect
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
    def moved(self) -> Bits:
        """Where the disposition is another one than before."""
        before = self._base.disposition
        return union(before[name] ^ column for name, column in self.disposition.items())

    def keep_disposition(self) -> None:
        """Take over that nobody comes to another disposition, where that is proved."""
        self.disposition = self._base.disposition
        self.moved = 0

    @cached_property
    def _changing(self) -> AbstractSet[str]:
        """The steps of which it is not plain to see that they are given as before."""
        touched = {name for kind, name in self._touched if kind in ("offer", "hold")}
        if not self.moved:
            return touched
        offered = ((step, self._base.fired(("offer", step))) for step in self.fold.steps)
        return touched.union(step for step, lanes in offered if self.moved & lanes)

    @cached_property
    def _moved_steps(self) -> dict[str, Bits]:
        """Where each step is given and was not, or the other way round."""
        steps = [step for step in self.fold.steps if step in self._changing]
        moved = {step: self._base.given_step(step) ^ self.given_step(step) for step in steps}
        return {step: lanes for step, lanes in moved.items() if lanes}

    def differences(self, matters: Matters = lambda *_: True) -> Iterator[Difference]:
        """Yield what else than the disposition differs, where it is not plain to see that it does not."""
        base = self._base
        yield "soon", "", base.soon ^ self.soon
        for kind, name in sorted(self._touched):
            if kind == "cause":
                yield "causes", name, base.fired((kind, name)) ^ self.fired((kind, name))
        for step in self.fold.steps:
            if step in self._changing and matters("given", step):
                yield "given", step, base.given_step(step) ^ self.given_step(step)
            if step in self._changing and matters("withheld", step):
                yield "withheld", step, base.withheld_step(step) ^ self.withheld_step(step)
        for rule, (number, held) in self.fold.cautioning.items():
            if not matters("cautions", rule):
                continue
            if number in self._groups or (self._moved_steps and self._is_moved(number, held)):
                yield "cautions", rule, base.caution(rule) ^ self.caution(rule)

    def _is_moved(self, number: int, held: Iterable[str]) -> bool:
        """Whether one of the steps that a rule holds back may be given otherwise where the rule is open."""
        lanes = union(self._moved_steps[step] for step in held if step in self._moved_steps)
        return bool(lanes and lanes & self._variation.rule(number).open)
