"""The fold of `triage.inference.assess`, over a block of intakes in columns.

It gives what an assessment decides (disposition, range, causes, steps, cautions), without its texts. Columns
are of any kind of bits (see `triage.inference.standing`): of a block of cases, or symbolic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TypeAlias

from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Columns, Compiled, Verdicts
from triage.inference.standing import Bits, union
from triage.knowledge.model import KnowledgeBase, Rule, Rung, Undetermined

Group: TypeAlias = tuple[str, str]
"""Rules that the fold looks at together: what for, and the name of the disposition, cause or step."""


def outcomes(knowledge: KnowledgeBase, full: Bits, verdicts: Verdicts) -> Outcomes:
    """Fold verdicts into outcomes.

    Args:
        knowledge: the knowledge base.
        full: the column with every lane set.
        verdicts: what the rules say, in the order of the rules.
    """
    return Fold(knowledge).outcomes(full, verdicts)


def questions(compiled: Compiled, columns: Columns, verdicts: Verdicts, outcomes: Outcomes) -> Sequence[Bits]:
    """Return a column a question: where its answer, not asked yet, could settle or raise the disposition."""
    rungs = compiled.knowledge.rungs
    below = outcomes.disposition[UNDETERMINED]
    more_urgent: dict[str, Bits] = {"": 0}
    for name in rungs:
        more_urgent[name] = below
        below |= outcomes.disposition[name]
    wanted = [
        possible & ~fired & more_urgent[rule.disposition]
        for rule, fired, possible in zip(compiled.rules, verdicts.fired, verdicts.possible, strict=True)
    ]
    return compiled.asked(columns, verdicts, wanted)


class Fold:
    """The fold of one knowledge base, worked out once for many blocks: which rules stand behind what."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Look through the rules."""
        self.laws = knowledge.laws
        self.rungs = tuple(knowledge.rungs.values())
        self.causes = tuple(knowledge.causes)
        self.steps = knowledge.steps
        ends: Mapping[str, Rung | Undetermined] = {**knowledge.rungs, UNDETERMINED: knowledge.undetermined}
        self.offered_under = {
            step.id: tuple(name for name, end in ends.items() if step.offered_under(end.offers))
            for step in knowledge.steps.values()
        }
        self._held: dict[frozenset[str], tuple[str, ...]] = {}
        members: dict[Group, list[int]] = {}
        self.cautioning: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._groups_of = [tuple(self._groups(rule)) for rule in knowledge.rules.values()]
        for number, rule in enumerate(knowledge.rules.values()):
            for group in self._groups_of[number]:
                members.setdefault(group, []).append(number)
            if rule.withholds:
                self.cautioning[rule.id] = number, self._held_by(rule)
        self._members = {group: tuple(numbers) for group, numbers in members.items()}

    def _held_by(self, rule: Rule) -> tuple[str, ...]:
        kinds = frozenset(rule.withholds)
        if kinds not in self._held:
            steps = self.steps.values()
            self._held[kinds] = tuple(step.id for step in steps if not kinds.isdisjoint(step.kinds))
        return self._held[kinds]

    def _groups(self, rule: Rule) -> Iterator[Group]:
        if rule.disposition:
            yield "disposition", rule.disposition
            rung = next(rung for rung in self.rungs if rung.id == rule.disposition)
            if rule.soon and rung.soon_time_frame:
                yield "soon", rule.disposition
            if rung is not self.rungs[0]:
                yield "care", ""
        yield from (("cause", cause) for cause in rule.causes)
        yield from (("offer", step) for step in rule.steps)
        if rule.withholds:
            yield from (("hold", step) for step in self._held_by(rule))

    def members(self, group: Group) -> tuple[int, ...]:
        """Return the numbers of the rules of a group."""
        return self._members.get(group, ())

    def varied(self, number: int, before: Rule, after: Rule | None) -> Fold:
        """Return the fold where a rule says something else, or nothing."""
        fold = copy(self)
        groups = dict(self._members)
        old = dict.fromkeys(self._groups_of[number])
        new = dict.fromkeys(self._groups(after)) if after is not None else {}
        for group in old.keys() - new.keys():
            groups[group] = tuple(each for each in groups[group] if each != number)
        for group in new.keys() - old.keys():
            groups[group] = (*groups.get(group, ()), number)
        fold._members = groups  # noqa: SLF001 - a copy of this very object
        fold._groups_of = [*self._groups_of]  # noqa: SLF001 - as above
        fold._groups_of[number] = tuple(new)  # noqa: SLF001 - as above
        if before.withholds:
            held = self._held_by(after) if after is not None and after.caution else ()
            fold.cautioning = {**self.cautioning, before.id: (number, held)}
        return fold

    def touched(self, numbers: Iterable[int]) -> Iterator[Group]:
        """Yield the groups that these rules are members of."""
        for number in numbers:
            yield from self._groups_of[number]

    def outcomes(self, full: Bits, verdicts: Verdicts) -> Outcomes:
        """Fold the verdicts of a block, whose lanes are set in `full`."""
        return Outcomes(self, full, verdicts)


class Outcomes:
    """What a block of intakes comes to: columns by name, each worked out when it is first asked for.

    The outcomes of varied rules take over from the others what does not touch the variation.
    """

    def __init__(self, fold: Fold, full: Bits, verdicts: Verdicts, base: Outcomes | None = None) -> None:
        """Take the fold, the column with every lane set, and what the rules say; `base` is for `varied`."""
        self._fold = fold
        self._full = full
        self._verdicts = verdicts
        self._base = base
        self._touched: frozenset[Group] = frozenset()
        self._fired: dict[Group, Bits] = {}
        self._possible: dict[Group, Bits] = {}
        self._given: dict[str, Bits] = {}
        self._under: dict[tuple[str, ...], Bits] = {}

    def varied(self, fold: Fold, verdicts: Verdicts, numbers: Iterable[int]) -> Outcomes:
        """Return the outcomes where some rules (their numbers) stand otherwise, or say something else."""
        outcomes = Outcomes(fold, self._full, verdicts, self)
        changed = tuple(numbers)
        outcomes._touched = frozenset((*self._fold.touched(changed), *fold.touched(changed)))
        return outcomes

    def differences(self, rules: Iterable[str]) -> Iterator[tuple[str, str, Bits, Bits]]:
        """Yield what varied outcomes differ in: field, name, the column before and the one after.

        Args:
            rules: the rules that stand otherwise, or say something else.
        """
        base = self._base
        if base is None:
            return
        for name, column in self.disposition.items():
            yield "disposition", name, base.disposition[name], column
        yield "soon", "", base.soon, self.soon
        for kind, name in self._touched:
            if kind == "cause":
                yield "causes", name, base.fired((kind, name)), self.fired((kind, name))
        steps = [step for step in self._fold.steps if not self._is_as_before(step)]
        yield from (("given", step, base.given_step(step), self.given_step(step)) for step in steps)
        yield from (("withheld", step, base.withheld_step(step), self.withheld_step(step)) for step in steps)
        moved = set(steps)
        names = set(rules)
        for rule, (_, held) in base._fold.cautioning.items():  # noqa: SLF001 - of this class
            if rule in names or not moved.isdisjoint(held):
                yield "cautions", rule, base.caution(rule), self.caution(rule)

    def _is_as_before(self, step: str) -> bool:
        """Whether a step is given as in the base, as far as that is plain to see."""
        if self._base is None or not self._touched.isdisjoint((("offer", step), ("hold", step))):
            return False
        under = self._fold.offered_under[step]
        return bool(self._where(under) == self._base._where(under))  # noqa: SLF001 - of this class

    def fired(self, group: Group) -> Bits:
        """Where a rule of a group fires."""
        if group not in self._fired:
            if self._base is not None and group not in self._touched:
                self._fired[group] = self._base.fired(group)
            else:
                self._fired[group] = _any(self._verdicts.fired, self._fold.members(group))
        return self._fired[group]

    def possible(self, group: Group) -> Bits:
        """Where a rule of a group fires or is open."""
        if group not in self._possible:
            if self._base is not None and group not in self._touched:
                self._possible[group] = self._base.possible(group)
            else:
                self._possible[group] = _any(self._verdicts.possible, self._fold.members(group))
        return self._possible[group]

    @cached_property
    def not_sure(self) -> Bits:
        """Where a "not sure" keeps a reason for care open."""
        if self._base is not None and ("care", "") not in self._touched:
            return self._base.not_sure
        return _any(self._verdicts.not_sure, self._fold.members(("care", "")))

    @cached_property
    def _decided(self) -> Mapping[str, Bits]:
        return {rung.id: self.fired(("disposition", rung.id)) for rung in self._fold.rungs}

    @cached_property
    def disposition(self) -> Mapping[str, Bits]:
        """Where the disposition is each rung of the ladder, or undetermined."""
        claimed = dict(self._decided)
        claimed[self._fold.laws.not_sure_disposition] |= self.not_sure
        first, left = _first([rung.id for rung in self._fold.rungs[:0:-1]], claimed, self._full)
        lowest = self._fold.rungs[0].id
        first[lowest] = self._decided[lowest] & left & ~self.possible(("care", ""))
        first[UNDETERMINED] = left & ~first[lowest]
        return first

    @cached_property
    def soon(self) -> Bits:
        """Where the disposition is wanted soon."""
        return union(self.disposition[rung.id] & self.fired(("soon", rung.id)) for rung in self._fold.rungs)

    @cached_property
    def _range(self) -> tuple[Mapping[str, Bits], Mapping[str, Bits]]:
        rungs = [rung.id for rung in self._fold.rungs]
        open_to = {rung: self.possible(("disposition", rung)) for rung in rungs}
        highest, left = _first(rungs[::-1], open_to, self._full)
        certain, uncertain = _first(rungs[::-1], self._decided, self._full)
        open_lowest, _ = _first(rungs, open_to, uncertain)
        return {**{rung: certain[rung] | open_lowest[rung] for rung in rungs}, "": left}, {
            **highest,
            "": left,
        }

    @property
    def lowest(self) -> Mapping[str, Bits]:
        """Where the range starts, by disposition ("" where no rule of the ladder could fire)."""
        return self._range[0]

    @property
    def highest(self) -> Mapping[str, Bits]:
        """Where the range ends, in the same way."""
        return self._range[1]

    @cached_property
    def causes(self) -> Mapping[str, Bits]:
        """Where each possible cause is named."""
        return {cause: self.fired(("cause", cause)) for cause in self._fold.causes}

    def given_step(self, step: str) -> Bits:
        """Where a step is given."""
        if step not in self._given:
            if self._base is not None and self._is_as_before(step):
                self._given[step] = self._base.given_step(step)
            else:
                offered, held = self.fired(("offer", step)), self.fired(("hold", step))
                self._given[step] = offered & ~held & self._where(self._fold.offered_under[step])
        return self._given[step]

    def _where(self, dispositions: tuple[str, ...]) -> Bits:
        if dispositions not in self._under:
            self._under[dispositions] = union(self.disposition[name] for name in dispositions)
        return self._under[dispositions]

    def withheld_step(self, step: str) -> Bits:
        """Where a step is offered and not given."""
        return self.fired(("offer", step)) & ~self.given_step(step)

    def caution(self, rule: str) -> Bits:
        """Where the caution of a rule stands beside a step."""
        number, steps = self._fold.cautioning[rule]
        verdicts = self._verdicts
        given = union(self.given_step(step) for step in steps)
        return verdicts.possible[number] & ~verdicts.fired[number] & given

    @cached_property
    def given(self) -> Mapping[str, Bits]:
        """Where each step is given."""
        return {step: self.given_step(step) for step in self._fold.steps}

    @cached_property
    def withheld(self) -> Mapping[str, Bits]:
        """Where each step is offered and not given."""
        return {step: self.withheld_step(step) for step in self._fold.steps}

    @cached_property
    def cautions(self) -> Mapping[str, Bits]:
        """Where the caution of each rule that has one stands beside a step."""
        return {rule: self.caution(rule) for rule in self._fold.cautioning}

    def columns(self) -> Iterator[tuple[str, Bits]]:
        """Yield every column with a name of its own."""
        yield "soon", self.soon
        for field in ("disposition", "lowest", "highest", "causes", "given", "withheld", "cautions"):
            for name, column in getattr(self, field).items():
                yield f"{field}.{name}", column


def _any(columns: Sequence[Bits], numbers: Iterable[int]) -> Bits:
    """Return the lanes set in any of these columns."""
    lanes: Bits = 0
    for number in numbers:
        lanes |= columns[number]
    return lanes


def _first(names: Iterable[str], columns: Mapping[str, Bits], left: Bits) -> tuple[dict[str, Bits], Bits]:
    """Give each lane of `left` to the first name that claims it; return the columns and what is left."""
    first = {}
    for name in names:
        first[name] = columns[name] & left
        left &= ~first[name]
    return first, left
