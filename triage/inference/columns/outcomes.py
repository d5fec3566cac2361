"""The fold of `triage.inference.assess`, for a block of intakes in columns.

It gives what an assessment decides (disposition, range, causes, steps, cautions), without its texts. Columns
can be of any kind of bits (see `triage.inference.columns.standing`): of a block of cases, or symbolic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from triage.inference.assessment import UNDETERMINED
from triage.inference.columns.compiled import Columns, Compiled, Verdicts
from triage.inference.columns.standing import Bits, union
from triage.knowledge.model import KnowledgeBase, Rule, Rung, Undetermined

Group: TypeAlias = tuple[str, str]
"""Rules that the fold takes together: for what purpose, and the name of the disposition, cause or step."""


def outcomes(knowledge: KnowledgeBase, full: Bits, verdicts: Verdicts) -> Outcomes:
    """Fold verdicts into outcomes.

    Args:
        knowledge: the knowledge base.
        full: the column with every lane set.
        verdicts: what the rules say, in the order of the rules.
    """
    return Fold(knowledge).outcomes(full, verdicts)


def questions(compiled: Compiled, columns: Columns, verdicts: Verdicts, outcomes: Outcomes) -> Sequence[Bits]:
    """Return a column for each question: where it was not asked and could settle or raise the disposition."""
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


CARE: Group = ("care", "")
"""The rules that call for more than the lowest disposition."""


class Fold:
    """The fold of one knowledge base, prepared once for many blocks: which rules belong to which group."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Look through the rules."""
        self.laws = knowledge.laws
        self.in_doubt = knowledge.in_doubt
        self.rungs = tuple(knowledge.rungs.values())
        self.causes = tuple(knowledge.causes)
        self.steps = knowledge.steps
        ends: Mapping[str, Rung | Undetermined] = {**knowledge.rungs, UNDETERMINED: knowledge.undetermined}
        self.offered_under = {
            step.id: tuple(
                name for name, end in ends.items() if step.when in knowledge.offered_under(end.offers)
            )
            for step in knowledge.steps.values()
        }
        self.members: dict[Group, list[int]] = {}
        self._held: dict[frozenset[str], tuple[str, ...]] = {}
        self.cautioning: dict[str, tuple[int, tuple[str, ...]]] = {}
        for number, rule in enumerate(knowledge.rules.values()):
            for group in self.groups(rule):
                self.members.setdefault(group, []).append(number)
            if rule.withholds:
                self.cautioning[rule.id] = number, self.held_by(rule)

    def held_by(self, rule: Rule) -> tuple[str, ...]:
        """Return the steps that a rule holds back where it fires."""
        kinds = frozenset(rule.withholds)
        if kinds not in self._held:
            steps = self.steps.values()
            self._held[kinds] = tuple(step.id for step in steps if not kinds.isdisjoint(step.kinds))
        return self._held[kinds]

    def groups(self, rule: Rule) -> Iterator[Group]:
        """Yield the groups that a rule is a member of, each once."""
        if rule.disposition:
            yield "disposition", rule.disposition
            rung = next(rung for rung in self.rungs if rung.id == rule.disposition)
            if rule.soon and rung.soon_time_frame:
                yield "soon", rule.disposition
            if rung is not self.rungs[0]:
                yield CARE
        yield from (("cause", cause) for cause in dict.fromkeys(rule.causes))
        yield from (("offer", step) for step in dict.fromkeys(rule.steps))
        if rule.withholds:
            yield from (("hold", step) for step in self.held_by(rule))

    def outcomes(self, full: Bits, verdicts: Verdicts) -> Outcomes:
        """Fold the verdicts of a block, whose lanes are set in `full`."""
        return Outcomes(self, full, verdicts)


class Outcomes:
    """The outcomes of a block of intakes: columns by name, each worked out when it is first needed."""

    def __init__(self, fold: Fold, full: Bits, verdicts: Verdicts) -> None:
        """Take the fold, the column with every lane set, and what the rules say."""
        self.fold = fold
        self.full = full
        self.verdicts = verdicts
        self._where: dict[tuple[str, Group], Bits] = {}
        self._given: dict[str, Bits] = {}
        self._cautions: dict[str, Bits] = {}
        self._under: dict[tuple[str, ...], Bits] = {}

    def where(self, aspect: str, group: Group) -> Bits:
        """Where a rule of a group is `fired`, `possible`, `not_sure` or `suspected`, as `aspect` says."""
        if (aspect, group) not in self._where:
            self._where[aspect, group] = self._any(aspect, group)
        return self._where[aspect, group]

    def _any(self, aspect: str, group: Group) -> Bits:
        columns = getattr(self.verdicts, aspect)
        return union(columns[number] for number in self.fold.members.get(group, ()))

    def fired(self, group: Group) -> Bits:
        """Where a rule of a group fires."""
        return self.where("fired", group)

    def possible(self, group: Group) -> Bits:
        """Where a rule of a group fires or is open."""
        return self.where("possible", group)

    def not_sure(self, group: Group) -> Bits:
        """Where a "not sure" keeps a rule of a group open."""
        return self.where("not_sure", group)

    def suspected(self, group: Group) -> Bits:
        """Where a rule of a group would fire if every red flag in doubt were present."""
        return self.where("suspected", group)

    @cached_property
    def _decided(self) -> Mapping[str, Bits]:
        return {rung.id: self.fired(("disposition", rung.id)) for rung in self.fold.rungs}

    @cached_property
    def disposition(self) -> Mapping[str, Bits]:
        """Where each disposition is the outcome: the rungs of the ladder, and undetermined."""
        claimed = dict(self._decided)
        claimed[self.fold.laws.not_sure_disposition] |= self.not_sure(CARE)
        for feared, below in self.fold.in_doubt.items():
            claimed[below] |= self.suspected(("disposition", feared))
        first, left = _first([rung.id for rung in self.fold.rungs[:0:-1]], claimed, self.full)
        lowest = self.fold.rungs[0].id
        first[lowest] = self._decided[lowest] & left & ~self.possible(CARE)
        first[UNDETERMINED] = left & ~first[lowest]
        return first

    @cached_property
    def soon(self) -> Bits:
        """Where the shorter time frame of the disposition holds."""
        return union(self.disposition[rung.id] & self.fired(("soon", rung.id)) for rung in self.fold.rungs)

    @cached_property
    def _range(self) -> tuple[Mapping[str, Bits], Mapping[str, Bits]]:
        rungs = [rung.id for rung in self.fold.rungs]
        open_to = {rung: self.possible(("disposition", rung)) for rung in rungs}
        highest, left = _first(rungs[::-1], open_to, self.full)
        certain, uncertain = _first(rungs[::-1], self._decided, self.full)
        open_lowest, _ = _first(rungs, open_to, uncertain)
        lowest = {rung: certain[rung] | open_lowest[rung] for rung in rungs}
        return {**lowest, "": left}, {**highest, "": left}

    @property
    def lowest(self) -> Mapping[str, Bits]:
        """Where each disposition is the lowest of the range ("": no rule with a disposition can fire)."""
        return self._range[0]

    @property
    def highest(self) -> Mapping[str, Bits]:
        """Where each disposition is the highest of the range."""
        return self._range[1]

    @cached_property
    def causes(self) -> Mapping[str, Bits]:
        """Where each possible cause is named."""
        return {cause: self.fired(("cause", cause)) for cause in self.fold.causes}

    def given_step(self, step: str) -> Bits:
        """Where a step is given."""
        if step not in self._given:
            self._given[step] = self._give(step)
        return self._given[step]

    def _give(self, step: str) -> Bits:
        offered, held = self.fired(("offer", step)), self.fired(("hold", step))
        return offered & ~held & self._come_to(self.fold.offered_under[step])

    def _come_to(self, dispositions: tuple[str, ...]) -> Bits:
        if dispositions not in self._under:
            self._under[dispositions] = union(self.disposition[name] for name in dispositions)
        return self._under[dispositions]

    def withheld_step(self, step: str) -> Bits:
        """Where a step is offered but not given."""
        return self.fired(("offer", step)) & ~self.given_step(step)

    def caution(self, rule: str) -> Bits:
        """Where the caution of a rule stands beside a step."""
        if rule not in self._cautions:
            self._cautions[rule] = self._caution(rule)
        return self._cautions[rule]

    def _caution(self, rule: str) -> Bits:
        number, steps = self.fold.cautioning[rule]
        given = union(self.given_step(step) for step in steps)
        return self.verdicts.possible[number] & ~self.verdicts.fired[number] & given

    @cached_property
    def given(self) -> Mapping[str, Bits]:
        """Where each step is given."""
        return {step: self.given_step(step) for step in self.fold.steps}

    @cached_property
    def withheld(self) -> Mapping[str, Bits]:
        """Where each step is offered but not given."""
        return {step: self.withheld_step(step) for step in self.fold.steps}

    @cached_property
    def cautions(self) -> Mapping[str, Bits]:
        """Where the caution of each rule that has one stands beside a step."""
        return {rule: self.caution(rule) for rule in self.fold.cautioning}

    def columns(self) -> Iterator[tuple[str, Bits]]:
        """Yield every column with a name."""
        yield "soon", self.soon
        for field in ("disposition", "lowest", "highest", "causes", "given", "withheld", "cautions"):
            for name, column in getattr(self, field).items():
                yield f"{field}.{name}", column


def _first(names: Iterable[str], columns: Mapping[str, Bits], left: Bits) -> tuple[dict[str, Bits], Bits]:
    """Give each lane of `left` to the first name that claims it; return the columns and what is left."""
    first = {}
    for name in names:
        first[name] = columns[name] & left
        left &= ~first[name]
    return first, left
