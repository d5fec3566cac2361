"""Each case of the project is a test by itself (`triage.pytest_plugin`); here is what they are together."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from support.shipped import KNOWLEDGE

from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import read_cases
from triage.evaluation.evaluate import Evaluator

CASES = Path(__file__).resolve().parent.parent / "cases"
INPUTS = list(read_cases([str(CASES)], io.BytesIO()))

pytest_plugins = ["pytester"]


def _name(raw: RawCase | Unreadable) -> str:
    return str(raw.data.get("id")) if isinstance(raw, RawCase) else raw.file


def test_there_are_cases() -> None:
    assert len(INPUTS) > len(KNOWLEDGE.rules)


def test_no_two_cases_share_an_id() -> None:
    names = [_name(raw) for raw in INPUTS]
    assert sorted(set(names)) == sorted(names)


def test_plain_pytest_tests_the_cases(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getini("triage_cases") == [CASES]
    assert "cases" in pytestconfig.getini("testpaths")


def test_each_case_is_a_test(pytester: pytest.Pytester) -> None:
    run = pytester.inline_run("--collect-only", "--triage-cases", str(CASES), str(CASES))
    (finished,) = run.getcalls("pytest_collection_finish")
    assert [item.name for item in finished.session.items] == [_name(raw) for raw in INPUTS]


@pytest.mark.nightly
def test_both_evaluators_agree_on_every_case() -> None:
    evaluator, register = Evaluator(KNOWLEDGE), CaseRegister(CaseChecker(KNOWLEDGE))
    outcomes = [evaluator.outcome(register.admit(each), both=True) for each in INPUTS]
    assert len(outcomes) == len(INPUTS)
    assert [str(miss) for outcome in outcomes for miss in outcome.missed] == []
