"""Strict JSON with places: every text gives its data or its first fault, soon, and every value its place."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional

from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import read_text
from triage.cases.reading.sheets import Sheet
from triage.source import json_positions as places
from triage.source import strict_json
from triage.source.diagnostic import Diagnostic, Location
from triage.source.json_positions import Places, place_of
from triage.source.pointer import Pointer, pointer_text
from triage.source.strict_json import DEEPEST, MOST_DIGITS, JsonError, parse

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
# What each of these is, wherever a value is due, and what is said of it.
FAULTY = {
    "NaN": "NaN is not a number",
    "-Infinity": "-Infinity is not a number",
    "NaN1": "NaN1 is not a value",
    "yes": "yes is not a value",
    "'a'": "put texts in double quotes",
    "01": "01 is not a value",
    "+1": "+1 is not a value",
    "1.": "1. is not a value",
    "1e999": "far too large",
    "-1e999": "far too large",
    "9" * (MOST_DIGITS + 1): "far too many digits",
    "-" + "9" * (MOST_DIGITS + 1): "far too many digits",
    "\ufeff1": "is not a value",
    "\x00": "a value is missing",
}
# As above, with where in the value the fault is.
FAULTY_TEXTS = {
    '"a\tb"': (2, "control character"),
    '"a\nb"': (2, "line break"),
    '"\\x"': (1, "backslash"),
    '"\\u12g4"': (1, "backslash"),
    '"ab\\ud800"': (3, "half a character"),
    '"\\udc00\\ud800"': (1, "half a character"),
    '"\\ud800\\u0041"': (1, "half a character"),
    '"\\\\\\ud83d\\ude00\\udbff"': (15, "half a character"),
}


class Written:
    """Data as JSON text with any white space, and where each value begins in it; `put` replaces values."""

    def __init__(self, data: Any, space: Callable[[], str], put: dict[Pointer, str] | None = None) -> None:
        self.offsets: dict[Pointer, int] = {}
        self.text = ""
        self._space, self._put = space, put or {}
        self._value(data, ())

    def _value(self, data: Any, at: Pointer) -> None:
        self.text += self._space()
        self.offsets[at] = len(self.text)
        if at in self._put:
            self.text += self._put[at]
        elif isinstance(data, dict):
            self._inside("{}", [(json.dumps(key), key, value) for key, value in data.items()], at)
        elif isinstance(data, list):
            self._inside("[]", [("", index, value) for index, value in enumerate(data)], at)
        else:
            self.text += json.dumps(data)
        self.text += self._space()

    def _inside(self, brackets: str, values: list[tuple[str, str | int, Any]], at: Pointer) -> None:
        self.text += brackets[0] + self._space()
        for number, (written, key, value) in enumerate(values):
            self.text += "," * (number > 0)
            if written:
                self.text += f"{self._space()}{written}{self._space()}:"
            self._value(value, (*at, key))
        self.text += brackets[1]

    def place(self, offset: int) -> tuple[int, int]:
        lines = self.text[:offset].split("\n")
        return len(lines), len(lines[-1]) + 1


def spaces(seed: int) -> Callable[[], str]:
    dice = random.Random(seed)  # noqa: S311 - white space, no secret
    return lambda: "".join(dice.choices(" \t\r\n", k=dice.choice((0, 0, 1, 3))))


def depth(data: Any) -> int:
    """How many lists and objects stand in each other, layer by layer."""
    layers = 0
    layer = [data]
    while layer := [each for each in layer if isinstance(each, (dict, list))]:
        layers += 1
        layer = [value for each in layer for value in (each.values() if isinstance(each, dict) else each)]
    return layers


def read_by_json(text: str) -> tuple[Any] | None:
    """What the standard library reads, with everything refused that is not strict."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    def whole(digits: str) -> int:
        assert len(digits.removeprefix("-")) <= MOST_DIGITS
        return int(digits)

    try:
        data = json.loads(text, object_pairs_hook=unique, parse_int=whole)
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, AssertionError, RecursionError):
        return None
    return None if depth(data) > DEEPEST else (data,)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what takes longer: a hang is a failure, not a wait."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def refusal_of(text: str) -> Diagnostic | None:
    try:
        parse(text)
    except JsonError as refusal:
        return refusal.diagnostic
    return None


def check(text: str) -> None:
    """Read a text: the same data as the standard library, or a refusal with a place in the text."""
    expected = read_by_json(text)
    with within(20):
        refusal = refusal_of(text)
    if refusal is None:
        assert expected is not None
        assert json.dumps(parse(text)) == json.dumps(expected[0])
        return
    assert expected is None
    lines = text.split("\n")
    assert 1 <= refusal.line <= len(lines)
    assert 1 <= refusal.location.column <= len(lines[refusal.line - 1]) + 1
    assert refusal.message.startswith(("is ", "holds ", "the key ", "NaN ", "Infinity ", "-Infinity "))
    assert refusal.message.isprintable()
    assert len(refusal.message) < 200


PIECES = [
    *'[]{}:,"\\ \n-+.eE019aun/',
    "NaN",
    "Infinity",
    "null",
    "true",
    '"a"',
    "\\ud83d",
    "\\ude00",
    "\x00",
    "é",
]


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A JSON text with a few pieces put in, taken out or cut off."""
    text = Written(draw(JSON), spaces(draw(st.integers(0, 99)))).text
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 2, len(text))))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@given(spoilt() | st.text(st.sampled_from(PIECES).filter(lambda piece: len(piece) == 1)) | st.text())
@example("[NaN1}")
@example('{"id":NaNx}')
@example('{"id":"a","answers":{"age":NaN"}}')
@example("[NaN")
@example('{"a":1,"a"')
@example('{"a":1,"a":')
@example('"\\')
@example('"\\u')
@example('["\ud800", NaN]'.encode(errors="replace").decode())
@example("\ufeff{}")
@example("\ufeff\ufeff{}")
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("[" * DEEPEST + "]" * DEEPEST)
@example("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
@example("[[" + "[]," * DEEPEST + "1]]")
@example("1" * 10_000)
@example("[-" + "1" * MOST_DIGITS + "]")
@example("[0." + "1" * 10_000 + "]")
@example("\u00a0")
@example("\x0c1")
def test_any_text_gives_its_data_or_a_place(text: str) -> None:
    check(text)


@given(st.binary())
@example(b"\xef\xbb\xbf\xef\xbb\xbf{}")
@example(b"[NaN1}")
@example(b"\xc2\xa0")
def test_any_bytes_give_cases_or_a_place(raw: bytes) -> None:
    with within(20):
        for lines in (False, True):
            for raw_case in read_text("a", raw, lines=lines):
                line = raw_case.line
                assert 1 <= line <= raw.count(b"\n") + 1


def test_every_byte_of_a_case_changed_or_the_rest_of_it_cut_off() -> None:
    case = (
        '{"id":"a\\u00e9","answers":{"age":35,"site":["calf","?foot"],"signs":{"a":"yes"}},"n":[-1.5e3,null]}'
    )
    for place in range(len(case)):
        check(case[:place])
        for piece in PIECES:
            check(case[:place] + piece + case[place + 1 :])
            check(case[:place] + piece + case[place:])


def scalars_of(written: Written, data: Any) -> list[Pointer]:
    def value(pointer: Pointer) -> Any:
        return list(accumulate((data, *pointer), lambda inside, key: inside[key]))[-1]

    return [pointer for pointer in written.offsets if not isinstance(value(pointer), (dict, list))]


@conditional(at_least=0.4)  # measured: 0.78
@given(JSON, st.data())
def test_the_first_fault_in_the_text_is_told_with_its_place(
    antecedent: Antecedent, data: Any, draw: st.DataObject
) -> None:
    seed = draw.draw(st.integers(0, 99))
    scalars = scalars_of(Written(data, spaces(seed)), data)
    if not antecedent(scalars):
        return
    faults = st.sampled_from([*FAULTY, *FAULTY_TEXTS])
    put = draw.draw(st.dictionaries(st.sampled_from(scalars), faults, min_size=1, max_size=3))
    written = Written(data, spaces(seed), put)
    first = min(put, key=lambda pointer: written.offsets[pointer])
    within_value, said = FAULTY_TEXTS.get(put[first], (0, FAULTY.get(put[first], "")))
    refusal = refusal_of(written.text)
    assert refusal
    assert said in refusal.message
    assert (refusal.line, refusal.location.column) == written.place(written.offsets[first] + within_value)
    missing = "missing" in said
    assert refusal.pointer == pointer_text(first[:-1] if missing else first)


@given(JSON, st.integers(0, 99))
def test_every_value_is_found_where_it_stands(data: Any, seed: int) -> None:
    written = Written(data, spaces(seed))
    assert parse(written.text) == data
    index = Places(written.text)
    pointers = list(written.offsets)
    random.Random(seed).shuffle(pointers)  # noqa: S311 - an order, no secret
    for pointer in pointers:
        assert index.of(pointer) == place_of(written.text, pointer) == written.place(written.offsets[pointer])


@pytest.mark.parametrize(
    ("text", "pointer", "place"),
    [
        ('{"a": {"b": 1}}', ("a", "c"), (1, 7)),
        ('{"a": [1, 2]}', ("a", 2), (1, 7)),
        ('{"a": [1, 2]}', ("a", "b"), (1, 7)),
        ('{"a": {"0": 1}}', ("a", 0), (1, 7)),
        ('\n "a"', ("a", "b"), (2, 2)),
        ("[1, 2", (1,), (1, 5)),
        ("[1, NaN1}", (1,), (1, 5)),
        ("[", (0,), (1, 1)),
        ("", (0,), (1, 1)),
        ('{"a"', ("a",), (1, 1)),
    ],
)
def test_an_absent_place_is_that_of_its_parent(text: str, pointer: Pointer, place: tuple[int, int]) -> None:
    with within(20):
        assert place_of(text, pointer) == place


@pytest.mark.parametrize(
    ("text", "line", "column", "pointer", "said"),
    [
        ('{"a": 1,\n "a": 2}', 2, 7, "/a", 'the key "a" appears twice'),
        ('{"x": [{"a": 1, "b": {}, "a": 2}]}', 1, 31, "/x/0/a", "appears twice"),
        ('{"a": 1, "a" 2}', 1, 14, "/a", "appears twice"),
        ('{"a": 1, "a": NaN}', 1, 15, "/a", "appears twice"),
        ('{"b": NaN, "a": 1, "a": 2}', 1, 7, "/b", "NaN"),
        ('{"a": NaN}', 1, 7, "/a", "NaN is not a number"),
        ("[1, -Infinity]", 1, 5, "/1", "-Infinity is not a number"),
        ('{"a": \n}', 2, 1, "", "is not JSON: a value is missing"),
        ("", 1, 1, "", "is not JSON: a value is missing"),
        ('{"a": [1 2]}', 1, 10, "/a", 'is not JSON: "," or "]" is missing'),
        ('{"a": [1}', 1, 9, "/a", 'is not JSON: "," or "]" is missing'),
        ('{"a": 1', 1, 8, "", 'is not JSON: "," or "}" is missing'),
        ('{"a": 1 "b": 2}', 1, 9, "", 'is not JSON: "," or "}" is missing'),
        ('[{"a": [1,\n]}]', 1, 10, "/0/a", 'is not JSON: nothing follows the ","; remove it'),
        ('{"a": 1,}', 1, 8, "", 'is not JSON: nothing follows the ","; remove it'),
        ("{a: 1}", 1, 2, "", "is not JSON: a key in double quotes is missing"),
        ('{"a" 1}', 1, 6, "/a", 'is not JSON: ":" is missing after the key "a"'),
        ('{"a": "b', 1, 7, "/a", "is not JSON: the double quote that ends the text is missing"),
        ('{"a": 1}\n{"a": 2}', 2, 1, "", "is not JSON: more follows its end"),
        ('{"\\u001b[2J": 1, "\\u001b[2J": 2}', 1, 31, "/\x1b[2J", 'the key "\\x1b[2J" appears twice'),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_place(
    text: str, line: int, column: int, pointer: str, said: str
) -> None:
    refusal = refusal_of(text)
    assert refusal
    assert (refusal.line, refusal.location.column, refusal.pointer) == (line, column, pointer)
    assert said in refusal.message


def test_a_tower_of_brackets_is_refused_where_it_is_too_high() -> None:
    refusal = refusal_of('{"a": ' + "[" * 200_000)
    assert refusal
    assert "nested too deeply" in refusal.message
    assert (refusal.location.column, refusal.pointer) == (6 + DEEPEST, "/a" + "/0" * (DEEPEST - 1))


def test_pointers_are_escaped() -> None:
    assert pointer_text(("a/b", "c~d", 0)) == "/a~1b/c~0d/0"


def test_white_space_of_other_alphabets_is_no_empty_line() -> None:
    raws = list(Sheet("a", "\u00a0\n \t\r\n\x0c\n".encode()).read_all())
    assert [raw.line for raw in raws if isinstance(raw, Unreadable)] == [1, 3]


class Work:
    """Counts the characters that are read, call by call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.characters = 0
        read, skip = places._read, places.skip  # noqa: SLF001 - what all of its work is made of

        def counted_read(text: str, offset: int) -> tuple[Any, int]:
            value, end = read(text, offset)
            self.characters += end - offset
            return value, end

        def counted_skip(text: str, offset: int) -> int:
            end = skip(text, offset)
            self.characters += end - offset + 1
            return end

        monkeypatch.setattr(places, "_read", counted_read)
        monkeypatch.setattr(places, "skip", counted_skip)
        monkeypatch.setattr(strict_json, "skip", counted_skip)


def test_places_of_all_cases_of_a_list_cost_no_more_than_a_few_readings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [{"id": str(number), "answers": {"age": 3, "x": [1, 2]}} for number in range(2_000)]
    text = json.dumps(cases, indent=1)
    raws = [raw for raw in read_text("a", text.encode(), lines=False) if isinstance(raw, RawCase)]
    work = Work(monkeypatch)
    for raw in raws:
        line, number = raw.line, raw.locate(("answers", "x", 1)).line
        assert number == line + 6
        assert raw.locate(("id",)).line == line + 1
        assert raw.locate(("nothing",)).column == raw.locate().column
    assert work.characters < 10 * len(text)


def test_places_of_all_keys_of_a_long_line_cost_no_more_than_a_few_readings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = json.dumps({"id": "a", "answers": {f"k{number}": number for number in range(20_000)}})
    (raw,) = Sheet("a", line.encode(), number=7).read_all()
    assert isinstance(raw, RawCase)
    work = Work(monkeypatch)
    columns = [raw.locate(("answers", f"k{number}")).column for number in range(20_000)]
    assert columns == sorted(columns)
    assert work.characters < 10 * len(line)


@pytest.mark.parametrize(
    "text",
    [
        "[" + "1," * 20_000 + "]",
        "[" + "[]," * 20_000 + "]",
        "[" * 99 + "1," * 20_000 + "]",
        '["' + "\\n" * 20_000 + "\x01",
        "{" + ",".join(f'"k{number}":0' for number in range(20_000)) + ',"k5":1}',
        "[" + ",".join(['{"a":["\\ud83d\\ude00"]}'] * 5_000) + ',"\\ud83d"]',
    ],
)
def test_the_first_fault_of_a_long_text_costs_no_more_than_a_few_readings(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(monkeypatch)
    with within(60):
        assert refusal_of(text)
    assert work.characters < 10 * len(text)


def test_a_place_is_sought_only_in_what_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One fault in a long list must not make an index of all that stands in it."""
    text = json.dumps([{"id": "a", "answers": {f"k{number}": 1 for number in range(50)}}] * 500)
    index = Places(text)
    Work(monkeypatch)
    index.of((499, "answers", "k49"))
    assert sum(len(each) for each in index._members.values()) == 52  # noqa: SLF001 - what it remembers
    assert sum(len(each) for each in index._elements.values()) == 500  # noqa: SLF001 - as above


def test_a_caller_without_stack_is_not_told_that_its_text_is_wrong() -> None:
    def deep(frames: int) -> Any:
        return deep(frames - 1) if frames else parse("[" * DEEPEST + "]" * DEEPEST)

    for frames in range(700, 1100, 7):
        try:
            deep(frames)
        except RecursionError:
            continue


def test_files_that_once_hung_are_refused(tmp_path: Path) -> None:
    (tmp_path / "hang.json").write_text("[NaN1}")
    with within(20):
        (raw,) = read_text("a", (tmp_path / "hang.json").read_bytes(), lines=False)
    message = "is not JSON: NaN1 is not a value; put texts in double quotes"
    assert raw == Unreadable(Diagnostic(Location("a", 1, 2, "/0"), message))
