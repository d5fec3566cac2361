"""Writing records from columns, quickly: put together from fragments.

Every text that a record can hold is a column of the block: where the record of a case holds the text, the
bit of the case is set. Eight columns side by side give a byte a case, and a byte gives a fragment, made when
it is first met. The records of a block are the fragments of all bytes, case by case, joined once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from triage.batch.bit_matrix import BYTE, rows_of
from triage.batch.layouts import Found, Layout, Piece, Text

_CODES = 1 << BYTE


_NOTHING: Text = (Piece.PLAIN, b"")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as fragments; `starts` tells where each begins, and where the last ends."""

    fragments: NDArray[np.object_]
    starts: Sequence[int]

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(self.fragments[self.starts[first] : self.starts[last]].tolist())


class _Fragments:
    """The fragments of bytes: each as it stands behind an item, and as it stands behind an opening."""

    def __init__(self, layout: Sequence[Text], separator: bytes) -> None:
        self._layout = layout
        self._separator = separator
        self._count = len(layout) // BYTE * _CODES
        self._texts = np.full(2 * self._count, None, object)
        self._made = np.zeros(self._count, np.bool_)
        # A fragment stands behind an opening where the one before it ends with an opening.
        self._ends_open = np.zeros(self._count, np.bool_)

    def of(self, numbers: NDArray[np.intp]) -> NDArray[np.object_]:
        """Return the fragments of bytes, in the order in which they stand in records.

        Args:
            numbers: of each byte, `256 * place + byte`, where `place` tells where its columns stand.
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
        self._ends_open[number] = chosen[-1][0] is Piece.OPENING
        self._made[number] = True

    def _joined(self, texts: Sequence[Text], *, opened: bool) -> bytes:
        """Join texts; `opened` tells that what stands before them is the opening of a list."""
        found = []
        for kind, text in texts:
            found.append(self._separator + text if kind is Piece.ITEM and not opened else text)
            opened = kind is Piece.OPENING
        return b"".join(found)


class FragmentWriter:
    """Writes the records of blocks in one layout."""

    def __init__(self, layout: Layout) -> None:
        """Lay out the groups of a record."""
        self._groups = layout.groups
        self._given = layout.given
        texts = [text for group in layout.groups for text in group.texts]
        # A byte each for the texts that differ from case to case.
        given = [part for _ in range(layout.given) for part in _filled([_NOTHING], _NOTHING)]
        every = [*given, *_filled(texts, _NOTHING)]
        self._fragments = _Fragments(every, layout.separator)
        self._places = np.arange(len(every) // BYTE, dtype=np.uint32) * _CODES

    def records(self, found: Found, given: Sequence[Sequence[bytes]], count: int) -> Records:
        """Return the records of a block.

        Args:
            found: what the block comes to.
            given: the texts with which each record begins: the first of every case, the second, ...
            count: how many cases there are.
        """
        first = [part for _ in range(self._given) for part in _filled([found.full], 0)]
        laid = [column for group in self._groups for column in group.columns(found)]
        rows = rows_of([*first, *_filled(laid, 0)], count)
        numbers = (rows + self._places).reshape(-1)[np.flatnonzero(rows != 0)].astype(np.intp)
        fragments = self._fragments.of(numbers)
        starts = np.flatnonzero(numbers < _CODES)
        for place, texts in enumerate(given):
            fragments[starts + place] = texts
        return Records(fragments, [*starts.tolist(), len(fragments)])


def _filled(parts: Sequence[Part], nothing: Part) -> Iterator[Part]:
    """Yield parts, and nothing to the end of the last byte."""
    yield from parts
    yield from (nothing for _ in range(-len(parts) % BYTE))
