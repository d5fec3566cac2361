"""`triage diff`: two rule bases compared by meaning."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from triage.cases.case_set import InvalidCase
from triage.cases.two_questionnaires import OLD, read_for_both
from triage.cli.common import ANY_PATH, Exit, leave, load, warn
from triage.cli.files import check_targets, named, output_option, put
from triage.cli.tested_cases import tell
from triage.comparison.cases import KnownCase
from triage.comparison.difference import NotComparableError, compare
from triage.comparison.report import record, text, witness_cases
from triage.inference.answers.intake import read_answers
from triage.knowledge.model import KnowledgeBase
from triage.proof.everyone import BUDGET
from triage.proof.solver import SolverMissingError

BUNDLED = "bundled"
_IN_A_CLONE = f"""\
In a clone of the project, "{BUNDLED}" names the rules as you have changed them.
To compare with the last commit:
  git worktree add ../before HEAD
  triage diff ../before/rules rules"""


@click.command()
@click.argument("old", type=ANY_PATH, metavar="OLD")
@click.argument("new", type=ANY_PATH, metavar="NEW")
@click.option(
    "--cases",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH",
    help="Also compare these cases; repeat it to give more.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_option
@click.option(
    "--write-witnesses",
    type=click.Path(dir_okay=False),
    callback=named,
    metavar="FILE",
    help="Save people whose assessment changes as cases; they expect what the new rules say.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=BUDGET,
    show_default=True,
    help="How many conflicts the solver may use for one question; if it needs more, the answer is undecided.",
)
def diff(
    old: str,
    new: str,
    cases: tuple[str, ...],
    form: str,
    output: str | None,
    write_witnesses: str | None,
    budget: int,
) -> None:
    """Compare two rule bases by meaning: who gets another disposition, or other advice.

    OLD and NEW are rules folders; "bundled" names the rules that come with the program. Those who become less
    urgent come first. "Nobody" is proved for every way of answering.

    Exit codes: 0 the same meaning, 1 somebody's assessment changes or it is undecided, 3 one of --cases was
    invalid, or unknown to one questionnaire (the others were still used), 4 a rule base is invalid.
    """
    check_targets(output, write_witnesses)
    bases = (_load(old), _load(new))
    known, faulty = _known(bases, (old, new), cases)
    if bases[0].sha256 == bases[1].sha256 and form == "text":
        put([f"The two rule bases are the same files (sha256 {bases[0].sha256[:12]}).\n"], output)
        if [old, new].count(BUNDLED) == 1:
            warn(_IN_A_CLONE)
        leave(Exit.INVALID_INPUT if faulty else Exit.DONE)
    try:
        found = compare(bases[0], bases[1], known, budget)
    except (NotComparableError, SolverMissingError) as error:
        raise click.UsageError(str(error)) from None
    if form == "json":
        put([json.dumps(record(found), indent=2, ensure_ascii=False) + "\n"], output)
    else:
        put([text(found, (_shown(old), _shown(new)))], output)
    if write_witnesses:
        put([json.dumps(witness_cases(found), indent=2, ensure_ascii=False) + "\n"], write_witnesses)
    if faulty:
        leave(Exit.INVALID_INPUT)
    leave(Exit.DONE if found.is_same_meaning else Exit.MISSED)


def _known(
    bases: tuple[KnowledgeBase, KnowledgeBase], names: tuple[str, str], paths: Sequence[str]
) -> tuple[list[KnownCase], bool]:
    """Read the cases of --cases, and print their faults on stderr; return them, and whether any is faulty."""
    known: list[KnownCase] = []
    faulty = False
    for each in read_for_both(*bases, paths, sys.stdin.buffer, warn):
        diagnostics = each.diagnostics if isinstance(each, InvalidCase) else each.strange
        faulty |= bool(diagnostics)
        if isinstance(each, InvalidCase):
            tell(diagnostics)
            continue
        case, side = each.case, each.side
        tell(case.warnings)
        if each.strange:
            if side == OLD:  # what only NEW knows is new, not wrong
                tell(diagnostics)
            warn(f'{case.file}:{case.line} "{case.id}" is known only to the questionnaire of {names[side]}')
        known.append(KnownCase(case.id, read_answers(bases[side], case.answers), side))
    if paths and not (known or faulty):
        warn("there were no cases in what was given")
    return known, faulty


def _load(name: str) -> KnowledgeBase:
    if name != BUNDLED and not Path(name).is_dir():
        raise click.UsageError(f'"{name}" is not a folder of rules; name a folder, or write "{BUNDLED}"')
    return load(None, chosen=True) if name == BUNDLED else load(name)


def _shown(name: str) -> str:
    return "rules" if name == BUNDLED else name.rstrip("/")
