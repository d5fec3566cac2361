"""One table of expectations: an assessment and columns show the same, and nobody else knows a key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shipped import HEALTHY, KNOWLEDGE
from support.strategies import findings

from triage.cases.checker import CaseChecker
from triage.cases.expectations import (
    ACCEPTABLE,
    DISPOSITION,
    FIELDS,
    KNOWN_MISS,
    MEANINGS,
    NAMES,
    SOON,
    ExpectedColumns,
    Shown,
    expectation_schema,
    misses,
    shown,
)
from triage.cases.reading.raw_case import RawCase
from triage.inference.assess import assess, assess_findings
from triage.inference.assessment import Assessment
from triage.inference.columns.compiled import Verdicts, compiled
from triage.inference.columns.outcomes import Outcomes, outcomes
from triage.inference.truth import Value
from triage.pytest_plugin.why_missed import why_missed

PROGRAM = compiled(KNOWLEDGE)
RULES = list(KNOWLEDGE.rules)
CHECKER = CaseChecker(KNOWLEDGE)


def block_of(intakes: list[Mapping[str, Value]]) -> tuple[Verdicts, Outcomes]:
    block = PROGRAM.columns(intakes)
    verdicts = PROGRAM.run(block)
    return verdicts, outcomes(KNOWLEDGE, block.full, verdicts)


@settings(max_examples=40)
@given(st.lists(findings(), min_size=1, max_size=4))
def test_columns_show_what_assessments_show(intakes: list[Mapping[str, Value]]) -> None:
    verdicts, found = block_of(intakes)
    for lane, intake in enumerate(intakes):
        assessment = assess_findings(KNOWLEDGE, intake, engine="compiled")
        assert bool(found.soon >> lane & 1) == assessment.soon
        for name, field in FIELDS.items():
            columns = field.columns(RULES, verdicts, found)
            seen = {each for each, column in columns.items() if column >> lane & 1}
            assert seen == set(field.names(assessment)), name


def expectation_of(assessment: Assessment, chance: Any) -> dict[str, Any]:
    """Expectations of which some are met by an assessment and some are not."""
    expect: dict[str, Any] = {}
    every = [*KNOWLEDGE.rungs, "undetermined"]
    if chance.random() < 0.7:
        expect[DISPOSITION] = chance.choice(every)
        others = [name for name in every if name != expect[DISPOSITION]]
        if chance.random() < 0.5:
            expect[ACCEPTABLE] = chance.sample(others, chance.randint(1, 2))
        if chance.random() < 0.3:
            expect[KNOWN_MISS] = chance.choice(others)
    if chance.random() < 0.5:
        expect[SOON] = chance.random() < 0.5
    for key, each in NAMES.items():
        if chance.random() < 0.5:
            seen = list(each.field.names(assessment))
            near = [*seen, *chance.sample(list(each.table(KNOWLEDGE)), 3)]
            expect[key] = list(dict.fromkeys(chance.sample(near, min(len(near), 2))))
    return expect


@settings(max_examples=60)
@given(st.lists(findings(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_columns_miss_what_assessments_miss(intakes: list[Mapping[str, Value]], chance: Any) -> None:
    assessments = [assess_findings(KNOWLEDGE, intake, engine="compiled") for intake in intakes]
    expectations = [expectation_of(assessment, chance) for assessment in assessments]
    missed = ExpectedColumns(expectations).missed_by(Shown(RULES, *block_of(intakes)))
    for lane, (expect, assessment) in enumerate(zip(expectations, assessments, strict=True)):
        assert bool(missed >> lane & 1) == bool(misses(expect, assessment)), expect


class Bits:
    """Bits that can do nothing but be combined, as those of a circuit."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes

    def __and__(self, other: Bits | int) -> Bits:
        return Bits(self.lanes & (other if isinstance(other, int) else other.lanes))

    def __or__(self, other: Bits | int) -> Bits:
        return Bits(self.lanes | (other if isinstance(other, int) else other.lanes))

    def __invert__(self) -> Bits:
        return Bits(~self.lanes)

    __rand__, __ror__ = __and__, __or__


def test_columns_are_only_combined() -> None:
    expected = ExpectedColumns(
        [{"disposition": "doctor", "fires": ["a"]}, {"silent": ["a"]}, {"disposition": "urgent"}]
    )
    column: Any = Bits(0b110)
    missed: Any = expected.missed("fired", "a", column)
    assert missed.lanes == 0b011
    dispositions: Any = {"doctor": Bits(0b100), "urgent": Bits(0b100)}
    missed = expected.missed_disposition(dispositions)
    assert missed.lanes == 0b001
    assert list(expected.fields()) == ["fired"]
    assert list(expected.names("fired")) == ["a"]


def test_what_nothing_is_expected_of_is_never_missed() -> None:
    expected = ExpectedColumns([{}, {"fires": ["a"]}])
    assert expected.missed("fired", "b", 0) == expected.missed_disposition({}) == 0
    assert expected.missed("fired", "a", 0) == 0b10
    assert list(ExpectedColumns([{}]).fields()) == []


def test_a_disposition_that_is_acceptable_passes_too() -> None:
    assessment = assess(KNOWLEDGE, {**HEALTHY, "episode_seconds": 700})
    assert assessment.disposition == "urgent"
    assert misses({"disposition": "doctor", "acceptable": ["urgent"]}, assessment) == []
    assert misses({"disposition": "doctor", "acceptable": ["self_care", "emergency"]}, assessment) == [
        ("disposition", "expected doctor or self_care or emergency, got urgent")
    ]
    expect = {"disposition": "emergency", "acceptable": ["urgent"]}
    told = why_missed(KNOWLEDGE, {"answers": HEALTHY, "expect": expect}, assessment)
    assert "Why not" not in told


@pytest.mark.parametrize(
    ("expect", "pointer", "message"),
    [
        ({"acceptable": ["doctor"]}, "/expect/acceptable", 'goes with "disposition"; add'),
        ({"disposition": "doctor", "acceptable": []}, "/expect/acceptable", "is an empty list"),
        (
            {"disposition": "doctor", "acceptable": ["urgent", "doctor"]},
            "/expect/acceptable/1",
            '"doctor" is what "disposition" expects already; remove it here',
        ),
        ({"disposition": "doctor", "acceptable": ["soon"]}, "/expect/acceptable/0", '"soon" is not one of'),
    ],
)
def test_what_cannot_be_acceptable_is_told(expect: dict[str, Any], pointer: str, message: str) -> None:
    data = {"id": "a", "answers": {}, "expect": expect}
    (diagnostic,) = CHECKER.check(RawCase("a", data, json.dumps(data), (), 1))
    assert diagnostic.pointer == pointer
    assert diagnostic.message.startswith(message)


def test_what_an_assessment_shows_is_what_it_meets() -> None:
    assessment = assess(KNOWLEDGE, {**HEALTHY, "episode_seconds": 700})
    expect = shown(assessment)
    assert set(expect) == {DISPOSITION, SOON, *(key for key, each in NAMES.items() if each.present)}
    assert misses(expect, assessment) == []


def test_every_key_of_the_table_has_its_schema_and_its_page(root: Path) -> None:
    assert list(expectation_schema(KNOWLEDGE)["properties"]) == list(MEANINGS)
    assert set(NAMES) | {DISPOSITION, ACCEPTABLE, KNOWN_MISS, SOON} == set(MEANINGS)
    text = (root / "cases" / "README.md").read_text("utf-8")
    (told,) = re.findall(r"\n`expect` may hold .*?\n\n(.*?)\n\n", text, re.DOTALL)
    assert re.findall(r"^\| `(\w+)`", told, re.MULTILINE) == list(MEANINGS)


@pytest.mark.parametrize("key", NAMES)
def test_why_a_name_of_every_key_is_missed_is_told(key: str) -> None:
    answers = {} if key == "not_open" else HEALTHY  # of the healthy no rule is open
    assessment = assess(KNOWLEDGE, answers)
    shown_names = set(NAMES[key].field.names(assessment))
    name = next(
        each for each in NAMES[key].table(KNOWLEDGE) if (each in shown_names) is not NAMES[key].present
    )
    told = why_missed(KNOWLEDGE, {"answers": answers, "expect": {key: [name]}}, assessment)
    assert name in told


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ("doctor", None),
        ("urgent", "known to come to urgent, got doctor"),
    ],
)
def test_a_known_miss_passes_with_what_it_is_known_for_and_nothing_else(
    known: str, message: str | None
) -> None:
    found = assess(KNOWLEDGE, {**HEALTHY, "effects": ["stops_activities"], "frequency": "weekly"}, "a")
    assert found.disposition == "doctor"
    said = misses({DISPOSITION: "self_care", KNOWN_MISS: known}, found)
    assert said == ([] if message is None else [(KNOWN_MISS, message)])


def test_a_known_miss_that_is_right_again_is_asked_to_go() -> None:
    found = assess(KNOWLEDGE, HEALTHY, "a")
    ((key, message),) = misses({DISPOSITION: found.disposition, KNOWN_MISS: "doctor"}, found)
    assert key == KNOWN_MISS
    assert "remove known_miss" in message
