"""The audit as JUnit XML, for tools that show test results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from triage.audit.coverage import MEASURES
from triage.audit.masking import DECIDING
from triage.audit.model import Proof, Verdict
from triage.audit.report_parts import MUTATION, Entry, Report
from triage.knowledge.conditions import tests_of
from triage.knowledge.model import Rule
from triage.source.diagnostic import Location

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BESIDE = {DECIDING: "its disposition never decides", MUTATION: "changes go unnoticed"}
"""What is no measure of coverage, and what it means that it fails."""


def junit(report: Report) -> str:
    """Return the report as XML.

    A law that is refuted, and any statement that is undecided, is a failure; another statement that is
    refuted is worth a look, and counts as skipped.
    """
    return _Xml(report).text()


class _Xml:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._root = Element("testsuites", name="triage audit")
        self._missing: dict[tuple[str, str], list[str]] = {}
        for entry in (*report.gaps, *report.unnoticed):
            self._missing.setdefault((entry.measure, entry.rule), []).append(self._line(entry))

    def _line(self, entry: Entry) -> str:
        return f"{self._report.where(entry.place)} {entry.text}"

    def text(self) -> str:
        self._expectations()
        for measure in (*MEASURES, *_BESIDE):
            self._measure(measure)
        self._proofs()
        for suite in [self._root, *self._root]:
            cases = list(suite.iter("testcase"))
            suite.set("tests", str(len(cases)))
            suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
            suite.set("errors", "0")
            suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
        indent(self._root)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(self._root, "unicode") + "\n"

    def _expectations(self) -> None:
        suite = SubElement(self._root, "testsuite", name="expectations")
        failing = [f"{case.file}:{case.line} {case.id}" for case in self._report.failing]
        case = self._case(suite, "expectations", "cases meet their own expectations", None)
        _fail(case, "its own expectations are not met", failing)

    def _measure(self, measure: str) -> None:
        suite = SubElement(self._root, "testsuite", name=measure)
        rules = [rule for rule in self._report.knowledge.rules.values() if _measured(measure, rule)]
        for rule in rules:
            case = self._case(suite, measure, rule.id, Location(rule.file, 1))
            means = {**MEASURES, **_BESIDE}[measure]
            _fail(case, means, self._missing.get((measure, rule.id), ()))
        if not rules:
            case = self._case(suite, measure, measure, None)
            _fail(case, MEASURES[measure], self._missing.get((measure, ""), ()))

    def _proofs(self) -> None:
        suite = SubElement(self._root, "testsuite", name="proof")
        for proof in self._report.audit.proofs:
            self._proof(suite, proof)

    def _proof(self, suite: Element, proof: Proof) -> None:
        first = proof.exceptions[0].place if proof.exceptions else None
        case = self._case(suite, "proof", proof.id, first)
        lines = [self._line(entry) for entry in self._report.against(proof)]
        if proof in self._report.audit.open_proofs:
            _fail(case, f"{proof.verdict.value}: {proof.statement}", lines)
        elif proof.verdict is Verdict.REFUTED:
            SubElement(case, "skipped", message=_safe(f"worth a look: {proof.statement}"))
            SubElement(case, "system-out").text = _safe("\n".join(lines))

    def _case(self, suite: Element, measure: str, name: str, place: Location | None) -> Element:
        case = SubElement(suite, "testcase", classname=f"audit.{measure}", name=_safe(name))
        if place is not None:
            case.set("file", _safe(self._report.path(place)))
            case.set("line", str(place.line))
        return case


def _measured(measure: str, rule: Rule) -> bool:
    """Whether a measure looks at a rule, and so has a test case for it."""
    if measure == "boundary":
        return any(test.threshold is not None for test in tests_of(rule.when))
    if measure in ("caution", "withholding"):
        return bool(rule.withholds)
    if measure == DECIDING:
        return bool(rule.disposition)
    return measure in ("rule", "near_miss", "condition", "masking", MUTATION)


def _fail(case: Element, means: str, lines: Sequence[str]) -> None:
    """Mark a test case as failed where there are lines that say how."""
    if lines:
        count = f" ({len(lines)})" if len(lines) > 1 else ""
        failure = SubElement(case, "failure", message=_safe(f"{lines[0]}{count}"), type=_safe(means))
        failure.text = _safe("\n".join(lines))


def _safe(text: str) -> str:
    """Leave out what XML cannot hold, whatever a file of rules or cases may hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
