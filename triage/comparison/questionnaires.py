"""What two questionnaires share. An id keeps its meaning for ever, so the same id means the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import KnowledgeBase, Question

OLD, NEW = 0, 1
SIDES = (OLD, NEW)

Answers: TypeAlias = tuple[str, ...] | range
"""Named values, or numbers."""


@dataclass(frozen=True)
class Matching:
    """What two questionnaires share, and what only one of them has.

    `shared` holds, for each finding that both ask for, the answers that both know. `lone` holds a (side,
    finding) for each finding that only one base asks for.
    """

    shared: Mapping[str, Answers]
    lone: tuple[tuple[int, str], ...]

    def heard(self, answers: Mapping[str, Value]) -> Mapping[str, Value] | None:
        """Return the answers for shared findings; None if one of them is not known to both bases."""
        heard = {finding: answer for finding, answer in answers.items() if finding in self.shared}
        is_known = all(
            isinstance(answer, Missing) or answer in self.shared[finding] for finding, answer in heard.items()
        )
        return heard if is_known else None


def match(old: KnowledgeBase, new: KnowledgeBase) -> Matching:
    """Match the questionnaires of two bases; questions of different kinds or units are not the same."""
    shared: dict[str, Answers] = {}
    for finding, before in old.question_of.items():
        after = new.question_of.get(finding)
        if after and (_family(before), before.unit) == (_family(after), after.unit):
            shared[finding] = _answers(before, after)
    lone = (
        (side, finding)
        for side, knowledge in enumerate((old, new))
        for finding in knowledge.question_of
        if finding not in shared
    )
    return Matching(shared, tuple(lone))


def _family(question: Question) -> str:
    return "choice" if question.kind == "scale" else question.kind


def _answers(before: Question, after: Question) -> Answers:
    """Return the answers to a question that both questionnaires know."""
    if before.kind == "number":
        return range(max(before.minimum, after.minimum), min(before.maximum, after.maximum) + 1)
    return tuple(value for value in before.values if value in after.values)
