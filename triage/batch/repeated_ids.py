"""Finding ids that stand twice in a run, by a number kept of each: 16 bytes a case, up to a bound."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from triage.batch.tasks import Done

if TYPE_CHECKING:
    from triage.batch.sorted_ids import SortedIds

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
        self._old: SortedIds | None = None
        self._files: list[str] = []
        self.left_out = 0

    def repeated(self, done: Done) -> dict[int, str]:
        """Remember the ids of a task; return of those that stood before the places, and where that was."""
        numbers = [*map(hash, done.ids)]
        old = self._old.places_of(numbers) if self._old else {}
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
        return len(self._recent) + (len(self._old) if self._old else 0) >= self._most

    def _merge(self) -> None:
        from triage.batch.sorted_ids import SortedIds  # noqa: PLC0415 - short inputs do without it

        self._old = self._old or SortedIds()
        self._old.add(self._recent)
        self._recent = {}
