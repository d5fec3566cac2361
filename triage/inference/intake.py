"""Answers as given -> a working memory with a value, or the reason for none, for every answerable finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from triage.inference.truth import Missing, Truth, Value, WorkingMemory, truth_of
from triage.knowledge.model import NO, YES, KnowledgeBase, Question

UNKNOWN = "unknown"
NONE = "none"
NOT_SURE_MARK = "?"


class IntakeError(ValueError):
    """Answers that do not fit the questionnaire; `question` names the one at fault."""

    def __init__(self, question: str, message: str) -> None:
        self.question = question
        super().__init__(message)


def read_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Turn answers as written in a case into findings; what was not asked is left out.

    Args:
        knowledge: the knowledge base whose questionnaire was answered.
        answers: from question id to its answer: an option id, a whole number, "yes", "no" or "unknown";
            for a checklist "none", "unknown", a list of present items ("?item": not sure), or an object
            from item to "yes", "no" or "unknown".

    Raises:
        IntakeError: an unknown question, or an answer that the question does not have.
    """
    findings: dict[str, Value] = {}
    for name, answer in answers.items():
        question = knowledge.questions.get(name)
        if question is None:
            raise IntakeError(name, f'unknown question "{name}"')
        if question.kind == "checklist":
            findings.update(_read_checklist(question, answer))
        else:
            findings[name] = _read_single(question, answer)
    return findings


def _read_single(question: Question, answer: Any) -> Value:
    if answer == UNKNOWN and isinstance(answer, str):
        return Missing.UNKNOWN
    if question.kind == "number":
        # JSON Schema counts 5.0 as an integer, and so does a case file; True is none.
        whole = type(answer) in (int, float) and answer == answer // 1
        if whole and question.minimum <= answer <= question.maximum:
            return int(answer)
        bounds = f"from {question.minimum} to {question.maximum}"
        raise IntakeError(question.id, f"{answer!r} is not a whole number of {question.unit} {bounds}")
    if isinstance(answer, str) and answer in question.values:
        return answer
    raise IntakeError(question.id, f"{answer!r} is not one of {', '.join(question.values)}")


def _read_checklist(question: Question, answer: Any) -> dict[str, Value]:
    items = [option.id for option in question.options]
    if answer == NONE:
        return {f"{question.id}.{item}": NO for item in items}
    if answer == UNKNOWN:
        return {f"{question.id}.{item}": Missing.UNKNOWN for item in items}
    if isinstance(answer, Mapping):
        return {
            f"{question.id}.{_item(question, item, items)}": _item_value(question, value)
            for item, value in answer.items()
        }
    if isinstance(answer, (list, tuple)) and answer and all(isinstance(item, str) for item in answer):
        given: dict[str, Value] = {}
        for written in answer:
            item = _item(question, written.removeprefix(NOT_SURE_MARK), items)
            if item in given:
                raise IntakeError(question.id, f'"{item}" stands twice in {question.id}')
            given[item] = Missing.UNKNOWN if written.startswith(NOT_SURE_MARK) else YES
        return {finding: given.get(item, NO) for finding, item in zip(question.findings, items, strict=True)}
    raise IntakeError(
        question.id,
        f'{answer!r} is no checklist answer; give "none", "unknown", a list of items, or an object',
    )


def _item(question: Question, item: str, items: Iterable[str]) -> str:
    if item not in items:
        raise IntakeError(question.id, f'"{item}" is not an item of {question.id}')
    return item


def _item_value(question: Question, value: Any) -> Value:
    if value == UNKNOWN:
        return Missing.UNKNOWN
    if value in (YES, NO):
        return str(value)
    raise IntakeError(question.id, f'{value!r} is not "yes", "no" or "unknown"')


def working_memory(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> WorkingMemory:
    """Return every answerable finding with its value, or with why it has none.

    A question whose `asked_when` is ruled out does not apply: its findings count as absent unless they were
    given. A known answer always counts, so that no red flag is ever lost by a gate.
    """
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        applies = question.asked_when is None or truth_of(question.asked_when, memory) is not Truth.FALSE
        for finding in question.findings:
            value = findings.get(finding, Missing.NOT_ASKED)
            if isinstance(value, Missing) and not applies:
                value = Missing.NOT_APPLICABLE
            memory[finding] = value
    return memory


def as_answers(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> dict[str, Any]:
    """Return findings as the answers of a case file: what `read_answers` reads back to the same findings."""
    answers: dict[str, Any] = {}
    for question in knowledge.questions.values():
        given = {name: findings[name] for name in question.findings if name in findings}
        given = {name: value for name, value in given.items() if value is not Missing.NOT_ASKED}
        if question.kind != "checklist" and given:
            answers[question.id] = _written(given[question.id])
        elif given:
            answers[question.id] = _written_checklist(question, given)
    return answers


def _written(value: Value) -> str | int:
    return UNKNOWN if isinstance(value, Missing) else value


def _written_checklist(question: Question, given: Mapping[str, Value]) -> Any:
    items = {name.partition(".")[2]: _written(value) for name, value in given.items()}
    if len(items) < len(question.findings):
        return items
    if set(items.values()) <= {NO}:
        return NONE
    if set(items.values()) == {UNKNOWN}:
        return UNKNOWN
    marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
    return [f"{marks[str(value)]}{item}" for item, value in items.items() if value != NO]
