"""Where things stand in the TOML files, so that a report can name file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from triage.knowledge.files import Document

_FINDING = re.compile(r"\bfinding\s*=\s*[\"']")
_ID = re.compile(r"^(?P<nested>\s*\{\s*)?id\s*=\s*[\"'](?P<id>[^\"']+)[\"']")


def lines_of_tests(document: Document) -> tuple[int, ...]:
    """Return the line of each test in a file, in the order in which they are written."""
    return tuple(number for number, line in _lines(document) for _ in range(len(_FINDING.findall(line))))


def lines_of_keys(document: Document) -> Mapping[str, int]:
    """Return the line of each key of a rule's `[then]`, and of each name in it (`steps`, `steps/drink`)."""
    found: dict[str, int] = {}
    for key, value in document.data["then"].items():
        start = re.compile(rf"\s*{key}\s*=")
        at = next((number for number, line in _lines(document) if start.match(line)), 0)
        found[key] = at
        for name in value if isinstance(value, list) else ():
            found[f"{key}/{name}"] = next(
                (number for number, line in _lines(document) if number >= at and f'"{name}"' in line), at
            )
    return found


def lines_of_rows(document: Document) -> Mapping[str, int]:
    """Return the line of each row of a table by its id, and of each option as `question.option`."""
    found: dict[str, int] = {}
    row = ""
    for number, line in _lines(document):
        match = _ID.match(line)
        if match and match["nested"]:
            found[f"{row}.{match['id']}"] = number
        elif match:
            row = match["id"]
            found[row] = number
    return found


def _lines(document: Document) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(document.text.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            yield number, line
