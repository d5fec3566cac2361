"""`triage explain`: how an assessment came about, and why it is not another."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from triage.batch.evaluate import Placed
from triage.batch.places import pointer_text
from triage.batch.readers import RawCase, read_cases
from triage.cli.common import Exit, leave, load, rules_option, warn
from triage.explanation.narrative import render_assessment, render_derivation, render_why_not
from triage.explanation.why_not import WhyNot, why_not_disposition, why_not_rule
from triage.inference.assess import assess_findings
from triage.inference.intake import read_answers
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.problems import nearest


@click.command()
@click.argument("case", metavar="CASE")
@click.option("--id", "wanted", help="The case with this id, where the file holds several.")
@click.option(
    "--why-not", "targets", multiple=True, metavar="RULE|DISPOSITION", help="Say what is against it."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@rules_option
def explain(case: str, wanted: str | None, targets: tuple[str, ...], form: str, rules: str | None) -> None:
    """Explain the assessment of one case from a file or standard input (-).

    Prints what the person is told, then how it came about: each conclusion with the rules, answers, chain and
    sources behind it. With --why-not, says what a rule or a disposition lacks, and the nearest change of
    answers that would bring it.
    """
    knowledge = load(rules)
    raw = _one_case(knowledge, case, wanted)
    findings = read_answers(knowledge, raw["answers"])
    found = assess_findings(knowledge, findings, raw["id"])
    answers = [_why_not(knowledge, findings, target) for target in targets]
    if form == "json":
        record = {"assessment": found.record(), "why_not": [_plain(answer) for answer in answers]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    if not targets:
        click.echo(render_assessment(knowledge, found))
        click.echo("HOW THIS CAME ABOUT")
        click.echo(render_derivation(knowledge, found), nl=False)
    for answer in answers:
        click.echo(render_why_not(knowledge, answer))


def _one_case(knowledge: KnowledgeBase, path: str, wanted: str | None) -> dict[str, Any]:
    from triage.batch.cases import CaseChecker  # noqa: PLC0415 - builds the schema, only needed here

    inputs = list(read_cases([path], sys.stdin.buffer, warn))
    checker = CaseChecker(knowledge)
    cases = [raw for raw in inputs if isinstance(raw, RawCase)]
    chosen = [
        raw
        for raw in cases
        if wanted is None or (isinstance(raw.data, dict) and raw.data.get("id") == wanted)
    ]
    for broken in inputs:
        if not isinstance(broken, RawCase):
            click.echo(
                str(Placed(broken.file, broken.line, broken.column, broken.pointer, broken.message)), err=True
            )
            leave(Exit.NO_CASES if broken.empty_folder else Exit.INVALID_INPUT)
    if len(chosen) != 1:
        names = [str(raw.data.get("id")) for raw in cases if isinstance(raw.data, dict)]
        hint = nearest(wanted, names) if wanted else f"; name one with --id ({', '.join(names)})"
        click.echo(
            f"{path}: {len(chosen)} cases{f' with the id {wanted!r}' if wanted else ''}{hint}", err=True
        )
        leave(Exit.USAGE)
    raw = chosen[0]
    faults = checker.faults(raw.data)
    for fault in faults:
        pointer = (*raw.base, *fault.pointer)
        click.echo(
            str(Placed(raw.file, *raw.place(fault.pointer), pointer_text(pointer), fault.message)), err=True
        )
    if faults:
        leave(Exit.INVALID_INPUT)
    data: dict[str, Any] = raw.data
    return data


def _why_not(knowledge: KnowledgeBase, findings: dict[str, Any], target: str) -> WhyNot:
    if target in knowledge.rungs:
        return why_not_disposition(knowledge, findings, target)
    if target in knowledge.rules:
        return why_not_rule(knowledge, findings, knowledge.rules[target])
    names = [*knowledge.rungs, *knowledge.rules]
    raise click.UsageError(f'"{target}" is not a rule or a disposition{nearest(target, names)}')


def _plain(answer: WhyNot) -> dict[str, Any]:
    record = asdict(answer)
    record["checks"] = [{**asdict(check), "truth": check.truth.value} for check in answer.checks]
    return record
