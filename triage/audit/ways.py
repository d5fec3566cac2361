"""Who comes to another disposition: every way from a level of the old base to one of the new.

Whoever comes to less than before was brought to where they were by some rule that no rule of the new base
stands for; and the other way round. So each goal is about one such rule, its driver, and a base that is
changed in one place asks for few searches, each small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from triage.audit.examining import Examiner, Found
from triage.audit.joint import OLD, SIDES, Crowd
from triage.audit.levels import Aspect, Ladder, Level
from triage.audit.pairing import Pairing
from triage.audit.progress import Progress
from triage.audit.splitting import Answer, Formula, every
from triage.knowledge.model import Rule

Move: TypeAlias = tuple[Level, Level]
"""From the level of the old base to that of the new one."""


@dataclass(frozen=True)
class Way:
    """What changes in one place do to the dispositions: each move that they bring, the longest first.

    `roots` are the rules or questions that were changed. A move that is not found is undecided; moves that
    nobody makes are left out.
    """

    roots: tuple[str, ...]
    less_urgent: bool
    moves: Mapping[Move, Found]


@dataclass(frozen=True)
class Ways:
    """Every way, and what was found of each move by any of them; `order` holds the levels."""

    order: tuple[Level, ...]
    ways: tuple[Way, ...]
    moves: Mapping[Move, Answer]

    def of(self, *, less_urgent: bool) -> list[Way]:
        """Return the ways of one direction that somebody goes, the longest first."""
        gone = [way for way in self.ways if way.less_urgent == less_urgent and self._found(way)]
        return sorted(gone, key=lambda way: self.length(self._found(way)[0]))

    @staticmethod
    def _found(way: Way) -> list[Move]:
        return [move for move, found in way.moves.items() if found.answer is Answer.FOUND]

    def is_on_ladder(self, move: Move) -> bool:
        """Whether a move starts and ends on the ladder, so that enough was known both times."""
        return self.order[1] not in move

    def length(self, move: Move) -> tuple[bool, int, int]:
        """Order moves: on the ladder before outside it, then longer ones first, then more urgent ones."""
        start, end = (self.order.index(level) for level in move)
        return not self.is_on_ladder(move), -abs(start - end), -max(start, end)

    def answer(self, *, less_urgent: bool) -> Answer:
        """Return whether anybody becomes less (or more) urgent."""
        found = {
            answer
            for (before, after), answer in self.moves.items()
            if (self.order.index(after) < self.order.index(before)) == less_urgent
        }
        return next((each for each in (Answer.FOUND, Answer.UNDECIDED) if each in found), Answer.NONE)


@dataclass(frozen=True, slots=True)
class _Driver:
    """What takes one side to a level that the other need not reach.

    `formula` says where it does. `alone` must hold with it, and is small where the rule that belongs to this
    one does nearly the same.
    """

    high: int
    level: Level
    rule: Rule
    side: int
    aspect: Aspect
    formula: Formula
    alone: Formula

    def column(self, crowd: Crowd) -> int:
        """The people it drives."""
        return crowd.seen[self.side].column(self.aspect, self.rule.id)


class WayFinder:
    """Finds every way."""

    def __init__(self, order: Sequence[Level], ladders: tuple[Ladder, Ladder], pairing: Pairing) -> None:
        """Take the levels, both sides, and which rules belong together."""
        self._order = tuple(order)
        self._ladders = ladders
        self._pairing = pairing

    def hints(self) -> Iterator[Formula]:
        """Yield what people who make a difference meet."""
        yield from (every([driver.formula, driver.alone]) for driver in self._all_drivers())

    def ways(self, examiner: Examiner, progress: Progress) -> Ways:
        """Look for someone on every way."""
        found: dict[tuple[bool, tuple[str, ...]], dict[Move, Found]] = {}
        drivers = list(self._all_drivers())
        for driver in progress(drivers, "comparing dispositions", len(drivers)):
            if examiner.is_proved_nobody(every([driver.formula, driver.alone])):
                continue
            less_urgent = driver.high == OLD
            roots = self._pairing.roots(driver.rule, driver.side)
            moves = found.setdefault((less_urgent, roots), {})
            for lower in self._order[: self._order.index(driver.level)]:
                move = (driver.level, lower) if less_urgent else (lower, driver.level)
                if move not in moves or moves[move].answer is not Answer.FOUND:
                    entry = self._look(examiner, driver, lower)
                    if entry.answer is not Answer.NONE:
                        moves[move] = entry
        return self._sorted(found)

    def _sorted(self, found: Mapping[tuple[bool, tuple[str, ...]], Mapping[Move, Found]]) -> Ways:
        by_move = {
            (before, after): Answer.NONE for before in self._order for after in self._order if before != after
        }
        for moves in found.values():
            for move, entry in moves.items():
                if by_move[move] is not Answer.FOUND:
                    by_move[move] = entry.answer
        empty = Ways(self._order, (), by_move)
        ways = [
            Way(roots, less_urgent, {move: moves[move] for move in sorted(moves, key=empty.length)})
            for (less_urgent, roots), moves in found.items()
            if moves
        ]
        return Ways(self._order, tuple(ways), by_move)

    def _look(self, examiner: Examiner, driver: _Driver, lower: Level) -> Found:
        high, low = driver.high, 1 - driver.high

        def claim(crowd: Crowd) -> int:
            return driver.column(crowd) & crowd.seen[high].at(driver.level) & crowd.seen[low].at(lower)

        return examiner.find(claim, self._goals(driver, lower))

    def _goals(self, driver: _Driver, lower: Level) -> Iterator[Formula]:
        above = self._not_above(driver, lower)
        yield every([driver.formula, driver.alone, above, self._ladders[1 - driver.high].at(lower)])

    def _not_above(self, driver: _Driver, lower: Level) -> Formula:
        """Where the higher side comes to no more than its level, given that the other comes to the lower one.

        What leads both sides higher is said by the other side already.
        """
        ladder, other = self._ladders[driver.high], self._ladders[1 - driver.high]
        said = {
            (aspect, other.shape(aspect, rule))
            for level in self._order[max(2, other.rank(lower) + 1) :]
            for aspect, rule in other.calls(level)
        }
        above = (
            call
            for level in self._order[max(2, ladder.rank(driver.level) + 1) :]
            for call in ladder.calls(level)
        )
        return every(
            ladder.no(ladder.where(aspect, rule))
            for aspect, rule in above
            if (aspect, ladder.shape(aspect, rule)) not in said
        )

    def _all_drivers(self) -> Iterator[_Driver]:
        for high in SIDES:
            for level in reversed(self._order[2:]):
                yield from self._drivers(high, level)
            yield from self._drivers_outside(high)

    def _drivers(self, high: int, level: Level) -> Iterator[_Driver]:
        """Yield what takes the higher side to a level above `undetermined`."""
        ladder, other = self._ladders[high], self._ladders[1 - high]
        as_urgent = {
            rule.id: rule
            for rule in other.knowledge.rules.values()
            if (its := other.level_of(rule)) and other.rank(its) >= other.rank(level)
        }
        reasons = (
            other.knowledge.reasons_for_care if other.rank(other.not_sure_level) >= other.rank(level) else ()
        )
        kept = {
            Aspect.FIRED: other.shapes(Aspect.FIRED, as_urgent.values()),
            Aspect.NOT_SURE: other.shapes(Aspect.NOT_SURE, reasons),
        }
        for aspect, rule in ladder.calls(level):
            if ladder.shape(aspect, rule) not in kept[aspect]:
                partner = self._pairing.partner(rule, high)
                alone: Formula = True
                if partner and partner.id in as_urgent:
                    alone = other.no(other.where(Aspect.FIRED, partner))
                if aspect is Aspect.NOT_SURE and partner and partner in reasons:
                    alone = every([alone, other.no(other.where(aspect, partner))])
                yield _Driver(high, level, rule, high, aspect, ladder.where(aspect, rule), alone)

    def _drivers_outside(self, high: int) -> Iterator[_Driver]:
        """Yield what keeps the higher side undetermined where the other is at the lowest rung.

        A reason for care that is open, or no rule of the lowest rung that fires.
        """
        lowest, outside = self._order[:2]
        ladder, other = self._ladders[high], self._ladders[1 - high]
        kept = other.shapes(Aspect.POSSIBLE, other.knowledge.reasons_for_care)
        for rule in ladder.knowledge.reasons_for_care:
            if ladder.shape(Aspect.POSSIBLE, rule) not in kept:
                partner = self._pairing.partner(rule, high)
                alone: Formula = True
                if partner is not None and other.is_reason(partner):
                    alone = other.no(other.where(Aspect.POSSIBLE, partner))
                formula = ladder.where(Aspect.POSSIBLE, rule)
                yield _Driver(high, outside, rule, high, Aspect.POSSIBLE, formula, alone)
        kept = ladder.shapes(Aspect.FIRED, ladder.calling(lowest))
        for rule in other.calling(lowest):
            if other.shape(Aspect.FIRED, rule) not in kept:
                formula = other.where(Aspect.FIRED, rule)
                yield _Driver(high, outside, rule, 1 - high, Aspect.FIRED, formula, ladder.no(ladder.offered))
