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

from triage.comparison.acuity import POSSIBLE, Acuity, Aspect, acuities, at, calls
from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import Sighting, WorldPair, Worlds
from triage.inference.standing import Bits
from triage.knowledge.model import Rule
from triage.proof.solver import Answer

Move: TypeAlias = tuple[Acuity, Acuity]
"""From the acuity in the old base to that in the new one."""

Moves: TypeAlias = Mapping[Move, Sighting]
"""Moves that somebody makes, or of which it is undecided."""


@dataclass(frozen=True)
class Way:
    """What changes in one place do to the dispositions: each move that they bring, the longest first.

    `roots` are the rules or questions that were changed; none where no single rule was found behind a move.
    """

    roots: tuple[str, ...]
    less_urgent: bool
    moves: Moves

    @property
    def gone(self) -> list[Move]:
        """The moves that somebody makes."""
        return [move for move, sighting in self.moves.items() if sighting.answer is Answer.FOUND]


@dataclass(frozen=True)
class Ways:
    """Every way, those to less than before first, and what is known of each move that somebody may make.

    `order` holds the acuities.

    `unasked` are rules and questions that may stand behind moves too, but were not asked about one by one.
    """

    order: tuple[Acuity, ...]
    ways: tuple[Way, ...]
    moves: Mapping[Move, Answer]
    unasked: tuple[str, ...] = ()

    def of(self, *, less_urgent: bool) -> list[Way]:
        """Return the ways of one direction that somebody goes, the longest first."""
        return [way for way in self.ways if way.less_urgent == less_urgent and way.gone]

    def answer(self, *, less_urgent: bool) -> Answer:
        """Return whether anybody becomes less (or more) urgent."""
        moves = _directed(self.order, self.moves, less_urgent=less_urgent)
        answers = {self.moves[move] for move in moves}
        return next((each for each in (Answer.FOUND, Answer.UNDECIDED) if each in answers), Answer.NONE)


def _length(order: Sequence[Acuity], move: Move) -> tuple[int, ...]:
    """Order moves: on the ladder before outside it, then longer ones first, then more urgent ones."""
    start, end = (order.index(acuity) for acuity in move)
    return order[1] in move, -abs(start - end), -max(start, end)


def _directed(order: Sequence[Acuity], moves: Iterable[Move], *, less_urgent: bool) -> list[Move]:
    return [(old, new) for old, new in moves if (order.index(new) < order.index(old)) == less_urgent]


@dataclass(frozen=True, slots=True)
class _Driver:
    """What takes one side, the higher one, where the other need not come: a rule of one of them."""

    high: int
    side: int
    rule: Rule
    aspect: Aspect

    def bits(self, worlds: Worlds) -> Bits:
        return self.aspect(worlds[self.side], self.rule.id)


def _makes(move: Move, worlds: Worlds) -> Bits:
    return at(worlds[OLD], move[OLD]) & at(worlds[NEW], move[NEW])


def _is_driven(driver: _Driver, move: Move, worlds: Worlds) -> Bits:
    """Where a move is made, and by a driver; one of the lower side sends home whom the higher does not."""
    lanes = driver.bits(worlds) & _makes(move, worlds)
    if driver.side != driver.high:
        high = worlds[driver.high]
        lanes &= ~high.outcomes.fired(("disposition", high.fold.rungs[0].id))
    return lanes


class WayFinder:
    """Finds every way."""

    def __init__(self, pair: WorldPair, rules: RulePairs, looks: int) -> None:
        """Take both worlds, which rules belong together, and how many drivers to ask about a direction."""
        self._pair = pair
        self._rules = rules
        self._looks = looks
        self._order = acuities(*pair.knowledge)
        self._calls = [list(calls(knowledge)) for knowledge in pair.knowledge]
        self._unasked: dict[str, None] = {}

    def ways(self) -> Ways:
        """Look for somebody on every way."""
        sightings = ((move, self._pair.find(partial(_makes, move))) for move in self._moves())
        moves = {move: sighting for move, sighting in sightings if sighting.answer is not Answer.NONE}
        ways = [way for high in (OLD, NEW) for way in sorted(self._directed(moves, high), key=self._longest)]
        answers = {move: sighting.answer for move, sighting in moves.items()}
        answers.update((move, Answer.FOUND) for way in ways for move in way.gone)
        shown = {name for way in ways for name in way.roots}
        unasked = tuple(name for name in self._unasked if name not in shown)
        return Ways(self._order, tuple(ways), answers, unasked)

    def _longest(self, way: Way) -> tuple[int, ...]:
        """Order ways by the longest move that somebody makes; where nobody is known to, the way is last."""
        return _length(self._order, way.gone[0]) if way.gone else (True, 1)

    def _moves(self) -> list[Move]:
        """Return every move that is not plainly nobody's, the longest first."""
        old, new = self._pair.worlds
        moved = [acuity for acuity in self._order if at(old, acuity) != at(new, acuity)]
        moves = [(start, end) for start in moved for end in moved if start != end]
        return sorted(moves, key=partial(_length, self._order))

    def _directed(self, moves: Moves, high: int) -> Iterator[Way]:
        """Yield the ways from or to a higher side, the last for moves behind which no rule was found."""
        less_urgent = high == OLD
        wanted = _directed(self._order, moves, less_urgent=less_urgent)
        ways = [Way(roots, less_urgent, way) for roots, way in self._driven(wanted, high).items() if way]
        yield from ways
        wanted = [move for move in wanted if not any(move in way.gone for way in ways)]
        left = {move: moves[move] for move in wanted if moves[move].answer is Answer.FOUND}
        if left:
            yield Way((), less_urgent, left)

    def _driven(self, moves: Iterable[Move], high: int) -> Mapping[tuple[str, ...], dict[Move, Sighting]]:
        """Ask about each move with each of its drivers, as often as is worth it; return them by roots."""
        ways: dict[tuple[str, ...], dict[Move, Sighting]] = {}
        last = self._pair.questions + self._looks
        for move in moves:
            for driver in self._drivers(move[high], high):
                roots = self._rules.roots(driver.rule, driver.side)
                way = ways.setdefault(roots, {})
                if move in way and way[move].answer is Answer.FOUND:
                    continue
                if self._pair.questions >= last:
                    self._unasked.update(dict.fromkeys(roots))
                    continue
                sighting = self._pair.find(partial(_is_driven, driver, move))
                if sighting.answer is not Answer.NONE:
                    way[move] = sighting
        return ways

    def _drivers(self, acuity: Acuity, high: int) -> Iterator[_Driver]:
        """Yield what takes the higher side to an acuity, and plainly does not take the other as high.

        A reason for care that is open keeps a side undetermined, and so does a rule that sends home where it
        does not fire.
        """
        lowest, outside, *_ = self._order
        low = 1 - high
        if acuity == outside:
            reasons = [
                [_Driver(high, side, rule, POSSIBLE) for rule in knowledge.reasons_for_care]
                for side, knowledge in enumerate(self._pair.knowledge)
            ]
            home = [self._calling(high, side, [lowest]) for side in (OLD, NEW)]
            yield from self._without(reasons[high], reasons[low])
            yield from self._without(home[low], home[high])
        else:
            as_high = self._order[self._order.index(acuity) :]
            yield from self._without(self._calling(high, high, [acuity]), self._calling(high, low, as_high))

    def _calling(self, high: int, side: int, acuities: Sequence[Acuity]) -> list[_Driver]:
        return [
            _Driver(high, side, rule, aspect) for its, aspect, rule in self._calls[side] if its in acuities
        ]

    def _without(self, drivers: Iterable[_Driver], others: Iterable[_Driver]) -> Iterator[_Driver]:
        worlds = self._pair.worlds
        kept = {driver.bits(worlds) for driver in others}
        yield from (driver for driver in drivers if driver.bits(worlds) not in kept)
