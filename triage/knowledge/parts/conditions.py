"""Conditions of rules: a test on one finding, and `all` and `any` over conditions.

There is no negation: what is not known satisfies no condition, in either direction.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias, TypeVar

if typing.TYPE_CHECKING:
    from triage.source.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Test:
    """A test on one finding, resolved against the questionnaire when the rules were loaded.

    A finding with named values is tested by the set of values it accepts, a number by its bounds, both
    ends included. `threshold` names the threshold that a bound came from, if one did, and `line` is where
    the test stands in its file (0 when unknown).
    """

    finding: str
    accepts: frozenset[str] | None = None
    at_least: int | None = None
    at_most: int | None = None
    threshold: str | None = None
    line: int = field(default=0, compare=False)

    def accepts_value(self, value: str | int) -> bool:
        """Tell whether a known value satisfies this test."""
        if self.accepts is not None:
            return value in self.accepts
        if not isinstance(value, int):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when at least one part is true."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Test | All | Any


Result = TypeVar("Result")


def fold(
    condition: Condition,
    at_test: Callable[[Test], Result],
    at_all: Callable[[Sequence[Result]], Result],
    at_any: Callable[[Sequence[Result]], Result],
) -> Result:
    """Work out a result for a condition, from its tests upward.

    Args:
        condition: the condition.
        at_test: gives the result of a test.
        at_all: gives the result of `all` from the results of its parts.
        at_any: the same for `any`.
    """
    if isinstance(condition, Test):
        return at_test(condition)
    parts = [fold(part, at_test, at_all, at_any) for part in condition.parts]
    return at_all(parts) if isinstance(condition, All) else at_any(parts)


def tests_of(condition: Condition) -> Iterator[Test]:
    """Yield every test in a condition, from left to right."""
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        yield from tests_of(part)


Put: TypeAlias = Callable[[Condition | None], Condition | None]
"""Takes what replaces a part, None to leave it out, and returns the whole; None if nothing is left."""


def parts_of(condition: Condition, put: Put = lambda new: new) -> Iterator[tuple[Condition, Put]]:
    """Yield every part of a condition, the whole first, each with a function that replaces it."""
    yield condition, put
    if not isinstance(condition, Test):
        for number, part in enumerate(condition.parts):
            yield from parts_of(part, partial(_put, condition, number, put))


def _put(group: All | Any, number: int, put: Put, new: Condition | None) -> Condition | None:
    """Change one part of a group; a group left with one part becomes that part."""
    parts = [*group.parts[:number], *([new] if new else []), *group.parts[number + 1 :]]
    if new or len(parts) > 1:
        return put(type(group)(tuple(parts)))
    return put(parts[0] if parts else None)


def findings_of(condition: Condition) -> frozenset[str]:
    """Return the findings that a condition looks at."""
    return frozenset(test.finding for test in tests_of(condition))


def enough_alone(condition: Condition, at_test: Callable[[Test], frozenset[str]]) -> frozenset[str]:
    """Return what makes a condition true by itself, given what makes each of its tests true."""

    def common(parts: Sequence[frozenset[str]]) -> frozenset[str]:
        return frozenset.intersection(*parts)

    return fold(condition, at_test, common, lambda parts: frozenset[str]().union(*parts))


def is_lower(test: Test, values: Sequence[int | str], cut: int | str) -> bool:
    """Whether the threshold of a test is a lower bound rather than an upper one.

    Args:
        test: the test.
        values: the values of a scale, in order; not needed for a number.
        cut: the value of the threshold.
    """
    if test.accepts is None:
        return test.at_least is not None
    return test.accepts == set(values[values.index(cut) :])


Written: TypeAlias = Mapping[str, typing.Any]


def written_tests(written: Written, place: Pointer = ()) -> Iterator[tuple[Pointer, Written]]:
    """Yield every test of a condition as written in a file, from left to right, each with its place."""
    for key in ("all", "any"):
        if key in written:
            for index, part in enumerate(written[key]):
                yield from written_tests(part, (*place, key, index))
            return
    yield place, written
