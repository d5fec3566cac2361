"""Read the answer to one question, as written in a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from triage.inference.answers import misfits
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.misfits import MOST_HINTS, Misfit, shown
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question

UNKNOWN = "unknown"
NONE = "none"
NOT_SURE_MARK = "?"
_OF_ITEM: Mapping[str | None, Value] = {YES: YES, NO: NO, UNKNOWN: Missing.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer as read: the findings that it names, and what it says about the others that apply.

    `others` is "no" after "none" or a list, `Missing.UNKNOWN` after "unknown", and None if the answer says
    nothing about them.
    """

    named: Mapping[str, Value]
    others: Value | None = None


def read_answer(question: Question, answer: Any) -> Reading:
    """Read the answer to one question, as written in a case.

    Raises:
        IntakeError: the question does not have this answer.
    """
    if question.kind == "checklist":
        return _read_checklist(question, answer)
    return Reading({question.id: _read_single(question, answer)})


def _read_single(question: Question, answer: Any) -> Value:
    text = text_of(answer)
    if text == UNKNOWN:
        return Missing.UNKNOWN
    if question.kind == "number":
        # JSON Schema counts 5.0 as an integer, and so does a case file; True is not one.
        number = _whole_number(answer)
        if number is not None and question.minimum <= number <= question.maximum:
            return number
        raise IntakeError(
            question.id,
            misfits.no_value(question, answer) if number is None else misfits.out_of_bounds(question, number),
        )
    if text is not None and text in question.values:
        return text
    raise IntakeError(question.id, misfits.no_value(question, answer))


def _read_checklist(question: Question, answer: Any) -> Reading:
    text = text_of(answer)
    if text == NONE:
        return Reading({}, NO)
    if text == UNKNOWN:
        return Reading({}, Missing.UNKNOWN)
    if isinstance(answer, (list, tuple)) and answer:
        listed = ((place, *_unmarked(item)) for place, item in enumerate(answer))
        return Reading(_read_items(question, listed), NO)
    if isinstance(answer, Mapping):
        items = ((place_of(item), item, given, False) for item, given in answer.items())
        return Reading(_read_items(question, items))
    raise IntakeError(question.id, misfits.no_list(question, answer))


def _read_items(question: Question, items: Iterable[tuple[str | int, Any, Any, bool]]) -> dict[str, Value]:
    """Return the findings of items; each comes with its place, its state, and whether it had the mark."""
    findings: dict[str, Value] = {}
    wrong: list[Misfit] = []
    for place, item, said, marked in items:
        text = text_of(item)
        finding = f"{question.id}.{text}"
        value = _OF_ITEM.get(text_of(said))
        if text is None or finding not in question.finding_set:
            hinted = len(wrong) < MOST_HINTS
            message = misfits.no_item(question, item, marked=marked, hinted=hinted)
        elif finding in findings:
            unclear = "" if value == findings[finding] else ", and is both present and not sure"
            message = f'"{text}" appears twice{unclear}; keep one'
        elif value is None:
            message = misfits.no_state(said)
        else:
            findings[finding] = value
            continue
        wrong.append(((question.id, place), message))
    if wrong:
        raise IntakeError.of(question.id, wrong)
    return findings


def _unmarked(item: Any) -> tuple[Any, str, bool]:
    """Return an item of a list without its mark, its state, and whether it had the mark."""
    text = text_of(item)
    if text is None or not text.startswith(NOT_SURE_MARK):
        return item, YES, False
    return text.removeprefix(NOT_SURE_MARK), UNKNOWN, True


def _whole_number(value: Any) -> int | None:
    """Return a number without a fraction as a plain integer; None for anything else, even a bool."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number: Any = value  # the type checker does not know that a Real can become an int
    try:
        whole = int(number)
    except (OverflowError, ValueError):  # infinite, or not a number
        return None
    return whole if whole == value else None


def text_of(value: Any) -> str | None:
    """Return a text of any subclass as a plain `str`; None if it is no text."""
    if type(value) is str:
        return value
    return str.__str__(value) if isinstance(value, str) else None


def place_of(key: Any) -> str:
    """Return a key as a part of a pointer."""
    text = text_of(key)
    return shown(key) if text is None else text
