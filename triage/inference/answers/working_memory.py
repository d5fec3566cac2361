"""The working memory: every answerable finding with its value, or with why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from triage.inference.truth import Missing, Value, WorkingMemory, can_hold
from triage.knowledge.model import KnowledgeBase, Question

_T = TypeVar("_T")


def working_memory(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> WorkingMemory:
    """Return every answerable finding with its value, or with why it has none.

    A finding whose gate is ruled out does not apply: an item of a checklist then counts as absent, and a
    question has no answer. An answer that was given always counts, even "not sure", so no gate can hide a red
    flag that was answered.
    """
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        memory.update(without_answer(question, memory))
        memory.update({name: findings[name] for name in question.findings if name in findings})
    return memory


def applicability(question: Question, memory: WorkingMemory) -> dict[str, bool]:
    """Tell for each finding of a question whether it applies or may apply, given earlier answers."""
    return _of_each(question, memory, (True, False))


def without_answer(question: Question, memory: WorkingMemory) -> dict[str, Value]:
    """Return why each finding of a question would have no value, given earlier answers."""
    why = (unanswered(question, applies=True), unanswered(question, applies=False))
    return _of_each(question, memory, why)


def _of_each(question: Question, memory: WorkingMemory, values: tuple[_T, _T]) -> dict[str, _T]:
    """Return the first value for each finding that applies or may apply, the second for the others."""
    applies, applies_not = values
    of_each = dict.fromkeys(question.findings, applies)
    for gate, findings in question.behind.items():
        if gate is not None and not can_hold(gate, memory):
            of_each.update(dict.fromkeys(findings, applies_not))
    return of_each


def unanswered(question: Question, *, applies: bool) -> Missing:
    """Return why a finding has no value if its question was not answered."""
    if applies:
        return Missing.NOT_ASKED
    return Missing.ABSENT if question.kind == "checklist" else Missing.NOT_APPLICABLE
