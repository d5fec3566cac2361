"""Lists of cases are cut from a stream, element by element, wherever the stream breaks off."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.cases.reading.compression import compress, decompressed
from triage.cases.reading.cutting import MOST_LINES, Lines, sheets
from triage.cases.reading.cutting import cut as cut_lines
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.sheets import Sheet

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('{}[],:"\\ \néa', max_size=6),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text("},{a", max_size=3), inside),
    max_leaves=6,
)
MARK = b"\xef\xbb\xbf"
STYLES: list[dict[str, Any]] = [{}, {"indent": 1}, {"separators": (" ,\n", " : ")}, {"ensure_ascii": False}]


def cut(data: bytes, size: int, longest: int = 1 << 24) -> Iterator[RawCase | Unreadable]:
    for each in sheets("a.json", io.BytesIO(data), size, lines=False, longest=longest):
        assert not isinstance(each, Sheet) or each.length <= size + longest
        yield from (each,) if isinstance(each, Unreadable) else each.read_all()


@given(
    st.lists(VALUES, min_size=1, max_size=6),
    st.sampled_from(STYLES),
    st.integers(1, 60),
    st.sampled_from([b"", MARK]),
)
def test_a_list_is_read_as_a_whole_text_is(
    values: list[Any], style: dict[str, Any], size: int, mark: bytes
) -> None:
    text = json.dumps(values, **style)
    found = [*cut(mark + f" \n{text}\n ".encode(), size)]
    raws = [each for each in found if isinstance(each, RawCase)]
    assert [raw.data for raw in raws] == values
    assert [raw.base for raw in raws] == [(index,) for index in range(len(values))]
    lines = f" \n{text}".split("\n")
    for raw in raws:
        place = raw.locate()
        begin = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(begin)[0] == raw.data


GOOD = '{"id": "a", "answers": {}}'


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "good", "said"),
    [
        ("[]", 0, "1:1 / is an empty list"),
        (" [\n ] ", 0, "1:1 / is an empty list"),
        (f"[{GOOD},]", 1, '1:28 / is not JSON: nothing follows the ","; remove it'),
        (f"[{GOOD}] x", 1, "1:30 / is not JSON: more follows its end"),
        (f"[{GOOD},\n{{]", 1, "2:2 /1 is not JSON: a key in double quotes is missing"),
        (f'[{GOOD},\n{{"id": }},\n{GOOD}]', 2, "2:8 /1 is not JSON: a value is missing"),
        (f'[{GOOD},\n "x]', 1, "2:2 /1 is not JSON: the double quote that ends the text is missing"),
        (f"[{GOOD}", 0, '1:28 / is not JSON: "," or "]" is missing'),
        (f"[{GOOD} {GOOD}]", 0, '1:29 / is not JSON: "," or "]" is missing'),
        (f"[{GOOD},,{GOOD}]", 2, "1:29 /1 is not JSON: a value is missing"),
        (f'[{GOOD}, {{"id": "b", "id": "c"}}]', 1, '1:48 /1/id the key "id" appears twice'),
    ],
)
def test_a_fault_in_a_list_leaves_the_other_cases(text: str, good: int, said: str, size: int) -> None:
    found = [*cut(text.encode(), size)]
    assert sum(isinstance(each, RawCase) for each in found) == good
    faults = [str(each.diagnostic) for each in found if isinstance(each, Unreadable)]
    assert len(faults) == 1
    assert faults[0].startswith(f"a.json:{said}")


def test_an_element_that_never_ends_is_not_held() -> None:
    (fault,) = cut(b'[{"id": "' + b"x" * 10_000, 100, longest=2_000)
    assert isinstance(fault, Unreadable)
    assert "is a case of more than 2,000 bytes" in fault.diagnostic.message


@pytest.mark.parametrize("text", [b"\n" * 100_000, b"x\n" * 30_000, b"x" * 50_000 + b"\n" * 20_000 + b"end"])
def test_short_lines_are_held_a_few_thousand_at_a_time(text: bytes) -> None:
    found = [each for each in cut_lines("a.jsonl", io.BytesIO(text), 1 << 20) if isinstance(each, Lines)]
    assert b"".join(each.data for each in found) == text
    assert max(each.count for each in found) <= MOST_LINES
    numbers, offsets = [1], [0]
    for each in found:
        numbers.append(numbers[-1] + each.data.count(b"\n"))
        offsets.append(offsets[-1] + len(each.data))
    assert [(each.number, each.offset) for each in found] == [*zip(numbers, offsets, strict=True)][:-1]


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_small_file_that_holds_very_much_gives_it_in_pieces(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(compress(b"\0" * (1 << 27), ending))
    assert path.stat().st_size < 1 << 18
    with path.open("rb") as raw, decompressed(path, raw) as file:
        sizes = [len(piece) for piece in iter(lambda: file.read(1 << 20), b"")]
    assert sum(sizes) == 1 << 27
    assert max(sizes) <= 1 << 25
