"""Finding ids that are repeated in a run: 16 bytes are kept for each case, up to a limit of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from triage.bulk.tasks import Done

if TYPE_CHECKING:
    from triage.bulk.sorted_ids import SortedIds

MOST_IDS = 10_000_000
_RECENT = 1 << 16
_MOST_LINES = 1 << 36


class IdRegister:
    """Remembers where each id came first, up to a limit.

    It keeps a hash of 64 bits for each id. In a full register the chance that two different ids are taken for
    one is about one in 400,000.
    """

    def __init__(self, most: int = MOST_IDS) -> None:
        """Begin empty; at most `most` ids are remembered."""
        self._most = most
        self._recent: dict[int, int] = {}
        self._old: SortedIds | None = None
        self._files: list[str] = []
        self.left_out = 0

    def repeated(self, done: Done) -> dict[int, str]:
        """Remember the ids of a task; return, by place, where each repeated id came first."""
        numbers = [*map(hash, done.ids)]
        places = self._places_of(done)
        old = self._old.places_of(numbers) if self._old else {}
        new = dict(zip(numbers, places, strict=True))
        room = self._most - len(self._recent) - (len(self._old) if self._old else 0)
        repeated: dict[int, str] = {}
        if len(new) == len(numbers) <= room and not old and self._recent.keys().isdisjoint(new):
            self._recent |= new
        else:
            repeated = self._one_by_one(done, numbers, places, old, room)
        if len(self._recent) > _RECENT:
            self._merge()
        return repeated

    def _places_of(self, done: Done) -> list[int]:
        """Return for each id one number that holds the number of its file and its line."""
        places: list[int] = []
        for file, count in done.files:
            if not self._files or self._files[-1] != file:
                self._files.append(file)
            first = (len(self._files) - 1) * _MOST_LINES
            places += [first + line for line in done.numbers[len(places) : len(places) + count]]
        return places

    def _one_by_one(
        self,
        done: Done,
        numbers: Sequence[int],
        places: Sequence[int],
        old: Mapping[int, int],
        room: int,
    ) -> dict[int, str]:
        repeated: dict[int, str] = {}
        for lane, (number, place) in enumerate(zip(numbers, places, strict=True)):
            first = old.get(lane) or self._recent.get(number)
            if first:
                file, line = divmod(first, _MOST_LINES)
                repeated[done.places[lane]] = f"{self._files[file]}:{line}"
            elif room > 0:
                self._recent[number] = place
                room -= 1
            else:
                self.left_out += 1
        return repeated

    def _merge(self) -> None:
        from triage.bulk.sorted_ids import SortedIds  # noqa: PLC0415 - not needed for short inputs

        self._old = self._old or SortedIds()
        self._old.add(self._recent)
        self._recent = {}
