"""The generated population: the same bytes for a seed, only valid cases, asked only what applies."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from support.shipped import KNOWLEDGE

from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.columns.compiled import compiled
from triage.inference.columns.outcomes import outcomes
from triage.inference.truth import Truth, truth_of
from triage.knowledge.model import Option, Question
from triage.knowledge.parts.conditions import All, Test
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.population.population import PopulationError, population, read_proportions
from triage.source.strict_json import JsonError, parse

DATA = tomllib.loads(resources.files("triage.population").joinpath("population.toml").read_text("utf-8"))
PROPORTIONS = read_proportions(KNOWLEDGE, DATA)
CHECKER = CaseChecker(KNOWLEDGE)


def faulty(data: Any) -> bool:
    return bool(CHECKER.check(RawCase("a", data, "null", (), 1)))


def lines(count: int, seed: int, invalid: float = 0.0) -> list[str]:
    pieces = population(KNOWLEDGE, PROPORTIONS, count=count, seed=seed, invalid=invalid)
    return "".join(pieces).splitlines()


LINES = lines(8000, seed=5)
CASES = [json.loads(line) for line in LINES]
KINDS = {question.kind for question in KNOWLEDGE.questions.values()}


def test_a_seed_gives_these_very_bytes() -> None:
    """On a small questionnaire of its own, so that only the way of drawing can change them."""
    options = tuple(Option(name, name) for name in ("one", "two", "three"))

    def question(name: str, kind: Any, **more: Any) -> Question:
        return Question(name, kind, "", "", "", **more)

    asked = [
        question("number", "number", maximum=9),
        question("list", "checklist", options=options),
        question("choice", "choice", options=options, asked_when=Test("list.one", frozenset({"yes"}))),
        question("yes", "yes_no"),
    ]
    small = replace(KNOWLEDGE, questions={each.id: each for each in asked})
    data = {
        "shares": {
            "stops_early": 0.1,
            "skips": 0.05,
            "not_sure": 0.1,
            "item_by_item": 0.3,
            "not_sure_item": 0.3,
            "item": 0.3,
            "yes": 0.4,
        },
        "groups": {
            "question": "number",
            "group": [{"range": [0, 4], "share": 3}, {"range": [5, 9], "share": 1}],
        },
        "items": {"list": {"one": [0.9, 0.1]}},
        "complaint": [{"id": "any", "share": [1, 1]}],
    }
    pieces = population(small, read_proportions(small, data), count=8, seed=35)
    assert [line[14:-1] for line in "".join(pieces).splitlines()] == [
        '"answers":{"number":8,"list":{"one":"no","two":"no","three":"unknown"},"yes":"yes"}',
        '"answers":{}',
        '"answers":{"number":"unknown","list":["three"],"yes":"no"}',
        '"answers":{"number":9,"list":["two","three"],"yes":"no"}',
        '"answers":{"number":4,"list":"none","yes":"unknown"}',
        '"answers":{"number":4,"list":{"one":"yes","three":"no"},"choice":"one","yes":"no"}',
        '"answers":{"number":4,"list":["two"],"yes":"no"}',
        '"answers":{"number":6,"list":"unknown","yes":"unknown"}',
    ]


def test_fewer_people_are_the_first_of_more() -> None:
    assert lines(1200, seed=5) == LINES[:1200]
    assert lines(0, seed=5) == []
    assert lines(10, seed=6) != LINES[:10]


def test_every_line_is_a_valid_case_with_an_id_of_its_own() -> None:
    assert [line for line in LINES if faulty(parse(line))] == []
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_a_question_is_answered_only_where_it_applies() -> None:
    asked = Counter[str]()
    for case in CASES:
        memory = working_memory(KNOWLEDGE, read_answers(KNOWLEDGE, case["answers"]))
        for name in case["answers"]:
            condition = KNOWLEDGE.questions[name].asked_when
            assert condition is None or truth_of(condition, memory) is Truth.TRUE, (case, name)
            asked[name] += 1
    assert set(asked) == set(KNOWLEDGE.questions)


def test_people_skip_are_not_sure_stop_and_answer_item_by_item() -> None:
    answers = [answer for case in CASES for answer in case["answers"].values()]
    not_sure = {name for case in CASES for name, answer in case["answers"].items() if answer == "unknown"}
    assert {KNOWLEDGE.questions[name].kind for name in not_sure} == KINDS
    *earlier, last = (name for name, question in KNOWLEDGE.questions.items() if question.asked_when is None)
    finished = [case["answers"] for case in CASES if last in case["answers"]]
    assert [name for name in earlier if all(name in given for given in finished)] == []
    assert any(isinstance(answer, dict) for answer in answers)
    assert any(isinstance(answer, list) and answer[-1].startswith("?") for answer in answers)
    assert sum("medicines" not in case["answers"] for case in CASES) > len(CASES) * 0.03


def test_most_are_ordinary_and_a_few_in_a_hundred_have_a_red_flag() -> None:
    intakes = [read_answers(KNOWLEDGE, case["answers"]) for case in CASES]
    flagged = sum(any(intake.get(flag) == "yes" for flag in KNOWLEDGE.red_flags) for intake in intakes)
    assert 0.02 < flagged / len(intakes) < 0.1
    evaluator = compiled(KNOWLEDGE)
    columns = evaluator.columns(intakes)
    found = outcomes(KNOWLEDGE, columns.full, evaluator.run(columns)).disposition
    counts = {name: column.bit_count() for name, column in found.items()}
    assert all(counts.values()), counts
    assert counts["emergency"] < counts["self_care"]


def test_what_is_had_rises_with_age() -> None:
    def share(first: int, last: int) -> float:
        group = [case["answers"] for case in CASES if case["answers"].get("age") in range(first, last + 1)]
        return sum(answers.get("conditions") not in ("none", None) for answers in group) / len(group)

    assert share(0, 17) < share(35, 59) < share(60, 120)


def refused(line: str) -> bool:
    try:
        return faulty(parse(line))
    except JsonError:
        return True


def test_spoilt_lines_are_refused_and_the_others_stay_as_they_are() -> None:
    mixed = lines(len(LINES), seed=5, invalid=0.2)
    spoilt = [line for line, before in zip(mixed, LINES, strict=True) if line != before]
    assert all(refused(line) for line in spoilt)
    assert 0.15 < len(spoilt) / len(mixed) < 0.25
    kinds = {line.partition("answers")[2][:14] for line in spoilt}
    assert len(kinds) > 12
    assert all(refused(line) for line in lines(500, seed=1, invalid=1))


def change(*path: Any, to: Any) -> dict[str, Any]:
    changed = json.loads(json.dumps(DATA))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    found: dict[str, Any] = changed
    return found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (change("items", "condition", to={}), 'unknown question "condition"; did you mean "conditions"?'),
        (
            change("items", "conditions", "diabets", to=1),
            'conditions has no "diabets"; did you mean "diabetes"?',
        ),
        (change("items", "conditions", "diabetes", to=[1, 2]), "one for each of the 8 groups"),
        (change("one_of", "for_whom", to={"me": 1}), 'for_whom has no "me"'),
        (change("numbers", "ages", to=[[0, 1, 1]]), 'unknown question "ages"; did you mean "age"?'),
        (change("groups", "question", to="years"), 'unknown question "years"'),
        (
            change("complaint", 0, "share", to=[1]),
            "ordinary_leg_cramp: give one share for each of the 8 groups",
        ),
        (change("complaint", 0, "items", to={"size": {}}), 'unknown question "size"'),
    ],
)
def test_proportions_that_do_not_fit_are_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(PopulationError) as caught:
        read_proportions(KNOWLEDGE, data)
    assert said in str(caught.value)


YES, NO = frozenset({"yes"}), frozenset({"no"})
GATES = (
    Test("feels.twitch", NO),
    All((Test("feels.twitch", NO), Test("age", at_least=18))),
    AnyOf((Test("feels.twitch", YES), All((Test("site.calf", YES), Test("age", at_most=60))))),
    AnyOf((Test("for_whom", frozenset({"other"})), AnyOf((Test("site.calf", NO), Test("site.foot", YES))))),
)


@pytest.mark.parametrize("gate", GATES)
def test_any_condition_can_decide_what_is_asked(gate: AnyOf | All | Test) -> None:
    """Conditions of kinds that the questionnaire does not use today."""
    gated = replace(KNOWLEDGE.questions["timing"], asked_when=gate)
    other = replace(KNOWLEDGE, questions={**KNOWLEDGE.questions, "timing": gated})
    pieces = population(other, PROPORTIONS, count=400, seed=3)
    cases = [json.loads(line)["answers"] for line in "".join(pieces).splitlines()]
    asked = [answers for answers in cases if "timing" in answers]
    for answers in asked:
        assert truth_of(gate, working_memory(other, read_answers(other, answers))) is Truth.TRUE
    applying = [
        answers
        for answers in cases
        if "lately" in answers
        and truth_of(gate, working_memory(other, read_answers(other, answers))) is Truth.TRUE
    ]
    assert len([answers for answers in applying if "timing" in answers]) > 0.9 * len(applying) > 0
