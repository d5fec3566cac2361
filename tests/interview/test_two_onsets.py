"""Spans of time in a sentence: one is proposed, of two none, and more than an amount is more."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE
from support.typist import talk

from triage.inference.truth import Value
from triage.interview.own_words.proposals import listener

WEDNESDAY = 2


def told(text: str, question: str = "course_days") -> Value | None:
    found = listener(KNOWLEDGE).proposals(text, WEDNESDAY)
    return next((each.value for each in found if each.finding == question), None)


@pytest.mark.parametrize(
    "text",
    [
        "foot cramps for years, also hiccups since this morning",
        "hiccups since this morning, foot cramps for ages",
        "calf cramps all my life, hiccups started today",
        "hiccups for 2 days, always had foot cramps",
        "I have had cramps in my calf since I was a kid, since monday they come every night",
        "calf cramps for 3 years, hiccups since this morning",
        "hiccups since this morning, and foot cramps on and off three years",
        "my eyelid twitches for 2 weeks, calf cramp since yesterday",
    ],
)
def test_of_two_spans_none_is_proposed(text: str) -> None:
    assert told(text) is None
    first, _, second = text.partition(", ")
    assert (told(first) is None) is not (told(second) is None) or "weeks" in text or "3 years" in text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("calf cramp for 3 weeks now", 21),
        ("calf cramp since this morning, had a clot 2 years ago", 0),
        ("on statins for years, calf cramp since yesterday", 1),
        ("diabetic for years, calf cramp since yesterday", 1),
        ("I get cramps 3 times a week, for 2 months", 61),
        ("calf cramps for a fortnight, that's 14 days", 14),
        ("calf cramps every night for two weeks, 60 years old", 14),
    ],
)
def test_a_span_of_something_else_leaves_the_one_of_the_complaint(text: str, days: int) -> None:
    assert told(text) == days


def test_the_onset_is_then_asked() -> None:
    held, typist = talk("foot cramps for years, also hiccups since this morning", "y", "1 45")
    assert "This is what I understood" in typist.text
    assert "how long ago" not in typist.text.lower()
    assert "course_days" in held.interview.outlook().rests


@pytest.mark.parametrize(
    ("text", "question", "value"),
    [
        ("calf cramp for over 10 minutes", "episode_seconds", 601),
        ("a calf cramp that lasts more than 10 minutes", "episode_seconds", 601),
        ("hiccups for more than 2 days", "course_days", 3),
        ("hiccups for at least 2 days", "course_days", 3),
        ("cramp over the last 3 weeks", "course_days", 21),
        ("a calf cramp lasts a minute or two", "episode_seconds", 120),
        ("calf cramp lasts 30 seconds to 2 minutes", "episode_seconds", 120),
    ],
)
def test_more_than_an_amount_is_not_that_amount(text: str, question: str, value: int) -> None:
    assert told(text, question) == value
