"""How long the program takes to start, beside Python and click, which it cannot do without."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.rounds import measure, run
from benchmarks.table import Row, milliseconds

TRIAGE = (sys.executable, "-m", "triage")
CLICK, HELP, ONE = 'python -c "import click"', "triage --help", "triage evaluate one.json"


def starting(folder: Path, person: Mapping[str, Any], rounds: int, say: Callable[[str], None]) -> list[Row]:
    """Measure starts by the clock; the first of each, which writes bytecode and cache, is not counted."""
    one = folder / "one.json"
    one.write_text(json.dumps({"id": "one", "answers": person}), "utf-8")
    commands = {
        CLICK: (sys.executable, "-c", "import click"),
        HELP: (*TRIAGE, "--help"),
        ONE: (*TRIAGE, "evaluate", str(one)),
    }
    for command in commands.values():
        run(*command)
    found = measure(
        {name: (lambda _, command=command: run(*command).seconds) for name, command in commands.items()},  # type: ignore[misc]
        rounds,
        say,
    )
    return [
        Row(f"`{CLICK}`", milliseconds(found.median(CLICK))),
        Row(
            f"`{HELP}`",
            milliseconds(found.median(HELP)),
            f"{found.ratio(HELP, CLICK):.2f} times that",
            "at most 2.5",
        ),
        Row(f"`{ONE}`", milliseconds(found.median(ONE)), "", "at most 400 ms"),
    ]
