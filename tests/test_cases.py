"""Every case of the project, one test a case."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from intakes import KNOWLEDGE

from triage.batch.evaluate import Outcome, evaluate
from triage.batch.readers import RawCase, Unreadable, read_cases

CASES = Path(__file__).resolve().parent.parent / "cases"
INPUTS = list(read_cases([str(CASES)], io.BytesIO()))


def _name(raw: RawCase | Unreadable) -> str:
    return str(raw.data.get("id")) if isinstance(raw, RawCase) else raw.file


def test_there_are_cases() -> None:
    assert len(INPUTS) > len(KNOWLEDGE.rules)


def test_no_two_cases_share_an_id() -> None:
    names = [_name(raw) for raw in INPUTS]
    assert sorted(set(names)) == sorted(names)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return list(evaluate(KNOWLEDGE, INPUTS))


@pytest.mark.parametrize("number", range(len(INPUTS)), ids=[_name(raw) for raw in INPUTS])
def test_case(number: int, outcomes: list[Outcome]) -> None:
    outcome = outcomes[number]
    assert outcome.errors == (), "\n".join(map(str, outcome.errors))
    assert outcome.checked, f"{outcome.case} expects nothing; add what it is there for"
    assert outcome.missed == (), "\n".join(map(str, outcome.missed))
