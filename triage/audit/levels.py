"""How urgent an outcome is, as formulas over all intakes: the fold of `triage.inference.assess`, exactly.

A level is a disposition, with "soon" told apart where the ladder has a time frame for it. Levels are ordered
by the care that they take: `undetermined`, outside the ladder, takes more than its lowest rung, since nobody
is sent home with it, and less than every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from triage.audit.spaces import Space
from triage.audit.splitting import Formula, every, shape_of, some
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase, Rule

Level: TypeAlias = tuple[str, bool]
"""A disposition, and whether it is soon."""


class Aspect(Enum):
    """What a rule can be for someone."""

    FIRED = "fires"
    POSSIBLE = "fires or is not ruled out"
    NOT_SURE = 'is kept open by a "not sure"'


def levels(*bases: KnowledgeBase) -> list[Level]:
    """Return every level of knowledge bases whose ladders have the same order, the least careful first."""
    lowest, *rungs = bases[0].rungs
    found: list[Level] = [(lowest, False), (UNDETERMINED, False)]
    for rung in rungs:
        found.append((rung, False))
        if any(knowledge.rungs[rung].soon_time_frame for knowledge in bases):
            found.append((rung, True))
    return found


class Ladder:
    """One side of a space: where its rules fire, and which level they lead to."""

    def __init__(self, space: Space, knowledge: KnowledgeBase, side: int, order: Iterable[Level]) -> None:
        """Take a side; `order` holds the levels of everything that is compared (see `levels`)."""
        self.knowledge = knowledge
        self.side = side
        self._space = space
        self._order = list(order)
        self._lowest, self._outside = self._order[:2]
        self._formulas: dict[tuple[Aspect, str], Formula] = {}
        self._shapes: dict[tuple[Aspect, str], object] = {}

    def rank(self, level: Level) -> int:
        """Return the place of a level, from 0 for the least careful."""
        return self._order.index(level)

    def level_of(self, rule: Rule) -> Level | None:
        """Return the level that a rule calls for, None where it calls for no disposition."""
        if not rule.disposition:
            return None
        soon = rule.soon and bool(self.knowledge.rungs[rule.disposition].soon_time_frame)
        return rule.disposition, soon

    def is_reason(self, rule: Rule | None) -> bool:
        """Whether a rule is one of this side that calls for more than the lowest rung."""
        return rule is not None and rule in self.knowledge.reasons_for_care

    def where(self, aspect: Aspect, rule: Rule) -> Formula:
        """Where a rule is something."""
        key = (aspect, rule.id)
        if key not in self._formulas:
            if aspect is Aspect.NOT_SURE:
                self._formulas[key] = self._space.not_sure(rule.when, self.side)
            elif aspect is Aspect.POSSIBLE:
                self._formulas[key] = self._space.possible(rule.id, self.side)
            else:
                self._formulas[key] = self._space.fired(rule.id, self.side)
        return self._formulas[key]

    def shape(self, aspect: Aspect, rule: Rule) -> object:
        """Return the shape of `where` (see `shape_of`)."""
        key = (aspect, rule.id)
        if key not in self._shapes:
            self._shapes[key] = shape_of(self.where(aspect, rule))
        return self._shapes[key]

    def shapes(self, aspect: Aspect, rules: Iterable[Rule]) -> frozenset[object]:
        """Return the shapes of some rules."""
        return frozenset(self.shape(aspect, rule) for rule in rules)

    def no(self, formula: Formula) -> Formula:
        """Where a formula is not true."""
        return self._space.no(formula)

    @property
    def not_sure_level(self) -> Level:
        """The level that an explicit "not sure" about a reason for care gives at least."""
        return self.knowledge.laws.not_sure_disposition, False

    def calling(self, level: Level) -> Iterator[Rule]:
        """Yield the rules that call for exactly a level."""
        yield from (rule for rule in self.knowledge.rules.values() if self.level_of(rule) == level)

    def calls(self, level: Level) -> Iterator[tuple[Aspect, Rule]]:
        """Yield what leads to a level above `undetermined`."""
        yield from ((Aspect.FIRED, rule) for rule in self.calling(level))
        if level == self.not_sure_level:
            yield from ((Aspect.NOT_SURE, rule) for rule in self.knowledge.reasons_for_care)

    @cached_property
    def _called(self) -> Mapping[Level, Formula]:
        """Where something leads to a level above `undetermined`, whatever leads higher."""
        return {level: some(self.where(*call) for call in self.calls(level)) for level in self._order[2:]}

    @cached_property
    def _not_above(self) -> Mapping[Level, Formula]:
        found: dict[Level, Formula] = {}
        so_far: Formula = True
        for level in reversed(self._order):
            found[level] = so_far
            if level in self._called:
                so_far = every([so_far, self.no(self._called[level])])
        return found

    @cached_property
    def offered(self) -> Formula:
        """Where a rule of the lowest rung fires."""
        return some(self.where(Aspect.FIRED, rule) for rule in self.calling(self._lowest))

    @cached_property
    def _some_open(self) -> Formula:
        return some(self.where(Aspect.POSSIBLE, rule) for rule in self.knowledge.reasons_for_care)

    @cached_property
    def _at(self) -> Mapping[Level, Formula]:
        found = {
            self._lowest: every([self.offered, self.no(self._some_open)]),
            self._outside: every(
                [self._not_above[self._outside], some([self._some_open, self.no(self.offered)])]
            ),
        }
        return found | {
            level: every([called, self._not_above[level]]) for level, called in self._called.items()
        }

    def at(self, level: Level) -> Formula:
        """Where an intake comes to exactly a level."""
        return self._at[level]

    def at_disposition(self, disposition: str) -> Formula:
        """Where an intake comes to a disposition, soon or not."""
        of_it = [level for level in self._order if level[0] == disposition]
        if len(of_it) == 1:
            return self.at(of_it[0])
        return every([some(self._called[level] for level in of_it), self._not_above[of_it[-1]]])
