"""This version against another one, each as a whole process, by turns: audit and diff of the same rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.commands import Program
from benchmarks.older_rules import for_an_older_loader
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.rounds import Measure, measure
from benchmarks.starting import TRIAGE
from benchmarks.table import Row
from benchmarks.variants import varied
from triage.knowledge.files import bundled_rules

CHANGES = (8, 16, 24)
_CASES = bundled_rules().parent / "cases"
_NEW, _OLD = "this version", "the other"


def against(folder: Path, other: Path, seed: int, rounds: int, say: Callable[[str], None]) -> list[Row]:
    """Compare whole processes of this version and another; both read the very same rules and cases.

    Args:
        folder: a scratch folder.
        other: the `triage` command of the other version.
        seed: of the changed rules.
        rounds: how many; in each, both have their turn.
        say: gets what goes on.
    """
    tasks = _tasks(folder, other, seed)
    programs = {
        _NEW: Program(TRIAGE, folder / "cache-new"),
        _OLD: Program((str(other),), folder / "cache-other"),
    }
    rows = []
    for name, arguments in tasks.items():

        def turn(program: Program, arguments: tuple[str, ...] = arguments) -> Measure:
            return lambda _: program.seconds(*arguments) or 0.0

        for program in programs.values():
            program.seconds(*arguments)
        measured = measure(
            {f"{name}, {which}": turn(program) for which, program in programs.items()}, rounds, say
        )
        new, old = (measured.median(f"{name}, {which}") for which in programs)
        rows.append(Row(f"`{name}`", f"{new:.2f} s", f"{old / new:.2f} times as quick as {old:.2f} s"))
    return rows


def _tasks(folder: Path, other: Path, seed: int) -> Mapping[str, tuple[str, ...]]:
    base = for_an_older_loader(read_rules(bundled_rules()), other)
    rules = str(write_rules(base, folder / "rules"))
    one = folder / "one-case.json"
    first = min(_CASES.glob("*/*.json"))
    one.write_text(json.dumps(json.loads(first.read_text("utf-8"))[:1]), "utf-8")
    tasks: dict[str, tuple[str, ...]] = {
        "triage audit cases": ("audit", str(_CASES), "--rules", rules),
        "triage audit, one case": ("audit", str(one), "--rules", rules),
    }
    for changes in CHANGES:
        changed = write_rules(varied(base, changes, seed), folder / f"rules-{changes}")
        tasks[f"triage diff, {changes} rules changed"] = ("diff", rules, str(changed))
    return tasks
