"""Writing records from columns, quickly, by joining fragments.

Every text that a record can hold has a column: the bit of a case is set if its record holds the text. Eight
columns side by side give a byte for each case. Each byte stands for a fragment, the joined texts of its bits,
which is made when it is first needed. The fragments of all bytes, case by case, are the records of a block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.bulk.decoding.bit_matrix import BYTE, rows_of
from triage.evaluation.records.layouts import ITEMS, OPENING, Found, Layout, Piece, Text

_CODES = 1 << BYTE
_NOTHING: Text = (Piece.PLAIN, b"")
_REST = (_NOTHING,) * (BYTE - 1)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as fragments; `starts` tells where each begins, and where the last ends."""

    fragments: NDArray[np.object_]
    starts: Sequence[int]

    def text(self, first: int, last: int) -> bytes:
        """Return the joined records of the lanes from `first` up to `last`."""
        return b"".join(self.fragments[self.starts[first] : self.starts[last]].tolist())


class _Fragments:
    """The fragments of bytes, in two variants: behind the item of a list, and behind the opening of one."""

    def __init__(self, layout: Sequence[Text], separator: bytes) -> None:
        self._layout = layout
        self._separator = separator
        self._count = len(layout) // BYTE * _CODES
        self._texts = np.full(2 * self._count, None, object)
        self._made = np.zeros(self._count, np.bool_)
        # A fragment stands behind an opening where the one before it ends with an opening.
        self._ends_open = np.zeros(self._count, np.bool_)

    def of(self, numbers: NDArray[np.intp]) -> NDArray[np.object_]:
        """Return the fragments of bytes, in the order of the records.

        Args:
            numbers: for each byte, `256 * place + byte`; `place` is the number of its eight columns.
        """
        if not self._made[numbers].all():
            for number in np.unique(numbers[~self._made[numbers]]).tolist():
                self._make(number)
        variants = numbers.copy()
        variants[1:] += self._count * self._ends_open[numbers[:-1]]
        fragments: NDArray[np.object_] = self._texts[variants]
        return fragments

    def _make(self, number: int) -> None:
        place, code = divmod(number, _CODES)
        layout = self._layout[BYTE * place : BYTE * (place + 1)]
        chosen = [text for bit, text in enumerate(layout) if code >> bit & 1]
        self._texts[number] = self._joined(chosen, opened=False)
        self._texts[number + self._count] = self._joined(chosen, opened=True)
        self._ends_open[number] = chosen[-1][0] in OPENING
        self._made[number] = True

    def _joined(self, texts: Sequence[Text], *, opened: bool) -> bytes:
        """Join texts; `opened` says that the opening of a list comes before them."""
        found = []
        for kind, text in texts:
            found.append(self._separator + text if kind in ITEMS and not opened else text)
            opened = kind in OPENING
        return b"".join(found)


class FragmentWriter:
    """Writes the records of blocks in one layout."""

    def __init__(self, layout: Layout) -> None:
        """Lay out the groups of a record; a given text or a value has a byte for itself."""
        self._groups = layout.groups
        self._given = layout.given
        every = [part for _ in range(layout.given) for part in (_NOTHING, *_REST)]
        self._positions: list[int] = []
        self._values: dict[int, str] = {}
        for kind, text in (text for group in layout.groups for text in group.texts):
            if kind is Piece.VALUE:
                every += [_NOTHING] * (-len(every) % BYTE)
                self._values[len(every) * _CODES // BYTE + 1] = text.decode()
            self._positions.append(len(every))
            every.append((kind, text))
            if kind is Piece.VALUE:
                every += _REST
        every += [_NOTHING] * (-len(every) % BYTE)
        self._fragments = _Fragments(every, layout.separator)
        self._is_value = np.zeros(len(every) // BYTE * _CODES, np.bool_)
        self._is_value[[*self._values]] = True

    def records(
        self,
        found: Found,
        given: Sequence[Sequence[bytes]],
        count: int,
        values: Callable[[str], Sequence[bytes]] = lambda _: (),
    ) -> Records:
        """Return the records of a block.

        Args:
            found: what the block comes to.
            given: the texts with which each record begins: the first text of every case, then the second, ...
            count: how many cases there are.
            values: a function from the name of a value to its texts, one for each case.
        """
        columns = {BYTE * place: found.full for place in range(self._given)}
        laid = [column for group in self._groups for column in group.columns(found)]
        columns |= {at: column for at, column in zip(self._positions, laid, strict=True) if column}
        places = [*dict.fromkeys(at // BYTE for at in columns)]
        rows = rows_of([columns.get(BYTE * place + bit, 0) for place in places for bit in range(BYTE)], count)
        numbered = rows + np.array(places, np.uint32) * _CODES
        numbers = numbered.reshape(-1)[np.flatnonzero(rows != 0)].astype(np.intp)
        fragments = self._fragments.of(numbers)
        starts = np.flatnonzero(numbers < _CODES)
        for place, texts in enumerate(given):
            fragments[starts + place] = texts
        if self._values:
            self._fill(fragments, numbers, starts, values)
        return Records(fragments, [*starts.tolist(), len(fragments)])

    def _fill(
        self,
        fragments: NDArray[np.object_],
        numbers: NDArray[np.intp],
        starts: NDArray[np.intp],
        values: Callable[[str], Sequence[bytes]],
    ) -> None:
        """Replace the values by the texts of each case."""
        places = np.flatnonzero(self._is_value[numbers])
        lanes = np.searchsorted(starts, places, side="right") - 1
        texts = {name: values(name) for name in {*self._values.values()}}
        filled = zip(numbers[places].tolist(), lanes.tolist(), strict=True)
        fragments[places] = [texts[self._values[number]][lane] for number, lane in filled]
