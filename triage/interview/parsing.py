"""What a person types -> an answer as a case file holds it, or a clear question back."""

from __future__ import annotations

import math
import re
from typing import Any

from triage.knowledge.model import NO, YES, Question


class NotUnderstood(ValueError):  # noqa: N818 - it is what the person is told
    """The answer does not fit; the message says what would."""


NOT_SURE = ("not sure", "unsure", "don't know", "dont know", "do not know", "unknown", "no idea", "dunno")
_NONE = ("none", "none of these", "nothing", "no", "n", "0")
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2629800,
    "year": 31557600,
}
_UNITS = {
    "s": "second",
    "sec": "second",
    "secs": "second",
    "min": "minute",
    "mins": "minute",
    "m": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "d": "day",
    "w": "week",
    "wk": "week",
    "y": "year",
    "yr": "year",
    "yrs": "year",
}
_NUMBERS = {
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
} | {"a": 1, "an": 1, "half": 0.5, "half a": 0.5, "half an": 0.5}
_AMOUNT = re.compile(
    r"(?:about|around|roughly|some|ca\.?|~)?\s*(?P<number>[\d.,]+|[a-z]+(?: an?)?)\s*(?P<unit>[a-z]*)"
)


def read_answer(question: Question, typed: str) -> Any:
    """Return the answer to a question.

    Args:
        question: the question that was asked.
        typed: numbers or words; several, divided by spaces or commas, for a checklist; a number with its
            unit where one is asked for.

    Raises:
        NotUnderstood: with what would fit.
    """
    text = " ".join(typed.lower().split()).rstrip(".!")
    if not text:
        raise NotUnderstood("Please type an answer, or s to skip this question.")
    if text in NOT_SURE:
        return "unknown"
    if question.kind == "number":
        return _read_number(question, text)
    if question.kind == "yes_no":
        return _read_yes_no(text)
    if question.kind == "checklist":
        return _read_checklist(question, text)
    return question.options[_option(question, text)].id


def _read_yes_no(text: str) -> str:
    if text in ("y", "yes", "1", "yeah", "yep"):
        return YES
    if text in ("n", "no", "2", "nope"):
        return NO
    raise NotUnderstood("Please answer yes, no or not sure.")


def _option(question: Question, text: str) -> int:
    """Return the place of the one option that a number or some words name."""
    if text.isdecimal():
        if 1 <= int(text) <= len(question.options):
            return int(text) - 1
        raise NotUnderstood(f"There is no number {text}. Please choose from 1 to {len(question.options)}.")
    exact = [
        n for n, o in enumerate(question.options) if text in (o.id, o.id.replace("_", " "), o.label.lower())
    ]
    pattern = re.compile(rf"\b{re.escape(text)}")
    found = exact or [n for n, option in enumerate(question.options) if pattern.search(option.label.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " or ".join(str(place + 1) for place in found)
        raise NotUnderstood(f'"{text}" fits more than one answer: {numbers}. Please give the number.')
    raise NotUnderstood(
        f'"{text}" is not among the answers. Please choose from 1 to {len(question.options)}.'
    )


def _read_checklist(question: Question, text: str) -> Any:
    if text in _NONE:
        return "none"
    parts = [part.strip() for part in re.split(r"[,;]|\band\b", text) if part.strip()]
    if re.fullmatch(r"[?\d\s,;]+", text):
        parts = re.findall(r"\??\d+", text)
    if not parts:
        raise NotUnderstood("Please type numbers or words, none, not sure, or s to skip this question.")
    listed: dict[str, str] = {}
    for part in parts:
        name = question.options[_option(question, part.removeprefix("?").strip())].id
        listed[name] = f"?{name}" if part.startswith("?") else name
    return [listed[option.id] for option in question.options if option.id in listed]


def _read_number(question: Question, text: str) -> int:
    match = _AMOUNT.fullmatch(text)
    number = _number(match["number"]) if match else None
    if match is None or number is None:
        raise NotUnderstood(f"Please give a number{example_of(question)}, or not sure.")
    unit = _UNITS.get(match["unit"], match["unit"].rstrip("s"))
    wanted = question.unit.rstrip("s")
    if not unit and wanted != "year":
        larger = {"second": "minute", "minute": "hour", "day": "week"}[wanted]
        raise NotUnderstood(
            f"Is that {match['number']} {wanted}s or {match['number']} {larger}s? Please add the unit."
        )
    if unit and unit not in _SECONDS:
        raise NotUnderstood(
            f'I do not know the unit "{match["unit"]}". Please give a number{example_of(question)}.'
        )
    amount = number * _SECONDS[unit or wanted] / _SECONDS[wanted]
    # A part of a unit counts as a whole one, so that no duration is made shorter; an age is in full years.
    value = math.floor(amount + 1e-9) if wanted == "year" else math.ceil(amount - 1e-9)
    if not question.minimum <= value <= question.maximum:
        bounds = f"from {question.minimum} to {question.maximum} {question.unit}"
        raise NotUnderstood(f"That cannot be. Please give a number {bounds}.")
    return value


def _number(text: str) -> float | None:
    if text in _NUMBERS:
        return _NUMBERS[text]
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def example_of(question: Question) -> str:
    """Return what a number with its unit may look like."""
    examples = {"seconds": "90 s, 2 min", "minutes": "20 min, 2 hours", "days": "3 days, 2 weeks, 1 year"}
    return f", such as {examples[question.unit]}" if question.unit in examples else f" of {question.unit}"
