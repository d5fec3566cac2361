"""Messages about answers that do not fit: what is wrong, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from triage.inference.answers.intended import intended_item, intended_question, intended_state, intended_value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.source.diagnostic import nearest
from triage.source.pointer import Pointer
from triage.source.text import shortened

Misfit: TypeAlias = tuple[Pointer, str]
"""The place of an answer that does not fit, and the message."""

MOST_HINTS = 100
_MOST_SHOWN = 12
_NULL = 'null says nothing; leave it out if it was not asked, or write "unknown" if the person was not sure'


def no_question(knowledge: KnowledgeBase, key: Any, *, hinted: bool = True) -> str:
    """Return the message about a key that is no question."""
    text = key if isinstance(key, str) else ""
    meant = intended_question(knowledge, text) if hinted else None
    hint = (
        f"; {_write(meant)}" if meant else nearest(shortened(text), knowledge.question_keys) if hinted else ""
    )
    return f"unknown question {shown(key)}{hint}"


def no_value(question: Question, answer: Any) -> str:
    """Return the message about an answer that does not fit a question that is no checklist."""
    if answer is None:
        return _NULL
    meant = intended_value(question, answer)
    if question.kind != "number":
        return not_one_of(answer, [*question.values, "unknown"], meant)
    wanted = ', or "unknown"' if meant is None else f": {_write(meant)}"
    return f"give a whole number of {question.unit}{wanted}, not {kind_of(answer)}"


def out_of_bounds(question: Question, number: int) -> str:
    """Return the message about a number that the question does not take."""
    bounds = f"{question.minimum} to {question.maximum}"
    return f"{_digits(number)} {question.unit} is out of range; give {bounds}"


def no_list(question: Question, answer: Any) -> str:
    """Return the message about an answer that does not fit a checklist."""
    if answer is None:
        return _NULL
    if isinstance(answer, (list, tuple)) and not answer:
        return 'an empty list says nothing; write "none" if nothing is present, or leave it out'
    meant = intended_item(question, answer)
    if meant:
        gone_through, alone = json.dumps([meant]), json.dumps({meant: YES})
        return f"is one item; write {gone_through} if no other is present, or {alone} if no other was asked"
    unsure = isinstance(answer, str) and intended_state(answer) == "unknown"
    wanted = _write("unknown") if unsure else 'give "none", "unknown", a list of items or an object'
    return f"{wanted}, not {kind_of(answer)}"


def no_item(question: Question, item: Any, *, marked: bool, hinted: bool = True) -> str:
    """Return the message about an item that a checklist does not have; `marked` if it began with "?"."""
    if not hinted:
        return "is not one of the names"
    meant, mark = intended_item(question, item), "?" if marked else ""
    names = [option.id for option in question.options]
    given = f"{mark}{item}" if marked else item
    return not_one_of(given, names, f"{mark}{meant}" if meant else None)


def no_state(value: Any) -> str:
    """Return the message about a value that is no state of an item."""
    return _NULL if value is None else not_one_of(value, [YES, NO, "unknown"], intended_state(value))


def not_one_of(value: Any, names: list[str], meant: Any = None) -> str:
    """Return the message about a value that is none of these names; `meant` is the one that it means."""
    if meant is not None:
        return f"{_write(meant)}, not {kind_of(value)}"
    if not isinstance(value, str):
        return f"must be one of these names, not {kind_of(value)}: {_some(names)}"
    hint = nearest(shortened(value), names)
    said = shown(value)
    return f"{said} is not one of the names{hint}" if hint else f"{said} is not one of: {_some(names)}"


def shown(value: Any) -> str:
    """Return any value as a message shows it, with texts in quotes."""
    if isinstance(value, str):
        return f'"{shortened(str.__str__(value))}"'
    try:
        return shortened(repr(value))
    except (ValueError, RecursionError):  # too many digits or too deep for Python to write
        return f"a value of the type {type(value).__name__}"


def kind_of(value: Any) -> str:
    """Return what kind of value this is, in the words of JSON, and its value if it is simple."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, (int, float)):
        return f"the number {_digits(value)}"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "an object" if isinstance(value, Mapping) else shown(value)


def _write(meant: str | int) -> str:
    return f"write {json.dumps(meant)}"


def _digits(number: float) -> str:
    try:
        return shortened(str(number))
    except ValueError:  # too many digits for Python to write
        return "a number of very many digits"


def _some(names: Collection[str]) -> str:
    first = ", ".join([*names][:_MOST_SHOWN])
    return first if len(names) <= _MOST_SHOWN else f"{first}, ... ({len(names)} in all)"
