"""Is there any way to make a formula true? Answered by splitting over finite domains.

A formula is made of leaves ("this variable has one of these options"), `Every` and `Some`; its negation is
pushed down to the leaves. The search simplifies, takes what must hold, and splits on the part that leaves
least choice: the procedure of Davis, Logemann and Loveland (1962) over variables with more than two values.
Variables that splitting was in vain on are split on sooner (Boussemart and others 2004), and a search that
takes long starts again with that in mind, with twice the patience. It is exponential at worst, so that it
keeps a budget of nodes and says "undecided" when that is used up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Leaf:
    """True when the variable has one of the options whose bits are set in `mask`."""

    variable: int
    mask: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Parts under one roof. The hash and the set of variables (a bit each) are kept: parts can be many."""

    parts: tuple[Formula, ...]
    variables: int = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        variables = 0
        for part in self.parts:
            variables |= variables_of(part)
        object.__setattr__(self, "variables", variables)
        object.__setattr__(self, "_hash", hash((type(self).__name__, self.parts)))

    def __hash__(self) -> int:
        return self._hash


class Every(_Group):
    """True when every part is true."""

    __slots__ = ()


class Some(_Group):
    """True when at least one part is true."""

    __slots__ = ()


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


_PATIENCE = 200


class _OutOfPatienceError(Exception):
    """A search has used its nodes up."""


def variables_of(formula: Formula) -> int:
    """Return the variables of a formula, a bit each."""
    if isinstance(formula, bool):
        return 0
    return 1 << formula.variable if isinstance(formula, Leaf) else formula.variables


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


def _is_joined(group: Every | Some) -> bool:
    """Whether a group is as `every` and `some` make them: of two parts or more, none of its own kind."""
    odd = (bool, type(group))
    return len(group.parts) > 1 and not any(isinstance(part, odd) for part in group.parts)


def search(goal: Formula, sizes: Sequence[int], budget: int = 20_000) -> Search:
    """Look for an assignment that makes a formula true.

    Args:
        goal: the formula, of any make.
        sizes: the number of options of each variable, at least one.
        budget: the most nodes to visit.
    """
    finder = _Finder(sizes)
    patience = _PATIENCE
    while finder.nodes < budget:
        try:
            found = finder.find_within(goal, min(patience, budget - finder.nodes))
        except _OutOfPatienceError:
            patience *= 2
            continue
        return Search(Answer.NONE if found is None else Answer.FOUND, found or {}, finder.nodes)
    return Search(Answer.UNDECIDED, {}, finder.nodes)


class _Finder:
    def __init__(self, sizes: Sequence[int]) -> None:
        self._full = [(1 << size) - 1 for size in sizes]
        self._most = 0
        self._in_vain: Counter[int] = Counter()
        self.nodes = 0

    def find_within(self, goal: Formula, nodes: int) -> dict[int, int] | None:
        """Search from the start, with what was in vain before in mind; raise when the nodes are used up."""
        self._most = self.nodes + nodes
        return self._find(goal, {}, -1)

    def _find(self, goal: Formula, left: dict[int, int], changed: int) -> dict[int, int] | None:
        """Search on; `changed` are the variables restricted since the goal was simplified, a bit each.

        It is -1 for a goal that was not simplified yet, whose groups may be of any make.
        """
        if self.nodes >= self._most:
            raise _OutOfPatienceError
        self.nodes += 1
        goal = self._simplify(goal, left, changed)
        while isinstance(goal, Every) and (changed := self._take(goal, left)):
            goal = self._simplify(goal, left, changed)
        if isinstance(goal, bool):
            return left if goal else None
        if isinstance(goal, Leaf):
            return {**left, goal.variable: self._left(goal.variable, left) & goal.mask}
        variable, mask = self._split_on(goal)
        now = self._left(variable, left)
        for half in (now & mask, now & ~mask):
            found = self._find(goal, {**left, variable: half}, 1 << variable)
            if found is not None:
                return found
            self._in_vain[variable] += 1
        return None

    def _split_on(self, goal: Every | Some) -> tuple[int, int]:
        """The leaf to split on: the most used of the smallest choice, both weighed by what was in vain."""
        choices = (
            [part for part in goal.parts if isinstance(part, Some)] if isinstance(goal, Every) else [goal]
        )
        smallest = min(choices, key=lambda choice: len(choice.parts) / self._weight(choice), default=goal)
        inside = {(leaf.variable, leaf.mask) for leaf in leaves(smallest)}
        uses = Counter((leaf.variable, leaf.mask) for leaf in leaves(goal, variables_of(smallest)))
        return max(inside, key=lambda leaf: (uses[leaf] * (1 + self._in_vain[leaf[0]]), leaf))

    def _weight(self, choice: Some) -> int:
        return 1 + sum(count for variable, count in self._in_vain.items() if choice.variables >> variable & 1)

    def _left(self, variable: int, left: Mapping[int, int]) -> int:
        return left.get(variable, self._full[variable])

    def _take(self, goal: Every, left: dict[int, int]) -> int:
        """Restrict the variables of the leaves that must hold; return these variables."""
        taken = 0
        for part in goal.parts:
            if isinstance(part, Leaf):
                left[part.variable] = self._left(part.variable, left) & part.mask
                taken |= 1 << part.variable
        return taken

    def _simplify(self, formula: Formula, left: Mapping[int, int], changed: int) -> Formula:
        if isinstance(formula, bool):
            return formula
        if isinstance(formula, Leaf):
            now = self._left(formula.variable, left)
            inside = now & formula.mask
            if inside == now:
                return now != 0
            if not inside:
                return False
            return formula if inside == formula.mask else Leaf(formula.variable, inside)
        if changed != -1 and not formula.variables & changed:
            return formula
        absorbing = isinstance(formula, Some)
        parts = []
        same = True
        for part in formula.parts:
            simple = self._simplify(part, left, changed)
            if simple is absorbing:
                return absorbing
            same = same and simple is part
            parts.append(simple)
        if same and (changed != -1 or _is_joined(formula)):
            return formula
        return _join(parts, absorbing=absorbing)


def leaves(formula: Formula, among: int = -1) -> Iterator[Leaf]:
    """Yield every leaf of a formula; with `among`, a bit a variable, at least those of these variables."""
    if isinstance(formula, Leaf):
        yield formula
    elif isinstance(formula, _Group) and formula.variables & among:
        for part in formula.parts:
            yield from leaves(part, among)


def shape_of(formula: Formula) -> object:
    """Return what a formula has in common with those that differ from it in order and repetition alone."""
    if isinstance(formula, (bool, Leaf)):
        return formula
    return isinstance(formula, Every), frozenset(map(shape_of, formula.parts))


def negation(formula: Formula, sizes: Sequence[int]) -> Formula:
    """Return a formula that is true exactly where this one is not."""
    if isinstance(formula, bool):
        return not formula
    if isinstance(formula, Leaf):
        return Leaf(formula.variable, ((1 << sizes[formula.variable]) - 1) & ~formula.mask)
    parts = [negation(part, sizes) for part in formula.parts]
    return every(parts) if isinstance(formula, Some) else some(parts)
