"""Numbers of ids in order, each with where it stood: little memory, and quickly looked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class SortedIds:
    """Numbers, each with its file and line."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._places: NDArray[np.int64] = np.empty((0, 2), np.int64)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._numbers)

    def places_of(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return file and line of those of some numbers that are known, by their places among these."""
        if not numbers:
            return {}
        wanted = np.array(numbers, np.int64)
        order = np.argsort(wanted)
        at = np.searchsorted(self._numbers, wanted[order]).clip(max=len(self._numbers) - 1)
        met = self._numbers[at] == wanted[order]
        found = zip(order[met].tolist(), self._places[at[met]].tolist(), strict=True)
        return {place: (file, line) for place, (file, line) in found}

    def add(self, more: Mapping[int, tuple[int, int]]) -> None:
        """Add numbers that are not known, at least one."""
        numbers = np.fromiter(more, np.int64, len(more))
        places = np.array([*more.values()], np.int64)
        order = np.argsort(numbers)
        numbers, places = numbers[order], places[order]
        at = np.searchsorted(self._numbers, numbers)
        self._numbers = np.insert(self._numbers, at, numbers)
        self._places = np.insert(self._places, at, places, axis=0)
