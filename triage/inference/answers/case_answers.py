"""Write findings as the answers of a case file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.inference.answers.working_memory import applicability, working_memory
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase


def as_answers(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> dict[str, Any]:
    """Return the answers of a case file that `read_answers` reads as these findings."""
    answers: dict[str, Any] = {}
    memory = working_memory(knowledge, findings)
    for question in knowledge.questions.values():
        given = {
            name: value
            for name in question.findings
            if (value := findings.get(name, Missing.NOT_ASKED)) is not Missing.NOT_ASKED
        }
        if question.kind != "checklist" and given:
            answers[question.id] = _written(given[question.id])
        elif given:
            applying = [name for name, applies in applicability(question, memory).items() if applies]
            answers[question.id] = _written_checklist(given, applying)
    return answers


def _written(value: Value) -> str | int:
    return UNKNOWN if isinstance(value, Missing) else value


def _written_checklist(given: Mapping[str, Value], applying: Collection[str]) -> Any:
    """Write the shortest answer to a list that says the same, given the items that apply."""
    items = {name.partition(".")[2]: _written(value) for name, value in given.items()}
    named = {name for name, value in given.items() if value != NO}
    if set(items.values()) == {UNKNOWN} and given.keys() == {*applying}:
        return UNKNOWN
    if given.keys() - named != {*applying} - named:
        return items
    marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
    return [f"{marks[str(value)]}{item}" for item, value in items.items() if value != NO] or NONE
