"""How long the program takes to start, beside Python and click, which it cannot do without."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.rounds import measure, seconds
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
        seconds(*command)
    found = measure(
        {name: (lambda _, command=command: seconds(*command)) for name, command in commands.items()},  # type: ignore[misc]
        rounds,
        say,
    )

    def shown(name: str) -> str:
        return f"{milliseconds(found.median(name))}, at best {milliseconds(min(found.rounds[name]))}"

    def against(name: str) -> str:
        return f"{found.ratio(name, CLICK):.2f} times click alone"

    return [
        Row(f"`{CLICK}`", shown(CLICK)),
        Row(f"`{HELP}`", shown(HELP), against(HELP), "at most 2.5"),
        Row(f"`{ONE}`", shown(ONE), against(ONE), "at most 400 ms"),
    ]
