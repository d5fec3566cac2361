"""A fever that is no cold is never less urgent than the fever of a cold in the same person."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from support.samples import shares, spread
from support.shipped import KNOWLEDGE
from support.strategies import Findings, findings, nearly_healthy

from triage.cases.case_set import Case, CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases
from triage.inference.answers.intake import read_answers
from triage.inference.assess import assess_findings
from triage.inference.assessment import UNDETERMINED
from triage.inference.evaluators import COMPILED
from triage.knowledge.model import NO, YES

MILD, WORSE = "warning_signs.usual_fever", "warning_signs.fever"
CASES = Path(__file__).parents[2] / "cases"
RANK = {UNDETERMINED: 0, **{name: rung.rank for name, rung in KNOWLEDGE.rungs.items()}}


def urgency(answers: Findings) -> tuple[int, bool]:
    found = assess_findings(KNOWLEDGE, answers, engine=COMPILED)
    return RANK[found.disposition], found.soon


def of_a_cold(answers: Findings) -> Findings:
    return {**answers, MILD: YES, WORSE: NO}


def of_no_cold(answers: Findings) -> Findings:
    return {**answers, MILD: NO, WORSE: YES}


def with_the_fever_of_a_cold() -> Iterator[Case]:
    register = CaseRegister(CaseChecker(KNOWLEDGE))
    for raw in read_cases([str(CASES)], io.BytesIO()):
        if isinstance(raw, RawCase) and "usual_fever" in raw.text:
            case = register.admit(raw)
            assert isinstance(case, Case)
            if read_answers(KNOWLEDGE, case.answers).get(MILD) == YES:
                yield case


@shares(4)
def test_nobody_in_the_cases_is_less_urgent_with_the_worse_fever(one_in: int) -> None:
    chosen = spread(with_the_fever_of_a_cold(), one_in)
    people = [(case.id, read_answers(KNOWLEDGE, case.answers)) for case in chosen]
    assert len(people) > 100
    assert [name for name, each in people if urgency(of_no_cold(each)) < urgency(of_a_cold(each))] == []


@given(nearly_healthy(complete=True) | findings())
def test_the_worse_fever_is_never_less_urgent(answers: Findings) -> None:
    assert urgency(of_no_cold(answers)) >= urgency(of_a_cold(answers))
