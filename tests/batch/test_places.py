"""Strict JSON with places, against the standard library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.batch.places import Pointer, Refusal, parse, place_of, pointer_text

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def pointers(data: Any, at: Pointer = ()) -> list[tuple[Pointer, Any]]:
    found = [(at, data)]
    if isinstance(data, dict):
        found += [entry for key, value in data.items() for entry in pointers(value, (*at, key))]
    if isinstance(data, list):
        found += [entry for index, value in enumerate(data) for entry in pointers(value, (*at, index))]
    return found


@given(JSON, st.sampled_from([None, 1, 4]), st.booleans())
def test_every_value_is_found_where_it_stands(data: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    assert parse(text) == data
    for pointer, value in pointers(data):
        line, column = place_of(text, pointer)
        rest = "\n".join([text.split("\n")[line - 1][column - 1 :], *text.split("\n")[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value


def test_an_absent_place_is_that_of_its_parent() -> None:
    assert place_of('{"a": {"b": 1}}', ("a", "c")) == (1, 7)


@pytest.mark.parametrize(
    ("text", "line", "column", "pointer", "said"),
    [
        ('{"a": 1,\n "a": 2}', 2, 7, "/a", 'the key "a" stands twice'),
        ('{"x": [{"a": 1, "b": {}, "a": 2}]}', 1, 31, "/x/0/a", "stands twice"),
        ('{"a": NaN}', 1, 7, "/a", "NaN is not a number"),
        ("[1, -Infinity]", 1, 5, "/1", "-Infinity is not a number"),
        ('{"a": \n}', 2, 1, "", "is not JSON: Expecting value"),
        ("", 1, 1, "", "is not JSON"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_place(
    text: str, line: int, column: int, pointer: str, said: str
) -> None:
    with pytest.raises(Refusal) as caught:
        parse(text)
    refusal = caught.value
    assert (refusal.line, refusal.column, refusal.pointer) == (line, column, pointer)
    assert said in refusal.message


def test_a_tower_of_brackets_is_refused_not_crashed_on() -> None:
    with pytest.raises(Refusal, match=r".*"):
        parse("[" * 200_000)


def test_pointers_are_escaped() -> None:
    assert pointer_text(("a/b", "c~d", 0)) == "/a~1b/c~0d/0"
