"""When answers were given: what a change dates anew, and what is asked again after a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import HEALTHY, KNOWLEDGE

from triage.interview.dating import dated, read, stale, told, written

NOW = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)
AGES = st.timedeltas(timedelta(0), timedelta(days=400))
NAMES = st.sampled_from(list(KNOWLEDGE.questions))
ANSWERS = st.dictionaries(NAMES, st.integers(0, 2), max_size=6)


@given(ANSWERS, ANSWERS, st.sets(NAMES), st.dictionaries(NAMES, AGES))
def test_what_changed_or_was_confirmed_is_dated_now_and_the_rest_keeps_its_time(
    before: dict[str, Any], answers: dict[str, Any], confirmed: set[str], ages: dict[str, timedelta]
) -> None:
    given_at = {name: NOW - age - timedelta(seconds=1) for name, age in ages.items()}
    times = dated(given_at, before, answers, NOW, confirmed=confirmed)
    assert set(times) <= set(answers)
    for name, answer in answers.items():
        changed = name in confirmed or before.get(name) != answer
        assert times.get(name) == (NOW if changed else given_at.get(name))


@given(st.dictionaries(NAMES, AGES))
def test_times_come_back_from_a_file_as_they_were(ages: dict[str, timedelta]) -> None:
    given_at = {name: (NOW - age).replace(microsecond=0) for name, age in ages.items()}
    assert read(written(given_at)) == given_at


@pytest.mark.parametrize("times", [None, 5, [], "x", {"age": 5}, {"age": "yesterday"}, {"age": "2026-11-28"}])
def test_what_is_no_time_is_not_known(times: Any) -> None:
    assert read(times) == {}


@pytest.mark.parametrize(
    ("age", "again"),
    [
        (timedelta(0), False),
        (timedelta(hours=24), False),
        (timedelta(hours=24, seconds=1), True),
        (timedelta(seconds=-1), True),
        (None, True),
    ],
)
def test_what_is_about_now_is_asked_again_after_a_day(age: timedelta | None, again: bool) -> None:  # noqa: FBT001 - drawn
    times = {} if age is None else dict.fromkeys(HEALTHY, NOW - age)
    about_now = [name for name in HEALTHY if KNOWLEDGE.questions[name].goes_stale]
    assert about_now, "the rules say which"
    assert sorted(stale(KNOWLEDGE, HEALTHY, times, NOW)) == (sorted(about_now) if again else [])


def test_every_list_with_a_danger_sign_goes_stale() -> None:
    assert [each.id for each in KNOWLEDGE.questions.values() if each.red_flags and not each.goes_stale] == []


def test_the_time_is_told_in_the_zone_of_whoever_reads_it() -> None:
    here = NOW.astimezone(timezone(timedelta(hours=2)))
    evening, night = NOW - timedelta(hours=11), NOW - timedelta(hours=8)
    assert (
        told({"age": 4}, {"age": evening}, here) == "These answers were given on 27 November 2026 at 23:30."
    )
    assert told({"age": 4, "site": 1}, {"age": evening, "site": night}, here) == (
        "These answers were given between 27 November 2026 at 23:30 and 28 November 2026 at 02:30."
    )
    assert told({"age": 4, "site": 1}, {"age": evening}, here).endswith("; of some it is not known when.")
    assert told({"age": 4}, {}, here) == "It is not known when these answers were given."
    assert told({}, {}, here) == ""
