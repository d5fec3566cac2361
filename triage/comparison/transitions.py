"""Who comes to another disposition: every move from an acuity of the old base to one of the new.

Whoever comes to less than before was brought to where they were by some rule that no rule of the new base
stands for; and the other way round. So a move that somebody makes is asked about once for each such rule,
its driver: whom that rule drives, and who makes the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from triage.comparison.acuity import Acuity, Aspect, acuities, at, called_for, calls
from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import NEW, OLD, SIDES, Sighting, WorldPair, Worlds
from triage.inference.standing import Bits
from triage.knowledge.model import Rule
from triage.proof.solver import Answer

Move: TypeAlias = tuple[Acuity, Acuity]
"""From the acuity in the old base to that in the new one."""


@dataclass(frozen=True)
class Way:
    """What changes in one place do to the dispositions: each move that they bring, the longest first.

    `roots` are the rules or questions that were changed; none where no single rule was found behind a move.
    A move that is not found is undecided; moves that nobody makes are left out.
    """

    roots: tuple[str, ...]
    less_urgent: bool
    moves: Mapping[Move, Sighting]

    @property
    def gone(self) -> list[Move]:
        """The moves that somebody makes."""
        return [move for move, sighting in self.moves.items() if sighting.answer is Answer.FOUND]


@dataclass(frozen=True)
class Ways:
    """Every way, and whether anybody makes each move; `order` holds the acuities.

    `unasked` are rules and questions that may stand behind moves too, but were not asked about one by one.
    """

    order: tuple[Acuity, ...]
    ways: tuple[Way, ...]
    moves: Mapping[Move, Answer]
    unasked: tuple[str, ...] = ()

    def of(self, *, less_urgent: bool) -> list[Way]:
        """Return the ways of one direction that somebody goes, the longest first."""
        gone = [way for way in self.ways if way.less_urgent == less_urgent and way.gone]
        return sorted(gone, key=lambda way: length(self.order, way.gone[0]))

    def answer(self, *, less_urgent: bool) -> Answer:
        """Return whether anybody becomes less (or more) urgent."""
        answers = {
            answer for move, answer in self.moves.items() if _is_less_urgent(self.order, move) == less_urgent
        }
        return next((each for each in (Answer.FOUND, Answer.UNDECIDED) if each in answers), Answer.NONE)


def length(order: Sequence[Acuity], move: Move) -> tuple[bool, int, int]:
    """Order moves: on the ladder before outside it, then longer ones first, then more urgent ones."""
    start, end = (order.index(acuity) for acuity in move)
    return order[1] in move, -abs(start - end), -max(start, end)


def _is_less_urgent(order: Sequence[Acuity], move: Move) -> bool:
    return order.index(move[NEW]) < order.index(move[OLD])


@dataclass(frozen=True, slots=True)
class _Driver:
    """What takes one side to an acuity that the other need not reach: a rule of one of them."""

    high: int
    acuity: Acuity
    side: int
    rule: Rule
    aspect: Aspect

    def bits(self, worlds: Worlds) -> Bits:
        return self.aspect.of(worlds[self.side], self.rule)


def _makes(move: Move, worlds: Worlds) -> Bits:
    return at(worlds[OLD], move[OLD]) & at(worlds[NEW], move[NEW])


def _is_driven(driver: _Driver, move: Move, worlds: Worlds) -> Bits:
    lanes = driver.bits(worlds) & _makes(move, worlds)
    if driver.side != driver.high:
        world = worlds[driver.high]
        lanes &= ~world.outcomes.fired(("disposition", world.fold.rungs[0].id))
    return lanes


class WayFinder:
    """Finds every way."""

    def __init__(self, pair: WorldPair, rules: RulePairs) -> None:
        """Take both worlds, and which rules belong together."""
        self._pair = pair
        self._rules = rules
        self._order = acuities(*pair.knowledge)
        self._calls = [list(calls(knowledge)) for knowledge in pair.knowledge]

    def ways(self) -> Ways:
        """Look for somebody on every way."""
        moves = {move: self._pair.find(partial(_makes, move)) for move in self._moves()}
        ways: dict[tuple[bool, tuple[str, ...]], dict[Move, Sighting]] = {}
        unasked: dict[str, None] = {}
        most = self._pair.worth()
        for less_urgent in (True, False):
            open_moves = [
                move
                for move, sighting in moves.items()
                if sighting.answer is not Answer.NONE and _is_less_urgent(self._order, move) == less_urgent
            ]
            before = self._pair.questions
            for driver, move in self._driven(OLD if less_urgent else NEW, open_moves):
                roots = self._rules.roots(driver.rule, driver.side)
                way = ways.setdefault((less_urgent, roots), {})
                if move in way and way[move].answer is Answer.FOUND:
                    continue
                if self._pair.questions - before >= most:
                    unasked.update(dict.fromkeys(roots))
                    continue
                sighting = self._pair.find(partial(_is_driven, driver, move))
                if sighting.answer is not Answer.NONE:
                    way[move] = sighting
            self._add_undriven(less_urgent, {move: moves[move] for move in open_moves}, ways)
        return self._sorted(ways, {move: sighting.answer for move, sighting in moves.items()}, unasked)

    def _moves(self) -> Iterator[Move]:
        """Yield every move that is not plainly nobody's, the longest first."""
        old, new = self._pair.worlds
        same = [acuity for acuity in self._order if at(old, acuity) == at(new, acuity)]
        moves = [(start, end) for start in self._order for end in self._order if start != end]
        for move in sorted(moves, key=lambda move: length(self._order, move)):
            if move[OLD] not in same and move[NEW] not in same:
                yield move

    def _add_undriven(
        self,
        less_urgent: bool,  # noqa: FBT001 - as in the keys
        moves: Mapping[Move, Sighting],
        ways: dict[tuple[bool, tuple[str, ...]], dict[Move, Sighting]],
    ) -> None:
        """Add the moves behind which no rule was found."""
        driven = {
            move
            for (direction, _), way in ways.items()
            for move, sighting in way.items()
            if direction == less_urgent and sighting.answer is Answer.FOUND
        }
        left = {
            move: sighting
            for move, sighting in moves.items()
            if sighting.answer is Answer.FOUND and move not in driven
        }
        if left:
            ways[less_urgent, ()] = left

    def _sorted(
        self,
        ways: Mapping[tuple[bool, tuple[str, ...]], Mapping[Move, Sighting]],
        answers: dict[Move, Answer],
        unasked: Iterable[str],
    ) -> Ways:
        for moves in ways.values():
            for move, sighting in moves.items():
                if answers[move] is not Answer.FOUND:
                    answers[move] = sighting.answer
        key = partial(length, self._order)
        shown = {name for (_, roots), moves in ways.items() if moves for name in roots}
        return Ways(
            self._order,
            tuple(
                Way(roots, less_urgent, {move: moves[move] for move in sorted(moves, key=key)})
                for (less_urgent, roots), moves in ways.items()
                if moves
            ),
            answers,
            tuple(name for name in unasked if name not in shown),
        )

    def _driven(self, high: int, moves: Iterable[Move]) -> Iterator[tuple[_Driver, Move]]:
        """Yield every driver of one side with each move that it may be behind."""
        drivers: dict[Acuity, list[_Driver]] = {}
        for move in moves:
            acuity = move[high]
            if acuity not in drivers:
                drivers[acuity] = list(self._drivers(high, acuity))
            yield from ((driver, move) for driver in drivers[acuity])

    def _drivers(self, high: int, acuity: Acuity) -> Iterator[_Driver]:
        """Yield what takes the higher side to an acuity, and the lower one not at least as high."""
        rank = self._order.index(acuity)
        if acuity == self._order[1]:
            yield from self._drivers_outside(high)
            return
        low = self._pair.worlds[1 - high]
        kept = {
            aspect.of(low, rule)
            for its_acuity, aspect, rule in self._calls[1 - high]
            if self._order.index(its_acuity) >= rank
        }
        for its_acuity, aspect, rule in self._calls[high]:
            driver = _Driver(high, acuity, high, rule, aspect)
            if its_acuity == acuity and driver.bits(self._pair.worlds) not in kept:
                yield driver

    def _drivers_outside(self, high: int) -> Iterator[_Driver]:
        """Yield what keeps the higher side undetermined where the other is at the lowest rung.

        A reason for care that is open, or no rule of the lowest rung that fires.
        """
        lowest, outside = self._order[:2]
        worlds = self._pair.worlds
        reasons = (
            [
                _Driver(high, outside, side, rule, Aspect.POSSIBLE)
                for rule in worlds[side].knowledge.reasons_for_care
            ]
            for side in SIDES
        )
        offers = (
            [
                _Driver(high, outside, side, rule, Aspect.FIRED)
                for rule in worlds[side].knowledge.rules.values()
                if called_for(worlds[side].knowledge, rule) == lowest
            ]
            for side in SIDES
        )
        for drivers, side in ((tuple(reasons), high), (tuple(offers), 1 - high)):
            kept = {driver.bits(worlds) for driver in drivers[1 - side]}
            yield from (driver for driver in drivers[side] if driver.bits(worlds) not in kept)
