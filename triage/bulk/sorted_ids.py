"""Hashes of ids in order, each with the place of its id: they take little memory and are quick to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class SortedIds:
    """Hashes of ids, each with a place."""

    def __init__(self) -> None:
        """Begin empty."""
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._places: NDArray[np.int64] = np.empty(0, np.int64)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._numbers)

    def places_of(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the places of the numbers that are known, by their index in `numbers`."""
        if not numbers:
            return {}
        wanted = np.array(numbers, np.int64)
        order = np.argsort(wanted)
        at = np.searchsorted(self._numbers, wanted[order]).clip(max=len(self._numbers) - 1)
        met = self._numbers[at] == wanted[order]
        return dict(zip(order[met].tolist(), self._places[at[met]].tolist(), strict=True))

    def add(self, more: Mapping[int, int]) -> None:
        """Add at least one number; none of them may be known yet."""
        numbers = np.fromiter(more, np.int64, len(more))
        places = np.fromiter(more.values(), np.int64, len(more))
        order = np.argsort(numbers)
        numbers, places = numbers[order], places[order]
        at = np.searchsorted(self._numbers, numbers)
        self._numbers = np.insert(self._numbers, at, numbers)
        self._places = np.insert(self._places, at, places)
