"""The lines of tests, keys and rows in the TOML files, so that a report can name file and line."""

from __future__ import annotations

from collections.abc import Mapping

from triage.knowledge.files import Document
from triage.knowledge.parts.conditions import Written, written_tests
from triage.source.pointer import Pointer


def lines_of_tests(document: Document, place: Pointer, written: Written) -> tuple[int, ...]:
    """Return the line of each test of a condition, in the order in which they are written.

    Args:
        document: the file.
        place: where the condition stands in it.
        written: the condition as written.
    """
    return tuple(document.line_of(*at, "finding") for at, _ in written_tests(written, place))


def lines_of_keys(document: Document) -> Mapping[str, int]:
    """Return the line of each key of a rule's `[then]`, and of each name in it (`steps`, `steps/drink`)."""
    found: dict[str, int] = {}
    for key, value in document.data["then"].items():
        found[key] = document.line_of("then", key)
        for index, name in enumerate(value if isinstance(value, list) else ()):
            found[f"{key}/{name}"] = document.line_of("then", key, index)
    return found


def lines_of_rows(document: Document) -> Mapping[str, int]:
    """Return the line of each row of a table by its id, and of each option as `question.option`."""
    found: dict[str, int] = {}
    for place, row in document.rows():
        found[row["id"]] = document.line_of(*place, "id")
        for index, option in enumerate(row.get("options", ())):
            found[f"{row['id']}.{option['id']}"] = document.line_of(*place, "options", index, "id")
    return found
