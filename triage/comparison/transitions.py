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
"""The rules or questions that were changed."""


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


@dataclass(frozen=True)
class Ways:
    """Every way, those to less than before first."""

    ways: tuple[Way, ...]

    def of(self, *, less_urgent: bool) -> list[Way]:
        """Return the ways of one direction that somebody goes, those with the longest moves first."""
        return [way for way in self.ways if way.less_urgent == less_urgent and way.gone]

    def answer(self, *, less_urgent: bool) -> Answer:
        """Return whether anybody becomes less (or more) urgent."""
        if self.of(less_urgent=less_urgent):
            return Answer.FOUND
        undecided = any(way.less_urgent == less_urgent for way in self.ways)
        return Answer.UNDECIDED if undecided else Answer.NONE

    @property
    def moves(self) -> Mapping[Move, Answer]:
        """What is known of each move that somebody makes or may make."""
        gone = dict.fromkeys((move for way in self.ways for move in way.gone), Answer.FOUND)
        return {move: gone.get(move, Answer.UNDECIDED) for way in self.ways for move in way.moves}


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


class WayFinder:
    """Finds every way."""

    def __init__(self, pair: WorldPair, rules: RulePairs, looks: int) -> None:
        """Take both worlds, which rules belong together, and how often to ask what is behind a direction."""
        self._pair = pair
        self._rules = rules
        self._looks = looks
        self._order = acuities(*pair.knowledge)

    def ways(self) -> Ways:
        """Look for somebody on every way; what there are too many of to ask about is undecided."""
        sightings = ((move, self._pair.find(partial(_makes, move, ()))) for move in self._moves())
        moves = {move: sighting for move, sighting in sightings if sighting.answer is not Answer.NONE}
        return Ways(
            tuple(way for high in SIDES for way in sorted(self._directed(moves, high), key=self._longest))
        )

    def _moves(self) -> list[Move]:
        """Return every move that is not plainly nobody's, the longest first."""
        old, new = self._pair.worlds
        moved = [acuity for acuity in self._order if at(old, acuity) != at(new, acuity)]
        return sorted(permutations(moved, 2), key=self._length)

    def _length(self, move: Move) -> tuple[int, ...]:
        """Order moves: on the ladder before outside it, then longer ones first, then more urgent ones."""
        start, end = map(self._order.index, move)
        return self._order[1] in move, -abs(start - end), -max(start, end)

    def _longest(self, way: Way) -> tuple[int, ...]:
        """Order ways by their longest moves; where nobody is known to go, or by what, the way is last."""
        return not way.roots, not way.gone, *self._length(way.gone[0] if way.gone else next(iter(way.moves)))

    def _directed(self, moves: Mapping[Move, Sighting], high: int) -> Iterator[Way]:
        """Yield the ways from or to a higher side."""
        ways: dict[Roots, dict[Move, Sighting]] = {}
        last = self._pair.questions + self._looks
        for move, sighting in moves.items():
            if self._order.index(move[high]) < self._order.index(move[1 - high]):
                continue
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
