"""Law 10: two evaluators agree, experta and the compiled columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intakes import KNOWLEDGE, edges, findings

from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.inference.compiled import Compiled, Verdicts, compiled
from triage.inference.domains import domains
from triage.inference.intake import read_answers
from triage.inference.outcomes import Outcomes, outcomes
from triage.inference.truth import Missing, Value
from triage.knowledge.conditions import tests_of
from triage.knowledge.model import NO, YES

COMPILED = compiled(KNOWLEDGE)


def decided(assessment: Assessment) -> dict[str, object]:
    """What an assessment decides, without its texts."""
    return {
        "disposition": assessment.disposition,
        "soon": assessment.soon,
        "lowest": assessment.lowest,
        "highest": assessment.highest,
        "fired": set(assessment.fired),
        "open": set(assessment.open_rules),
        "not_sure": {entry.rule for entry in assessment.not_ruled_out if entry.not_sure},
        "causes": {cause.id for cause in assessment.causes},
        "given": {step.id for step in assessment.steps},
        "withheld": {step.id for step in assessment.withheld},
        "cautions": {caution.rule for step in assessment.steps for caution in step.cautions},
    }


def read_lane(number: int, verdicts: Verdicts, found: Outcomes) -> dict[str, object]:
    def one(columns: Mapping[str, int]) -> str:
        (name,) = [name for name, column in columns.items() if column >> number & 1]
        return name

    def every(columns: Mapping[str, int]) -> set[str]:
        return {name for name, column in columns.items() if column >> number & 1}

    def rules(columns: Sequence[int]) -> set[str]:
        return {rule.id for rule, column in zip(COMPILED.rules, columns, strict=True) if column >> number & 1}

    reasons = {rule.id for rule in KNOWLEDGE.reasons_for_care}
    return {
        "disposition": one(found.disposition),
        "soon": bool(found.soon >> number & 1),
        "lowest": one(found.lowest),
        "highest": one(found.highest),
        "fired": rules(verdicts.fired),
        "open": rules(verdicts.possible) - rules(verdicts.fired),
        "not_sure": rules(verdicts.not_sure) & reasons,
        "causes": every(found.causes),
        "given": every(found.given),
        "withheld": every(found.withheld),
        "cautions": every(found.cautions),
    }


def assert_agree(intakes: Sequence[Mapping[str, Value]]) -> None:
    columns = COMPILED.columns(intakes)
    verdicts = COMPILED.run(columns)
    found = outcomes(KNOWLEDGE, columns.full, verdicts)
    for number, intake in enumerate(intakes):
        assert read_lane(number, verdicts, found) == decided(assess_findings(KNOWLEDGE, intake))


@given(st.lists(findings(), min_size=1, max_size=4))
def test_on_generated_intakes(intakes: list[Mapping[str, Value]]) -> None:
    assert_agree(intakes)


def test_on_the_empty_intake_and_on_not_sure_of_everything() -> None:
    everything = dict.fromkeys(COMPILED.findings, Missing.UNKNOWN)
    assert_agree([{}, everything])


def directed() -> list[dict[str, Value]]:
    """For each rule, intakes that meet every test of it, with one test at a time turned over or unknown."""
    made: list[dict[str, Value]] = []
    for rule in KNOWLEDGE.rules.values():
        tests = [test for test in tests_of(rule.when) if test.finding in COMPILED.domains]
        met: dict[str, Value] = {}
        for test in tests:
            domain = COMPILED.domains[test.finding]
            met[test.finding] = domain.values[domain.accepted(test)[0]]
        made.append(met)
        for test in tests:
            question = KNOWLEDGE.question_of[test.finding]
            others = edges(KNOWLEDGE, question) if question.kind == "number" else question.values
            made += [{**met, test.finding: value} for value in (*others, Missing.UNKNOWN)]
    return made


def test_directed_intakes_agree_one_at_a_time_and_in_a_block() -> None:
    """Lanes of a block never touch each other."""
    intakes = directed()[::7]
    columns = COMPILED.columns(intakes)
    block = COMPILED.run(columns)
    for number, intake in enumerate(intakes):
        alone = COMPILED.run(COMPILED.columns([intake]))
        assert [column >> number & 1 for column in block.fired] == list(alone.fired)
        assert [column >> number & 1 for column in block.possible] == list(alone.possible)


def test_directed_intakes() -> None:
    assert_agree(directed()[::40])


@pytest.mark.nightly
def test_every_directed_intake() -> None:
    assert_agree(directed())


def test_numbers_are_cut_at_every_bound() -> None:
    for finding, domain in domains(KNOWLEDGE, fine=True).items():
        question = KNOWLEDGE.question_of[finding]
        if question.kind == "number":
            for value in edges(KNOWLEDGE, question):
                first, last = domain.ends(domain.class_of(value))
                assert int(first) <= value <= int(last)
            assert domain.ends(0)[0] == question.minimum
            assert domain.ends(len(domain.values) - 1)[1] == question.maximum
        else:
            assert [domain.class_of(value) for value in domain.values] == list(range(len(domain.values)))


@pytest.mark.parametrize("value", [-1, 1000])
def test_a_value_that_cannot_be_is_refused(value: int) -> None:
    with pytest.raises(KeyError):
        COMPILED.columns([{"age": value}])


def test_the_source_holds_no_text_of_the_knowledge_base() -> None:
    source = Compiled(KNOWLEDGE).source
    names = {*KNOWLEDGE.question_of, *KNOWLEDGE.rules, *KNOWLEDGE.findings, YES, NO}
    assert not {name for name in names if len(name) > 4 and name in source} - {"known"}


def test_one_intake_gives_the_same_firings_as_many() -> None:
    intake = read_answers(KNOWLEDGE, {"danger_signs": "none", "site": ["calf"]})
    verdicts = COMPILED.run(COMPILED.columns([intake]))
    firings = COMPILED.firings(intake)
    assert firings.fired == {
        rule.id for rule, column in zip(COMPILED.rules, verdicts.fired, strict=True) if column
    }
    assert firings.fired <= firings.possible
