"""Every text of the knowledge base, said to the person and about someone else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from support.shipped import KNOWLEDGE

from triage import assess
from triage.explanation.narrative import render_assessment
from triage.knowledge.model import Laws
from triage.knowledge.parts.pronouns import address

NOT_SAID_TO_PEOPLE = {"id", "topic", "file", "rationale", "kind", "unit", "disposition", "words", "offers"}
TABLES = (
    "questions",
    "rungs",
    "routes",
    "steps",
    "causes",
    "explanations",
    "findings",
    "rules",
    "thresholds",
)


def texts_of(entry: object, place: str) -> Iterator[tuple[str, str]]:
    """Every text in a part of the knowledge base that is written in sentences."""
    if isinstance(entry, str):
        if " " in entry:
            yield place, entry
    elif isinstance(entry, tuple):
        for index, each in enumerate(entry):
            yield from texts_of(each, f"{place}.{getattr(each, 'id', index)}")
    elif is_dataclass(entry) and type(entry).__module__.startswith("triage.knowledge."):
        for each in fields(entry):
            if each.name not in NOT_SAID_TO_PEOPLE:
                yield from texts_of(getattr(entry, each.name), f"{place}.{each.name}")


TEXTS = dict(
    found
    for table in TABLES
    for name, entry in getattr(KNOWLEDGE, table).items()
    for found in texts_of(entry, f"{table}.{name}")
) | dict(texts_of(KNOWLEDGE.undetermined, "undetermined"))


def spoken(text: str, *, about_other: bool) -> str:
    return KNOWLEDGE.calls.named_in(address(text, about_other=about_other))


SELF = {place: spoken(text, about_other=False) for place, text in TEXTS.items()}
OTHER = {place: spoken(text, about_other=True) for place, text in TEXTS.items()}

AFTER_THESE_COMES_THEM = (
    "take|takes|taking|guide|guides|wake|wakes|waking|keep|keeps|rob|robs|let|lets|warn|warns|show|shows|"
    "give|gave|gives|tell|tells|worry|worries|calm|calms|help|helps|hold|holds|make|makes|hurt|bring|brings|"
    "ask|asks|told|for|to|of|with|at|on|about|from|by|near|behind|without|toward"
)
BAD = {
    "an object that is not them": rf"\b(?:{AFTER_THESE_COMES_THEM}) they\b(?! (?:are|have|can|do|take)\b)",
    "a subject that is not they": r"\b(?:if|when|while|that|because|where|before|after|until) them\b",
    "an order with their": r"\b(?:lie|sit|stand|rest|raise|warm|rub|wet) (?:\w+ )?(?:on |with )?their\b",
    "an order to themselves": r"\b(?:drive|ask|look after|do) themselves\b",
    "a mark left over": r"[{}|]",
    "a verb that does not fit": r"\bthey (?:is|has|was|does|needs|takes)\b",
}
TO_THE_ONE_WHO_ANSWERS = re.compile(
    r"your local emergency number|what you answered here|for you, or for the person that you answer for|"
    r"until you have asked"
)


def test_there_are_texts() -> None:
    assert len(TEXTS) > 1000
    assert sum("{you}" in text for text in TEXTS.values()) > 20


@pytest.mark.parametrize("fault", BAD)
def test_no_text_about_someone_else_holds(fault: str) -> None:
    assert {place: text for place, text in OTHER.items() if re.search(BAD[fault], text, re.IGNORECASE)} == {}


def test_you_is_said_only_to_the_one_who_answers() -> None:
    left = {place: TO_THE_ONE_WHO_ANSWERS.sub("", text) for place, text in OTHER.items()}
    assert {
        place: text
        for place, text in left.items()
        if re.search(r"\byou(?:r|rs|rself)?\b", text, re.IGNORECASE)
    } == {}


def test_no_mark_is_left_in_what_is_said_to_the_person() -> None:
    assert {place: text for place, text in SELF.items() if re.search(r"[{}|]", text)} == {}


def test_texts_of_the_laws_have_no_mark_left() -> None:
    """They speak to whoever answers, so they are addressed in one form alone."""
    said = {each.name: KNOWLEDGE.calls.named_in(getattr(KNOWLEDGE.laws, each.name)) for each in fields(Laws)}
    assert {place: text for place, text in said.items() if re.search(r"[{}|]", text)} == {}


def test_every_mark_names_somebody_to_call() -> None:
    marks = {mark for text in TEXTS.values() for mark in re.findall(r"\{(\w+)\}", text)} - {"you"}
    assert marks == set(KNOWLEDGE.calls.words)


def test_questions_and_labels_are_written_once() -> None:
    """Reports and schemas show them as they stand."""
    written = [
        text
        for question in KNOWLEDGE.questions.values()
        for text in (question.ask, *(option.label for option in question.options))
    ]
    assert [text for text in written if "|" in text] == []


@pytest.mark.parametrize(
    ("text", "you", "they"),
    [
        ("You rest; it is yours.", "You rest; it is yours.", "They rest; it is theirs."),
        ("It wakes {you}.", "It wakes you.", "It wakes them."),
        ("Do not {drive yourself|let them drive}.", "Do not drive yourself.", "Do not let them drive."),
        ("Say what {you answered|you answered}.", "Say what you answered.", "Say what you answered."),
        ("{|Have them }Rest.", "Rest.", "Have them Rest."),
    ],
)
def test_the_marks(text: str, you: str, they: str) -> None:
    assert (address(text), address(text, about_other=True)) == (you, they)


def test_an_emergency_of_someone_else() -> None:
    shown = " ".join(
        render_assessment(
            KNOWLEDGE, assess(KNOWLEDGE, {"for_whom": "other", "danger_signs": ["stroke_signs"]})
        ).split()
    )
    assert "Call your local emergency number now, or have someone take them to" in shown
    assert "Do not let them travel alone." in shown
    assert "Stay with them until help comes." in shown


def test_what_is_left_to_answer_speaks_of_them_too() -> None:
    shown = render_assessment(KNOWLEDGE, assess(KNOWLEDGE, {"for_whom": "other"}))
    assert "How old are they?" in shown
    assert "How old are you?" not in shown
