"""Rewrite case files: the text of a file in which some cases get new data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.cases.reading.compression import ending_of
from triage.cases.reading.cutting import BYTE_ORDER_MARK
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import holds_lines
from triage.source.diagnostic import Diagnostic, Location, reason_of
from triage.source.json_edit import rewritten
from triage.source.strict_json import JsonError, parse


class CaseFileError(Exception):
    """A case file that cannot be rewritten; `diagnostic` says why."""

    def __init__(self, file: str, message: str) -> None:
        self.diagnostic = Diagnostic(Location(file), message)
        super().__init__(self.diagnostic)


def file_with(file: str, cases: Sequence[tuple[RawCase, Mapping[str, Any]]]) -> str:
    """Return the text of a case file in which some cases have new data; all else stays the same.

    Args:
        file: the file.
        cases: cases as they were read from the file, each with its new data.

    Raises:
        CaseFileError: the file cannot be rewritten, or has changed since it was read.
    """
    if ending_of(file):
        raise CaseFileError(file, "is compressed; unpack it first")
    try:
        raw = Path(file).read_bytes()
        mark = BYTE_ORDER_MARK.decode() if raw.startswith(BYTE_ORDER_MARK) else ""
        text = raw.decode().removeprefix(mark)
        if holds_lines(Path(file)):
            return mark + _with_lines(text, cases)
        return mark + _with_cases(text, cases)
    except OSError as error:
        raise CaseFileError(file, f"cannot be read: {reason_of(error)}") from None
    except (UnicodeDecodeError, JsonError, IndexError, KeyError, TypeError):
        raise CaseFileError(file, "was changed while it was read; try again") from None


def _with_lines(text: str, cases: Sequence[tuple[RawCase, Mapping[str, Any]]]) -> str:
    lines = text.split("\n")
    for raw, data in cases:
        place = raw.first_line - 1
        lines[place] = rewritten(lines[place], _unchanged(parse(lines[place]), raw.data), data)
    return "\n".join(lines)


def _with_cases(text: str, cases: Sequence[tuple[RawCase, Mapping[str, Any]]]) -> str:
    before = parse(text)
    after = list(before) if isinstance(before, list) else before
    for raw, data in cases:
        if raw.base:
            index = int(raw.base[0])
            _unchanged(before[index], raw.data)
            after[index] = data
        else:
            _unchanged(before, raw.data)
            after = data
    return rewritten(text, before, after)


def _unchanged(now: Any, read: Any) -> Any:
    """Return the data that a case has in its file now.

    Raises:
        KeyError: it has changed since it was read.
    """
    if now != read:
        raise KeyError
    return now
