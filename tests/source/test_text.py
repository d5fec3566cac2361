"""Lines of plain text: none too wide, no word lost, no name broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.source.text import NARROW, WIDTH, bullets, plural, wrap

WORDS = st.lists(st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9}){0,2}", fullmatch=True))


@given(WORDS, st.sampled_from(["", "  ", "- "]), st.sampled_from([None, "", "    "]))
def test_no_line_is_too_wide_and_no_word_is_lost_or_broken(
    words: list[str], first: str, later: str | None
) -> None:
    lines = wrap(" ".join(words), first, later)
    assert all(len(line) <= WIDTH for line in lines)
    assert lines[0].startswith(first if words else "")
    follow = first if later is None else later
    rest = [line.removeprefix(follow) for line in lines[1:]]
    assert " ".join([lines[0].removeprefix(first), *rest]).split() == words


def test_a_name_is_never_broken_at_its_hyphens() -> None:
    name = "cramp-over-ten-minutes"
    assert wrap(f"{'x' * 70} {name}") == ["x" * 70, name]


def test_a_word_wider_than_the_line_stays_whole() -> None:
    assert wrap("a " + "y" * (WIDTH + 1)) == ["a", "y" * (WIDTH + 1)]


def test_nothing_is_one_empty_line() -> None:
    assert wrap("") == [""]


def test_the_lines_of_a_bullet_stand_under_its_text() -> None:
    lines = bullets(["one " * 30, "two"], width=NARROW)
    assert [line[:4] for line in lines] == ["  - ", "    ", "  - "]
    assert all(len(line) <= NARROW for line in lines)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (1200, "1,200 cases")]
)
def test_a_noun_has_the_form_that_its_number_asks_for(number: int, words: str) -> None:
    assert plural(number, "case") == words


def test_a_plural_that_is_not_just_an_s_is_given() -> None:
    assert plural(1, "file that is not a case", "files that are not cases") == "1 file that is not a case"
    assert plural(3, "file that is not a case", "files that are not cases") == "3 files that are not cases"
