"""`triage audit`: how well cases test the rules, and which laws hold for every intake."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Literal, TypeAlias, TypeVar

import click

from triage.audit.limits import missed as missed_limits
from triage.audit.limits import parse_limits
from triage.audit.model import Audit
from triage.audit.progress import Progress, silent
from triage.audit.reports.report_json import json_text
from triage.audit.reports.report_parts import Report
from triage.audit.reports.report_text import Paint, text, unpainted
from triage.audit.run import audit as audit_cases
from triage.audit.witnesses import cases_of
from triage.authoring.addition import addition
from triage.authoring.lint.case_files import mirror
from triage.cases.reading.reader import read_cases
from triage.cli.common import ANY_PATH, Exit, leave, load, rules_option
from triage.cli.files import check_targets, named, output_option, put, refuse
from triage.cli.terminals import can_redraw, wants_style
from triage.cli.tested_cases import Reading, read_tested_cases
from triage.evaluation.evaluate import Evaluator
from triage.knowledge.files import bundled_rules
from triage.knowledge.model import KnowledgeBase
from triage.proof.everyone import BUDGET
from triage.proof.solver import SolverMissingError
from triage.source import atomic, targets
from triage.source.text import plural

Form: TypeAlias = Literal["text", "json", "html", "junit"]
Item = TypeVar("Item")

_CASES = "cases"
_ENDINGS: Mapping[str, Form] = {".json": "json", ".html": "html", ".htm": "html", ".xml": "junit"}


def _limits(_: click.Context, __: click.Parameter, value: str | None) -> Mapping[str, float]:
    try:
        return {} if value is None else parse_limits(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("cases", nargs=-1, type=ANY_PATH, metavar="[CASES]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "junit"]),
    help="Default: by the end of FILE, .json, .html or .xml (junit); otherwise text.",
)
@output_option
@click.option("-v", "--all", "everything", is_flag=True, help="Show every entry of the long lists (text).")
@click.option(
    "--fail-under",
    "limits",
    callback=_limits,
    metavar="NAME=PERCENT,...",
    help="Exit with 1 if a measure is lower: rule=100,boundary=100,mutation=95",
)
@click.option(
    "--write-witnesses",
    type=click.Path(file_okay=False),
    callback=named,
    metavar="FOLDER",
    help="Add intakes that would close a gap, or that show a fault, to the case files in this folder.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=BUDGET,
    show_default=True,
    metavar="CONFLICTS",
    help="How many conflicts the solver may use for one question; if it needs more, the answer is undecided.",
)
@rules_option
def audit(
    cases: tuple[str, ...],
    form: Form | None,
    output: str | None,
    limits: Mapping[str, float],
    write_witnesses: str | None,
    budget: int,
    rules: str | None,
    *,
    everything: bool,
) -> None:
    """Measure how well cases test the rules, and prove laws about every intake.

    CASES are files or folders; the default is the folder "cases" in the current folder. The report begins
    with what is missing, each entry with file, line and reason.

    Exit codes: 0 done, 1 a measure is lower than asked for, a law is refuted, a proof is undecided or a case
    fails its own expectations, 3 a case was invalid (the others were still used), 4 the knowledge base is
    invalid, 5 there were no cases.
    """
    paths = cases or _here()
    check_targets(output)
    _check_folder(write_witnesses)
    knowledge = load(rules)
    started = time.perf_counter()
    reading = read_tested_cases(knowledge, paths)
    if not reading.cases:
        leave(Exit.INVALID_INPUT if reading.invalid else Exit.NO_CASES)
    try:
        found = audit_cases(
            knowledge, reading.cases, reading.invalid, budget=budget, progress=_progress(len(reading.cases))
        )
    except SolverMissingError as error:
        raise click.UsageError(str(error)) from None
    report = Report(found, knowledge, reading.cases, _folder_of(rules), time.perf_counter() - started)
    put(_written(report, form or _form_of(output), paint=_paint(output), everything=everything), output)
    refused = list(_write(knowledge, found, Path(write_witnesses))) if write_witnesses else []
    missed = [
        *refused,
        *_misses(knowledge, reading, found.failing),
        *missed_limits(found, limits),
        *_open(found),
    ]
    for message in missed:
        click.echo(message, err=True)
    leave(Exit.INVALID_INPUT if reading.faulty else Exit.MISSED if missed else Exit.DONE)


def _here() -> tuple[str, ...]:
    if not Path(_CASES).is_dir():
        raise click.UsageError(
            f'name the files or folders of cases, such as "triage audit {_CASES}"; '
            f'there is no folder "{_CASES}" here'
        )
    return (_CASES,)


def _check_folder(witnesses: str | None) -> None:
    """Refuse, before any long work, a folder into which nothing can be written."""
    if witnesses is None:
        return
    try:
        targets.check_folder(witnesses)
    except targets.TargetError as error:
        refuse(error)


def _form_of(output: str | None) -> Form:
    return _ENDINGS.get(PurePath(output or "").suffix.lower(), "text")


def _folder_of(rules: str | None) -> str:
    """Return the path of the rules folder from the current folder; "" if it is the current folder."""
    folder = Path(rules) if rules is not None else bundled_rules()
    if folder.resolve().is_relative_to(Path.cwd()):
        inside = folder.resolve().relative_to(Path.cwd())
        return inside.as_posix() if inside.parts else ""
    return str(folder)


def _progress(cases: int) -> Progress:
    """Return a function that shows how far the work has come, but only on a terminal."""
    if not can_redraw(sys.stderr):
        return silent
    click.echo(f"measuring {cases} cases", err=True)
    return _bars


def _bars(items: Iterable[Item], label: str, length: int) -> Iterator[Item]:
    """Show on stderr how far the work has come."""
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


def _paint(output: str | None) -> Paint:
    """Return the function that styles lines: it does so only on a terminal that wants style."""
    if output is not None or not wants_style(sys.stdout):
        return unpainted
    return lambda line, look: click.style(line, bold=True, fg="red" if look == "bad" else None)


def _written(report: Report, form: Form, *, paint: Paint, everything: bool) -> Iterator[str]:
    if form == "text":
        yield text(report, everything=everything, paint=paint)
    elif form == "json":
        yield json_text(report.knowledge, report.audit)
    elif form == "html":
        from triage.audit.reports.report_html import html  # noqa: PLC0415 - loads the templates, only needed here

        yield html(report)
    else:
        from triage.audit.reports.report_junit import junit  # noqa: PLC0415 - as above

        yield junit(report)


def _misses(knowledge: KnowledgeBase, reading: Reading, failing: Sequence[str]) -> Iterator[str]:
    """Yield what each case misses that fails its own expectations."""
    wanted = set(failing)
    evaluator = Evaluator(knowledge)
    for outcome in (evaluator.outcome(case) for case in reading.raws if case.id in wanted):
        found = [str(miss) for miss in outcome.missed]
        yield from found or [f"{outcome.file}:{outcome.line} {outcome.case} misses what it expects"]


def _open(found: Audit) -> Iterator[str]:
    for proof in found.open_proofs:
        yield f"{proof.id} is {proof.verdict.value}: {proof.statement}"


def _write(knowledge: KnowledgeBase, found: Audit, folder: Path) -> Iterator[str]:
    """Add witnesses to the case files of a folder that mirrors the rules; yield what was not added."""
    try:
        atomic.make_folder(folder)
        there = list(read_cases([str(folder)], io.BytesIO()))
        files = {
            str(
                folder / (mirror(knowledge.rules[name].file) if name in knowledge.rules else f"{name}.json")
            ): cases
            for name, cases in cases_of(knowledge, found.witnesses).items()
        }
        texts = {file: _text_of(Path(file)) for file in files if Path(file).exists()}
        more = addition(there, texts, files)
        for file in more.texts:
            atomic.make_folder(Path(file).parent)
    except targets.TargetError as error:
        refuse(error)
    check_targets(*more.texts)
    for file, written in more.texts.items():
        put([written], file)
        click.echo(f"{file}: {plural(more.added[file], 'case')} added", err=True)
    total = plural(sum(more.added.values()), "case")
    click.echo(
        f"{total} added to {plural(len(more.added), 'file')}: look at each before you keep it", err=True
    )
    for file, number in more.refused.items():
        yield f"{file}: is not a list of cases; {plural(number, 'case')} not added"


def _text_of(path: Path) -> str:
    """Return the text of a file unchanged; "" if it cannot be read, which is then no list of cases."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
