"""Large rule bases: how long a start, an audit and a comparison take for thousands of rules.

Each size comes in two shapes: sections that have little to do with each other, and one piece where everything
crosses. Every command runs as a whole process; what takes longer than the limit is told as that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.against import CASES
from benchmarks.bare_rules import bare
from benchmarks.commands import Clock, Program
from benchmarks.made_up_cases import CaseFiles, cases_of_rules, cases_of_sections, write_cases
from benchmarks.plain_rules import PlainRules, read_rules, write_rules
from benchmarks.random_rules import random_rules
from benchmarks.sections import Sections, sections
from benchmarks.starting import TRIAGE
from benchmarks.table import Row
from benchmarks.variants import varied
from triage import KnowledgeBase, load_knowledge_base
from triage.knowledge.files import bundled_rules

PARTS = ("large-start", "large-audit", "large-diff")
CHANGES = 8
_START_WANTED, _RULES_WANTED = "at most 2 s", 5000


@dataclass(frozen=True)
class LargeBase:
    """A large rule base in a folder of its own: `name` says of what shape, `made` is set for sections."""

    name: str
    folder: Path
    rules: PlainRules
    seed: int
    made: Sections | None = None

    @cached_property
    def path(self) -> str:
        """The folder of its rules."""
        return str(write_rules(self.rules, self.folder / "rules"))

    @cached_property
    def changed(self) -> str:
        """The folder of the same rules with a few changed."""
        return str(write_rules(varied(self.rules, CHANGES, self.seed), self.folder / "changed"))

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """The base as loaded."""
        return load_knowledge_base(self.path)

    def cases(self) -> tuple[str, int]:
        """Write a few cases a rule; return their folder and number."""
        files: CaseFiles
        if self.made:
            files = cases_of_sections(self.made, CASES)
        else:
            files = cases_of_rules(self.knowledge, self.seed)
        path = self.folder / "cases"
        return str(path), write_cases(self.knowledge, files, path)

    def one_case(self) -> str:
        """Write a file of one case, where nothing was asked."""
        path = self.folder / "one.jsonl"
        path.write_text(json.dumps({"id": "one", "answers": {}}) + "\n", "utf-8")
        return str(path)


def large(
    folder: Path, sizes: Sequence[int], seed: int, parts: Collection[str], clock: Clock
) -> Iterator[Row]:
    """Measure large rule bases, and yield a row for each figure.

    Args:
        folder: a scratch folder.
        sizes: numbers of rules.
        seed: of the made-up rules and people.
        parts: what to measure, of `PARTS`.
        clock: how commands are timed.
    """
    ours = bare(read_rules(bundled_rules()))
    program = Program(TRIAGE, folder / "cache")
    for size in sizes:
        made = sections(ours, size, seed)
        of_sections = LargeBase(
            f"{len(made.rules.rules):,} rules in sections",
            folder / f"sections-{size}",
            made.rules,
            seed,
            made,
        )
        of_one_piece = LargeBase(
            f"{size:,} rules of one piece", folder / f"piece-{size}", random_rules(ours, size, seed), seed
        )
        other = LargeBase("", folder / f"other-{size}", random_rules(ours, size, seed + 1), seed)
        for base in (of_sections, of_one_piece):
            if "large-start" in parts:
                yield from _start(base, program, clock)
            if "large-audit" in parts:
                yield from _audit(base, program, clock)
            if "large-diff" in parts:
                yield from _diff(base, base.changed, f"{CHANGES} rules changed", program, clock)
        if "large-diff" in parts:
            yield from _diff(of_one_piece, other.path, "all other rules", program, clock)
            yield from _diff(of_one_piece, str(bundled_rules()), "against ours", program, clock)


def _start(base: LargeBase, program: Program, clock: Clock) -> Iterator[Row]:
    lint = clock.once(program, ("lint", "--rules", base.path))
    yield Row(f"`triage lint`, {base.name}", clock.shown(lint))
    command = ("evaluate", "--format", "jsonl", base.one_case(), "--rules", base.path)
    wanted = _START_WANTED if len(base.rules.rules) >= _RULES_WANTED else ""
    yield Row(f"run of one line, {base.name}", clock.shown(clock.once(program, command)), "", wanted)


def _audit(base: LargeBase, program: Program, clock: Clock) -> Iterator[Row]:
    one = clock.once(program, ("audit", base.one_case(), "--rules", base.path))
    yield Row(f"`triage audit` of one case, {base.name}", clock.shown(one))
    cases, count = base.cases()
    audit = clock.once(program, ("audit", cases, "--rules", base.path))
    yield Row(f"`triage audit` of {count:,} cases, {base.name}", clock.shown(audit))


def _diff(base: LargeBase, other: str, what: str, program: Program, clock: Clock) -> Iterator[Row]:
    diff = clock.once(program, ("diff", base.path, other))
    yield Row(f"`triage diff`, {base.name}, {what}", clock.shown(diff))
