"""What the commands that rewrite case files share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from triage.cases.case_file import CaseFileError, file_with
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import STDIN
from triage.cli.common import Exit, leave, warn


def refuse_standard_input(paths: Sequence[str]) -> None:
    """Refuse standard input, which cannot be rewritten."""
    if STDIN in paths:
        raise click.UsageError("standard input (-) cannot be rewritten; name files or folders")


def texts_with(cases: Iterable[tuple[RawCase, Mapping[str, Any]]]) -> dict[str, str]:
    """Return, by file, the text with the new data of its cases; leave with 2 if one cannot be rewritten."""
    by_file: dict[str, list[tuple[RawCase, Mapping[str, Any]]]] = {}
    for raw, data in cases:
        by_file.setdefault(raw.file, []).append((raw, data))
    try:
        return {file: file_with(file, changed) for file, changed in by_file.items()}
    except CaseFileError as error:
        warn(str(error.diagnostic))
        leave(Exit.USAGE)
