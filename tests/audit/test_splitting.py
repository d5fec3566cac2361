"""The search over all points of a tiny space says what going through them one by one says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.audit import splitting
from triage.audit.splitting import (
    Answer,
    Every,
    Formula,
    Leaf,
    Some,
    every,
    negation,
    search,
    some,
    variables_of,
)

SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=4)


def holds(formula: Formula, point: Sequence[int]) -> bool:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Leaf):
        return bool(formula.mask >> point[formula.variable] & 1)
    return (all if isinstance(formula, Every) else any)(holds(part, point) for part in formula.parts)


def points(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    yield from product(*map(range, sizes))


def inside(assignment: Mapping[int, int], point: Sequence[int]) -> bool:
    return all(left >> point[variable] & 1 for variable, left in assignment.items())


@st.composite
def formulas(draw: st.DrawFn, sizes: Sequence[int]) -> Formula:
    """Formulas of every make: groups of nothing, of one and of the same kind, constants and empty masks."""
    leaves = [Leaf(variable, mask) for variable, size in enumerate(sizes) for mask in range(1 << size)]
    made: st.SearchStrategy[Formula] = st.recursive(
        st.booleans() | st.sampled_from(leaves),
        lambda inner: st.builds(
            lambda group, parts: group(tuple(parts)),
            st.sampled_from([Every, Some, every, some]),
            st.lists(inner, max_size=4),
        ),
        max_leaves=12,
    )
    return draw(made)


def choices(sizes: Sequence[int]) -> st.SearchStrategy[Formula]:
    """Many choices between two or three options each: what takes more than one look."""
    options = [Leaf(variable, 1 << option) for variable, size in enumerate(sizes) for option in range(size)]
    choice = st.lists(st.sampled_from(options), min_size=2, max_size=3, unique=True)
    several = st.lists(choice, min_size=4 * len(sizes), max_size=8 * len(sizes))
    return several.map(lambda found: Every(tuple(Some(tuple(parts)) for parts in found)))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Formula, list[int]]:
    if draw(st.booleans()):
        sizes = draw(SIZES)
        return draw(formulas(sizes)), sizes
    sizes = draw(st.lists(st.sampled_from([2, 2, 3]), min_size=4, max_size=6))
    return draw(choices(sizes)), sizes


@given(questions(), st.integers(1, 12) | st.just(20_000), st.sampled_from([1, 200]))
def test_what_is_found_is_there_and_what_is_not_is_nowhere(
    asked: tuple[Formula, list[int]], budget: int, patience: int
) -> None:
    """Also where the search starts again: with little patience it does so in spaces as tiny as these."""
    goal, sizes = asked
    true = {point for point in points(sizes) if holds(goal, point)}
    with mock.patch.object(splitting, "_PATIENCE", patience):
        found = search(goal, sizes, budget)
    if found.answer is Answer.FOUND:
        given = {point for point in points(sizes) if inside(found.assignment, point)}
        assert given
        assert given <= true
    elif found.answer is Answer.NONE:
        assert not true
    else:
        assert found.nodes >= budget
        assert budget < 20_000
    assert found.nodes <= budget


@given(questions())
def test_a_negation_is_true_exactly_elsewhere(asked: tuple[Formula, list[int]]) -> None:
    goal, sizes = asked
    other = negation(goal, sizes)
    assert all(holds(other, point) is not holds(goal, point) for point in points(sizes))
    assert variables_of(other) & ~variables_of(goal) == 0


@pytest.mark.parametrize(
    ("goal", "answer"),
    [
        (True, Answer.FOUND),
        (False, Answer.NONE),
        (Every(()), Answer.FOUND),
        (Some(()), Answer.NONE),
        (Leaf(0, 0), Answer.NONE),
        (Some((Some(()), Every((Leaf(0, 1), Leaf(0, 2))))), Answer.NONE),
        (Every((Some((False, Leaf(0, 1))), Every((True, Leaf(1, 2))))), Answer.FOUND),
    ],
)
def test_formulas_of_an_odd_make(goal: Formula, answer: Answer) -> None:
    assert search(goal, (2, 2)).answer is answer
