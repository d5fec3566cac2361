"""What the commands share that write case files again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from triage.cases.case_file import CaseFileError, file_with
from triage.cases.raw_case import RawCase
from triage.cases.reader import STDIN
from triage.cli.common import Exit, leave, warn


def refuse_standard_input(paths: Sequence[str]) -> None:
    """Refuse what cannot be written again."""
    if STDIN in paths:
        raise click.UsageError("standard input (-) cannot be written again; name files or folders")


def texts_with(cases: Iterable[tuple[RawCase, Mapping[str, Any]]]) -> dict[str, str]:
    """Return the text of each file in which cases have new data, by its name; say what cannot be."""
    by_file: dict[str, list[tuple[RawCase, Mapping[str, Any]]]] = {}
    for raw, data in cases:
        by_file.setdefault(raw.file, []).append((raw, data))
    try:
        return {file: file_with(file, changed) for file, changed in by_file.items()}
    except CaseFileError as error:
        warn(str(error.diagnostic))
        leave(Exit.USAGE)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 case, 2 cases."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
