"""When answers were given, and which answers about "now" are too old. Pure: the caller gives the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from triage.knowledge.model import KnowledgeBase

_FRESH = timedelta(days=1)


def dated(
    given_at: Mapping[str, datetime],
    before: Mapping[str, Any],
    answers: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Collection[str] = (),
) -> dict[str, datetime]:
    """Return when each answer was given, after some of them have changed.

    Args:
        given_at: when the earlier answers were given, as far as it is known.
        before: the earlier answers.
        answers: the answers in force.
        now: the time for all answers that are new.
        confirmed: questions that were asked again, so that their answers count as new.
    """
    new = {
        name
        for name, answer in answers.items()
        if name in confirmed or name not in before or before[name] != answer
    }
    return {
        name: now if name in new else given_at[name] for name in answers if name in new or name in given_at
    }


def stale(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], given_at: Mapping[str, datetime], now: datetime
) -> list[str]:
    """Return the questions about "now" that were answered more than a day ago, or at an unknown time."""
    return [
        name
        for name, question in knowledge.questions.items()
        if question.goes_stale and name in answers and not _is_fresh(given_at.get(name), now)
    ]


def _is_fresh(given: datetime | None, now: datetime) -> bool:
    return given is not None and timedelta(0) <= now - given <= _FRESH


def told(answers: Mapping[str, Any], given_at: Mapping[str, datetime], now: datetime) -> str:
    """Return a sentence that says when answers were given; "" if there are no answers."""
    times = sorted(given_at[name] for name in answers if name in given_at)
    if not answers:
        return ""
    if not times:
        return "It is not known when these answers were given."
    first, last = (_moment(each, now) for each in (times[0], times[-1]))
    when = f"on {first}" if first == last else f"between {first} and {last}"
    unknown = "; of some it is not known when" if len(times) < len(answers) else ""
    return f"These answers were given {when}{unknown}."


def _moment(time: datetime, now: datetime) -> str:
    local = time.astimezone(now.tzinfo)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"


def written(given_at: Mapping[str, datetime]) -> dict[str, str]:
    """Return times as a file holds them."""
    return {name: time.isoformat(timespec="seconds") for name, time in given_at.items()}


def read(times: Any) -> dict[str, datetime]:
    """Return the times of a file, without any entry that is not a time with its zone."""
    read = {}
    for name, text in times.items() if isinstance(times, Mapping) else ():
        try:
            time = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            continue
        if time.tzinfo is not None:
            read[str(name)] = time
    return read
