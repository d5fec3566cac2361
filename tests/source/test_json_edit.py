"""A JSON text that is changed holds the new data, and everything that has not changed to the byte."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.source.json_edit import rewritten
from triage.source.strict_json import parse

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", 'c"', "é", "x/y"])
KEYS = st.sampled_from(["a", "b", "c", "d", 'e"', "~"])
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
INDENTS = st.sampled_from([None, 1, 2, "\t"])


@given(DATA, DATA, INDENTS)
def test_whatever_changes_the_new_text_holds_the_new_data(before: Any, after: Any, indent: Any) -> None:
    text = f"\n {json.dumps(before, indent=indent)} \r\n"
    changed = rewritten(text, before, after)
    assert json.dumps(parse(changed), sort_keys=True) == json.dumps(after, sort_keys=True)
    assert changed.startswith("\n ")
    assert changed.endswith(" \r\n")


@st.composite
def smaller(draw: st.DrawFn) -> tuple[Any, Any]:
    """Data, and the same without one of its parts."""
    before = draw(st.dictionaries(KEYS, st.lists(SCALARS, min_size=2, max_size=4), min_size=2, max_size=4))
    after = deepcopy(before)
    key = draw(st.sampled_from(list(after)))
    if draw(st.booleans()):
        del after[key]
    else:
        del after[key][draw(st.integers(0, len(after[key]) - 1))]
    return before, after


@given(smaller(), INDENTS)
def test_what_goes_leaves_the_text_as_if_it_had_never_been(pair: tuple[Any, Any], indent: Any) -> None:
    before, after = pair
    assert rewritten(json.dumps(before, indent=indent), before, after) == json.dumps(after, indent=indent)


@pytest.mark.parametrize(
    ("text", "change", "changed"),
    [
        ('{ "a" : 1,\n  "b":2 }', {"a": 1, "c": 2}, '{ "a" : 1,\n  "c":2 }'),
        ('{ "a" : 1,\n  "b":2 }', {"a": 3, "b": 2}, '{ "a" : 3,\n  "b":2 }'),
        ('{\n  "a": 1\n}', {"a": 1, "b": [2]}, '{\n  "a": 1,\n  "b": [2]\n}'),
        ('{"a": 1}', {"a": 1, "b": 2}, '{"a": 1, "b": 2}'),
        ("[1,\t2,\t3]", [1, 3], "[1,\t3]"),
        ("[1,\t2,\t3]", [2, 3], "[2,\t3]"),
        ("[ true ]", [1], "[ 1 ]"),
        ('["\\u00e9", "b"]', ["é", "c"], '["\\u00e9", "c"]'),
        ('[1e0, {"x": 1.50}]', [1.0], "[1e0]"),
    ],
)
def test_the_looks_stay(text: str, change: Any, changed: str) -> None:
    assert rewritten(text, json.loads(text), change) == changed
