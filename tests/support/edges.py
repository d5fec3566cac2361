"""Where answers in numbers change their meaning."""

from __future__ import annotations

from triage import KnowledgeBase
from triage.knowledge.model import Question


def edges(knowledge: KnowledgeBase, question: Question) -> list[int]:
    """The values of a number just below, at and just above each threshold, and its ends."""
    cuts = {
        threshold.value for threshold in knowledge.thresholds.values() if threshold.finding == question.id
    }
    near = {cut + step for cut in cuts if isinstance(cut, int) for step in (-1, 0, 1)}
    return sorted(
        value
        for value in near | {question.minimum, question.maximum}
        if question.minimum <= value <= question.maximum
    )
