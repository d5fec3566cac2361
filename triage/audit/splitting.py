"""Is there any way to make a formula true? Answered by splitting over finite domains.

A formula is made of leaves ("this variable has one of these options"), `Every` and `Some`; its negation is
pushed down to the leaves. The search simplifies, takes what must hold, and splits on the part that leaves
least choice: the procedure of Davis, Logemann and Loveland (1962) over variables with more than two values.
It is exponential at worst, so that it keeps a budget of nodes and says "undecided" when that is used up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Leaf:
    """True when the variable has one of the options whose bits are set in `mask`."""

    variable: int
    mask: int


@dataclass(frozen=True, slots=True)
class Every:
    """True when every part is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True when at least one part is true."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = "bool | Leaf | Every | Some"
Assignment: TypeAlias = Mapping[int, int]
"""From variable to the options left to it; a variable that does not matter is left out."""


class Answer(Enum):
    """What a search found."""

    FOUND = "found"
    NONE = "none"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Search:
    """The answer of a search: an assignment where one was found, and the nodes it took."""

    answer: Answer
    assignment: Assignment
    nodes: int


class _BudgetSpentError(Exception):
    """The search has used its nodes up."""


def every(parts: Iterable[Formula]) -> Formula:
    """Join formulas that must all hold."""
    return _join(parts, absorbing=False)


def some(parts: Iterable[Formula]) -> Formula:
    """Join formulas of which one must hold."""
    return _join(parts, absorbing=True)


def _join(parts: Iterable[Formula], *, absorbing: bool) -> Formula:
    kind = Some if absorbing else Every
    kept: dict[Formula, None] = {}
    for part in parts:
        if part is absorbing:
            return absorbing
        if part is not (not absorbing):
            kept.update(dict.fromkeys(part.parts) if isinstance(part, kind) else {part: None})
    if not kept:
        return not absorbing
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))


def search(goal: Formula, sizes: Sequence[int], budget: int = 20_000) -> Search:
    """Look for an assignment that makes a formula true.

    Args:
        goal: the formula.
        sizes: the number of options of each variable.
        budget: the most nodes to visit.
    """
    finder = _Finder(sizes, budget)
    try:
        found = finder.find(goal, {})
    except _BudgetSpentError:
        return Search(Answer.UNDECIDED, {}, finder.nodes)
    if found is None:
        return Search(Answer.NONE, {}, finder.nodes)
    return Search(Answer.FOUND, found, finder.nodes)


class _Finder:
    def __init__(self, sizes: Sequence[int], budget: int) -> None:
        self._full = [(1 << size) - 1 for size in sizes]
        self._budget = budget
        self.nodes = 0

    def find(self, goal: Formula, left: dict[int, int]) -> dict[int, int] | None:
        self.nodes += 1
        if self.nodes > self._budget:
            raise _BudgetSpentError
        goal = self._simplify(goal, left)
        while isinstance(goal, Every) and self._take(goal, left):
            goal = self._simplify(goal, left)
        if isinstance(goal, bool):
            return left if goal else None
        if isinstance(goal, Leaf):
            return {**left, goal.variable: self._left(goal.variable, left) & goal.mask}
        variable, mask = _split_on(goal)
        now = self._left(variable, left)
        for half in (now & mask, now & ~mask):
            found = self.find(goal, {**left, variable: half})
            if found is not None:
                return found
        return None

    def _left(self, variable: int, left: Mapping[int, int]) -> int:
        return left.get(variable, self._full[variable])

    def _take(self, goal: Every, left: dict[int, int]) -> bool:
        """Restrict the variables of the leaves that must hold; tell whether there were any."""
        taken = False
        for part in goal.parts:
            if isinstance(part, Leaf):
                left[part.variable] = self._left(part.variable, left) & part.mask
                taken = True
        return taken

    def _simplify(self, formula: Formula, left: Mapping[int, int]) -> Formula:
        if isinstance(formula, bool):
            return formula
        if isinstance(formula, Leaf):
            now = self._left(formula.variable, left)
            inside = now & formula.mask
            if inside == now:
                return now != 0
            return Leaf(formula.variable, inside) if inside else False
        absorbing = isinstance(formula, Some)
        parts = []
        for part in formula.parts:
            simple = self._simplify(part, left)
            if simple is absorbing:
                return absorbing
            parts.append(simple)
        return _join(parts, absorbing=absorbing)


def _split_on(goal: Every | Some) -> tuple[int, int]:
    """The leaf to split on: the most used one of the smallest choice."""
    choices = [part for part in goal.parts if isinstance(part, Some)] if isinstance(goal, Every) else [goal]
    smallest = min(choices, key=lambda choice: len(choice.parts), default=goal)
    inside = {(leaf.variable, leaf.mask) for leaf in leaves(smallest)}
    uses = Counter((leaf.variable, leaf.mask) for leaf in leaves(goal))
    return max(inside, key=lambda leaf: (uses[leaf], leaf))


def leaves(formula: Formula) -> Iterator[Leaf]:
    """Yield every leaf of a formula."""
    if isinstance(formula, Leaf):
        yield formula
    elif isinstance(formula, (Every, Some)):
        for part in formula.parts:
            yield from leaves(part)


def negation(formula: Formula, sizes: Sequence[int]) -> Formula:
    """Return a formula that is true exactly where this one is not."""
    if isinstance(formula, bool):
        return not formula
    if isinstance(formula, Leaf):
        return Leaf(formula.variable, ((1 << sizes[formula.variable]) - 1) & ~formula.mask)
    parts = [negation(part, sizes) for part in formula.parts]
    return every(parts) if isinstance(formula, Some) else some(parts)
