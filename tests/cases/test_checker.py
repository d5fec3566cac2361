"""A case is valid exactly when jsonschema accepts it; whatever is refused is refused with a reason."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.antecedent import Antecedent, conditional
from support.shipped import HEALTHY, KNOWLEDGE

from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.cases.schema import case_schema
from triage.source.diagnostic import Diagnostic

CHECKER = CaseChecker(KNOWLEDGE)
SCHEMA = case_schema(KNOWLEDGE)
AUTHORITY = Draft202012Validator(SCHEMA)
QUICK = jsonschema_rs.validator_for(SCHEMA)
RULES = list(KNOWLEDGE.rules)
ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    5.0,
    5.5,
    -1,
    10**30,
    -(10**600),
    1e300,
    "",
    "yes",
    "unknown",
    "none",
    "doctor",
    ["doctor"],
    "calf",
    "?calf",
    "??calf",
    [],
    ["a"],
    ["calf", "calf"],
    ["calf", "?calf"],
    ["?calf", "?calf"],
    [1, True, 1.0, "calf"],
    [["calf"]],
    {},
    {"calf": "yes"},
    {"calf": True},
    {"calf": ["yes"]},
    {"?calf": "yes"},
    {"version": 5, "what": [1]},
    "é",
)
WHOLE: dict[str, Any] = {
    "id": "a",
    "title": "A person.",
    "knowledge_base": {"version": "1", "sha256": "0"},
    "given_at": {"site": "2026-11-28T08:00:00+00:00"},
    "answers": {**HEALTHY, "site": ["calf", "?foot"], "limb_signs": {"numb": "no"}},
    "expect": {
        "disposition": "doctor",
        "acceptable": ["urgent"],
        "soon": False,
        "fires": RULES[:2],
        "silent": RULES[2:3],
        "causes": list(KNOWLEDGE.causes)[:2],
        "steps": list(KNOWLEDGE.steps)[:1],
    },
}
WHOLE["answers"]["limb_signs"] = {KNOWLEDGE.questions["limb_signs"].options[0].id: "no"}
KEYS = st.sampled_from(
    [
        "id",
        "title",
        "answers",
        "expect",
        "knowledge_base",
        "given_at",
        "version",
        "fires",
        "acceptable",
        "disposition",
        "calf",
        "site",
        "x",
        "",
        "id ",
    ]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


def containers(data: Any) -> list[Any]:
    """Every list and object of some data, the outermost first."""
    layer, all_of_them = [data], []
    while layer := [each for each in layer if isinstance(each, (dict, list))]:
        all_of_them += layer
        layer = [part for each in layer for part in (each.values() if isinstance(each, dict) else each)]
    return all_of_them


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A whole case of which something is replaced, taken away, added or doubled, once or a few times."""
    data = deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        container = draw(st.sampled_from(containers(data)))
        value = deepcopy(draw(st.sampled_from(ODD) | ANY_JSON))
        if isinstance(container, list):
            place = draw(st.integers(0, len(container)))
            again = container[draw(st.integers(0, len(container) - 1))] if container else value
            container[place : place + draw(st.integers(0, 1))] = [draw(st.sampled_from([value, again]))]
        elif container and draw(st.booleans()):
            key = draw(st.sampled_from(list(container)))
            if draw(st.booleans()):
                container[key] = value
            else:
                del container[key]
        else:
            container[draw(KEYS)] = value
    return data


def holds_double_items(data: Any) -> bool:
    """Whether an item of a list is said to be both present and not sure."""
    lists = [answer for answer in data["answers"].values() if isinstance(answer, list)]
    return any(item in answer and f"?{item}" in answer for answer in lists for item in answer)


def repeats_the_disposition(data: Any) -> bool:
    expect = data.get("expect", {})
    return expect.get("disposition") in expect.get("acceptable", ())


def parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def diagnostics(data: Any, checker: CaseChecker = CHECKER) -> list[Diagnostic]:
    return checker.check(RawCase("a", data, "null", (), 1))


def faults_of(data: Any, checker: CaseChecker = CHECKER) -> list[tuple[str, str]]:
    return [(each.pointer, each.message) for each in diagnostics(data, checker)]


def check(data: Any) -> None:
    valid = AUTHORITY.is_valid(data)
    assert QUICK.is_valid(data) == valid
    faults = diagnostics(data)
    assert (faults == []) == (valid and not holds_double_items(data) and not repeats_the_disposition(data))
    for fault in faults:
        assert fault.message
        inside = data
        for key in parts(fault.pointer):
            inside = inside[int(key) if isinstance(inside, list) else key]


@settings(max_examples=300)
@given(mutated())
@example(WHOLE)
@example({"id": "a", "answers": {}, "knowledge_base": {"version": 5, "what": [1]}})
def test_nothing_is_wrong_exactly_when_the_schema_accepts(data: Any) -> None:
    check(data)


def test_everything_in_a_case_replaced_in_turn_by_something_odd() -> None:
    for index, container in enumerate(containers(WHOLE)):
        keys: Any = container if isinstance(container, dict) else range(len(container))
        for key in [*keys, "x"] if isinstance(container, dict) else keys:
            for value in ODD:
                data = deepcopy(WHOLE)
                containers(data)[index][key] = deepcopy(value)
                check(data)


def test_each_answer_in_turn_replaced_by_something_odd() -> None:
    for name in HEALTHY:
        for value in ODD:
            check({"id": "odd", "answers": {**HEALTHY, name: value}})


@pytest.mark.parametrize(
    "data",
    [*ODD, {"id": 1, "answers": {}}, {"id": "a"}, {"id": "a", "answers": {}, "b": 1}, {"answers": {}}],
)
def test_what_is_no_case_is_refused_with_a_reason(data: Any) -> None:
    assert diagnostics(data)


@pytest.mark.parametrize(
    ("stamp", "faults"),
    [
        ({"version": 5}, [("/knowledge_base/version", "version is text, not the number 5")]),
        (
            {"sha265": "0"},
            [("/knowledge_base/sha265", 'unknown key "sha265"; did you mean "sha256"?')],
        ),
        ({}, []),
        ([], [("/knowledge_base", "knowledge_base is an object, not a list")]),
    ],
)
def test_the_stamp_of_an_interview_is_checked_too(stamp: Any, faults: list[tuple[str, str]]) -> None:
    assert faults_of({"id": "a", "answers": {}, "knowledge_base": stamp}) == faults


@conditional(at_least=0.5)  # measured: 0.96
@settings(max_examples=50)
@given(mutated())
def test_where_no_check_knows_what_is_wrong_the_schema_says_it(antecedent: Antecedent, data: Any) -> None:
    class SchemaAlone(CaseChecker):
        def _plain_faults(self, _: Any) -> Any:
            return iter(())

    faults = diagnostics(data, SchemaAlone(KNOWLEDGE))
    if antecedent(not AUTHORITY.is_valid(data)):
        (fault,) = faults
        assert fault.message.startswith("does not fit the schema of a case, which says ")
        assert fault.pointer == "" or parts(fault.pointer)[0] in data


def test_the_schema_says_what_it_wants_and_where() -> None:
    class SchemaAlone(CaseChecker):
        def _plain_faults(self, _: Any) -> Any:
            return iter(())

    data = {"id": "a", "answers": {}, "knowledge_base": {"version": 5}}
    assert faults_of(data, SchemaAlone(KNOWLEDGE)) == [
        ("/knowledge_base/version", 'does not fit the schema of a case, which says "type": "string"')
    ]


def test_half_of_a_surrogate_pair_as_a_key_is_an_unknown_question() -> None:
    (fault,) = diagnostics({"id": "a", "answers": {"\ud800": "yes"}})
    assert "unknown question" in fault.message


def test_messages_stay_short_however_long_what_they_are_about() -> None:
    long = "x" * 10_000
    answers = {long: 1, "site": [long], "age": 10**600, "danger_signs": {long: long}, "frequency": long}
    faults = diagnostics({"id": "a", "title": 10**600, long: 1, "answers": answers, "expect": {long: 1}})
    assert len(faults) == 8
    assert all(len(json.dumps(fault.message)) < 500 for fault in faults)


def seconds(data: Any) -> float:
    """The least processor time of a few that checking takes."""
    times = []
    for _ in range(5):
        before = time.process_time()
        assert diagnostics(data)
        times.append(time.process_time() - before)
    return min(times)


@pytest.mark.parametrize("key", ["site", "fires"])
def test_the_time_grows_with_the_faults_and_not_with_their_square(key: str) -> None:
    def case(size: int) -> dict[str, Any]:
        if key == "fires":
            return {"id": "a", "answers": {}, "expect": {"fires": RULES[:1] * size}}
        return {"id": "a", "answers": {"site": ["calf"] * size}}

    assert seconds(case(64_000)) < 32 * seconds(case(8_000))


def test_the_nearest_name_is_sought_for_the_first_faults_of_a_list_alone() -> None:
    case = {"id": "a", "answers": {}, "expect": {"fires": [f"{RULES[0]}{number}" for number in range(200)]}}
    hinted = [RULES[0] in fault.message for fault in diagnostics(case)]
    assert hinted == [True] * 100 + [False]  # the last says how many more there are


def test_the_nearest_question_is_sought_for_the_first_unknown_ones_alone() -> None:
    case = {"id": "a", "answers": {f"danger_sign{number}": "none" for number in range(200)}}
    hinted = ["did you mean" in fault.message for fault in diagnostics(case)]
    assert hinted == [True] * 100 + [False]  # the last says how many more there are


@pytest.mark.parametrize(
    ("answers", "place", "said"),
    [
        ({"medicine_names": ["atorvasttin"]}, "/answers/medicine_names/0", 'did you mean "atorvastatin"'),
        ({"medicine_names": ["Lipitor", "xyzzy"]}, "/answers/medicine_names/1", 'kind under "medicines"'),
        ({"medicine_names": ["Lipitor"], "medicines": "none"}, "/answers/medicines", '"none" does not go'),
        ({"medicine_names": ["Lipitor"], "medicines": {"statin": "no"}}, "/answers/medicines", '"statin" is'),
        ({"medicine_names": "Lipitor"}, "/answers/medicine_names", "give a list of names"),
        ({"medicine_names": []}, "/answers/medicine_names", "an empty list says nothing"),
        ({"medicine_names": ["Lipitor", 3]}, "/answers/medicine_names/1", "a name is a text"),
        ({"medicine_names": [""]}, "/answers/medicine_names/0", "is empty"),
        ({"medicine_name": ["Lipitor"]}, "/answers/medicine_name", 'did you mean "medicine_names"'),
    ],
)
def test_names_of_medicines_are_told_of(answers: dict[str, Any], place: str, said: str) -> None:
    data = {"id": "x", "answers": answers}
    (problem,) = CHECKER.check(RawCase("x.json", data, json.dumps(data), (), 1))
    assert problem.pointer == place
    assert said in problem.message


def test_names_of_medicines_are_taken() -> None:
    answers = {"medicine_names": ["Atorvastatin 20 mg", "Lipitor", "Lipitor"], "medicines": ["quinine"]}
    data = {"id": "x", "answers": answers}
    assert CHECKER.check(RawCase("x.json", data, json.dumps(data), (), 1)) == []


def test_very_many_unknown_names_take_no_time() -> None:
    data = {"id": "x", "answers": {"medicine_names": [f"unknown {number}" for number in range(5000)]}}
    start = time.perf_counter()
    assert len(CHECKER.check(RawCase("x.json", data, json.dumps(data), (), 1))) == 101
    assert time.perf_counter() - start < 20


def test_of_very_many_faults_a_hundred_are_told_and_how_many_more_there_are() -> None:
    data = {"id": "a", "answers": {f"no-question-{number}": 1 for number in range(1234)}}
    told = CHECKER.check(RawCase("a.json", data, json.dumps(data), (), 1))
    assert len(told) == 101
    assert told[-1].message == "and 1,134 more to fix"
    assert all("unknown question" in each.message for each in told[:-1])


ONE_AFTER_ANOTHER = (
    {"medicines": "none"},
    {"medicines": "none", "medicine_names": ["simvastatin"]},
    {"medicines": ["statin"]},
    {"medicines": {"statin": "no"}, "medicine_names": ["simvastatin"]},
    {"age": 1},
    {"age": True},
    {"age": 1.5},
    {"site": ["calf"]},
    {"site": ["calf", "calf"]},
    {"site": ["calf", True]},
    {"effects": "none"},
    {"frequency": "none"},
    {"timing": ["calf"]},
)


@pytest.mark.parametrize("answers", ONE_AFTER_ANOTHER, ids=str)
def test_what_a_checker_has_seen_before_changes_nothing(answers: dict[str, Any]) -> None:
    """It remembers answers that fit: by their question, their type, and apart from names beside them."""
    experienced = CaseChecker(KNOWLEDGE)
    for _ in range(2):
        for each in ONE_AFTER_ANOTHER:
            faults_of({"id": "a", "answers": each}, experienced)
    case = {"id": "a", "answers": answers}
    assert faults_of(case, experienced) == faults_of(case, CaseChecker(KNOWLEDGE))
