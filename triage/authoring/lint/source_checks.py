"""Finds rows without a source, and sources that nobody could find again."""

from __future__ import annotations

from collections.abc import Iterator

from triage.knowledge.checking.lint import Base, Check, row_problem
from triage.source.diagnostic import Diagnostic


def _uncited_row(base: Base) -> Iterator[Diagnostic]:
    for table in ("thresholds", "steps", "explanations"):
        for document, place, row in base.rows(table):
            if "claims" not in row and "guidance" not in row:
                message = "does not say where it comes from; add claims or guidance"
                yield row_problem(document, place, row, "id", message)


def _untraceable_source(base: Base) -> Iterator[Diagnostic]:
    for document, place, row in base.rows("sources"):
        if "url" not in row and "note" not in row:
            message = "cannot be found again; add a url, or a note that says how it was seen"
            yield row_problem(document, place, row, "id", message)


def _bare_exclusion(base: Base) -> Iterator[Diagnostic]:
    for document, place, row in base.rows("claims"):
        if row["use"] == "exclude" and "reason" not in row:
            yield row_problem(document, place, row, "use", "is excluded and does not say why; add a reason")


CHECKS: tuple[Check[Base], ...] = (
    Check("uncited-row", "a threshold, step or explanation without a source", _uncited_row),
    Check("untraceable-source", "a source with neither url nor note", _untraceable_source),
    Check("bare-exclusion", "a claim left out without a reason", _bare_exclusion),
)
