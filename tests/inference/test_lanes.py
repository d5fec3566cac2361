"""Blocks turned on their side: rows, columns, keys, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intakes import KNOWLEDGE, Findings, findings

from triage.inference.compiled import compiled
from triage.inference.intake import IntakeError, read_answers
from triage.inference.lanes import bits_of, columns_of, keys_of
from triage.inference.rows import Rows
from triage.inference.truth import Missing

COMPILED = compiled(KNOWLEDGE)
ROWS = Rows(COMPILED)


@given(st.integers(1, 140).flatmap(lambda width: st.tuples(st.just(width), _rows(width))))
def test_turned_there_and_back(block: tuple[int, list[int]]) -> None:
    width, rows = block
    columns = columns_of(rows, width)
    assert [[column >> lane & 1 for column in columns] for lane in range(len(rows))] == [
        [row >> bit & 1 for bit in range(width)] for row in rows
    ]
    keys = list(keys_of(columns, len(rows)))
    assert [bits_of(key) for key in keys] == [[bit for bit in range(width) if row >> bit & 1] for row in rows]


def _rows(width: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, (1 << width) - 1), min_size=1, max_size=20)


def test_the_first_bits_can_be_left_out() -> None:
    assert columns_of([0b1_0000_0001, 0b1_1111_1111], 9, 8) == [0b11]


@given(st.lists(findings(), min_size=1, max_size=3))
def test_rows_give_the_columns_of_their_intakes(intakes: list[Findings]) -> None:
    rows = [_row(intake) for intake in intakes]
    assert ROWS.columns(rows) == COMPILED.columns(intakes)


def _row(intake: Findings) -> int:
    row = 0
    for question in KNOWLEDGE.questions.values():
        given = {name: intake[name] for name in question.findings if name in intake}
        plain = {name: value.value if isinstance(value, Missing) else value for name, value in given.items()}
        if question.kind == "checklist":
            row |= ROWS.mask(question.id, {name.partition(".")[2]: value for name, value in plain.items()})
        elif plain:
            row |= ROWS.mask(question.id, plain[question.id])
    return row


@pytest.mark.parametrize("items", [["calf"], ["calf", "?foot"], ["?calf", "?widespread", "hand"]])
def test_the_mask_of_a_list_is_that_of_the_answer(items: list[str]) -> None:
    assert ROWS.mask_of_list("site", items) == ROWS.mask("site", items)
    listed = ROWS.mask_of_list("site", items)
    assert ROWS.columns([listed]) == COMPILED.columns([read_answers(KNOWLEDGE, {"site": items})])


@pytest.mark.parametrize("items", [["calf", "calf"], ["calf", "?calf"], ["calfs"]])
def test_a_list_that_cannot_be_is_refused(items: list[str]) -> None:
    with pytest.raises(KeyError):
        ROWS.mask_of_list("site", items)
    with pytest.raises(IntakeError):
        ROWS.mask("site", items)


def test_numbers() -> None:
    assert ROWS.mask_of_number("age", 42) == ROWS.mask("age", 42) == ROWS.mask("age", 42.0)
    with pytest.raises(KeyError):
        ROWS.mask_of_number("age", 121)
