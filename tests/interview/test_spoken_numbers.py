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
    ("name", "typed", "value"),
    [
        ("episode_seconds", "2-3 mins", 180),
        ("episode_seconds", "2 - 3 minutes", 180),
        ("episode_seconds", "2\u20133 min", 180),
        ("episode_seconds", "30 seconds to 2 minutes", 120),
        ("episode_seconds", "a minute or two", 120),
        ("episode_seconds", "couple of minutes", 120),
        ("episode_seconds", "half a minute", 30),
        ("course_days", "2-3 weeks", 21),
        ("course_days", "a week or two", 14),
        ("heat_cramp_minutes", "10-15 mins", 15),
    ],
)
def test_of_two_values_the_larger_counts_and_is_said_back(name: str, typed: str, value: int) -> None:
    assert read(KNOWLEDGE.questions[name], typed) == Taken(value, echo=True)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("episode_seconds", "more than 10 minutes", 601),
        ("episode_seconds", "over 10 minutes", 601),
        ("episode_seconds", "10 minutes or more", 601),
        ("episode_seconds", "at least 10 minutes", 601),
        ("course_days", "for over a week", 8),
        ("course_days", "2 days plus", 3),
    ],
)
def test_more_than_an_amount_is_not_that_amount(name: str, typed: str, value: int) -> None:
    assert read(KNOWLEDGE.questions[name], typed) == Taken(value, echo=True)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("episode_seconds", "less than a minute", 60),
        ("episode_seconds", "up to 10 minutes", 600),
        ("episode_seconds", "no more than 10 minutes", 600),
        ("episode_seconds", "10 mins max", 600),
        ("episode_seconds", "about 30 secs at most", 30),
        ("course_days", "3 years on and off", 1096),
        ("course_days", "over the last 3 weeks", 21),
    ],
)
def test_an_amount_at_most_counts_in_full(name: str, typed: str, value: int) -> None:
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
