"""Finds cases that are invalid, or that have the id of another case: `triage evaluate` refuses both."""

from __future__ import annotations

from collections.abc import Iterator

from triage.authoring.lint.case_files import Cases
from triage.cases.case_set import CaseRegister, InvalidCase
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.knowledge.checking.lint import Check
from triage.knowledge.gaps import gaps
from triage.source.diagnostic import Diagnostic


def _invalid_case(cases: Cases) -> Iterator[Diagnostic]:
    register = CaseRegister(CaseChecker(cases.knowledge))
    for raw in cases.inputs:
        if isinstance(raw, RawCase) and not any(gaps(raw.data)):
            admitted = register.admit(raw)
            if isinstance(admitted, InvalidCase):
                yield from admitted.diagnostics


CHECKS: tuple[Check[Cases], ...] = (
    Check("invalid-case", "a case that does not fit, or an id given twice", _invalid_case),
)
