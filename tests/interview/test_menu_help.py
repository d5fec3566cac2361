"""The menu under the result: help at any time, and long texts that stop where the window ends."""

from __future__ import annotations

import pytest
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage.interview.afterwards.menu import HELP, MENU

GOES_ON = "Enter for more, q to stop:"


@pytest.mark.parametrize("typed", ["?", "help"])
def test_help_says_what_each_key_gives(typed: str) -> None:
    held, typist = talk(typed, "q", answers=HEALTHY)
    assert HELP.keys() == MENU.keys()
    assert all(text in typist.text for text in HELP.values())
    assert held.interview.answers == HEALTHY


def test_one_key_is_explained() -> None:
    _, typist = talk("w?", "q", answers=HEALTHY)
    assert HELP["w"] in typist.text
    assert HELP["p"] not in typist.text


def test_the_question_of_an_answer_is_explained() -> None:
    held, typist = talk("2?", "q", answers=HEALTHY)
    assert f"Why it is asked: {KNOWLEDGE.questions[list(HEALTHY)[1]].why}" in typist.text
    assert held.interview.answers == HEALTHY


def test_back_says_where_the_answers_are() -> None:
    held, typist = talk("b", "q", answers=HEALTHY)
    assert "Type a to see your answers; a number changes one." in typist.text
    assert held.interview.answers == HEALTHY


def test_a_long_text_stops_where_the_window_ends() -> None:
    _, typist = talk("m", "", "", "", "", "q", answers=HEALTHY, pages=True)
    begin, end = typist.said.index("> m"), next(n for n, line in enumerate(typist.said) if GOES_ON in line)
    assert end - begin <= typist.height
    assert typist.text.count(GOES_ON) > 1


def test_q_leaves_a_long_text_for_the_menu() -> None:
    _, typist = talk("m", "q", "w", "q", answers=HEALTHY, pages=True)
    assert typist.text.count(GOES_ON) == 1
    assert "The rest is left out." in typist.text
    assert typist.line == 4, "the menu goes on"


def test_a_danger_typed_between_pages_is_asked_about() -> None:
    held, _ = talk("m", "my jaw is stiff since today", "yes", "q", answers=HEALTHY, pages=True)
    assert held.interview.findings["danger_signs.stiff_jaw"] == "yes"


def test_nothing_stops_in_a_pipe() -> None:
    _, typist = talk("m", "q", answers=HEALTHY)
    assert GOES_ON not in typist.text


def test_a_line_that_is_cut_is_said_to_be() -> None:
    _, typist = talk("my calf cramps at night " + "and it goes on " * 300, "y")
    assert "only the first 4,000 letters were read" in typist.text
    _, typist = talk("my calf cramps at night", "y")
    assert "letters were read" not in typist.text
