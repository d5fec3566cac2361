"""Names of medicines in a case: the items of a list that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.misfits import MOST_HINTS, Misfit, kind_of
from triage.inference.answers.reading import UNKNOWN, Reading, text_of
from triage.inference.truth import Missing
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.parts.medicines import items_of_name, unknown_name
from triage.source.text import shortened

_NO_NAMES = "an empty list says nothing; name a medicine, or leave it out"
_NO_NAME = "is empty; name the medicine, or remove it"


def read_names(knowledge: KnowledgeBase, question: Question, names: Any) -> Mapping[str, str]:
    """Return the findings that names stand for, each with the first name for it.

    Raises:
        IntakeError: there is no name, or a name is unknown.
    """
    key = question.names
    if not isinstance(names, (list, tuple)):
        raise IntakeError.of(question.id, [((key,), f"give a list of names, not {kind_of(names)}")])
    named: dict[str, str] = {}
    wrong: list[Misfit] = [] if names else [((key,), _NO_NAMES)]
    for place, each in enumerate(names):
        name = text_of(each)
        items = None if name is None else items_of_name(knowledge, name)
        if name is None:
            wrong.append(((key, place), f"a name is a text, not {kind_of(each)}"))
        elif items is None:
            hinted = len(wrong) < MOST_HINTS
            said = unknown_name(knowledge, name, hinted=hinted) if name else _NO_NAME
            wrong.append(((key, place), said))
        for item in items or ():
            named.setdefault(f"{question.id}.{item}", name or "")
    if wrong:
        raise IntakeError.of(question.id, wrong)
    return named


def with_names(question: Question, reading: Reading | None, named: Mapping[str, str]) -> Reading:
    """Add the findings that names stand for to the answer of a list, if there is one.

    Raises:
        IntakeError: the answer is "none", or contradicts the names about an item.
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
            message = f'"{item}" is "{given}", but "{shortened(name)}" is one of these; remove one of them'
            raise IntakeError(question.id, message)
    return Reading({**reading.named, **dict.fromkeys(named, YES)}, reading.others)
