"""The formats of records, by their names: one class each."""

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
    """How records are written: one by one, or all of a block at once by its layout."""

    name: ClassVar[str]
    opening: bytes
    """What stands before the first record."""
    between: bytes
    """What stands between the records of two blocks."""

    def __init__(self, knowledge: KnowledgeBase, *, full: bool = False, meta: Sequence[str] = ()) -> None:
        """Take the knowledge base, whether records hold whole assessments, and which keys of `meta`."""

    def closing(self, tally: Tally, *, empty: bool) -> bytes:
        """Return what stands behind the last record, or alone where there is none."""

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block as they stand one behind the other."""

    def record(self, outcome: Outcome) -> bytes:
        """Return one record, with what ends it."""

    def given(self, lanes: Lanes) -> Sequence[Sequence[bytes]]:
        """Return the texts with which each record of a block begins."""

    def values(self, lanes: Lanes, texts: Sequence[bytes]) -> Callable[[str], Sequence[bytes]]:
        """Return what gives the values of a name, case by case; `texts` are those of the cases."""

    def layout(self) -> Layout:
        """Return what stands in a record of ids behind what is given."""


FORMATS: Mapping[str, type[Format]] = {each.name: each for each in (Table, JsonLines, JsonList, Csv)}
TABLE = Table.name
LINES = JsonLines.name
"""The formats that people, and programs, get where none is named."""
