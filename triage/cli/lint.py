"""`triage lint`: what the authors of a knowledge base must fix."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from triage.authoring.lint.case_files import Cases
from triage.authoring.lint.checks import BASE_CHECKS, CASE_CHECKS, REACH_CHECKS
from triage.authoring.lint.reach_checks import Reach
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases
from triage.cli.common import Exit, leave, rules_option, warn, warn_of_other_rules
from triage.cli.files import print_lines, put
from triage.knowledge.checking.lint import Base, Check, Flaw
from triage.knowledge.checking.lint import lint as find_flaws
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import bundled_rules, read_folder
from triage.knowledge.loader import checked
from triage.source.diagnostic import Diagnostic
from triage.source.text import plural

LOAD = "load"


@click.command()
@rules_option
@click.option(
    "--cases",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="Check the cases of the rules too, in this folder.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--list", "listing", is_flag=True, help="Print every check with its id, and stop.")
def lint(rules: str | None, cases: str | None, form: str, *, listing: bool) -> None:
    """Check a knowledge base for mistakes of its authors.

    If it does not load, lists every reason. If it loads, lists what an author must fix or should know. Each
    line is a problem: file:line, the place in the file, what is wrong and how to fix it, and the check's id.

    Exit codes: 0 nothing to fix, 1 something to fix, 4 the knowledge base does not load.
    """
    if listing:
        put([_listing()], None)
        return
    folder = rules or "rules"
    try:
        files = read_folder(Path(rules) if rules is not None else bundled_rules())
        base = Base(files, checked(files))
    except KnowledgeBaseError as error:
        refused = [Flaw(_in(folder, problem), LOAD) for problem in error.problems]
        summary = f"The knowledge base does not load: {plural(len(refused), 'thing')} to fix."
        _report(refused, form, summary, loads=False)
        leave(Exit.INVALID_KNOWLEDGE_BASE)
    if rules is None:
        warn_of_other_rules()
    found = [*find_flaws(base, BASE_CHECKS), *find_flaws(Reach(base), REACH_CHECKS)]
    flaws = [replace(flaw, problem=_in(folder, flaw.problem)) for flaw in found]
    seen = plural(len(base.knowledge.rules), "rule")
    if cases is not None:
        inputs = tuple(read_cases([cases], sys.stdin.buffer, warn))
        flaws += find_flaws(Cases(base.knowledge, inputs, cases, folder), CASE_CHECKS)
        seen += f" and {plural(sum(isinstance(raw, RawCase) for raw in inputs), 'case')}"
    to_fix = sum(flaw.level == "fix" for flaw in flaws)
    _report(flaws, form, f"{seen} looked at: {_found(to_fix, len(flaws) - to_fix)}.", loads=True)
    leave(Exit.MISSED if to_fix else Exit.DONE)


def _in(folder: str, problem: Diagnostic) -> Diagnostic:
    """Name the file of a problem by a path that opens from the current folder."""
    return problem if Path(problem.file) == Path(folder) else problem.in_file(str(Path(folder, problem.file)))


def _report(flaws: Iterable[Flaw], form: str, summary: str, *, loads: bool) -> None:
    in_order = sorted(flaws, key=lambda flaw: (flaw.level != "fix", flaw))
    if form == "json":
        problems = [_record(flaw) for flaw in in_order]
        print_lines(json.dumps({"loads": loads, "summary": summary, "problems": problems}, indent=2))
        return
    for flaw in in_order:
        print_lines(str(flaw))
    print_lines(summary)


def _record(flaw: Flaw) -> dict[str, Any]:
    problem = {"file": flaw.problem.file, "line": flaw.problem.line, "place": flaw.problem.pointer or "/"}
    return {**problem, "message": flaw.problem.message, "check": flaw.check, "level": flaw.level}


def _found(to_fix: int, to_know: int) -> str:
    fix = f"{plural(to_fix, 'thing')} to fix" if to_fix else "nothing to fix"
    return f"{fix}, {plural(to_know, 'thing')} to know" if to_know else fix


def _listing() -> str:
    lines = ["On loading (exit 4)", f"  {LOAD:<22}whatever makes the program refuse the knowledge base"]
    sections: tuple[tuple[str, Sequence[Check[Any]], str], ...] = (
        ("To fix (exit 1)", (*BASE_CHECKS, *REACH_CHECKS), "fix"),
        ("To fix in the cases, with --cases (exit 1)", CASE_CHECKS, "fix"),
        ("To know (exit 0)", BASE_CHECKS, "know"),
    )
    for title, checks, level in sections:
        lines += ["", title]
        lines += [f"  {check.id:<22}{check.finds}" for check in checks if check.level == level]
    return "\n".join(lines) + "\n"
