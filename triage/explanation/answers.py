"""A person's answers in words: one wording for the interview, the reports and the titles of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from triage.explanation.amounts import amount_text
from triage.inference.answers.reading import read_answer
from triage.inference.answers.working_memory import working_memory
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.parts.pronouns import address

NOT_SURE = "not sure"
NOTHING = "none"
_FEW = 2
_ITEM = {YES: "{}", NO: "not: {}", Missing.UNKNOWN: f"{NOT_SURE} about: {{}}"}


def answer_text(question: Question, answer: Any, *, about_other: bool = False) -> str:
    """Return an answer of a case file in the words of its question.

    Raises:
        IntakeError: the question does not have this answer.
    """
    reading = read_answer(question, answer)
    others = {} if reading.others is None else dict.fromkeys(question.findings, reading.others)
    return findings_text(question, {**others, **reading.named}, about_other=about_other)


def findings_text(
    question: Question, values: Mapping[str, Value], *, about_other: bool = False, in_brief: bool = False
) -> str:
    """Return what is known of one question, in the words of the question; "" if nothing is known.

    If every item of a list was answered, the text leaves out the items that are absent. Otherwise it names
    them and says that the rest was not asked. An item that does not apply (`Missing.ABSENT`) counts as
    answered. With `in_brief`, a list answered in part only counts its absent items if there are many.
    """
    known = _known(question, values)
    if question.kind != "checklist":
        return "".join(value_text(question, value, about_other=about_other) for value in known.values())
    if not known:
        return ""
    inapplicable = sum(values.get(finding) is Missing.ABSENT for finding in question.findings)
    is_whole = len(known) + inapplicable == len(question.findings)
    if in_brief and not is_whole:
        return _list_in_brief(question, known, about_other=about_other)
    return _list_text(question, known, is_whole=is_whole, about_other=about_other)


def value_text(question: Question, value: Value, *, about_other: bool = False) -> str:
    """Return the value of a question that is not a list."""
    if isinstance(value, Missing):
        return NOT_SURE
    if isinstance(value, int):
        return amount_text(question, value)
    labels = {option.id: option.label for option in question.options}
    return address(labels.get(value, value), about_other=about_other)


def given_text(value: Value) -> str:
    """Return the value of a finding as an author writes it, or why it has no value."""
    if value is Missing.UNKNOWN:
        return NOT_SURE
    return value.value if isinstance(value, Missing) else str(value)


def answers_in_words(
    knowledge: KnowledgeBase,
    values: Mapping[str, Value],
    *,
    about_other: bool = False,
    in_brief: bool = False,
) -> Iterator[tuple[Question, str]]:
    """Yield each answered question with its answer in words."""
    memory = working_memory(knowledge, values)
    for question in knowledge.questions.values():
        if text := findings_text(question, memory, about_other=about_other, in_brief=in_brief):
            yield question, text


def _list_text(question: Question, known: Mapping[str, Value], *, is_whole: bool, about_other: bool) -> str:
    if is_whole and set(known.values()) == {NO}:
        return NOTHING
    if is_whole and set(known.values()) == {Missing.UNKNOWN}:
        return NOT_SURE
    told = {finding: value for finding, value in known.items() if not (is_whole and value == NO)}
    parts = _item_texts(question, told, about_other=about_other)
    return "; ".join([*parts, *(() if is_whole else ("the rest not asked",))])


def _item_texts(question: Question, known: Mapping[str, Value], *, about_other: bool) -> Iterator[str]:
    for finding, option in zip(question.findings, question.options, strict=True):
        if finding in known:
            yield _ITEM[known[finding]].format(address(option.label, about_other=about_other))


def _list_in_brief(question: Question, known: Mapping[str, Value], *, about_other: bool) -> str:
    """Return what is known of a list that was answered in part; many absent items are only counted."""
    absent = [finding for finding, value in known.items() if value == NO]
    if len(absent) <= _FEW:
        return _list_text(question, known, is_whole=False, about_other=about_other)
    told = {finding: value for finding, value in known.items() if value != NO}
    parts = _item_texts(question, told, about_other=about_other)
    return "; ".join([*parts, f"{len(absent)} others asked about: {NOTHING}", "the rest not asked"])


def _known(question: Question, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the findings of a question that somebody answered; "not sure" is an answer too."""
    return {
        finding: value
        for finding in question.findings
        if (value := values.get(finding, Missing.NOT_ASKED)) is Missing.UNKNOWN
        or not isinstance(value, Missing)
    }
