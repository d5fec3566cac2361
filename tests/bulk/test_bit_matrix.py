"""Rows of bits become columns, and columns rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.bulk.decoding.bit_matrix import BYTE, columns_of, rows_of


@st.composite
def matrices(draw: st.DrawFn) -> tuple[int, list[bytes]]:
    stride = draw(st.integers(1, 5))
    return stride, draw(st.lists(st.binary(min_size=stride, max_size=stride), max_size=40))


@given(matrices())
def test_a_column_holds_one_bit_of_every_row(matrix: tuple[int, list[bytes]]) -> None:
    stride, rows = matrix
    expected = [
        sum((row[bit // BYTE] >> bit % BYTE & 1) << number for number, row in enumerate(rows))
        for bit in range(stride * BYTE)
    ]
    assert columns_of(b"".join(rows), stride) == expected


@given(matrices())
def test_rows_come_back(matrix: tuple[int, list[bytes]]) -> None:
    stride, rows = matrix
    back = rows_of(columns_of(b"".join(rows), stride), len(rows))
    assert [row.tobytes() for row in back] == rows


def test_a_row_that_is_not_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        columns_of(b"abc", 2)
