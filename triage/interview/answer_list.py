"""The answers of an interview, in words: one of them, and all of them as a numbered list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.explanation.answers import answer_text
from triage.inference.intake import NONE, NOT_SURE_MARK, UNKNOWN
from triage.knowledge.model import YES, Question


def shown(question: Question, answer: Any, *, about_other: bool) -> str:
    """Return an answer in the words of its question."""
    if isinstance(answer, Mapping):
        # Of a list of which a part was shown, the person hears what is so, and what is in doubt.
        marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
        answer = [f"{marks[value]}{item}" for item, value in answer.items() if value in marks] or NONE
    return answer_text(question, answer, about_other=about_other)
