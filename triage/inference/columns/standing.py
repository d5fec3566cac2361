"""Where a condition is true, possible, not sure or suspected, over bits of any kind.

Bits are columns of cases, symbolic bits, or pieces of source; they need only `&`, `|` and `~`. This is the
one definition behind the compiled rules: `RuleSource` writes it as source, and proofs run it directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias

from triage.knowledge.parts.conditions import Condition, Test, fold

Bits: TypeAlias = Any
"""A column of lanes (int), a symbolic bit, or a piece of source."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a condition is true, where it is true or open, and where a "not sure" keeps it open.

    It is suspected where it would be true if every red flag that the person is not sure about were present.
    """

    true: Bits
    possible: Bits
    not_sure: Bits
    suspected: Bits

    @property
    def open(self) -> Bits:
        """Where the condition is neither true nor false."""
        return self.possible & ~self.true

    @property
    def columns(self) -> tuple[Bits, ...]:
        """All four, in order."""
        return self.true, self.possible, self.not_sure, self.suspected

    def differs(self, other: Standing) -> Bits:
        """Where any of the four differs."""
        return union(one ^ its for one, its in zip(self.columns, other.columns, strict=True))


Look: TypeAlias = Callable[[Test], Standing]


def standing(condition: Condition, look: Look) -> Standing:
    """Return how a condition stands, from how its tests stand."""
    return fold(condition, look, _all, any_of)


def _all(parts: Sequence[Standing]) -> Standing:
    possible = intersection(part.possible for part in parts)
    return Standing(
        intersection(part.true for part in parts),
        possible,
        union(part.not_sure for part in parts) & possible,
        intersection(part.suspected for part in parts),
    )


def any_of(parts: Sequence[Standing]) -> Standing:
    """Return how an `any` stands from its parts, or a derived finding from the rules that conclude it."""
    true = union(part.true for part in parts)
    return Standing(
        true,
        union(part.possible for part in parts),
        union(part.not_sure for part in parts) & ~true,
        union(part.suspected for part in parts),
    )


def deciding(condition: Condition, look: Look, full: Bits) -> list[Bits]:
    """Return where each test alone decides: the condition is true if it is, and not true if it is not.

    The tests are in the order of `tests_of`.
    """

    def at_test(test: Test) -> tuple[Bits, list[Bits]]:
        return look(test).true, [full]

    def at_all(parts: Sequence[tuple[Bits, list[Bits]]]) -> tuple[Bits, list[Bits]]:
        trues = [true for true, _ in parts]
        lanes = [
            reduce(and_, trues[:place] + trues[place + 1 :], each)
            for place, (_, inside) in enumerate(parts)
            for each in inside
        ]
        return intersection(trues), lanes

    def at_any(parts: Sequence[tuple[Bits, list[Bits]]]) -> tuple[Bits, list[Bits]]:
        trues = [true for true, _ in parts]
        lanes = [
            each & ~union(trues[:place] + trues[place + 1 :])
            for place, (_, inside) in enumerate(parts)
            for each in inside
        ]
        return union(trues), lanes

    return fold(condition, at_test, at_all, at_any)[1]


def union(columns: Iterable[Bits]) -> Bits:
    """Return the lanes set in any of the columns."""
    return reduce(or_, columns, 0)


def intersection(columns: Iterable[Bits]) -> Bits:
    """Return the lanes set in all of the columns; there must be at least one column."""
    return reduce(and_, columns)
