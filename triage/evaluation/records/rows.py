"""Texts of records with their columns, put together from JSON that has holes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Protocol, TypeAlias

import orjson

from triage.evaluation.records.layouts import Piece, Text
from triage.evaluation.records.whole_view import WholeView

HOLE = "\0"
"""Stands in a record for what differs from case to case: as an item for a list of them, else for a value."""
_CUT = orjson.dumps(HOLE)

Column: TypeAlias = Callable[[WholeView], int]
Said: TypeAlias = tuple[str, str]
"""A text as it is said to the person, and about another."""


class Row(Protocol):
    """Some texts that stand one behind the other, each with its column."""

    texts: Sequence[Text]

    def lay(self, view: WholeView, within: int, columns: list[int]) -> None:
        """Append the column of each text, within some lanes."""


class Leaf:
    """One text."""

    def __init__(self, kind: Piece, text: bytes, column: Column) -> None:
        """Take the text, and what gives its column."""
        self.texts: Sequence[Text] = ((kind, text),)
        self._column = column

    def lay(self, view: WholeView, within: int, columns: list[int]) -> None:
        """Append the column of the text."""
        columns.append(self._column(view) & within)


class Entry:
    """A JSON object with holes, and what fills each of them, in order."""

    def __init__(
        self,
        records: tuple[object, object],
        column: Column,
        fillings: Sequence[Sequence[Row]] = (),
        kind: Piece = Piece.ITEM,
        begins: bytes = b"{",
    ) -> None:
        """Cut the object at its holes.

        Args:
            records: the object to the person, and about another: dataclasses with `HOLE` where something is
                to be filled in.
            column: gives the column of the object.
            fillings: of each hole, the rows that fill it.
            kind: how the object stands, as an item of a list or by itself.
            begins: what the object begins with; a comma makes its pairs follow others.
        """
        cut = [(begins + orjson.dumps(record)[1:]).split(_CUT) for record in records]
        self._pieces = [[*dict.fromkeys(forms)] for forms in zip(*cut, strict=True)]
        texts: list[Text] = []
        for forms, rows in zip_longest(self._pieces, fillings, fillvalue=()):
            texts += [(_opened(kind, form), form) for form in forms]
            texts += [text for row in rows for text in row.texts]
            kind = Piece.PLAIN
        self.texts: Sequence[Text] = tuple(texts)
        self._column = column
        self._fillings = fillings
        self._nothing = [0] * len(texts)

    def lay(self, view: WholeView, within: int, columns: list[int]) -> None:
        """Append the columns of the object and of what fills it."""
        lanes = self._column(view) & within
        if not lanes:
            columns += self._nothing
            return
        for forms, rows in zip_longest(self._pieces, self._fillings, fillvalue=()):
            if len(forms) == 1:
                columns.append(lanes)
            else:
                columns += [lanes & ~view.about_other, lanes & view.about_other]
            for row in rows:
                row.lay(view, lanes, columns)


def item(text: str, column: Column) -> Row:
    """Return a text that is an item of a list."""
    return Leaf(Piece.ITEM, orjson.dumps(text), column)


def plain(text: str, column: Column) -> Row:
    """Return a text that is a value by itself."""
    return Leaf(Piece.PLAIN, orjson.dumps(text), column)


def in_each_form(said: Said, column: Column) -> Iterator[tuple[str, Column]]:
    """Yield a text once if it is said in one way, else each way where it is said so."""
    to, about = said
    if to == about:
        yield to, column
    else:
        yield to, lambda view: column(view) & ~view.about_other
        yield about, lambda view: column(view) & view.about_other


def _opened(kind: Piece, text: bytes) -> Piece:
    if not text.endswith(b"["):
        return kind
    return Piece.NESTED if kind is Piece.ITEM else Piece.OPENING
