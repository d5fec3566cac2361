"""The SAT solver, behind one small wall: the only module that knows which package it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

SOLVER = "minisat-gh"
"""The solver that is used where none is named.

It keeps to the preferred values throughout, so that whoever it finds has few answers that are not needed.
"""


class Answer(Enum):
    """What a question about every intake comes to."""

    FOUND = "found"
    NONE = "none"
    UNDECIDED = "undecided"


class SolverMissingError(ImportError):
    """The package of the solver is not installed."""

    def __init__(self) -> None:
        super().__init__('this needs the package "python-sat"; install it with: pip install python-sat')


class Solver:
    """Clauses over variables numbered from 1; a literal is a variable, or minus it for its denial."""

    def __init__(self, name: str = SOLVER) -> None:
        """Start without clauses.

        Args:
            name: a solver of the package that can be stopped after a number of conflicts.

        Raises:
            SolverMissingError: the package is not installed.
        """
        try:
            from pysat.solvers import Solver as Backend  # noqa: PLC0415 - only proofs need it
        except ImportError:
            raise SolverMissingError from None
        self._backend: Any = Backend(name=name)
        self.add: Callable[[Sequence[int]], None] = self._backend.solver.add_clause

    def prefer(self, literals: Iterable[int]) -> None:
        """Take these literals for true where nothing speaks against it."""
        self._backend.set_phases(list(literals))

    def solve(self, literals: Sequence[int], budget: int) -> Answer:
        """Say whether these literals can hold together; undecided after `budget` conflicts."""
        self._backend.conf_budget(budget)
        answer = self._backend.solve_limited(assumptions=literals)
        if answer is None:
            return Answer.UNDECIDED
        return Answer.FOUND if answer else Answer.NONE

    def model(self) -> Sequence[int]:
        """Return the literals that hold in what was found last, one a variable, in the order of variables."""
        model: Sequence[int] = self._backend.get_model()
        return model
