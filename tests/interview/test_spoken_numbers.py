"""Numbers, durations and ages as people say them."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE

from triage.interview.hearing.parsing import NotUnderstood, Taken, read


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("age", "sixteen", 16),
        ("age", "sixteen years old", 16),
        ("age", "sixty five", 65),
        ("age", "thirty-five", 35),
        ("course_days", "this morning", 0),
        ("course_days", "since this morning", 0),
        ("course_days", "yesterday evening", 1),
        ("course_days", "since yesterday", 1),
        ("course_days", "the day before yesterday", 2),
        ("course_days", "day two", 2),
        ("course_days", "a fortnight", 14),
        ("course_days", "a couple of weeks", 14),
        ("soreness_days", "day 3", 3),
        ("episode_seconds", "half an hour", 1800),
        ("episode_seconds", "an hour and a half", 5400),
        ("episode_seconds", "twenty minutes", 1200),
        ("heat_cramp_minutes", "half an hour", 30),
    ],
)
def test_what_is_said_in_words_is_understood_and_said_back(name: str, typed: str, value: int) -> None:
    assert read(KNOWLEDGE.questions[name], typed) == Taken(value, echo=True)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("age", "day two"),
        ("age", "yesterday evening"),
        ("age", "I am not well"),
        ("course_days", "sixteen years old and tired"),
        ("course_days", "not since yesterday"),
        ("course_days", "yesterday I fell"),
        ("episode_seconds", "this morning"),
        ("episode_seconds", "a fortnight"),
    ],
)
def test_what_is_no_amount_of_what_is_asked_is_not_taken(name: str, typed: str) -> None:
    with pytest.raises(NotUnderstood):
        read(KNOWLEDGE.questions[name], typed)


def test_a_bare_number_in_words_is_asked_back_with_its_units() -> None:
    with pytest.raises(NotUnderstood, match="Is that 16 seconds or 16 minutes"):
        read(KNOWLEDGE.questions["episode_seconds"], "sixteen")
