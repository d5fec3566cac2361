"""Files in a folder of cases that pytest would silently ignore."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from triage.cases.reading.scanning import scan
from triage.source.diagnostic import Diagnostic, printable


def look_through(paths: Iterable[Path]) -> list[str]:
    """Return a line for each folder of cases with files that are not cases.

    Raises:
        pytest.UsageError: a file that may hold cases cannot be read.
    """
    passed: list[str] = []
    faults: list[str] = []
    for path in paths:
        if path.is_dir():
            found = scan(path, passed.append)
            faults += [
                f"{printable(each.file)}: {each.message}" for each in found if isinstance(each, Diagnostic)
            ]
    if faults:
        raise pytest.UsageError("\n".join(faults))
    return passed
