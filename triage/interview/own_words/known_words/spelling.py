"""Words that are misspelt by a letter or two, and the words that they are most like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_SHORTEST = 5
_LONG = 8
_LONGEST = 40


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters must change, come, go or swap with their neighbour; `most` + 1 where more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [place]
        for at, wanted in enumerate(other, start=1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != wanted))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == wanted:
                cost = min(cost, earlier[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def tolerance(word: str) -> int:
    """Return how many letters of a word may be wrong."""
    return 0 if len(word) < _SHORTEST else 1 if len(word) < _LONG else 2


@dataclass
class NearWords:
    """Rightly written words, by length, so that those like another are soon found."""

    words: Iterable[str]
    _by_length: dict[int, list[tuple[int, str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the words."""
        for word in sorted(set(self.words)):
            self._by_length.setdefault(len(word), []).append((_letters(word), word))

    def like(self, word: str) -> tuple[str, ...]:
        """Return the words that are nearest to another, all at the same small distance."""
        most = tolerance(word)
        if not most or len(word) > _LONGEST:
            return ()
        near: dict[int, list[str]] = {}
        for other in self._candidates(word, most):
            near.setdefault(distance(word, other, most), []).append(other)
        best = min(near, default=most + 1)
        return tuple(near[best]) if best <= most else ()

    def one_off(self, word: str) -> Iterator[str]:
        """Yield the words that one slip of the finger makes into another.

        A word of four letters may have lost one, or two of them may be swapped.
        """
        short = len(word) < _SHORTEST
        if not _SHORTEST - 1 <= len(word) <= _LONGEST:
            return
        for other in self._candidates(word, 1):
            lost_or_swapped = len(other) > len(word) or sorted(other) == sorted(word)
            if (lost_or_swapped or not short) and distance(word, other, 1) == 1:
                yield other

    def _candidates(self, word: str, most: int) -> Iterator[str]:
        letters = _letters(word)
        for length in range(max(_SHORTEST - 1, len(word) - most), len(word) + most + 1):
            for others, other in self._by_length.get(length, ()):
                if (letters ^ others).bit_count() <= 2 * most and other[0] in word[:2]:
                    yield other


def _letters(word: str) -> int:
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) % 61)
    return found
