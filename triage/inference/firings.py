"""What the rules concluded of one intake, whichever evaluator found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firings:
    """The rules that fired, and those that fired or might if more were known."""

    fired: frozenset[str]
    possible: frozenset[str]

    @property
    def open(self) -> frozenset[str]:
        """The rules that have not fired and are not ruled out."""
        return self.possible - self.fired
