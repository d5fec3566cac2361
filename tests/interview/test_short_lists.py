"""Short lists, and yes-or-no questions with a line, are one list: it says what they would say apart."""

from __future__ import annotations

from typing import Any

import pytest
from support.shipped import KNOWLEDGE
from support.typist import talk

from triage.inference.answers.intake import read_answers
from triage.inference.truth import Missing
from triage.knowledge.model import NO, YES

BEFORE: dict[str, Any] = {
    "for_whom": "self",
    "age": 30,
    "site": ["eyelid"],
    "feels": ["twitch"],
    **dict.fromkeys(
        (each.id for each in KNOWLEDGE.questions.values() if each.kind == "checklist" and each.first_line),
        "none",
    ),
    "danger_signs": "none",
}
"""What a person with a twitching eyelid has answered when the short lists come."""
TOGETHER = ("timing", "effects", "eyelid_pulls")
LINE = KNOWLEDGE.questions["eyelid_pulls"].first_line


def label(name: str) -> str:
    """The label of a line of a list."""
    question, _, item = name.partition(".")
    return next(each.label for each in KNOWLEDGE.questions[question].options if each.id == item)


LINES = (
    "timing.after_injury",
    "effects.stops_activities",
    "effects.self_care_failed",
    "effects.getting_worse",
    "effects.easing",
    "effects.long_unchanged",
    "effects.called_harmless",
    "effects.several_places",
    "eyelid_pulls",
)


def number(name: str) -> str:
    """The number of a line."""
    return str(LINES.index(name) + 1)


def test_the_lines_of_the_short_lists_stand_in_one_list() -> None:
    _, typist = talk(answers=BEFORE)
    for place, name in enumerate(LINES, start=1):
        shown = LINE if name == "eyelid_pulls" else label(name)
        assert f"{place} {shown}".replace("{you}", "you") in typist.text
    assert KNOWLEDGE.questions["timing"].ask not in typist.text
    assert KNOWLEDGE.questions["eyelid_pulls"].ask not in typist.text


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(("mark", "value"), [("", YES), ("?", Missing.UNKNOWN)])
def test_a_line_says_what_it_says_in_its_own_question(name: str, mark: str, value: Any) -> None:
    held, _ = talk(f"{mark}{number(name)}", answers=BEFORE)
    assert held.interview.findings[name] is value or held.interview.findings[name] == value
    assert {held.interview.findings[each] for each in LINES if each != name} == {NO}


def test_none_is_a_no_to_each_question() -> None:
    held, _ = talk("none", answers=BEFORE)
    apart = read_answers(KNOWLEDGE, {**BEFORE, "timing": "none", "effects": "none", "eyelid_pulls": "no"})
    assert {held.interview.findings[each] for each in LINES} == {NO}
    assert dict(held.interview.findings).items() <= dict(apart).items()


def test_not_sure_is_not_sure_of_each_line() -> None:
    held, _ = talk("not sure", answers=BEFORE)
    assert {held.interview.findings[each] for each in LINES} == {Missing.UNKNOWN}


def test_a_skipped_list_skips_each_question() -> None:
    held, _ = talk("s", answers=BEFORE)
    assert held.interview.skipped >= {*TOGETHER}
    assert not held.interview.findings.keys() & {*LINES}


def test_whoever_goes_back_meets_the_whole_list_again_and_can_keep_it() -> None:
    held, typist = talk(number("effects.easing"), "b", "", answers=BEFORE)
    assert typist.text.count(LINE) == 2
    assert f"Enter keeps: {label('effects.easing')}" in typist.text
    assert held.interview.findings["effects.easing"] == YES
    assert held.interview.findings["eyelid_pulls"] == NO


def test_going_back_takes_back_what_the_list_said() -> None:
    held, _ = talk(number("effects.easing"), "b", answers=BEFORE)
    assert not held.interview.findings.keys() & {*LINES}


def test_a_label_says_what_its_number_says() -> None:
    named, _ = talk("getting worse", answers=BEFORE)
    numbered, _ = talk(number("effects.getting_worse"), answers=BEFORE)
    assert named.interview.findings == numbered.interview.findings


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["worse"], "effects.getting_worse"),
        (["strain"], "timing.after_injury"),
        (["in the heat"], "timing.in_heat"),
        (["bad sleep", "y"], "effects.disturbs_sleep"),
    ],
)
def test_other_words_rule_no_other_question_out(lines: list[str], name: str) -> None:
    held, _ = talk(*lines, answers=BEFORE)
    assert held.interview.findings[name] == YES
    assert "eyelid_pulls" not in held.interview.findings


def test_a_question_mark_explains_a_line() -> None:
    held, typist = talk(f"{number('eyelid_pulls')}?", answers=BEFORE)
    assert KNOWLEDGE.questions["eyelid_pulls"].means in typist.text
    assert not held.interview.findings.keys() & {*LINES}


@pytest.mark.parametrize("answers", [{"timing": "none"}, {"site": ["calf"], "feels": ["painful_tightening"]}])
def test_what_was_answered_and_what_is_long_keeps_its_own_question(answers: dict[str, Any]) -> None:
    held, typist = talk(answers={**BEFORE, **answers})
    assert held.put is not None
    if "timing" in answers:
        assert label("timing.after_injury") not in typist.text
    else:
        assert held.put.question.id == "timing"
