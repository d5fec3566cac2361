"""Numbers with their unit, as a person would say them: 300 seconds is "5 minutes"."""

from __future__ import annotations

import math

from triage.knowledge.model import Question

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2629800,
    "year": 31557600,
}
"""How many seconds each unit of time takes."""
SLACK = 1e-9
"""The largest rounding error of a computed number."""
_LARGER = {
    "second": ("hour", "minute"),
    "minute": ("day", "hour"),
    "hour": ("week", "day"),
    "day": ("year", "month", "week"),
    "week": ("year", "month"),
    "month": ("year",),
}


def amount_text(question: Question, value: int) -> str:
    """Return the answer to a number question with its unit: "5 minutes" for 300 seconds."""
    return time_text(value, singular_unit(question)) or f"{value} {question.unit}".strip()


def time_text(value: int, unit: str) -> str:
    """Return a time in the largest unit that gives a whole number; "" if the unit is not a unit of time."""
    if unit not in SECONDS:
        return ""
    for larger in _LARGER.get(unit, ()):
        ratio = SECONDS[larger] / SECONDS[unit]
        count = math.floor(value / ratio + SLACK)
        if count >= 1 and value == math.ceil(count * ratio - SLACK):
            return count_text(count, larger)
    if unit == "second" and value > 2 * SECONDS["minute"]:
        minutes, seconds = divmod(value, SECONDS["minute"])
        return f"{count_text(minutes, 'minute')} {count_text(seconds, 'second')}"
    return count_text(value, unit)


def count_text(number: float, unit: str) -> str:
    """Return a number with its unit in the singular or the plural."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def singular_unit(question: Question) -> str:
    """Return the unit of a number question in the singular."""
    return question.unit.removesuffix("s")
