"""The table: what was measured, against what, and what was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    against: str = ""
    wanted: str = ""


def markdown(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table, each row when it comes."""
    yield "| what | median | against | wanted |"
    yield "| --- | --- | --- | --- |"
    for row in rows:
        yield f"| {row.what} | {row.found} | {row.against} | {row.wanted} |"


def microseconds(seconds: float, cases: int) -> str:
    """Return the time that one case takes."""
    return f"{seconds / cases * 1e6:,.1f} us a case"


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds."""
    return f"{seconds * 1e3:,.0f} ms"
