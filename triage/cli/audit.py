"""`triage audit`: how well cases test the rules, and what holds for every intake."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from triage.audit.model import Audit, TestedCase
from triage.audit.report_text import text
from triage.audit.run import BUDGET, Settings
from triage.audit.run import audit as audit_cases
from triage.audit.witnesses import cases_of
from triage.batch.cases import CaseChecker
from triage.batch.readers import RawCase, read_cases
from triage.cli.common import Exit, leave, load, rules_option
from triage.inference.intake import read_answers
from triage.knowledge.model import KnowledgeBase


@click.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASES...")
@click.option("--fail-under", metavar="NAME=PERCENT,...", help="Exit with 1 where a measure is lower.")
@click.option(
    "--write-witnesses",
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    help="Save the intakes that would close a gap, or show a fault, as case files that run.",
)
@click.option(
    "--budget", type=click.IntRange(min=1), default=BUDGET, show_default=True, help="Nodes a search."
)
@rules_option
def audit(
    cases: tuple[str, ...],
    fail_under: str | None,  # noqa: ARG001 - read next
    write_witnesses: str | None,
    budget: int,
    rules: str | None,
) -> None:
    """Audit the rules on cases from files or folders.

    Exit codes: 0 done, 1 a measure is lower than asked for or a proof is open, 3 a case was invalid (the
    others were still used), 4 the knowledge base is invalid, 5 there were no cases.
    """
    knowledge = load(rules)
    tested, invalid = read_tested_cases(knowledge, cases)
    found = audit_cases(knowledge, tested, invalid, Settings(budget))
    click.echo(text(found), nl=False)
    if write_witnesses:
        _write(knowledge, found, Path(write_witnesses))
    leave(Exit.INVALID_INPUT if invalid else Exit.DONE)


def read_tested_cases(knowledge: KnowledgeBase, paths: tuple[str, ...]) -> tuple[list[TestedCase], int]:
    """Read the valid cases of files and folders; return them and the number of invalid ones."""
    checker = CaseChecker(knowledge)
    found, invalid = [], 0
    for raw in read_cases(paths, sys.stdin.buffer):
        if not isinstance(raw, RawCase) or checker.faults(raw.data):
            invalid += 1
            continue
        line, _ = raw.place(())
        findings = read_answers(knowledge, raw.data["answers"])
        found.append(TestedCase(raw.data["id"], raw.file, line, findings, raw.data.get("expect", {})))
    return found, invalid


def _write(knowledge: KnowledgeBase, found: Audit, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in cases_of(knowledge, found.witnesses).items():
        text = json.dumps(cases, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, "utf-8")
    click.echo(f"{len(found.witnesses)} witnesses in {folder}", err=True)
