"""The audit as JUnit XML, for tools that show test results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.audit.reports.report_parts import Entry, Report, verdict_of
from triage.explanation.templating import html_environment

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Check:
    """A JUnit test case: what its failure means, and the entries that make it fail, if any."""

    suite: str
    name: str
    means: str
    entries: Sequence[Entry]
    file: str = ""


def junit(report: Report) -> str:
    """Return the report as XML: a test case for each rule and law, one for the cases, one for the rest."""
    template = html_environment("triage.audit").get_template("audit.xml")
    written = template.render(checks=list(_checks(report)))
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", written)


def _checks(report: Report) -> Iterator[Check]:
    means = "a case misses what it expects"
    yield Check("cases", "cases meet their own expectations", means, report.failing)
    missing = report.by_rule((*report.not_shown, *report.unnoticed))
    means = "no case shows it, or would notice it"
    yield Check("rule", "outside the rules", means, missing.get("", ()))
    for rule in report.knowledge.rules.values():
        yield Check("rule", rule.id, means, missing.get(rule.id, ()), report.path(rule.file))
    for proof in report.audit.proofs:
        means = f"{verdict_of(proof)}: {proof.statement}"
        yield Check("proof", proof.id, means, report.against(proof))
