"""The formats of records by name, one class each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from triage.evaluation.evaluate import Outcome
from triage.evaluation.records.csv_format import Csv
from triage.evaluation.records.json_format import JsonLines, JsonList
from triage.evaluation.records.layouts import Lanes, Layout
from triage.evaluation.records.table_format import Table
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase


class Format(Protocol):
    """How records are written: one by one, or a whole block at once by its layout."""

    name: ClassVar[str]
    opening: bytes
    """The text before the first record."""
    between: bytes
    """The text between the records of two blocks."""

    def __init__(self, knowledge: KnowledgeBase, *, full: bool = False, meta: Sequence[str] = ()) -> None:
        """Take the knowledge base, whether records hold whole assessments, and the keys of `meta` to show."""

    def closing(self, tally: Tally, *, empty: bool) -> bytes:
        """Return the text after the last record; `empty` says that there was no record."""

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block, joined."""

    def record(self, outcome: Outcome) -> bytes:
        """Return one record with its end."""

    def given(self, lanes: Lanes) -> Sequence[Sequence[bytes]]:
        """Return the texts with which each record of a block begins."""

    def values(self, lanes: Lanes, texts: Sequence[bytes]) -> Callable[[str], Sequence[bytes]]:
        """Return a function from the name of a value to its texts, one for each of the cases in `texts`."""

    def layout(self) -> Layout:
        """Return the layout of a record behind the texts of `given`."""


FORMATS: Mapping[str, type[Format]] = {each.name: each for each in (Table, JsonLines, JsonList, Csv)}
LINES = JsonLines.name
"""The format that programs get if they name none."""
