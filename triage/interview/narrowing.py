"""Narrows older answers after one has changed: they speak only of what was shown, and lose no danger.

"none", "unknown" and the rest of a list speak of all items that apply. If a change makes more items apply, an
older answer still speaks only of those that applied before. If it makes fewer apply, the answers about the
others are put aside, except red flags that the person answered with yes or not sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.reading import UNKNOWN, read_answer
from triage.inference.answers.working_memory import applicability, unanswered
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question


@dataclass(frozen=True)
class Settlement:
    """The answers in force after a change, and those that were put aside, each as a case file holds it."""

    answers: Mapping[str, Any]
    put_aside: Mapping[str, Any]


def settled(
    knowledge: KnowledgeBase,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    taken_back: Mapping[str, Any],
    changed: str,
) -> Settlement:
    """Return what the answers say after one has changed.

    Args:
        knowledge: the knowledge base.
        before: the answers in force until now.
        after: the same answers, but one is new or taken out.
        taken_back: answers that the person has taken back; a red flag among them counts again if it would
            never be asked about again.
        changed: the question whose answer has changed.
    """
    old = read_answers(knowledge, before)
    old_memory: dict[str, Value] = {}
    memory: dict[str, Value] = {}
    answers: dict[str, Any] = {}
    put_aside: dict[str, Any] = {}
    for question in knowledge.questions.values():
        applied, applies = applicability(question, old_memory), applicability(question, memory)
        closed = {each for each in question.findings if applied[each] and not applies[each]}
        answer = after.get(question.id)
        values = {each: old[each] for each in question.findings if each in old}
        kept: Mapping[str, Value] = {}
        if question.id not in after:
            values = _values(question, taken_back.get(question.id), applied)
            kept = {each: values[each] for each in closed if _is_danger(question, each, values)}
        else:
            if question.id == changed:
                values = _values(question, answer, applies)
            kept = {
                each: value
                for each, value in values.items()
                if each not in closed or _is_danger(question, each, values)
            }
            if len(kept) < len(values):
                put_aside[question.id] = as_answers(knowledge, values)[question.id]
        if kept:
            same = question.id in after and _values(question, answer, applies) == kept
            answers[question.id] = answer if same else written(knowledge, question, kept, applies)
        old_memory.update(_memory(question, old, applied))
        memory.update(_memory(question, kept, applies))
    return Settlement(answers, put_aside)


def written(
    knowledge: KnowledgeBase,
    question: Question,
    values: Mapping[str, Value],
    applies: Mapping[str, bool],
) -> Any:
    """Return the answer that says exactly these values of a question.

    For a checklist, it is "none", "unknown" or a list if the values cover all that applies, else an object.
    """
    if question.kind == "checklist" and set(values) == {each for each, it_does in applies.items() if it_does}:
        alone = set(values.values())
        rest = alone.pop() if len(alone) == 1 and YES not in alone else NO
        values = {**dict.fromkeys(question.findings, rest), **values}
    elif question.kind == "checklist" and set(values.values()) == {Missing.UNKNOWN}:
        # A plain "unknown" would say nothing about the items that do not apply.
        return {finding.partition(".")[2]: UNKNOWN for finding in values}
    return as_answers(knowledge, values)[question.id]


def dangers(question: Question, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return the red flags that the person answered with yes or not sure."""
    return {each: value for each, value in values.items() if _is_danger(question, each, values)}


def _is_danger(question: Question, finding: str, values: Mapping[str, Value]) -> bool:
    return finding in question.red_flags and values.get(finding) in (YES, Missing.UNKNOWN)


def _values(question: Question, answer: Any, applies: Mapping[str, bool]) -> dict[str, Value]:
    """Return what an answer says of the findings that it names, and of the others if it speaks of them."""
    if answer is None:
        return {}
    reading = read_answer(question, answer)
    spoken_of = [each for each, it_does in applies.items() if it_does]
    others = {} if reading.others is None else dict.fromkeys(spoken_of, reading.others)
    return {**others, **reading.named}


def _memory(
    question: Question, values: Mapping[str, Value], applies: Mapping[str, bool]
) -> Iterator[tuple[str, Value]]:
    for finding in question.findings:
        yield finding, values.get(finding, unanswered(question, applies=applies[finding]))
