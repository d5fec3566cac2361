"""The bits of an answer are those of what the strict reader makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE
from support.strategies import Findings, findings

from triage.bulk.decoding.answer_bits import BitLayout, differing_findings
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.reading import read_answer
from triage.inference.columns.compiled import compiled
from triage.inference.grounds.spared import outsider
from triage.inference.truth import Missing
from triage.knowledge.model import YES, Question

COMPILED = compiled(KNOWLEDGE)
LAYOUT = BitLayout(COMPILED)
BITS = {each.question.id: each for each in LAYOUT.questions}


def typed(answer: Any) -> Any:
    """An answer as the typed record holds it."""
    if isinstance(answer, dict):
        return tuple(answer.items())
    return tuple(answer) if isinstance(answer, list) else answer


def row_of(answers: dict[str, Any]) -> bytes:
    return b"".join(
        each.encode(typed(answers[each.question.id])) if each.question.id in answers else bytes(each.size)
        for each in LAYOUT.questions
    )


@given(st.lists(findings(), min_size=1, max_size=12))
def test_a_block_has_the_columns_of_its_intakes(intakes: list[Findings]) -> None:
    answers = [as_answers(KNOWLEDGE, intake) for intake in intakes]
    block = LAYOUT.block(b"".join(map(row_of, answers)))
    assert block.columns == COMPILED.columns([read_answers(KNOWLEDGE, each) for each in answers])
    objects = [each for each in answers for each in each.values() if isinstance(each, dict)]
    assert block.keys == sum(map(len, answers)) + sum(map(len, objects))


@pytest.mark.parametrize(
    "answer",
    [
        "none",
        "unknown",
        ["calf"],
        ["?calf"],
        ["calf", "?foot", "hand", "shin", "neck_shoulder"],
        {},
        {"calf": "yes"},
        {"calf": "unknown", "foot": "no"},
    ],
)
def test_every_way_to_answer_a_list(answer: Any) -> None:
    reading = read_answer(BITS["site"].question, answer)
    expected = BITS["site"].of_reading(reading, item_by_item=isinstance(answer, dict))
    assert BITS["site"].encode(typed(answer)) == expected


CLOSED = [
    (question, names, person)
    for question in KNOWLEDGE.questions.values()
    for gate, names in question.behind.items()
    if question.kind == "checklist" and gate is not None and (person := outsider(KNOWLEDGE, gate)) is not None
]


@pytest.mark.parametrize(("question", "names", "person"), CLOSED)
@pytest.mark.parametrize("style", ["none", "unknown", "listed", "in doubt", "an object"])
def test_a_list_beside_a_closed_gate(
    question: Question, names: list[str], person: Findings, style: str
) -> None:
    """By name an item counts whatever its gate says; all else speaks only of what applies."""
    item = names[0].partition(".")[2]
    written = {"listed": [item], "in doubt": [f"?{item}"], "an object": {item: "unknown"}}
    answers = {**as_answers(KNOWLEDGE, person), question.id: written.get(style, style)}
    read = read_answers(KNOWLEDGE, answers)
    wanted = {"listed": YES, "in doubt": Missing.UNKNOWN, "an object": Missing.UNKNOWN}
    assert read.get(names[0]) == wanted.get(style)
    assert read.keys().isdisjoint(names[1:])
    assert LAYOUT.block(row_of(answers)).columns == COMPILED.columns([read])


@pytest.mark.parametrize("number", [0, 1, 49, 50, 51, 120, 42.0])
def test_numbers(number: float) -> None:
    expected = BITS["age"].of_reading(read_answer(BITS["age"].question, number), item_by_item=False)
    assert BITS["age"].encode(number) == expected


@pytest.mark.parametrize("number", [-1, 121, 4.5, 10**30])
def test_a_number_that_cannot_be_is_refused(number: float) -> None:
    with pytest.raises(IntakeError):
        BITS["age"].encode(number)


@pytest.mark.parametrize("answer", [("calf", "calf"), ("calf", "?calf"), ("?calf", "foot", "?calf")])
def test_an_item_that_stands_twice_is_refused(answer: tuple[str, ...]) -> None:
    with pytest.raises(IntakeError):
        BITS["site"].encode(answer)


def test_what_differs_is_named() -> None:
    block = LAYOUT.block(row_of({"age": 40}) + row_of({"site": ["calf"], "age": 40}))
    assert differing_findings(COMPILED, block.columns, 0, {"age": 40}) == ()
    assert differing_findings(COMPILED, block.columns, 1, {"age": 40})[0] == "site.calf"
    assert differing_findings(COMPILED, block.columns, 0, {"age": Missing.UNKNOWN}) == ("age",)
