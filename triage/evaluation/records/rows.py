"""Texts of records with their columns, made of JSON with holes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Protocol, TypeAlias

import orjson

from triage.evaluation.records.layouts import Piece, Text
from triage.evaluation.records.whole_view import WholeView

HOLE = "\0"
"""Marks the part of a record that differs from case to case: the items of a list, or a value."""
_CUT = orjson.dumps(HOLE)

Column: TypeAlias = Callable[[WholeView], int]
Said: TypeAlias = tuple[str, str]
"""A text as it speaks to the person, and as it speaks about someone else."""


class Row(Protocol):
    """Texts that follow each other, each with its column."""

    texts: Sequence[Text]

    def lay(self, view: WholeView, within: int, columns: list[int]) -> None:
        """Append the column of each text to `columns`, only with the lanes of `within`."""


class Leaf:
    """One text."""

    def __init__(self, kind: Piece, text: bytes, column: Column) -> None:
        """Take the text, and the function that gives its column."""
        self.texts: Sequence[Text] = ((kind, text),)
        self._column = column

    def lay(self, view: WholeView, within: int, columns: list[int]) -> None:
        """Append the column of the text."""
        columns.append(self._column(view) & within)


class Entry:
    """A JSON object with holes, and the rows that fill each hole, in order."""

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
            records: the object as it speaks to the person, and about someone else; `HOLE` marks each hole.
            column: gives the column of the object.
            fillings: the rows that fill each hole.
            kind: whether the object is an item of a list or stands by itself.
            begins: the text that replaces the opening brace; a comma makes the pairs follow others.
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
        """Append the columns of the object and of its fillings."""
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
    """Return a row whose text is an item of a list."""
    return Leaf(Piece.ITEM, orjson.dumps(text), column)


def plain(text: str, column: Column) -> Row:
    """Return a row whose text is a value by itself."""
    return Leaf(Piece.PLAIN, orjson.dumps(text), column)


def in_each_form(said: Said, column: Column) -> Iterator[tuple[str, Column]]:
    """Yield the wordings of a text, each with the column of the cases that get it; one if both are equal."""
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
