"""Read all answers of a case as findings: those that the answers name, and those of all else that applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.inference.answers import misfits
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.medicine_names import read_names, with_names
from triage.inference.answers.misfits import MOST_HINTS, Misfit, shown
from triage.inference.answers.reading import Reading, place_of, read_answer, text_of
from triage.inference.answers.working_memory import without_answer
from triage.inference.truth import Missing, Value, WorkingMemory
from triage.knowledge.model import KnowledgeBase


def read_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Turn answers as written in a case into findings; leave out what was not asked.

    A finding that an answer names counts, whatever its gate says. "none", "unknown" and the rest of a list
    are only about items that apply, or may apply.

    A text may be of any class derived from `str` (such as an `Enum`), and a whole number of any class that is
    a real number; the findings hold plain texts and plain integers.

    Args:
        knowledge: the knowledge base whose questionnaire was answered.
        answers: from question id to its answer: an option id, a whole number, "yes", "no" or "unknown";
            for a checklist "none", "unknown", a list of present items ("?item": not sure), or an object
            from item to "yes", "no" or "unknown". Names of medicines, under their own key, can fill one list:
            alone they are a complete list; beside the list they are added to it.

    Raises:
        IntakeError: an unknown question or name, an answer that the question does not have, or names that
            contradict the list.
    """
    return _applying(knowledge, _readings(knowledge, answers))[0]


def read_memory(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> WorkingMemory:
    """Return the working memory of answers as written in a case.

    It is `working_memory` of what `read_answers` returns, but what applies is worked out only once.

    Raises:
        IntakeError: as `read_answers`.
    """
    return _applying(knowledge, _readings(knowledge, answers))[1]


def check_answers(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> None:
    """Raise the same IntakeError as `read_answers`, without working out what else applies."""
    _readings(knowledge, answers)


def _readings(knowledge: KnowledgeBase, answers: Mapping[str, Any]) -> dict[str, Reading]:
    if not isinstance(answers, Mapping):
        raise IntakeError("", f"answers are a mapping from question to answer, not {shown(answers)}")
    readings: dict[str, Reading] = {}
    named: dict[str, Mapping[str, str]] = {}
    wrong: list[Misfit] = []
    first = ""
    for key, answer in answers.items():
        try:
            _read_entry(knowledge, key, answer, readings, named, hinted=len(wrong) < MOST_HINTS)
        except IntakeError as error:
            first = first if wrong else error.question
            wrong += error.misfits
    if wrong:
        raise IntakeError.of(first, wrong)
    for name, findings in named.items():
        readings[name] = with_names(knowledge.questions[name], readings.get(name), findings)
    return readings


def _read_entry(
    knowledge: KnowledgeBase,
    key: Any,
    answer: Any,
    readings: dict[str, Reading],
    named: dict[str, Mapping[str, str]],
    *,
    hinted: bool,
) -> None:
    """Read one entry: an answer goes to `readings`, names of medicines go to `named`."""
    name, listed = text_of(key), knowledge.named_question
    if listed is not None and name == listed.names:
        if listed.id in named:
            raise IntakeError(listed.id, f'"{name}" appears twice; keep one')
        named[listed.id] = read_names(knowledge, listed, answer)
        return
    question = None if name is None else knowledge.questions.get(name)
    if question is None:
        raise IntakeError.of(
            name or "", [((place_of(key),), misfits.no_question(knowledge, key, hinted=hinted))]
        )
    if question.id in readings:
        raise IntakeError(question.id, f'the question "{question.id}" appears twice; keep one')
    readings[question.id] = read_answer(question, answer)


def _applying(
    knowledge: KnowledgeBase, readings: Mapping[str, Reading]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the findings that readings name and those of all else that applies, and the working memory."""
    findings: dict[str, Value] = {}
    memory: dict[str, Value] = {}
    for question in knowledge.questions.values():
        of_question = without_answer(question, memory)
        reading = readings.get(question.id)
        if reading is not None:
            for finding, missing in of_question.items():
                value = reading.named.get(finding)
                if value is None and missing is Missing.NOT_ASKED:
                    value = reading.others
                if value is not None:
                    findings[finding] = of_question[finding] = value
        memory.update(of_question)
    return findings, memory
