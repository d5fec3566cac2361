"""This version against another one, each as a whole process, by turns: audit and diff of the same rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.commands import Clock, Program
from benchmarks.older_rules import for_an_older_loader
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.starting import TRIAGE
from benchmarks.table import Row
from benchmarks.variants import varied
from triage.knowledge.files import bundled_rules

CHANGES = (8, 16, 24)
CASES = bundled_rules().parent / "cases"
_NEW, _OLD = "this version", "the other version"


def against(folder: Path, other: Path, seed: int, clock: Clock) -> list[Row]:
    """Compare whole processes of this version and another; both read the very same rules and cases.

    Args:
        folder: a scratch folder.
        other: the `triage` command of the other version.
        seed: of the changed rules.
        clock: how they are timed.
    """
    programs = {
        _NEW: Program(TRIAGE, folder / "cache-new"),
        _OLD: Program((str(other),), folder / "cache-other"),
    }
    rows = []
    for name, arguments in _tasks(folder, other, seed).items():
        times = clock.by_turns(programs, arguments)
        new, old = times[_NEW], times[_OLD]
        ratio = f", {(old or clock.limit) / new:,.1f} times as long" if new else ""
        at_least = " or more" if ratio and old is None else ""
        rows.append(Row(name, clock.shown(new), f"{_OLD}: {clock.shown(old)}{ratio}{at_least}"))
    return rows


def one_case(folder: Path) -> str:
    """Write a file with a single case of ours, and return its path."""
    path = folder / "one-case.json"
    first = min(CASES.glob("*/*.json"))
    path.write_text(json.dumps(json.loads(first.read_text("utf-8"))[:1]), "utf-8")
    return str(path)


def _tasks(folder: Path, other: Path, seed: int) -> Mapping[str, tuple[str, ...]]:
    base = for_an_older_loader(read_rules(bundled_rules()), other)
    rules = str(write_rules(base, folder / "rules"))
    tasks: dict[str, tuple[str, ...]] = {
        "`triage audit cases`": ("audit", str(CASES), "--rules", rules),
        "`triage audit` of one case": ("audit", one_case(folder), "--rules", rules),
    }
    for changes in CHANGES:
        changed = write_rules(varied(base, changes, seed), folder / f"rules-{changes}")
        tasks[f"`triage diff`, {changes} rules changed"] = ("diff", rules, str(changed))
    return tasks
