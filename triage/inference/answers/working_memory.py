"""The working memory: every answerable finding with its value, or with why it has none."""

from __future__ import annotations

from collections.abc import Mapping

from triage.inference.truth import Missing, Value, WorkingMemory, can_hold
from triage.knowledge.model import KnowledgeBase, Question


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
    applies = dict.fromkeys(question.findings, True)
    for gate, findings in question.behind.items():
        if gate is not None and not can_hold(gate, memory):
            applies.update(dict.fromkeys(findings, False))
    return applies


def without_answer(question: Question, memory: WorkingMemory) -> dict[str, Value]:
    """Return why each finding of a question would have no value, given earlier answers."""
    why = {applies: unanswered(question, applies=applies) for applies in (True, False)}
    return {finding: why[applies] for finding, applies in applicability(question, memory).items()}


def unanswered(question: Question, *, applies: bool) -> Missing:
    """Return why a finding has no value if its question was not answered."""
    if applies:
        return Missing.NOT_ASKED
    return Missing.ABSENT if question.kind == "checklist" else Missing.NOT_APPLICABLE
