"""The audit as JUnit XML, for tools that show test results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from triage.audit.coverage import MEASURES
from triage.audit.model import Gap, Proof, Verdict
from triage.audit.report_parts import MUTATION, Report
from triage.knowledge.conditions import tests_of
from triage.knowledge.model import Rule
from triage.source.diagnostic import Location

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        self._gaps: dict[tuple[str, str], list[str]] = {}
        for gap in report.audit.gaps:
            self._add(gap.measure, gap.rule, gap.place, _words(gap))
        for item in report.unnoticed:
            self._add(MUTATION, item.rule, item.place, item.said)

    def _add(self, measure: str, rule: str, place: Location, words: str) -> None:
        self._gaps.setdefault((measure, rule), []).append(f"{self._report.where(place)} {words}")

    def text(self) -> str:
        self._expectations()
        for measure in (*MEASURES, MUTATION):
            self._measure(measure)
        self._proofs()
        for suite in [self._root, *self._root]:
            found = list(suite.iter("testcase"))
            suite.set("tests", str(len(found)))
            suite.set("failures", str(sum(case.find("failure") is not None for case in found)))
            suite.set("errors", "0")
            suite.set("skipped", str(sum(case.find("skipped") is not None for case in found)))
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
            _fail(case, MEASURES.get(measure, "changes go unnoticed"), self._gaps.get((measure, rule.id), ()))
        if not rules:
            case = self._case(suite, measure, measure, None)
            _fail(case, MEASURES[measure], self._gaps.get((measure, ""), ()))

    def _proofs(self) -> None:
        suite = SubElement(self._root, "testsuite", name="proof")
        for proof in self._report.audit.proofs:
            self._proof(suite, proof)

    def _proof(self, suite: Element, proof: Proof) -> None:
        first = proof.exceptions[0].place if proof.exceptions else None
        case = self._case(suite, "proof", proof.id, first)
        lines = [
            f"{self._report.where(entry.place)} {entry.subject}: {entry.what}" for entry in proof.exceptions
        ]
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
    return measure in ("rule", "near_miss", "condition", "masking", MUTATION)


def _words(gap: Gap) -> str:
    return f"{gap.subject}: {gap.what}; {gap.reason}"


def _fail(case: Element, means: str, lines: Iterable[str]) -> None:
    """Mark a test case as failed where there are lines that say how."""
    found: Sequence[str] = list(lines)
    if found:
        count = f" ({len(found)})" if len(found) > 1 else ""
        failure = SubElement(case, "failure", message=_safe(f"{found[0]}{count}"), type=_safe(means))
        failure.text = _safe("\n".join(found))


def _safe(text: str) -> str:
    """Leave out what XML cannot hold, whatever a file of rules or cases may hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
