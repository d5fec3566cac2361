"""`triage explain`: how an assessment came about, and why it is not another."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from triage.cli.common import ANY_PATH, Exit, leave, load, rules_option, warn
from triage.cli.files import print_lines, put
from triage.cli.tested_cases import tell as tell_diagnostics
from triage.explanation.narrative import render_assessment, render_derivation, render_why_not
from triage.explanation.why_not import WhyNot, why_not_disposition, why_not_rule
from triage.inference.answers.intake import read_answers
from triage.inference.assess import assess_findings
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import nearest

if TYPE_CHECKING:
    from triage.cases.case_set import Case


@click.command()
@click.argument("case", type=ANY_PATH, metavar="CASE")
@click.option("--id", "wanted", help="The id of the case, if the file holds several.")
@click.option(
    "--why-not", "targets", multiple=True, metavar="RULE|DISPOSITION", help="Say why it was not reached."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@rules_option
def explain(case: str, wanted: str | None, targets: tuple[str, ...], form: str, rules: str | None) -> None:
    """Explain the assessment of one case from a file or standard input (-).

    Prints the advice for the person, then how it came about: each conclusion with its rules, answers, chain
    and sources. With --why-not, says what a rule or a disposition lacks, and the smallest change of answers
    that would bring it.
    """
    knowledge = load(rules)
    chosen = _one_case(knowledge, case, wanted)
    findings = read_answers(knowledge, chosen.answers)
    found = assess_findings(knowledge, findings, chosen.id)
    answers = [_why_not(knowledge, findings, target) for target in targets]
    if form == "json":
        record = {"assessment": found.record(), "why_not": [_plain(answer) for answer in answers]}
        print_lines(json.dumps(record, ensure_ascii=False, indent=2))
        return
    if not targets:
        print_lines(render_assessment(knowledge, found))
        print_lines("HOW THIS CAME ABOUT")
        put([render_derivation(knowledge, found)], None)
    for answer in answers:
        print_lines(render_why_not(knowledge, answer))


def _one_case(knowledge: KnowledgeBase, path: str, wanted: str | None) -> Case:
    """Return the wanted case, even if other cases of its file are invalid; leave if there is not just one."""
    from triage.cases.case_set import read_case_set  # noqa: PLC0415 - builds the schema, only needed here

    found = read_case_set(knowledge, [path], sys.stdin.buffer, warn)
    cases = [each for each in found.cases if wanted in (None, each.id)]
    invalid = [each for each in found.invalid if wanted in (None, each.id)]
    if wanted is not None and not (cases or invalid):
        invalid = [each for each in found.invalid if not each.id]
    for each in invalid:
        tell_diagnostics(each.diagnostics)
    if invalid:
        leave(Exit.NO_CASES if all(each.empty_folder for each in invalid) else Exit.INVALID_INPUT)
    if len(cases) != 1:
        names = [each.id for each in found.cases]
        hint = nearest(wanted, names) if wanted else f"; name one with --id ({', '.join(names)})"
        warn(f"{path}: {len(cases)} cases{f' with the id {wanted!r}' if wanted else ''}{hint}")
        leave(Exit.USAGE)
    tell_diagnostics(cases[0].warnings)
    return cases[0]


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
