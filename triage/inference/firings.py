"""What the rules concluded of one intake, whichever evaluator found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firings:
    """The rules that fired, those that fired or might if more were known, and those that are suspected.

    A rule with a disposition of `KnowledgeBase.in_doubt` is suspected where it would fire if every red flag
    were so of which the person is not sure.
    """

    fired: frozenset[str]
    possible: frozenset[str]
    suspected: frozenset[str]

    @property
    def open(self) -> frozenset[str]:
        """The rules that have not fired and are not ruled out."""
        return self.possible - self.fired
