"""A person's answers in words: the same words behind every door."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE

from triage.explanation.answers import answer_text, answers_in_words, findings_text, given_text
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question

ASK = KNOWLEDGE.questions
SITE = ASK["site"]
CALF, JAW = "Calf", "Jaw, under the chin, or the ear beside it"


@pytest.mark.parametrize(
    ("question", "answer", "text"),
    [
        ("age", 40, "40 years"),
        ("age", "unknown", "not sure"),
        ("episode_seconds", 600, "10 minutes"),
        ("episode_seconds", 601, "10 minutes 1 second"),
        ("frequency", "monthly", "One to three days in four weeks"),
        ("site", "none", "none"),
        ("site", "unknown", "not sure"),
        ("site", ["calf"], CALF),
        ("site", ["?jaw", "calf"], f"{CALF}; not sure about: {JAW}"),
        ("site", {"calf": YES}, f"{CALF}; the rest not asked"),
        ("site", {"jaw": NO, "calf": "unknown"}, f"not sure about: {CALF}; not: {JAW}; the rest not asked"),
    ],
)
def test_an_answer_is_said_in_the_words_of_its_question(question: str, answer: Any, text: str) -> None:
    assert answer_text(ASK[question], answer) == text


def test_an_answer_about_someone_else_is_not_addressed_to_the_person() -> None:
    options = (
        replace(option, label="Your calf" if option.id == "calf" else option.label) for option in SITE.options
    )
    question = replace(SITE, options=tuple(options))
    assert answer_text(question, ["calf"]) == "Your calf"
    assert answer_text(question, ["calf"], about_other=True) == "Their calf"


def test_an_answer_that_the_question_does_not_have_is_refused() -> None:
    with pytest.raises(IntakeError):
        answer_text(ASK["site"], ["elbows"])


VALUES = (YES, NO, Missing.UNKNOWN, Missing.NOT_ASKED)


def values_of(question: Question) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries(dict.fromkeys(question.findings, st.sampled_from(VALUES)))


@given(values_of(SITE), values_of(SITE))
def test_lists_that_differ_are_said_in_other_words(one: dict[str, Value], other: dict[str, Value]) -> None:
    """Nothing that somebody answered is lost in the words, nor that something was not asked."""
    same = findings_text(SITE, one) == findings_text(SITE, other)
    assert same == (one == other)


@given(values_of(SITE))
def test_findings_and_the_case_file_that_holds_them_are_said_alike(values: dict[str, Value]) -> None:
    answers = as_answers(KNOWLEDGE, values)
    assert list(answers) == [question.id for question, _ in answers_in_words(KNOWLEDGE, values)]
    for question, text in answers_in_words(KNOWLEDGE, values):
        assert text == answer_text(question, answers[question.id])
        assert text == findings_text(question, read_answers(KNOWLEDGE, {question.id: answers[question.id]}))


def test_a_list_is_whole_where_all_that_applies_is_answered() -> None:
    signs = ASK["danger_signs"]
    answers = {"age": 40, "site": ["calf"], "danger_signs": "none"}
    values = read_answers(KNOWLEDGE, answers)
    asked = [finding for finding in signs.findings if finding in values]
    assert 0 < len(asked) < len(signs.findings), "this test needs a sign that does not concern a calf"
    assert {question.id: text for question, text in answers_in_words(KNOWLEDGE, values)} == {
        "age": "40 years",
        "site": CALF,
        signs.id: "none",
    }
    del values[asked[0]]
    told = {question.id: text for question, text in answers_in_words(KNOWLEDGE, values)}
    assert told[signs.id].endswith("; the rest not asked")


def test_a_question_that_was_not_asked_has_no_words() -> None:
    assert findings_text(ASK["age"], {"age": Missing.NOT_ASKED}) == ""
    assert findings_text(ASK["age"], {"age": Missing.NOT_APPLICABLE}) == ""
    assert findings_text(SITE, {}) == ""


def test_an_author_reads_a_value_as_it_is_written_or_why_there_is_none() -> None:
    values: tuple[Value, ...] = (YES, 40, Missing.UNKNOWN, Missing.NOT_ASKED)
    assert [given_text(value) for value in values] == ["yes", "40", "not sure", "not asked"]
