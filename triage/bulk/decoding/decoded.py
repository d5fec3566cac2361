"""The result of decoding the texts of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.inference.columns.compiled import Columns


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded texts of cases.

    Each accepted case has a lane in `columns`, an id, and the place of its text. `rejected` holds a pair for
    each other text: how many accepted cases come before it, and its place. `expected` and `meta` hold, by
    lane, the expectations of accepted cases, and their `meta` as compact JSON.
    """

    columns: Columns
    ids: Sequence[str]
    places: Sequence[int]
    rejected: Sequence[tuple[int, int]]
    expected: Mapping[int, Mapping[str, Any]]
    meta: Mapping[int, bytes]

    @classmethod
    def of_nothing(cls) -> Decoded:
        """Return the result for no texts."""
        return cls(Columns(0, (), ()), (), (), (), {}, {})


class MisreadError(Exception):
    """The table and the strict reader read a line differently; `names` are the questions or findings."""

    def __init__(self, line: bytes, names: tuple[str, ...]) -> None:
        """Take the line and the names."""
        super().__init__(line, names)
        self.line = line
        self.names = names
