"""Blocks of bits: answers to rows, rows to columns, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intakes import KNOWLEDGE, Findings, findings

from triage.inference.compiled import compiled
from triage.inference.intake import IntakeError, read_answers
from triage.inference.rows import Bits, Rows, packed, unpacked
from triage.inference.truth import Missing

COMPILED = compiled(KNOWLEDGE)
ROWS = Rows(COMPILED)


@given(st.integers(1, 20).flatmap(lambda lanes: st.tuples(st.just(lanes), _columns(lanes))))
def test_unpacked_and_packed_again(block: tuple[int, list[int]]) -> None:
    lanes, columns = block
    bits = unpacked(columns, lanes)
    assert bits.tolist() == [[column >> lane & 1 for lane in range(lanes)] for column in columns]
    assert packed(bits) == columns


def _columns(lanes: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, (1 << lanes) - 1), min_size=1, max_size=12)


def block_of(*intakes: dict[str, Any]) -> Bits:
    bits = np.zeros((ROWS.width, len(intakes)), np.uint8)
    for lane, answers in enumerate(intakes):
        for question, answer in answers.items():
            bits[list(ROWS.bits(question, answer)), lane] = 1
    return bits


@given(st.lists(findings(), min_size=1, max_size=3))
def test_rows_give_the_columns_of_their_intakes(intakes: list[Findings]) -> None:
    block = block_of(*map(_item_by_item, intakes))
    assert ROWS.columns(block) == COMPILED.columns(intakes)
    assert not ROWS.contradicted(block).any()


def _item_by_item(intake: Findings) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in KNOWLEDGE.questions.values():
        given = {name: intake[name] for name in question.findings if name in intake}
        plain = {name: value.value if isinstance(value, Missing) else value for name, value in given.items()}
        if question.kind == "checklist":
            answers[question.id] = {name.partition(".")[2]: value for name, value in plain.items()}
        elif plain:
            answers[question.id] = plain[question.id]
    return answers


@pytest.mark.parametrize(
    "answer",
    ["none", "unknown", ["calf"], ["calf", "?foot"], {"calf": "yes"}, {"calf": "unknown", "foot": "no"}],
)
def test_every_way_to_answer_a_list(answer: Any) -> None:
    columns = ROWS.columns(block_of({"site": answer}))
    assert columns == COMPILED.columns([read_answers(KNOWLEDGE, {"site": answer})])


@pytest.mark.parametrize("item", ["calf", "?calf"])
def test_an_item_by_itself(item: str) -> None:
    assert ROWS.bit_of_item("site", item) == ROWS.bits("site", [item])[-1]
    with pytest.raises(KeyError):
        ROWS.bit_of_item("site", "calfs")


@pytest.mark.parametrize("answer", [["calf", "calf"], ["calf", "?calf"], ["calfs"], [], 5])
def test_a_list_that_cannot_be_is_refused(answer: Any) -> None:
    with pytest.raises(IntakeError):
        ROWS.bits("site", answer)


def test_two_things_said_of_one_item() -> None:
    block = block_of(
        {"site": ["calf"]}, {"site": ["calf"]}, {"site": {"calf": "yes"}}, {"site": ["calf", "foot"]}
    )
    block[ROWS.bit_of_item("site", "?calf"), 1] = 1
    block[list(ROWS.bits("site", {"calf": "no"})), 2] = 1
    assert ROWS.contradicted(block).tolist() == [False, True, True, False]


def test_numbers() -> None:
    assert ROWS.bits_of_number("age", 42) == ROWS.bits("age", 42) == ROWS.bits("age", 42.0)
    assert ROWS.bits_of_number("age", 121) is None
    assert ROWS.bits_of_number("site", 1) is None
