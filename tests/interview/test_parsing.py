"""What people type, and what it is taken for."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intakes import KNOWLEDGE

from triage.inference.intake import read_answers
from triage.interview.parsing import NotUnderstood, read_answer

ASK = KNOWLEDGE.questions


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        ("episode_seconds", "90 s", 90),
        ("episode_seconds", "2 min", 120),
        ("episode_seconds", "about 10 minutes", 600),
        ("episode_seconds", "10.5 min", 630),
        ("episode_seconds", "ten minutes", 600),
        ("episode_seconds", "an hour", 3600),
        ("episode_seconds", "half an hour", 1800),
        ("episode_seconds", "1,5 min", 90),
        ("episode_seconds", "0.5 s", 1),
        ("episode_seconds", "not sure", "unknown"),
        ("course_days", "3 weeks", 21),
        ("course_days", "22 days", 22),
        ("course_days", "1 year", 366),
        ("age", "42", 42),
        ("age", "42 years", 42),
        ("age", "18 months", 1),
        ("age", "23 months", 1),
        ("age", "24 months", 2),
        ("for_whom", "2", "other"),
        ("for_whom", "someone else", "other"),
        ("frequency", "every day", "daily"),
        ("frequency", "4", "weekly"),
        ("one_side", "Yes.", "yes"),
        ("one_side", "n", "no"),
        ("one_side", "dont know", "unknown"),
        ("site", "none", "none"),
        ("site", "1 5", ["calf", "foot"]),
        ("site", "1, 5", ["calf", "foot"]),
        ("site", "5 1 1", ["calf", "foot"]),
        ("site", "calf and jaw", ["calf", "jaw"]),
        ("site", "1 ?16", ["calf", "?jaw"]),
        ("site", "?jaw, calf", ["calf", "?jaw"]),
        ("site", "NOT SURE", "unknown"),
    ],
)
def test_what_is_understood(question: str, typed: str, answer: Any) -> None:
    assert read_answer(ASK[question], typed) == answer


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("episode_seconds", "10", "10 seconds or 10 minutes"),
        ("course_days", "3", "3 days or 3 weeks"),
        ("heat_cramp_minutes", "30", "30 minutes or 30 hours"),
        ("episode_seconds", "long", "such as 90 s, 2 min"),
        ("episode_seconds", "a few minutes", "such as 90 s, 2 min"),
        ("episode_seconds", "3 fortnights", "I do not know the unit"),
        ("episode_seconds", "3 weeks", "That cannot be"),
        ("age", "400", "from 0 to 120 years"),
        ("age", "-3", "Please give a number of years"),
        ("one_side", "maybe", "yes, no or not sure"),
        ("frequency", "7", "choose from 1 to 6"),
        ("frequency", "often", "is not among the answers"),
        ("site", "upper arm", "fits more than one answer: 8 or 9"),
        ("site", "1 99", "There is no number 99"),
        ("site", "", "s to skip"),
        ("site", ";", "s to skip"),
        ("site", "? ,", "s to skip"),
        ("site", "and", "s to skip"),
    ],
)
def test_what_is_asked_again(question: str, typed: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_answer(ASK[question], typed)
    assert said in str(caught.value)


@given(st.sampled_from(sorted(ASK)), st.text(max_size=30))
def test_whatever_is_typed_is_a_valid_answer_or_asked_again(name: str, typed: str) -> None:
    with contextlib.suppress(NotUnderstood):
        read_answers(KNOWLEDGE, {name: read_answer(ASK[name], typed)})
