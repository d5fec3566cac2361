"""Correct cases that are almost right: numbers in quotes, true for yes, labels, capitals.

Only what has one meaning is corrected; all else is left to its author.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from triage.cases.retirement import Move
from triage.inference.answers.intended import intended_item, intended_question, intended_state, intended_value
from triage.inference.answers.reading import NOT_SURE_MARK, UNKNOWN
from triage.knowledge.model import KnowledgeBase, Question
from triage.source.text import shortened

_LONGEST_NUMBER = 10**18


def written_plainly(
    knowledge: KnowledgeBase, case: Mapping[str, Any]
) -> tuple[Mapping[str, Any], list[Move]]:
    """Return a case with each answer as it is meant, and what has changed, with its place in the case."""
    moves: list[Move] = []
    changed = dict(case)
    name = case.get("id")
    if is_numeric(name):
        changed["id"] = str(name)
        moves.append(_move("id", before=name, after=str(name)))
    answers = case.get("answers")
    if isinstance(answers, Mapping):
        changed["answers"], told = _answers(knowledge, answers)
        moves += told
    return changed if moves else case, moves


def is_numeric(name: Any) -> bool:
    """Tell whether an id is a whole number, which can be written as a text."""
    return type(name) is int and abs(name) < _LONGEST_NUMBER


def _answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[Move]]:
    written: dict[str, Any] = {}
    moves: list[Move] = []
    for key, answer in answers.items():
        name = _key(knowledge, key, {*answers, *written})
        question = knowledge.questions.get(name)
        meant = answer if question is None else _answer(knowledge, question, answer)
        if name != key:
            moves.append(_move("answers", key, before=key, after=name))
        moves += _changes(key, answer, meant)
        written[name] = meant
    return written, moves


def _key(knowledge: KnowledgeBase, key: str, taken: set[str]) -> str:
    meant = None if key in knowledge.retired else intended_question(knowledge, key)
    return key if meant is None or meant in taken else meant


def _answer(knowledge: KnowledgeBase, question: Question, answer: Any) -> Any:
    if question.kind != "checklist":
        meant = None if _is_retired(knowledge, question, answer) else intended_value(question, answer)
        return answer if meant is None else meant
    if isinstance(answer, list):
        return _list(knowledge, question, answer)
    if isinstance(answer, Mapping):
        return _items(knowledge, question, answer)
    return UNKNOWN if isinstance(answer, str) and intended_state(answer) == UNKNOWN else answer


def _list(knowledge: KnowledgeBase, question: Question, items: list[Any]) -> list[Any]:
    written: list[Any] = []
    taken = {item.removeprefix(NOT_SURE_MARK) for item in items if isinstance(item, str)}
    for item in items:
        mark = NOT_SURE_MARK if isinstance(item, str) and item.startswith(NOT_SURE_MARK) else ""
        name = _item(knowledge, question, item[len(mark) :], taken) if isinstance(item, str) else None
        taken |= {name} if name else set()
        written.append(f"{mark}{name}" if name else item)
    return written


def _items(knowledge: KnowledgeBase, question: Question, items: Mapping[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for item, value in items.items():
        name = _item(knowledge, question, item, {*items, *written})
        written[name or item] = intended_state(value) or value
    return written


def _item(knowledge: KnowledgeBase, question: Question, item: str, taken: set[str]) -> str | None:
    """Return the id that an item means; None if that is open, or if the id is taken."""
    meant = None if _is_retired(knowledge, question, item) else intended_item(question, item)
    return None if meant in taken else meant


def _is_retired(knowledge: KnowledgeBase, question: Question, item: Any) -> bool:
    return isinstance(item, str) and f"{question.id}.{item}" in knowledge.retired


def _changes(key: str, before: Any, after: Any) -> Iterator[Move]:
    if isinstance(before, list):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                yield _move("answers", key, place, before=old, after=new)
    elif isinstance(before, Mapping):
        for (item, value), (name, state) in zip(before.items(), after.items(), strict=True):
            if item != name:
                yield _move("answers", key, item, before=item, after=name)
            if value != state:
                yield _move("answers", key, item, before=value, after=state)
    elif before != after:
        yield _move("answers", key, before=before, after=after)


def _move(*place: str | int, before: Any, after: Any) -> Move:
    return Move(
        place, f"{shortened(json.dumps(before, ensure_ascii=False))} is written {json.dumps(after)} now"
    )
