"""Symbolic bits: `&`, `|` and `~` on them build a circuit, and a solver answers questions about it.

A bit is a literal of an and-inverter graph. Equal gates are one gate, so what two programs have in common is
built once. A question loads only the gates that it rests on into a solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from triage.proof.solver import SOLVER, Answer, Solver

_TRUE = 1
_SMALL = 500
_HUGE = 50 * _SMALL
"""A question that rests on fewer gates goes to a small solver, which has fewer other gates to decide."""

Found: TypeAlias = tuple[Answer, frozenset[int]]
"""The answer to a question, and the variables of the free bits that are set in the solution."""


class Bit:
    """A symbolic bit: `&`, `|`, `^` and `~` work as on a column of one lane, and with a plain 0 or -1 too."""

    __slots__ = ("circuit", "literal")

    def __init__(self, circuit: Circuit, literal: int) -> None:
        self.circuit = circuit
        self.literal = literal

    def _other(self, other: object) -> int:
        if isinstance(other, Bit):
            return other.literal
        return _TRUE if other else -_TRUE

    def __and__(self, other: object) -> Bit:
        return Bit(self.circuit, self.circuit.conjunction(self.literal, self._other(other)))

    def __or__(self, other: object) -> Bit:
        return Bit(self.circuit, -self.circuit.conjunction(-self.literal, -self._other(other)))

    def __xor__(self, other: object) -> Bit:
        other = Bit(self.circuit, self._other(other))
        return (self & ~other) | (~self & other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Bit:
        return Bit(self.circuit, -self.literal)

    def __bool__(self) -> bool:
        """Whether the bit is not the constant false; then it may be set somewhere."""
        return self.literal != -_TRUE

    def __eq__(self, other: object) -> bool:
        return self.literal == self._other(other)

    def __hash__(self) -> int:
        return hash(self.literal)


@dataclass(frozen=True)
class Gates:
    """The variables of a circuit; each list has an entry for each variable.

    `inputs` has the two literals of a gate, None for a free bit. `preset` says whether the variable is true
    if every free bit has its default. `size` counts the gates behind it, up to `_HUGE`. `rivals` leads from a
    free bit to the choice that it belongs to. `never` has literals that are proved false, which helps with
    every later question.
    """

    inputs: list[tuple[int, int] | None] = field(default_factory=lambda: [None, None])
    preset: list[bool] = field(default_factory=lambda: [False, True])
    size: list[int] = field(default_factory=lambda: [0, 0])
    rivals: dict[int, int] = field(default_factory=dict)
    never: set[int] = field(default_factory=set)

    def add(self, inputs: tuple[int, int] | None, size: int, *, preset: bool) -> int:
        """Add a variable, and return it."""
        self.inputs.append(inputs)
        self.preset.append(preset)
        self.size.append(size)
        return len(self.inputs) - 1


class Circuit:
    """Gates over free bits. The solver sets a free bit only if it must."""

    def __init__(self, solver: str = SOLVER) -> None:
        """Start without bits; `solver` is the name of the solver to ask."""
        self._solver = solver
        self._gates = Gates()
        self._of_inputs: dict[tuple[int, int], int] = {}
        self._answers: dict[tuple[frozenset[int], int], Found] = {}
        self._small: _Session | None = None
        self._whole: _Session | None = None
        self._most = 0
        self.true = Bit(self, _TRUE)
        self.false = Bit(self, -_TRUE)

    def free(self, *, preset: bool = False) -> Bit:
        """Return a new bit that can be anything."""
        return Bit(self, self._gates.add(None, 1, preset=preset))

    def choice(self, count: int, *, preset: bool = False) -> list[Bit]:
        """Return new bits of which at most one is set; with `preset`, the first is set by default."""
        bits = [self.free(preset=preset and not number) for number in range(count)]
        self._gates.rivals.update((bit.literal, bits[0].literal) for bit in bits)
        return bits

    def conjunction(self, one: int, other: int) -> int:
        """Return the literal that is true where both are."""
        if other in (one, _TRUE):
            return one
        if one == _TRUE:
            return other
        if -_TRUE in (one, other) or one == -other:
            return -_TRUE
        key = (one, other) if one < other else (other, one)
        gate = self._of_inputs.get(key)
        if gate is None:
            gates = self._gates
            preset = all(gates.preset[abs(each)] == (each > 0) for each in key)
            size = min(_HUGE, 1 + gates.size[abs(one)] + gates.size[abs(other)])
            gate = self._of_inputs[key] = gates.add(key, size, preset=preset)
        return gate

    def ask(self, bits: Iterable[Bit], budget: int, lemmas: Iterable[Bit] = ()) -> Found:
        """Say whether these bits can be set together.

        Args:
            bits: the bits.
            budget: the most conflicts of the solver.
            lemmas: bits that are proved false, which help the solver.

        Returns:
            The answer, and the variables of the free bits that are set in the solution.
        """
        literals = frozenset(bit.literal for bit in bits) - {_TRUE}
        if -_TRUE in literals:
            return Answer.NONE, frozenset()
        question = literals, budget
        if question not in self._answers:
            session = self._session(sorted(literals))
            session.load(bit.literal for bit in lemmas)
            self._answers[question] = session.solve(sorted(literals), budget)
            if self._answers[question][0] is Answer.NONE and len(literals) == 1:
                self._deny(*literals)
        return self._answers[question]

    def _deny(self, literal: int) -> None:
        self._gates.never.add(literal)
        for session in (self._small, self._whole):
            if session is not None:
                session.deny(literal)

    def _session(self, literals: Sequence[int]) -> _Session:
        """Return a solver that knows all gates behind these literals, and not many more."""
        if sum(self._gates.size[abs(literal)] for literal in literals) < _HUGE:
            if self._small is None or self._small.size > _SMALL:
                self._small = _Session(self._gates, self._solver)
            if self._small.load(literals, _SMALL):
                return self._small
        if self._whole is None or self._whole.size > self._most:
            self._whole = _Session(self._gates, self._solver)
        before = self._whole.size
        self._whole.load(literals)
        self._most = max(self._most, 2 * (self._whole.size - before) + _SMALL)
        return self._whole


class _Session:
    """One solver that knows a part of the circuit, under its own numbers."""

    def __init__(self, gates: Gates, name: str) -> None:
        self._gates = gates
        self._solver = Solver(name)
        self._number: dict[int, int] = {_TRUE: 1}
        self._free: list[tuple[int, int]] = []
        self._choices: dict[int, list[int]] = {}
        self._solver.add([1])

    @property
    def size(self) -> int:
        """The number of variables that were loaded."""
        return len(self._number)

    def load(self, literals: Iterable[int], most: int | None = None) -> bool:
        """Tell the solver the gates behind these literals, if that is at most `most` new variables.

        Returns:
            Whether it knows them now.
        """
        number = self._number
        waiting = [abs(literal) for literal in literals]
        fresh: dict[int, None] = {}
        while waiting:
            variable = waiting.pop()
            if variable in number or variable in fresh:
                continue
            fresh[variable] = None
            if most is not None and len(fresh) > most:
                return False
            inputs = self._gates.inputs[variable]
            if inputs is not None:
                waiting += (abs(inputs[0]), abs(inputs[1]))
        for variable in fresh:
            number[variable] = len(number) + 1
        self._tell(fresh)
        return True

    def _tell(self, variables: Iterable[int]) -> None:
        number, add, gates = self._number, self._solver.add, self._gates
        phases = []
        for variable in variables:
            own = number[variable]
            phases.append(own if gates.preset[variable] else -own)
            inputs = gates.inputs[variable]
            if inputs is None:
                self._free.append((own, variable))
                others = self._choices.setdefault(gates.rivals.get(variable, variable), [])
                for other in others:
                    add([-own, -other])
                others.append(own)
                continue
            one, other = (number[each] if each > 0 else -number[-each] for each in inputs)
            add([-own, one])
            add([-own, other])
            add([own, -one, -other])
            for literal in (variable, -variable):
                if literal in gates.never:
                    self.deny(literal)
        if phases:
            self._solver.prefer(phases)

    def deny(self, literal: int) -> None:
        """Tell the solver that a literal is false, if it knows the literal."""
        own = self._number.get(abs(literal))
        if own is not None:
            self._solver.add([-own if literal > 0 else own])

    def solve(self, literals: Iterable[int], budget: int) -> Found:
        number = self._number
        wanted = [number[each] if each > 0 else -number[-each] for each in literals]
        answer = self._solver.solve(wanted, budget)
        if answer is not Answer.FOUND:
            return answer, frozenset()
        model = self._solver.model()
        return answer, frozenset(variable for own, variable in self._free if model[own - 1] > 0)
