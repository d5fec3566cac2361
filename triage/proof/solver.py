"""The SAT solver: the only module that knows which package it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

SOLVER = "minisat-gh"
"""The default solver.

It always tries the preferred values first, so the people whom it finds have few answers that are not needed.
"""


class Answer(Enum):
    """The answer to a question about every intake."""

    FOUND = "found"
    NONE = "none"
    UNDECIDED = "undecided"


class SolverMissingError(ImportError):
    """The package of the solver is not installed."""

    def __init__(self) -> None:
        super().__init__('this needs the package "python-sat"; install it with: pip install python-sat')


class Solver:
    """Clauses over variables numbered from 1; a literal is the number of a variable, negative if denied."""

    def __init__(self, name: str = SOLVER) -> None:
        """Start without clauses.

        Args:
            name: a solver of the package that can stop after a number of conflicts.

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
        """Try these literals as true first."""
        self._backend.set_phases(list(literals))

    def solve(self, literals: Sequence[int], budget: int) -> Answer:
        """Say whether these literals can be true together; undecided after `budget` conflicts."""
        self._backend.conf_budget(budget)
        answer = self._backend.solve_limited(assumptions=literals)
        if answer is None:
            return Answer.UNDECIDED
        return Answer.FOUND if answer else Answer.NONE

    def model(self) -> Sequence[int]:
        """Return the true literals of the last solution: one for each variable, in their order."""
        model: Sequence[int] = self._backend.get_model()
        return model
