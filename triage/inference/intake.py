"""Answers as given -> a working memory with a value, or the reason for none, for every answerable finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from triage.inference.truth import Missing, Value, WorkingMemory, can_hold
from triage.knowledge.medicines import items_of_name, unknown_name
from triage.knowledge.model import NO, YES, KnowledgeBase, Question

UNKNOWN = "unknown"
NONE = "none"
NOT_SURE_MARK = "?"
_OF_ITEM: Mapping[str | None, Value] = {YES: YES, NO: NO, UNKNOWN: Missing.UNKNOWN}
_LONGEST_SHOWN = 60


class IntakeError(ValueError):
    """Answers that do not fit the questionnaire; `question` names the one at fault, if it is one."""

    def __init__(self, question: str, message: str) -> None:
        self.question = question
        super().__init__(message)

    def __reduce__(self) -> tuple[type[IntakeError], tuple[str, str]]:
        """Pass to another process whole."""
        return type(self), (self.question, str(self))


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer as read: the findings that it names, and what it says of those that apply beside them.

    `others` is "no" after "none" or a list, `Missing.UNKNOWN` after "unknown", and None where the answer says
    nothing of them.
    """

    named: Mapping[str, Value]
    others: Value | None = None


def read_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Turn answers as written in a case into findings; what was not asked is left out.

    What an answer names counts whatever its gate says. "none", "unknown" and the rest of a list speak only of
    what applies, or may.

    A text may be of any class derived from `str` (an `Enum`, a text of numpy), and a whole number of any that
    counts as a real number: what comes out are plain texts and plain integers.

    Args:
        knowledge: the knowledge base whose questionnaire was answered.
        answers: from question id to its answer: an option id, a whole number, "yes", "no" or "unknown";
            for a checklist "none", "unknown", a list of present items ("?item": not sure), or an object
            from item to "yes", "no" or "unknown". One list may be filled by names of medicines, which are
            given under a key of their own: alone they are a complete list, beside the list they join it.

    Raises:
        IntakeError: an unknown question or name, an answer that the question does not have, or names that
            contradict the list.
    """
    if not isinstance(answers, Mapping):
        raise IntakeError("", f"answers are a mapping from question to answer, not {_shown(answers)}")
    readings: dict[str, Reading] = {}
    listed = knowledge.named_question
    named: Mapping[str, str] | None = None
    for key, answer in answers.items():
        name = _text(key)
        if listed is not None and name == listed.names:
            if named is not None:
                raise IntakeError(listed.id, f'"{name}" appears twice')
            named = read_names(knowledge, listed, answer)
            continue
        question = None if name is None else knowledge.questions.get(name)
        if question is None:
            raise IntakeError(name or "", f"unknown question {_shown(key)}")
        if question.id in readings:
            raise IntakeError(question.id, f'the question "{question.id}" appears twice')
        readings[question.id] = read_answer(question, answer)
    if listed is not None and named is not None:
        readings[listed.id] = with_names(listed, readings.get(listed.id), named)
    return dict(_applying(knowledge, readings))


def _applying(knowledge: KnowledgeBase, readings: Mapping[str, Reading]) -> Iterator[tuple[str, Value]]:
    """Yield what readings say of what they name, and of all else that applies, in order."""
    memory: dict[str, Value] = {}
    nothing = Reading({})
    for question in knowledge.questions.values():
        reading = readings.get(question.id, nothing)
        for finding, applies in applicability(question, memory).items():
            value = reading.named.get(finding)
            if value is None and applies:
                value = reading.others
            if value is not None:
                yield finding, value
            memory[finding] = unanswered(question, applies=applies) if value is None else value


def applicability(question: Question, memory: WorkingMemory) -> dict[str, bool]:
    """Tell of each finding of a question whether it applies, or may, after earlier answers."""
    applies = dict.fromkeys(question.findings, True)
    for gate, findings in question.behind.items():
        if gate is not None and not can_hold(gate, memory):
            applies.update(dict.fromkeys(findings, False))
    return applies


def read_answer(question: Question, answer: Any) -> Reading:
    """Read the answer to one question, as written in a case.

    Raises:
        IntakeError: the question does not have this answer.
    """
    if question.kind == "checklist":
        return _read_checklist(question, answer)
    return Reading({question.id: _read_single(question, answer)})


def read_names(knowledge: KnowledgeBase, question: Question, names: Any) -> Mapping[str, str]:
    """Return the findings that names stand for, each with the first name that stands for it.

    Raises:
        IntakeError: there is no name, or one is not known.
    """
    if not isinstance(names, (list, tuple)) or not names:
        raise IntakeError(
            question.id, f"{_shown(names)} is not a list of names; give at least one, or leave it out"
        )
    named: dict[str, str] = {}
    for each in names:
        name = _text(each)
        if name is None:
            raise IntakeError(question.id, f"{_shown(each)} is not a name in {question.names}")
        items = items_of_name(knowledge, name)
        if items is None:
            raise IntakeError(question.id, unknown_name(knowledge, name))
        for item in items:
            named.setdefault(f"{question.id}.{item}", name)
    return named


def with_names(question: Question, reading: Reading | None, named: Mapping[str, str]) -> Reading:
    """Return the answer to a list, which may not be there, joined by what names stand for.

    Raises:
        IntakeError: the answer is "none", or says of an item anything else than the names do.
    """
    if reading is None:
        return Reading(dict.fromkeys(named, YES), NO)
    if not reading.named and reading.others == NO:
        message = f'"none" does not go with the names in {question.names}; remove one of them'
        raise IntakeError(question.id, message)
    for finding, name in named.items():
        value = reading.named.get(finding, YES)
        if value != YES:
            item, given = finding.partition(".")[2], UNKNOWN if isinstance(value, Missing) else value
            message = f'"{item}" is "{given}", but "{_shortened(name)}" is one of these; remove one of them'
            raise IntakeError(question.id, message)
    return Reading({**reading.named, **dict.fromkeys(named, YES)}, reading.others)


def _text(value: Any) -> str | None:
    """Return a text as a plain one, whatever it derives from; None if it is no text."""
    return str.__str__(value) if isinstance(value, str) else None


def _whole_number(value: Any) -> int | None:
    """Return a number without a fraction as a plain integer; None for anything else, also for a bool."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number: Any = value  # what is Real need not be an int to the type checker
    try:
        whole = int(number)
    except (OverflowError, ValueError):  # infinite, or not a number
        return None
    return whole if whole == value else None


def _shown(value: Any) -> str:
    """Return any value as it can stand in a message."""
    text = _text(value)
    try:
        return _shortened(repr(value)) if text is None else f'"{_shortened(text)}"'
    except (ValueError, RecursionError):  # of more digits, or deeper, than Python writes out
        return f"a value of the type {type(value).__name__}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _read_single(question: Question, answer: Any) -> Value:
    text = _text(answer)
    if text == UNKNOWN:
        return Missing.UNKNOWN
    if question.kind == "number":
        # JSON Schema counts 5.0 as an integer, and so does a case file; True is none.
        number = _whole_number(answer)
        if number is not None and question.minimum <= number <= question.maximum:
            return number
        bounds = f"from {question.minimum} to {question.maximum}"
        raise IntakeError(question.id, f"{_shown(answer)} is not a whole number of {question.unit} {bounds}")
    if text is not None and text in question.values:
        return text
    raise IntakeError(question.id, f"{_shown(answer)} is not one of {', '.join(question.values)}")


def _read_checklist(question: Question, answer: Any) -> Reading:
    text = _text(answer)
    if text == NONE:
        return Reading({}, NO)
    if text == UNKNOWN:
        return Reading({}, Missing.UNKNOWN)
    if isinstance(answer, Mapping):
        items = ((item, _read_value(question, given)) for item, given in answer.items())
        return Reading(_read_items(question, items))
    if isinstance(answer, (list, tuple)) and answer:
        return Reading(_read_items(question, map(_unmarked, answer)), NO)
    raise IntakeError(
        question.id,
        f'{_shown(answer)} is not a checklist answer; give "none", "unknown", a list of items, or an object',
    )


def _read_items(question: Question, items: Iterable[tuple[Any, Value]]) -> dict[str, Value]:
    """Return the findings of items, each of which can be given once."""
    findings: dict[str, Value] = {}
    for item, value in items:
        text = _text(item)
        finding = f"{question.id}.{text}"
        if text is None or finding not in question.findings:
            raise IntakeError(question.id, f"{_shown(item)} is not an item of {question.id}")
        if finding in findings:
            raise IntakeError(question.id, f'"{text}" appears twice in {question.id}')
        findings[finding] = value
    return findings


def _unmarked(item: Any) -> tuple[Any, Value]:
    """Return an item of a list without its mark, and what the mark says of it."""
    text = _text(item)
    if text is None or not text.startswith(NOT_SURE_MARK):
        return item, YES
    return text.removeprefix(NOT_SURE_MARK), Missing.UNKNOWN


def _read_value(question: Question, value: Any) -> Value:
    text = _text(value)
    if text in _OF_ITEM:
        return _OF_ITEM[text]
    raise IntakeError(question.id, f'{_shown(value)} is not "yes", "no" or "unknown"')


def working_memory(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> WorkingMemory:
    """Return every answerable finding with its value, or with why it has none.

    A finding whose gate is ruled out does not apply: an item of a checklist then counts as absent, and a
    question has no answer. What was given always counts, "not sure" too, so that no red flag is ever lost by
    a gate.
    """
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        for finding, applies in applicability(question, memory).items():
            memory[finding] = findings.get(finding, unanswered(question, applies=applies))
    return memory


def unanswered(question: Question, *, applies: bool) -> Missing:
    """Return why a finding of a question that was not given has no value."""
    if applies:
        return Missing.NOT_ASKED
    return Missing.ABSENT if question.kind == "checklist" else Missing.NOT_APPLICABLE


def as_answers(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> dict[str, Any]:
    """Return findings as the answers of a case file: what `read_answers` reads back to the same findings."""
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
    """Write a list in the shortest way that says the same; beside what it names it speaks of what applies."""
    items = {name.partition(".")[2]: _written(value) for name, value in given.items()}
    named = {name for name, value in given.items() if value != NO}
    if set(items.values()) == {UNKNOWN} and given.keys() == {*applying}:
        return UNKNOWN
    if given.keys() - named != {*applying} - named:
        return items
    marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
    return [f"{marks[str(value)]}{item}" for item, value in items.items() if value != NO] or NONE
