"""Who comes to another disposition: every move from an acuity of the old base to one of the new.

Whoever comes to less than before was brought to where they were by some rule that no rule of the new base
stands for; and the other way round. Such rules are the drivers of a move. So a move that somebody makes is
asked about once for each change in the rules: who makes the move, driven by the rules that it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import TypeAlias

from triage.comparison.acuity import Acuity, Aspect, Move, acuities, at, calls
from triage.comparison.questionnaires import NEW, OLD, SIDES
from triage.comparison.rules import RulePairs
from triage.comparison.world_pair import Sighting, WorldPair, Worlds
from triage.inference.standing import Bits, union
from triage.knowledge.model import Rule
from triage.proof.solver import Answer

Roots: TypeAlias = tuple[str, ...]
"""The rules or questions that were changed, or the ladder."""


@dataclass(frozen=True)
class Way:
    """What changes in one place do to the dispositions: each move that somebody makes by it, or may make.

    `roots` are empty for moves behind which no place was found.
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
    """What takes one side, the higher one, where the other need not come: a rule of one of them."""

    high: int
    side: int
    rule: Rule
    aspect: Aspect

    def bits(self, worlds: Worlds) -> Bits:
        return self.aspect(worlds[self.side], self.rule.id)

    def drives(self, worlds: Worlds) -> Bits:
        """Where it drives; a rule of the lower side does so by sending home whom the higher does not."""
        if self.side == self.high:
            return self.bits(worlds)
        high = worlds[self.high]
        return self.bits(worlds) & ~high.outcomes.fired(("disposition", high.fold.rungs[0].id))


def _makes(move: Move, drivers: Sequence[_Driver], worlds: Worlds) -> Bits:
    """Where a move is made, and by one of these drivers if there are any."""
    lanes = at(worlds[OLD], move[OLD]) & at(worlds[NEW], move[NEW])
    return lanes & union(driver.drives(worlds) for driver in drivers) if drivers else lanes


def find_ways(pair: WorldPair, rules: RulePairs, looks: int) -> tuple[Way, ...]:
    """Look for somebody on every way, those to less than before first.

    Args:
        pair: both worlds.
        rules: which rules belong together.
        looks: how often to ask what is behind the moves of one direction; the rest is undecided.
    """
    order = acuities(*pair.knowledge)
    finder = _WayFinder(pair, rules, order)
    moves = {move: pair.find(partial(_makes, move, ())) for move in finder.moves()}
    ways: list[Way] = []
    for high in SIDES:
        directed = {
            move: sighting
            for move, sighting in moves.items()
            if sighting.answer is not Answer.NONE and order.index(move[high]) > order.index(move[1 - high])
        }
        ways += sorted(finder.ways(directed, high, looks), key=lambda way: (not way.roots, not way.gone))
    return tuple(ways)


class _WayFinder:
    """Finds every way."""

    def __init__(self, pair: WorldPair, rules: RulePairs, order: Sequence[Acuity]) -> None:
        self._pair = pair
        self._rules = rules
        self._order = order

    def moves(self) -> list[Move]:
        """Return every move that is not plainly nobody's, the longest first."""
        old, new = self._pair.worlds
        moved = [acuity for acuity in self._order if at(old, acuity) != at(new, acuity)]
        return sorted(permutations(moved, 2), key=self._length)

    def _length(self, move: Move) -> tuple[int, ...]:
        """Order moves: on the ladder before outside it, then longer ones first, then more urgent ones."""
        start, end = map(self._order.index, move)
        return self._order[1] in move, -abs(start - end), -max(start, end)

    def ways(self, moves: Mapping[Move, Sighting], high: int, looks: int) -> Iterator[Way]:
        """Yield the ways from or to a higher side, those with the longest moves first."""
        ways: dict[Roots, dict[Move, Sighting]] = {}
        last = self._pair.questions + looks
        for move, sighting in moves.items():
            for roots, drivers in self._drivers(move[high], high).items():
                claim = partial(_makes, move, drivers)
                asked = self._pair.questions < last
                driven = self._pair.find(claim) if asked else Sighting(Answer.UNDECIDED, claim)
                if driven.answer is not Answer.NONE:
                    ways.setdefault(roots, {})[move] = driven
            if not any(way[move].answer is Answer.FOUND for way in ways.values() if move in way):
                ways.setdefault((), {})[move] = sighting
        yield from (Way(roots, high == OLD, way) for roots, way in ways.items())

    def _drivers(self, acuity: Acuity, high: int) -> Mapping[Roots, Sequence[_Driver]]:
        """Return, by its roots, what takes the higher side to an acuity, and plainly not the other as high.

        A rule that sends home keeps a side undetermined where it does not fire.
        """
        lowest, outside, *_ = self._order
        low = 1 - high
        as_high = self._order[self._order.index(acuity) :]
        drivers = self._without(self._calling(high, high, [acuity]), self._calling(high, low, as_high))
        if acuity == outside:
            home = [self._calling(high, side, [lowest]) for side in SIDES]
            drivers += self._without(home[low], home[high])
        groups: dict[Roots, list[_Driver]] = {}
        for driver in drivers:
            groups.setdefault(self._rules.roots(driver.rule, driver.side), []).append(driver)
        return groups

    def _calling(self, high: int, side: int, acuities: Sequence[Acuity]) -> list[_Driver]:
        called = calls(self._pair.knowledge[side])
        return [_Driver(high, side, rule, aspect) for its, aspect, rule in called if its in acuities]

    def _without(self, drivers: Iterable[_Driver], others: Iterable[_Driver]) -> list[_Driver]:
        worlds = self._pair.worlds
        kept = {driver.bits(worlds) for driver in others}
        return [driver for driver in drivers if driver.bits(worlds) not in kept]
