"""What texts of cases are decoded to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.inference.columns.compiled import Columns


@dataclass(frozen=True, slots=True)
class Decoded:
    """Texts of cases as decoded.

    For each accepted case its lane in `columns`, its id, and the place of its text. `rejected` holds the
    places of the other texts, each with how many accepted cases stand before it. `expected` and `meta` hold
    what accepted cases expect, and what they carry along as compact JSON, by their lanes.
    """

    columns: Columns
    ids: Sequence[str]
    places: Sequence[int]
    rejected: Sequence[tuple[int, int]]
    expected: Mapping[int, Mapping[str, Any]]
    meta: Mapping[int, bytes]

    @classmethod
    def of_nothing(cls) -> Decoded:
        """Return what no text decodes to."""
        return cls(Columns(0, (), ()), (), (), (), {}, {})


class MisreadError(Exception):
    """The table and the strict reader read a line differently: its text, and the questions or findings."""

    def __init__(self, line: bytes, names: tuple[str, ...]) -> None:
        """Keep what tells where it went wrong."""
        super().__init__(line, names)
        self.line = line
        self.names = names
