"""What an answer that is almost right means: a number in quotes, true for yes, a label, capitals.

An answer that could mean two things means nothing here. `null` could mean not asked or not sure. "None" could
mean an empty list or a value that a program lacked. One item alone does not say whether the others were
asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from triage.knowledge.model import NO, YES, KnowledgeBase, Option, Question
from triage.knowledge.parts.pronouns import address

_UNKNOWN = "unknown"
_STATES = {"yes": YES, "no": NO, "true": YES, "false": NO, _UNKNOWN: _UNKNOWN}
_LONGEST = 300
_NUMBER = re.compile(r"\s*([0-9]{1,9})(?:\.0{1,9})?\s*")


def intended_question(knowledge: KnowledgeBase, key: str) -> str | None:
    """Return the id of the question that a key means: the key is its id in other letters, or its text."""
    return _only(key, knowledge.question_keys, knowledge.question_texts)


def intended_value(question: Question, value: Any) -> str | int | None:
    """Return what a value means as the answer to a question that is no checklist; None if that is open."""
    if question.kind == "number":
        number = _NUMBER.fullmatch(value) if isinstance(value, str) else None
        if number and question.minimum <= int(number[1]) <= question.maximum:
            return int(number[1])
        return _UNKNOWN if isinstance(value, str) and _plain(value) == _UNKNOWN else None
    if question.kind == "yes_no":
        return intended_state(value)
    return _only(value, (*question.values, _UNKNOWN), _labels(question.options))


def intended_item(question: Question, item: Any) -> str | None:
    """Return the id of the item of a checklist that a text means."""
    return _only(item, tuple(option.id for option in question.options), _labels(question.options))


def intended_state(value: Any) -> str | None:
    """Return the state of an item that a value means: "yes", "no" or "unknown"."""
    text = str(value) if isinstance(value, bool) else value
    return _STATES.get(_plain(text)) if isinstance(text, str) else None


def _labels(options: Iterable[Option]) -> tuple[tuple[str, str], ...]:
    return tuple((option.id, option.label) for option in options)


def _only(text: Any, ids: tuple[str, ...], labels: tuple[tuple[str, str], ...]) -> str | None:
    """Return the one id that a text equals, apart from capitals and spaces, or whose label it equals."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    return _only_id(_plain(text), ids, labels)


@lru_cache(maxsize=1024)
def _only_id(plain: str, ids: tuple[str, ...], labels: tuple[tuple[str, str], ...]) -> str | None:
    meant = {plain} & {*ids}
    meant |= {name for name, label in labels if plain in _spellings(label)}
    return meant.pop() if len(meant) == 1 else None


@lru_cache(maxsize=4096)
def _spellings(label: str) -> frozenset[str]:
    if "you" not in label:
        return frozenset([_plain(label)])
    return frozenset(_plain(address(label, about_other=other)) for other in (False, True))


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip()).lower()
