"""Answers changed after the result: asked as at first, with all that hangs on them, and the result anew."""

from __future__ import annotations

from typing import Any

import pytest
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage import assess

HOME = "LOOK AFTER IT AT HOME"
TODAY = "GET MEDICAL HELP TODAY"
UNKNOWN = "NOT ENOUGH IS KNOWN YET"
MORE = "m all advice"


def number(name: str) -> str:
    """The number of an answer of the healthy person."""
    return str(list(HEALTHY).index(name) + 1)


def outcome(answers: Any) -> dict[str, Any]:
    """What batch gives for some answers."""
    return dict(assess(KNOWLEDGE, answers, "intake").record())


def test_the_result_comes_without_a_look_at_the_answers() -> None:
    _, typist = talk(answers=HEALTHY)
    assert typist.line == 0, "nothing is waited for"
    assert typist.text.index(HOME) < typist.text.index(MORE)
    assert "Your answers" not in typist.text


def test_a_change_is_in_force_and_the_result_told_anew() -> None:
    held, typist = talk(number("episode_seconds"), "15 min", answers=HEALTHY)
    assert held.interview.answers["episode_seconds"] == 900
    assert typist.text.index(HOME) < typist.text.index(TODAY)
    assert typist.text.count(MORE) == 2
    assert held.interview.assessment().record() == outcome({**HEALTHY, "episode_seconds": 900})


def test_answers_are_changed_one_after_another() -> None:
    lines = [number("episode_seconds"), "15 min", number("episode_seconds"), "60 s", number("age"), "40"]
    held, typist = talk(*lines, answers=HEALTHY)
    assert held.interview.answers == {**HEALTHY, "episode_seconds": 60, "age": 40}
    assert typist.text.rindex(TODAY) < typist.text.rindex(HOME)
    assert typist.text.count(MORE) == 4


@pytest.mark.parametrize("name", [name for name in HEALTHY if name != "site"])
def test_enter_keeps_the_answer(name: str) -> None:
    held, typist = talk(number(name), "", answers=HEALTHY)
    assert "Enter keeps: " in typist.text
    assert typist.text.count(HOME) == 2
    found, before = held.interview.assessment(), assess(KNOWLEDGE, HEALTHY, "intake")
    assert (found.disposition, found.soon, found.reasons) == (before.disposition, before.soon, before.reasons)


def test_a_question_that_a_change_opens_is_asked_before_the_new_result() -> None:
    lines = [number("lately"), "operation_or_bed_rest", "none", "none"]
    held, typist = talk(*lines, answers=HEALTHY)
    opened = KNOWLEDGE.questions["cast_signs"].ask
    assert typist.text.index(HOME) < typist.text.index(opened)
    assert held.interview.answers["cast_signs"] == "none"
    assert held.interview.assessment().record() == outcome(held.interview.answers)


def test_an_answer_skipped_after_the_result_is_no_longer_reassured_on() -> None:
    held, typist = talk(number("danger_signs"), "s", answers=HEALTHY)
    assert "danger_signs" not in held.interview.answers
    assert typist.text.index(HOME) < typist.text.index(UNKNOWN)
    assert typist.text.count(HOME) == 1


def test_a_danger_given_after_the_result_stays_when_its_question_is_skipped() -> None:
    answers = {**HEALTHY, "warning_signs": ["fever"]}
    held, _ = talk(number("warning_signs"), "s", answers=answers)
    assert held.interview.findings["warning_signs.fever"] == "yes"


def test_whom_it_is_about_rewords_the_answers_and_the_result() -> None:
    held, typist = talk(number("for_whom"), "someone else", "a", answers=HEALTHY)
    assert held.interview.answers == {**HEALTHY, "for_whom": "other"}
    listed = typist.text[typist.text.index("Your answers") :]
    assert "How old are they?" in listed
    assert "How old are you?" not in listed


def test_a_word_for_a_danger_is_confirmed_after_the_result_too() -> None:
    held, typist = talk(number("danger_signs"), "stroke", "no", "none", answers=HEALTHY)
    assert "Do you mean" in typist.text
    assert held.interview.answers["danger_signs"] == "none"
    held, typist = talk(number("danger_signs"), "stroke", "yes", "", answers=HEALTHY)
    assert held.interview.answers["danger_signs"] == ["stroke_signs"]


@pytest.mark.parametrize("typed", ["0", "99", "015", "-1", "1 2", "b", "s", "?", "change 1"])
def test_what_is_no_answer_of_the_list_changes_nothing(typed: str) -> None:
    held, typist = talk(typed, "q", answers=HEALTHY)
    assert typist.text.count("Please type one of the letters") == 1
    assert typist.text.count(MORE) == 1
    assert held.interview.answers == HEALTHY


@pytest.mark.parametrize("typed", ["", "q", "quit", "exit", "Q"])
def test_enough_is_enough(typed: str) -> None:
    held, typist = talk(typed, "a", answers=HEALTHY)
    assert typist.line == 1
    assert "Your answers" not in typist.text
    assert held.interview.answers == HEALTHY


def test_leaving_while_an_emergency_is_in_force_says_it_again() -> None:
    lines = [number("danger_signs"), "1", "", number("age"), "q", "q"]
    _, typist = talk(*lines, answers=HEALTHY)
    assert typist.text.count("EMERGENCY: GET HELP NOW") == 3, "at once, the result, and on leaving"
