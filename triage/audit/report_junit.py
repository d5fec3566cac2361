"""The audit as JUnit XML, for tools that show test results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from triage.audit.coverage import DECIDING, MEASURES
from triage.audit.report_parts import MUTATION, Report
from triage.knowledge.conditions import tests_of
from triage.knowledge.model import Rule
from triage.source.diagnostic import Location

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BESIDE = {DECIDING: "its disposition never decides", MUTATION: "changes go unnoticed"}
"""What is no measure of coverage, and what it means that it fails."""


@dataclass(frozen=True, slots=True)
class Check:
    """A test case: the lines that say how it fails, if there are any, and what it means that it does."""

    suite: str
    name: str
    lines: Sequence[str]
    means: str
    place: Location | None = None
    tolerated: bool = False


def junit(report: Report) -> str:
    """Return the report as XML.

    A law that is refuted, and any statement that is undecided, is a failure; another statement that is
    refuted is worth a look, and counts as skipped.
    """
    root = Element("testsuites", name="triage audit")
    for name, checks in groupby(_checks(report), key=lambda check: check.suite):
        suite = SubElement(root, "testsuite", name=name)
        for check in checks:
            _add(report, suite, check)
    for each in (root, *root):
        cases = list(each.iter("testcase"))
        each.set("tests", str(len(cases)))
        each.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        each.set("errors", "0")
        each.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "unicode") + "\n"


def _checks(report: Report) -> Iterator[Check]:
    failing = [f"{case.file}:{case.line} {case.id}" for case in report.failing]
    name = "cases meet their own expectations"
    yield Check("expectations", name, failing, "its own expectations are not met")
    missing: dict[tuple[str, str], list[str]] = {}
    for entry in (*report.gaps, *report.unnoticed):
        missing.setdefault((entry.measure, entry.rule), []).append(report.line(entry))
    for measure, means in {**MEASURES, **_BESIDE}.items():
        rules = [rule for rule in report.knowledge.rules.values() if _measured(measure, rule)]
        for rule in rules:
            lines = missing.get((measure, rule.id), ())
            yield Check(measure, rule.id, lines, means, Location(rule.file, 1))
        if not rules:
            yield Check(measure, measure, missing.get((measure, ""), ()), means)
    for proof in report.audit.proofs:
        place = proof.exceptions[0].place if proof.exceptions else None
        lines = [report.line(entry) for entry in report.against(proof)]
        tolerated = proof not in report.audit.open_proofs
        means = f"{'worth a look' if tolerated else proof.verdict.value}: {proof.statement}"
        yield Check("proof", proof.id, lines, means, place, tolerated)


def _measured(measure: str, rule: Rule) -> bool:
    """Whether a measure looks at a rule, and so has a test case for it."""
    if measure == "boundary":
        return any(test.threshold is not None for test in tests_of(rule.when))
    if measure in ("caution", "withholding"):
        return bool(rule.withholds)
    if measure == DECIDING:
        return bool(rule.disposition)
    return measure in ("rule", "near_miss", "condition", "masking", MUTATION)


def _add(report: Report, suite: Element, check: Check) -> None:
    case = SubElement(suite, "testcase", classname=f"audit.{check.suite}", name=_safe(check.name))
    if check.place is not None:
        case.set("file", _safe(report.path(check.place)))
        case.set("line", str(check.place.line))
    lines = _safe("\n".join(check.lines))
    if check.lines and check.tolerated:
        SubElement(case, "skipped", message=_safe(check.means))
        SubElement(case, "system-out").text = lines
    elif check.lines:
        count = f" ({len(check.lines)})" if len(check.lines) > 1 else ""
        message = _safe(f"{check.lines[0]}{count}")
        SubElement(case, "failure", message=message, type=_safe(check.means)).text = lines


def _safe(text: str) -> str:
    """Leave out what XML cannot hold, whatever a file of rules or cases may hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
