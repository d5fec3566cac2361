"""Who gets another disposition: every move from an acuity of the old base to one of the new base.

If a person comes to less than before, some rule of the old base brought them higher, and no rule of the new
base does the same; the other way round if they come to more. Such rules drive the move. So for each move, and
each change in the rules, the solver is asked: who makes this move, driven by the rules that changed?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import TypeAlias

from triage.comparison.acuity import Acuity, Aspect, Move, acuities, at, calls
from triage.comparison.questionnaires import NEW, OLD, SIDES
from triage.comparison.rules import RulePairs
from triage.comparison.world_pair import Sighting, WorldPair, Worlds
from triage.inference.columns.standing import Bits, union
from triage.knowledge.model import Rule
from triage.proof.solver import Answer

Roots: TypeAlias = tuple[str, ...]
"""The rules or questions that were changed, or the ladder."""


@dataclass(frozen=True)
class Way:
    """The moves that somebody makes, or may make, because of changes in one place.

    `roots` is empty for moves without a known place.
    """

    roots: Roots
    less_urgent: bool
    moves: Mapping[Move, Sighting]

    @property
    def gone(self) -> list[Move]:
        """The moves that somebody makes, the longest first."""
        return [move for move, sighting in self.moves.items() if sighting.answer is Answer.FOUND]


@dataclass(frozen=True, slots=True)
class _Driver:
    """A rule of one side that takes the higher side, but not the other side, to an acuity."""

    high: int
    side: int
    rule: Rule
    aspect: Aspect

    def bits(self, worlds: Worlds) -> Bits:
        return self.aspect(worlds[self.side], self.rule.id)

    def drives(self, worlds: Worlds) -> Bits:
        """Return where it drives; a rule of the lower side must send people home whom the higher does not."""
        if self.side == self.high:
            return self.bits(worlds)
        high = worlds[self.high]
        return self.bits(worlds) & ~high.outcomes.fired(("disposition", high.fold.rungs[0].id))


def _makes(move: Move, drivers: Sequence[_Driver], worlds: Worlds) -> Bits:
    """Return where a move is made, driven by one of the drivers if there are any."""
    lanes = at(worlds[OLD], move[OLD]) & at(worlds[NEW], move[NEW])
    return lanes & union(driver.drives(worlds) for driver in drivers) if drivers else lanes


def find_ways(pair: WorldPair, rules: RulePairs, looks: int) -> tuple[Way, ...]:
    """Look for somebody on every way; ways to less urgency come first.

    Args:
        pair: both worlds.
        rules: the pairs of rules.
        looks: how many questions to ask about the roots of moves in one direction; the rest is undecided.
    """
    order = acuities(*pair.knowledge)
    moves = {
        move: pair.find(partial(_makes, move, ()), by_lemmas=True) for move in _moves(pair.worlds, order)
    }
    return tuple(way for high in SIDES for way in _WayFinder(pair, rules, order, high).ways(moves, looks))


def _moves(worlds: Worlds, order: Sequence[Acuity]) -> list[Move]:
    """Return every move that somebody may make: those on the ladder first, and the longest first."""

    def length(move: Move) -> tuple[int, ...]:
        start, end = map(order.index, move)
        return order[1] in move, -abs(start - end), -max(start, end)

    old, new = worlds
    moved = [acuity for acuity in order if at(old, acuity) != at(new, acuity)]
    return sorted(permutations(moved, 2), key=length)


@dataclass(frozen=True)
class _WayFinder:
    """Finds the ways of all moves in which the side `high` is the more urgent one."""

    pair: WorldPair
    rules: RulePairs
    order: Sequence[Acuity]
    high: int

    def ways(self, moves: Mapping[Move, Sighting], looks: int) -> list[Way]:
        """Return the ways, those with the longest moves first."""
        ways: dict[Roots, dict[Move, Sighting]] = {}
        last = self.pair.questions + looks
        for move, sighting in moves.items():
            high, low = self.order.index(move[self.high]), self.order.index(move[1 - self.high])
            if high < low or sighting.answer is Answer.NONE:
                continue
            for roots, drivers in self._drivers(move[self.high]).items():
                claim = partial(_makes, move, drivers)
                asked = self.pair.questions < last
                driven = self.pair.find(claim) if asked else Sighting(Answer.UNDECIDED, claim)
                if driven.answer is not Answer.NONE:
                    ways.setdefault(roots, {})[move] = driven
            if not any(way[move].answer is Answer.FOUND for way in ways.values() if move in way):
                ways.setdefault((), {})[move] = sighting
        found = [Way(roots, self.high == OLD, way) for roots, way in ways.items()]
        return sorted(found, key=lambda way: (not way.roots, not way.gone))

    def _drivers(self, acuity: Acuity) -> Mapping[Roots, Sequence[_Driver]]:
        """Return, by roots, the drivers that take the higher side to an acuity, but not the other as high.

        Where a rule that sends people home does not fire, its side stays undetermined.
        """
        lowest, outside, *_ = self.order
        low = 1 - self.high
        as_high = self.order[self.order.index(acuity) :]
        drivers = self._without(self._calling(self.high, [acuity]), self._calling(low, as_high))
        if acuity == outside:
            drivers += self._without(self._calling(low, [lowest]), self._calling(self.high, [lowest]))
        groups: dict[Roots, list[_Driver]] = {}
        for driver in drivers:
            groups.setdefault(self.rules.roots(driver.rule, driver.side), []).append(driver)
        return groups

    def _calling(self, side: int, acuities: Sequence[Acuity]) -> list[_Driver]:
        called = calls(self.pair.knowledge[side])
        return [_Driver(self.high, side, rule, aspect) for its, aspect, rule in called if its in acuities]

    def _without(self, drivers: Iterable[_Driver], others: Iterable[_Driver]) -> list[_Driver]:
        kept = {driver.bits(self.pair.worlds) for driver in others}
        return [driver for driver in drivers if driver.bits(self.pair.worlds) not in kept]
