"""Symbolic bits: what `&`, `|` and `~` make of them is a circuit, about which a solver is asked.

A bit is a literal of an and-inverter graph; equal gates are one gate, so that what two programs have in
common is built once. A question loads into a solver only the gates that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from triage.proof.solver import SOLVER, Answer, Solver

_TRUE = 1
_SMALL = 500
_HUGE = 50 * _SMALL
"""Questions that rest on fewer gates are asked of a small solver, which need not decide all the others."""


class Bit:
    """A symbolic bit: `&`, `|`, `^` and `~` work as on a column of one lane, also with a plain 0 or -1."""

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
        """Whether the bit is not plainly false: it may be set somewhere."""
        return self.literal != -_TRUE

    def __eq__(self, other: object) -> bool:
        return self.literal == self._other(other)

    def __hash__(self) -> int:
        return hash(self.literal)


class Circuit:
    """Gates over free bits. Where nothing speaks against it, a free bit is not set."""

    def __init__(self, solver: str = SOLVER) -> None:
        """Start with no bit; `solver` names the solver of the package to ask."""
        self._solver = solver
        self._inputs: list[tuple[int, int] | None] = [None, None]
        self._default = bytearray((0, 1))
        self._size = [0, 0]
        self._gate: dict[tuple[int, int], int] = {}
        self._rivals: dict[int, int] = {}
        self._never: set[int] = set()
        self._small: _Session | None = None
        self._whole: _Session | None = None
        self._most = 0
        self._answers: dict[frozenset[int], tuple[Answer, frozenset[int]]] = {}
        self.true = Bit(self, _TRUE)
        self.false = Bit(self, -_TRUE)

    @property
    def size(self) -> int:
        """The number of free bits and gates."""
        return len(self._inputs)

    def free(self) -> Bit:
        """Return a new bit that can be anything."""
        self._inputs.append(None)
        self._default.append(0)
        self._size.append(1)
        return Bit(self, len(self._inputs) - 1)

    def choice(self, count: int, *, preset: bool = False) -> list[Bit]:
        """Return new bits of which at most one is set: the first by default where it is `preset`."""
        bits = [self.free() for _ in range(count)]
        if preset:
            self._default[bits[0].literal] = 1
        self._rivals.update((bit.literal, bits[0].literal) for bit in bits)
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
        gate = self._gate.get(key)
        if gate is None:
            gate = self._gate[key] = len(self._inputs)
            self._inputs.append(key)
            self._default.append(self.default(one) & self.default(other))
            size = 1 + self._size[abs(one)] + self._size[abs(other)]
            self._size.append(min(_HUGE, size))
        return gate

    def default(self, literal: int) -> int:
        """Return what a literal is where no free bit is set."""
        return self._default[literal] if literal > 0 else 1 - self._default[-literal]

    def inputs(self, variable: int) -> tuple[int, int] | None:
        """Return the two literals of a gate; None for a free bit."""
        return self._inputs[variable]

    def rival(self, variable: int) -> int:
        """Return the name of the choice that a free bit belongs to, 0 for none."""
        return self._rivals.get(variable, 0)

    def ask(
        self, bits: Iterable[Bit], budget: int, lemmas: Iterable[Bit] = ()
    ) -> tuple[Answer, frozenset[int]]:
        """Say whether these bits can be set together.

        Args:
            bits: the bits.
            budget: the most conflicts of the solver.
            lemmas: bits of which it is proved that nobody sets them, to be kept in mind.

        Returns:
            The answer, and the free bits (their variables) that are set in what was found.
        """
        literals = [bit.literal for bit in bits if bit.literal != _TRUE]
        if -_TRUE in literals:
            return Answer.NONE, frozenset()
        question = frozenset(literals)
        if question not in self._answers:
            self._answers[question] = self._find(literals, budget, lemmas)
        return self._answers[question]

    def _find(
        self, literals: Sequence[int], budget: int, lemmas: Iterable[Bit]
    ) -> tuple[Answer, frozenset[int]]:
        session = self._session(literals)
        session.load(bit.literal for bit in lemmas)
        answer, free = session.solve(literals, budget)
        if answer is Answer.NONE and len(literals) == 1:
            self._deny(literals[0])
        return answer, free

    def _deny(self, literal: int) -> None:
        """Keep that a literal cannot hold: what is proved once helps with every later question."""
        self._never.add(literal)
        for session in (self._small, self._whole):
            if session is not None:
                session.deny(literal)

    def is_never(self, literal: int) -> bool:
        """Whether it is proved already that a literal cannot hold."""
        return literal in self._never

    def _session(self, literals: Sequence[int]) -> _Session:
        """Return a solver that knows all that these literals rest on, and not much more."""
        if sum(self._size[abs(literal)] for literal in literals) < _HUGE:
            if self._small is None or self._small.size > _SMALL:
                self._small = _Session(self, self._solver)
            if self._small.load(literals, _SMALL):
                return self._small
        if self._whole is None or self._whole.size > self._most:
            self._whole = _Session(self, self._solver)
        before = self._whole.size
        self._whole.load(literals)
        self._most = max(self._most, 2 * (self._whole.size - before) + _SMALL)
        return self._whole

    def value(self, bit: Bit, free: frozenset[int], known: dict[int, bool]) -> bool:
        """Return what a bit is where exactly these free bits are set; `known` keeps what was worked out."""
        waiting = [abs(bit.literal)]
        while waiting:
            variable = waiting[-1]
            inputs = self._inputs[variable]
            if variable in known or inputs is None:
                known.setdefault(variable, variable == _TRUE or variable in free)
                waiting.pop()
                continue
            missing = [abs(each) for each in inputs if abs(each) not in known]
            if missing:
                waiting += missing
            else:
                known[variable] = all(known[abs(each)] == (each > 0) for each in inputs)
                waiting.pop()
        return known[abs(bit.literal)] == (bit.literal > 0)


class _Session:
    """One solver that has been told a part of the circuit, under numbers of its own."""

    def __init__(self, circuit: Circuit, name: str) -> None:
        self._circuit = circuit
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
        """Tell the solver what these literals rest on, unless that is more than `most` new variables."""
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
            inputs = self._circuit.inputs(variable)
            if inputs is not None:
                waiting += (abs(inputs[0]), abs(inputs[1]))
        for variable in fresh:
            number[variable] = len(number) + 1
        self._tell(fresh)
        return True

    def _tell(self, variables: Mapping[int, None]) -> None:
        number, add, circuit = self._number, self._solver.add, self._circuit
        phases = []
        for variable in variables:
            own = number[variable]
            phases.append(own if circuit.default(variable) else -own)
            inputs = circuit.inputs(variable)
            if inputs is None:
                self._free.append((own, variable))
                self._exclude(own, circuit.rival(variable))
                continue
            one, other = (number[each] if each > 0 else -number[-each] for each in inputs)
            add([-own, one])
            add([-own, other])
            add([own, -one, -other])
            for literal in (variable, -variable):
                if circuit.is_never(literal):
                    self.deny(literal)
        if phases:
            self._solver.prefer(phases)

    def _exclude(self, own: int, choice: int) -> None:
        if choice:
            others = self._choices.setdefault(choice, [])
            for other in others:
                self._solver.add([-own, -other])
            others.append(own)

    def deny(self, literal: int) -> None:
        """Tell the solver that a literal cannot hold, if it knows that literal."""
        own = self._number.get(abs(literal))
        if own is not None:
            self._solver.add([-own if literal > 0 else own])

    def solve(self, literals: Iterable[int], budget: int) -> tuple[Answer, frozenset[int]]:
        number = self._number
        wanted = [number[each] if each > 0 else -number[-each] for each in literals]
        answer = self._solver.solve(wanted, budget)
        if answer is not Answer.FOUND:
            return answer, frozenset()
        model = self._solver.model()
        return answer, frozenset(variable for own, variable in self._free if model[own - 1] > 0)
