"""Finding ids that stand twice in a run, by a number kept of each: 16 bytes a case, up to a bound."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from triage.batch.tasks import Done

MOST_IDS = 10_000_000
_RECENT = 1 << 16


class IdRegister:
    """Remembers where ids stood first, as long as there are not too many.

    Of an id it keeps 64 bits, so that two different ids of a full register are taken for one with a chance of
    about one in 400,000.
    """

    def __init__(self, most: int = MOST_IDS) -> None:
        """Begin with none; `most` are remembered."""
        self._most = most
        self._recent: dict[int, tuple[int, int]] = {}
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._places: NDArray[np.int64] = np.empty((0, 2), np.int64)
        self._files: list[str] = []
        self.left_out = 0

    def repeated(self, done: Done) -> dict[int, str]:
        """Remember the ids of a task; return of those that stood before the places, and where that was."""
        numbers = [*map(hash, done.ids)]
        old = self._old(numbers)
        repeated: dict[int, str] = {}
        lanes = iter(range(len(numbers)))
        for file, count in done.files:
            if not self._files or self._files[-1] != file:
                self._files.append(file)
            at = len(self._files) - 1
            for lane in islice(lanes, count):
                number = numbers[lane]
                first = old.get(lane) or self._recent.get(number)
                if first:
                    repeated[done.places[lane]] = f"{self._files[first[0]]}:{first[1]}"
                elif self._is_full():
                    self.left_out += 1
                else:
                    self._recent[number] = (at, done.numbers[lane])
        if len(self._recent) > _RECENT:
            self._merge()
        return repeated

    def _is_full(self) -> bool:
        return len(self._numbers) + len(self._recent) >= self._most

    def _old(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return of the ids that are no longer recent the lanes and where they stood."""
        if not len(self._numbers) or not numbers:
            return {}
        wanted = np.array(numbers, np.int64)
        order = np.argsort(wanted)
        at = np.searchsorted(self._numbers, wanted[order]).clip(max=len(self._numbers) - 1)
        met = self._numbers[at] == wanted[order]
        found = zip(order[met].tolist(), self._places[at[met]].tolist(), strict=True)
        return {lane: (file, line) for lane, (file, line) in found}

    def _merge(self) -> None:
        numbers = np.fromiter(self._recent, np.int64, len(self._recent))
        places = np.array([*self._recent.values()], np.int64)
        order = np.argsort(numbers)
        numbers, places = numbers[order], places[order]
        at = np.searchsorted(self._numbers, numbers)
        self._numbers = np.insert(self._numbers, at, numbers)
        self._places = np.insert(self._places, at, places, axis=0)
        self._recent = {}
