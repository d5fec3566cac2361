"""What remains of a person's answers when nobody asks what does not apply."""

from __future__ import annotations

from collections.abc import Mapping

from support.shipped import KNOWLEDGE

from triage.inference.answers.working_memory import applicability, unanswered
from triage.inference.truth import Value


def as_asked(findings: Mapping[str, Value]) -> dict[str, Value]:
    """The findings without those whose gate is closed."""
    memory: dict[str, Value] = {}
    kept: dict[str, Value] = {}
    for question in KNOWLEDGE.questions.values():
        for finding, applies in applicability(question, memory).items():
            if applies and finding in findings:
                kept[finding] = findings[finding]
            memory[finding] = kept.get(finding, unanswered(question, applies=applies))
    return kept
