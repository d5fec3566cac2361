"""The table: what was measured, against what, and what was wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    against: str = ""
    wanted: str = ""


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as one table."""
    lines = ["| what | median | against | wanted |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.found} | {row.against} | {row.wanted} |" for row in rows]
    return "\n".join(lines) + "\n"


def microseconds(seconds: float, cases: int) -> str:
    """Return the time that one case takes."""
    return f"{seconds / cases * 1e6:,.1f} us a case"


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds."""
    return f"{seconds * 1e3:,.0f} ms"
