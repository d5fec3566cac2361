"""What the rules say about one intake, whichever evaluator ran them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firings:
    """The rules that fired, those that fired or might fire if more were known, and those that are suspected.

    A rule whose disposition is in `KnowledgeBase.in_doubt` is suspected if it would fire if every red flag
    that the person is not sure about were present.
    """

    fired: frozenset[str]
    possible: frozenset[str]
    suspected: frozenset[str]

    @property
    def open(self) -> frozenset[str]:
        """The rules that have neither fired nor been ruled out."""
        return self.possible - self.fired
