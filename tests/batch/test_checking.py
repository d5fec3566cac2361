"""What jsonschema-rs accepts at once is what jsonschema accepts, and nothing is refused without a reason."""

from __future__ import annotations

from typing import Any

import pytest
from intakes import HEALTHY, KNOWLEDGE
from jsonschema import Draft202012Validator

from triage.batch.cases import CaseChecker
from triage.knowledge.intake_schema import case_schema

CHECKER = CaseChecker(KNOWLEDGE)
AUTHORITY = Draft202012Validator(case_schema(KNOWLEDGE))
ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    5.0,
    5.5,
    -1,
    10**30,
    1e300,
    "",
    "yes",
    "unknown",
    [],
    ["a"],
    {},
    "\ud800",
)


def test_each_answer_in_turn_replaced_by_something_odd() -> None:
    for name in HEALTHY:
        for value in ODD:
            data = {"id": "odd", "answers": {**HEALTHY, name: value}}
            assert (CHECKER.faults(data) == []) == AUTHORITY.is_valid(data), (name, value)


@pytest.mark.parametrize(
    "data", [*ODD, {"id": 1, "answers": {}}, {"id": "a"}, {"id": "a", "answers": {}, "b": 1}]
)
def test_what_is_no_case_is_refused_with_a_reason(data: Any) -> None:
    assert CHECKER.faults(data)


def test_half_of_a_surrogate_pair_as_a_key_is_an_unknown_question() -> None:
    (fault,) = CHECKER.faults({"id": "a", "answers": {"\ud800": "yes"}})
    assert "unknown question" in fault.message
