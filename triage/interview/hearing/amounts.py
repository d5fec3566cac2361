"""Numbers, durations and ages as people type them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from triage.explanation.amounts import SECONDS, SLACK, count_text, singular_unit, time_text
from triage.interview.hearing.options import NotUnderstood
from triage.interview.hearing.typed import quoted
from triage.knowledge.model import Question
from triage.source.text import shortened

_UNITS = {
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days",
    "week": "w wk wks week weeks",
    "month": "mo mos mth mths month months",
    "year": "y yr yrs yo year years",
}
UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}
_UNITS_FOR = {
    "second": ("second", "minute", "hour", "day"),
    "minute": ("second", "minute", "hour", "day", "week"),
    "hour": ("minute", "hour", "day", "week"),
    "day": ("hour", "day", "week", "month", "year"),
    "week": ("day", "week", "month", "year"),
    "month": ("day", "week", "month", "year"),
    "year": ("day", "week", "month", "year"),
}
"""For the unit of a question, the units that an answer may have; any other unit is a slip."""
_MINUTES_OR_MONTHS = "m"
_LARGER = {"second": "minute", "minute": "hour", "hour": "day", "day": "week", "week": "month"}
_EXAMPLES = {
    "second": "90 s, 2 min",
    "minute": "20 min, 2 hours",
    "hour": "12 hours, 3 days",
    "day": "3 days, 2 weeks",
    "week": "2 weeks, 3 months",
    "month": "2 months, 1 year",
}
_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_ARTICLES = {"a": 1.0, "an": 1.0, "half": 0.5, "half a": 0.5, "half an": 0.5}
_AMOUNT = re.compile(
    r"(?:(?:i am|i'?m|he is|he'?s|she is|she'?s|aged?) )?(?:about|around|roughly|some|ca\.?|~)?\s*"
    r"(?P<number>\d[\d.,' ]*|[a-z]+(?: an?)?)\s*(?P<unit>[a-z]*)"
    r"(?: ago| old)?"
)
_WHOLE = re.compile(r"\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>[,' ])\d{3})(?:(?P=mark)\d{3})*|[1-9]\d{0,2}(?:\.\d{3}){2,}")
_ONE_POINT_THREE = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_DECIMAL = re.compile(r"\d+(?:\.\d+|,\d{1,2})|0,\d+")
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the unit of its question; `echo` says that it was typed in another way."""

    value: int
    echo: bool


def read_amount(question: Question, text: str) -> Amount:
    """Return the number that a text gives.

    Raises:
        NotUnderstood: it is not a number or is out of bounds, or its unit is missing, ambiguous or wrong.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise NotUnderstood(_please(question))
    typed, spelling = match["number"].strip(), match["unit"]
    wanted = singular_unit(question)
    if typed in UNIT_OF or (not spelling and typed in _ARTICLES):
        raise NotUnderstood(_please(question))
    number = _number(question, typed)
    unit = _unit(question, spelling, number, typed)
    if wanted not in SECONDS and number != int(number):
        raise NotUnderstood(f"Please give a whole number of {question.unit}, or not sure.")
    amount = number * SECONDS[unit] / SECONDS[wanted] if wanted in SECONDS else number
    # A duration is rounded up, so that it never becomes shorter; an age is in full years.
    value = math.floor(amount + SLACK) if wanted == "year" else math.ceil(amount - SLACK)
    if not question.minimum <= value <= question.maximum:
        raise NotUnderstood(_out_of_bounds(question))
    as_typed = number == value and unit == wanted and _WHOLE.fullmatch(typed)
    clear = as_typed or (
        spelling != _MINUTES_OR_MONTHS and time_text(value, wanted) == count_text(number, unit)
    )
    return Amount(value, echo=not clear)


def example_of(question: Question) -> str:
    """Return examples of a number with its unit, to add to a message."""
    examples = _EXAMPLES.get(singular_unit(question))
    return f", such as {examples}" if examples else f" of {question.unit}"


def fits(question: Question, unit: str) -> bool:
    """Whether an answer to a question can be in a unit of time."""
    return unit in _UNITS_FOR.get(singular_unit(question), ())


def _please(question: Question) -> str:
    guess = " A guess will do." if singular_unit(question) in SECONDS else ""
    return f"Please give a number{example_of(question)}, or not sure.{guess}"


def _out_of_bounds(question: Question) -> str:
    bounds = f"from {question.minimum} to {question.maximum} {question.unit}"
    return f"That cannot be. Please give a number {bounds}."


def _number(question: Question, typed: str) -> float:
    """Return the number.

    Raises:
        NotUnderstood: it is not a number, or its point could separate thousands or decimals.
    """
    if typed in _ARTICLES or typed in _WORDS:
        return _ARTICLES.get(typed) or float(_WORDS.get(typed, 0))
    if sum(letter.isdecimal() for letter in typed) > _MOST_DIGITS:
        raise NotUnderstood(_out_of_bounds(question))
    if _WHOLE.fullmatch(typed):
        return int(typed)
    if _GROUPED.fullmatch(typed):
        return int(re.sub(r"\D", "", typed))
    if _ONE_POINT_THREE.fullmatch(typed):
        whole = typed.replace(".", "")
        raise NotUnderstood(f"Is that {whole}, or {float(typed):g}? Please give it without a point.")
    if _DECIMAL.fullmatch(typed):
        return float(typed.replace(",", "."))
    raise NotUnderstood(_please(question))


def _unit(question: Question, spelling: str, number: float, typed: str) -> str:
    wanted = singular_unit(question)
    if not spelling:
        if wanted in _LARGER and number:
            either = f"{_counted(typed, number, wanted)} or {_counted(typed, number, _LARGER[wanted])}"
            raise NotUnderstood(f"Is that {either}? Please add the unit.")
        return wanted
    if spelling in (question.unit, wanted):
        return wanted
    fitting = _UNITS_FOR.get(wanted, ())
    if spelling == _MINUTES_OR_MONTHS:
        months = _counted(typed, number, "month")
        if wanted == "year":
            raise NotUnderstood(f"Please give a number of {question.unit}, or write months out: {months}.")
        if "month" in fitting:
            either = f"{_counted(typed, number, 'minute')} or {months}"
            raise NotUnderstood(f"Is that {either}? Please write the unit out{example_of(question)}.")
        unit: str | None = "minute"
    else:
        unit = UNIT_OF.get(spelling)
    if unit is None:
        raise NotUnderstood(
            f"I do not know the unit {quoted(spelling)}. Please give a number{example_of(question)}."
        )
    if unit not in fitting:
        raise NotUnderstood(
            f"That cannot be: it is not asked in {unit}s. Please give a number{example_of(question)}."
        )
    return unit


def _counted(typed: str, number: float, unit: str) -> str:
    return f"{shortened(typed, _MOST_DIGITS)} {unit}{'s' * (number != 1)}"
