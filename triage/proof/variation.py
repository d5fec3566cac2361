"""A world with one rule or gate changed: only what the change can affect is worked out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from triage.inference.columns.outcomes import Group, Outcomes
from triage.inference.columns.standing import Bits, Standing, any_of, union
from triage.knowledge.model import Gate, Question, Rule
from triage.knowledge.parts.conditions import Test
from triage.proof.world import World

Difference: TypeAlias = tuple[str, str, Bits]
"""The field and the name of something that a case can expect, and where a change alters it."""

Matters: TypeAlias = Callable[[str, str], bool]
"""Says whether a change to something matters, given its field and name."""


@dataclass(frozen=True)
class Change:
    """A rule or a gate changed in one place.

    `after` is None if the rule or gate is removed. For the test `blind` (this very object, in the condition
    of `after`) an unknown value counts as no. `questions` are the changed questions of a changed gate.
    """

    before: Rule | Gate
    after: Rule | Gate | None
    blind: Test | None = None
    questions: Mapping[str, Question] = field(default_factory=dict)

    @property
    def rules(self) -> Mapping[str, Rule | None]:
        """The changed rule by its id, and what it becomes; empty for a gate."""
        return {} if isinstance(self.before, Gate) else {self.before.id: self.after}  # type: ignore[dict-item]

    @property
    def of_condition(self) -> bool:
        """Whether the condition changes, rather than what follows from it."""
        if self.after is None:
            return isinstance(self.before, Gate)
        return self.blind is not None or self.after.when != self.before.when


class Variation:
    """What a change does to the intakes of a world."""

    def __init__(self, world: World, change: Change) -> None:
        """Take a change; its effects are worked out only when they are needed."""
        self.world = world
        self.change = change
        self.rules = {world.compiled.number_of[name]: rule for name, rule in change.rules.items()}
        self._tests: dict[Test, Standing] = {}
        self._conclusions: dict[str, Standing] = {}
        self._stands: dict[int, Standing] = {}
        self._missing: dict[str, Bits] = {}

    @cached_property
    def _own(self) -> dict[int, Standing]:
        """How the changed rule stands; worked out again if its condition or disposition changes."""
        before, own = self.change.before, {}
        for number, after in self.rules.items():
            if after is None:
                own[number] = Standing(0, 0, 0, 0)
            elif self.change.of_condition or after.disposition != before.disposition:  # type: ignore[union-attr]
                own[number] = self.world.of_rule(after, self._test)
            else:
                own[number] = self.world.rule(number)
        return own

    @cached_property
    def stands(self) -> dict[int, Standing]:
        """The standing of each rule that the change affects, by number."""
        moved: set[str] = set()
        self._look_behind_gates()
        for number, stands in self._own.items():
            before, after = self.world.compiled.rules[number], self.rules[number]
            self._take(number, self._settled(self.world.rule(number), stands))
            moved.update(before.findings)
            if after is not None and not self._stands:
                moved -= set(after.findings)
        moved.update(self._missing)
        for rule in self.world.knowledge.resting_on(moved):
            if not moved.isdisjoint(rule.tested):
                number = self.world.compiled.number_of[rule.id]
                self._take(number, self.world.of_rule(rule, self._test))
                if number in self._stands:
                    moved.update(rule.findings)
        return self._stands

    def _look_behind_gates(self) -> None:
        """Work out where answers are missing behind the changed gate, and behind gates that test them."""
        world, missing = self.world, self._missing
        for question in world.knowledge.questions.values() if self.change.questions else ():
            after = self.change.questions.get(question.id, question)
            if after is question and missing.keys().isdisjoint(question.gated_by):
                continue
            for gate, findings in after.behind.items():
                gate_open = world.full if gate is None else world.condition(gate, self._test).possible
                for finding in findings:
                    lanes = (gate_open | world.unknown(finding)) & ~world.known(finding)
                    if not world.is_same(world.open_finding(finding), lanes):
                        missing[finding] = lanes

    def _take(self, number: int, stands: Standing) -> None:
        if stands != self.world.rule(number):
            self._stands[number] = stands

    def _settled(self, before: Standing, after: Standing) -> Standing:
        """Return the standing after a change; reuse the old columns up to the first that may differ."""
        columns, is_same = [], True
        for one, other in zip(before.columns, after.columns, strict=True):
            is_same = is_same and self.world.is_same(one, other)
            columns.append(one if is_same else other)
        return Standing(*columns)

    def _test(self, test: Test) -> Standing:
        before = self.world.test(test)
        if test is self.change.blind:
            return Standing(before.true, before.true, 0, before.suspected)
        if test.finding in self._missing:
            if test not in self._tests:
                self._tests[test] = self.world.look(test, self._missing[test.finding])
            return self._tests[test]
        if test.finding not in self.world.knowledge.findings:
            return before
        if test.finding not in self._conclusions:
            self._conclusions[test.finding] = self._concluded(test.finding, before)
        return self._conclusions[test.finding]

    def _concluded(self, finding: str, before: Standing) -> Standing:
        world = self.world
        numbers = [world.compiled.number_of[rule.id] for rule in world.knowledge.concluders[finding]]
        if self._stands.keys().isdisjoint(numbers) and self.rules.keys().isdisjoint(numbers):
            return before
        silent = {each for each, rule in self.rules.items() if rule is None or finding not in rule.findings}
        stands = [self._stands.get(each) or world.rule(each) for each in numbers if each not in silent]
        return self._settled(before, any_of(stands))

    def rule(self, number: int) -> Standing:
        """Return how a rule stands, by its number."""
        return self.stands.get(number) or self.world.rule(number)

    @cached_property
    def outcomes(self) -> VariedOutcomes:
        """The outcomes of the intakes under the change."""
        return VariedOutcomes(self)

    def differences(self, matters: Matters = lambda *_: True) -> Iterator[Difference]:
        """Yield what the change alters among all that a case can expect, as far as it matters."""
        yield from self._of_rules(self.stands)
        if self._is_heard:
            yield "disposition", "", self.outcomes.moved
            yield from self.outcomes.differences(matters)

    def stages(self) -> Iterator[Iterable[Difference]]:
        """Yield the same in stages; ask for the next only after proving that nothing in the last differs."""
        yield self._of_rules(self._own)
        yield self._of_rules(self.stands)
        if self._is_heard:
            yield [("disposition", "", self.outcomes.moved)]
            self.outcomes.keep_disposition()
            yield self.outcomes.differences()

    def _of_rules(self, stands: Mapping[int, Standing]) -> Iterator[Difference]:
        for number, after in stands.items():
            name, before = self.world.compiled.rules[number].id, self.world.rule(number)
            if after != before:
                yield "fired", name, before.true ^ after.true
                yield "open", name, before.open ^ after.open

    @property
    def _is_heard(self) -> bool:
        """Whether the outcomes may differ."""
        return bool(self.stands) or not self.change.of_condition


class VariedOutcomes(Outcomes):
    """The outcomes under a change; all that it does not affect is taken from the outcomes of the world."""

    def __init__(self, variation: Variation) -> None:
        """Take a variation: a world, and what changes in it."""
        world, changed = variation.world, variation.rules
        super().__init__(world.fold, world.full, world.verdicts)
        self._variation = variation
        self._base = world.outcomes
        rules, groups = world.compiled.rules, self.fold.groups
        old = {each: set(groups(rules[each])) for each in changed.keys() | variation.stands}
        new = {each: set(groups(rule)) if rule else set() for each, rule in changed.items()}
        self._groups: Mapping[int, set[Group]] = {**old, **new}
        self._touched: set[Group] = set()
        for each, before in old.items():  # if no standing changes, only the groups of the rule differ
            after = self._groups[each]
            self._touched |= before | after if variation.stands else before ^ after

    def _any(self, aspect: str, group: Group) -> Bits:
        if group not in self._touched:
            return self._base.where(aspect, group)
        others = self._variation.world.others(aspect, group, self._groups.keys())
        field = "true" if aspect == "fired" else aspect
        mine = (number for number, groups in self._groups.items() if group in groups)
        return others | union(getattr(self._variation.rule(number), field) for number in mine)

    def _give(self, step: str) -> Bits:
        return super()._give(step) if step in self._changing else self._base.given_step(step)

    def _caution(self, rule: str) -> Bits:
        number, held = self.fold.cautioning[rule]
        if number in self._variation.rules:
            after = self._variation.rules[number]
            held = self.fold.held_by(after) if after is not None and after.caution else ()
        return self._variation.rule(number).open & union(map(self.given_step, held))

    @cached_property
    def moved(self) -> Bits:
        """Where the disposition differs from before."""
        before = self._base.disposition
        return union(before[name] ^ column for name, column in self.disposition.items())

    def keep_disposition(self) -> None:
        """Record the proof that nobody gets another disposition."""
        self.disposition = self._base.disposition
        self.moved = 0

    @cached_property
    def _changing(self) -> AbstractSet[str]:
        """The steps that the change may give to other people than before."""
        touched = {name for kind, name in self._touched if kind in ("offer", "hold")}
        if not self.moved:
            return touched
        offered = ((step, self._base.fired(("offer", step))) for step in self.fold.steps)
        return touched.union(step for step, lanes in offered if self.moved & lanes)

    @cached_property
    def _moved_steps(self) -> dict[str, Bits]:
        """Where each step is given but was not before, or the reverse."""
        steps = [step for step in self.fold.steps if step in self._changing]
        moved = {step: self._base.given_step(step) ^ self.given_step(step) for step in steps}
        return {step: lanes for step, lanes in moved.items() if lanes}

    def differences(self, matters: Matters = lambda *_: True) -> Iterator[Difference]:
        """Yield what may differ apart from the disposition."""
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
            moved = union(self._moved_steps[step] for step in held if step in self._moved_steps)
            if number in self._groups or (moved and moved & self._variation.rule(number).open):
                yield "cautions", rule, base.caution(rule) ^ self.caution(rule)
