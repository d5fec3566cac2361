"""In a window of 40 columns and 20 lines every line fits, and what is asked stands in sight of the answer."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import pairwise

import pexpect
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import Typist

from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.interview.terminal import OutOfInput

COLUMNS, LINES = 40, 20
LOW = 13  # most lists fit in 20 lines
IS_LONG = "Longer than your window"


def prompts(window: Typist) -> list[list[str]]:
    """What was said before each line was awaited."""
    places = [-1, *(place for place, text in enumerate(window.said) if text == "> ")]
    return [window.said[before + 1 : after] for before, after in pairwise(places)]


def test_what_is_asked_stands_in_sight_of_the_answer() -> None:
    lines = ["1 45", "leg", "calf", "1", *["none"] * 9]
    window = Typist(lines, width=COLUMNS, height=LOW)
    talk = Conversation(window, Interview(KNOWLEDGE))
    with suppress(OutOfInput):
        Course(talk).hold()
    questions = KNOWLEDGE.questions.values()
    asks = [ask for each in questions for ask in (each.ask, each.first_ask) if ask] + ["Any of these?"]
    long = [" ".join(said[-LOW + 1 :]) for said in prompts(window) if IS_LONG in " ".join(said)]
    assert len(long) > 2, "such lists there are"
    assert all(any(ask in seen for ask in asks) for seen in long)
    assert max(map(len, window.said)) <= COLUMNS


def test_kinds_of_danger_that_the_window_cannot_show_together_are_asked_one_after_the_other() -> None:
    for height, together in ((24, True), (LINES, False)):
        window = Typist(
            ["1 45", "leg", "calf", "1", *["none"] * 9], width=80 if together else COLUMNS, height=height
        )
        talk = Conversation(window, Interview(KNOWLEDGE))
        with suppress(OutOfInput):
            Course(talk).hold()
        kinds = [
            each.first_line for each in KNOWLEDGE.questions.values() if each.first_line and each.red_flags
        ]
        seen = [{kind for kind in kinds if any(kind in line for line in said)} for said in prompts(window)]
        assert ({*kinds} in seen) is together
        asked = [
            each.first_ask for each in KNOWLEDGE.questions.values() if each.first_line and each.red_flags
        ]
        assert all(ask in window.text.replace("\n", " ") for ask in asked) is not together


def test_a_list_that_fits_is_asked_once() -> None:
    window = Typist(["1 45", "1"], width=80, height=40)
    talk = Conversation(window, Interview(KNOWLEDGE, {"for_whom": HEALTHY["for_whom"]}))
    with suppress(OutOfInput):
        Course(talk).hold()
    assert IS_LONG not in window.text


def test_nothing_is_cut_at_the_edge_of_a_real_terminal() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    window = pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never"],
        timeout=30,
        env={**environment, "TERM": "xterm"},
        dimensions=(LINES, COLUMNS),
        encoding="utf-8",
    )
    for typed in ("1 45", "leg", "calf", "1", "6", "", "w", "q"):
        window.expect("\n(>|More\\?) ")
        assert max(map(len, (window.before or "").splitlines()[1:])) < COLUMNS
        window.sendline(typed)
    window.expect(pexpect.EOF)
    assert "EMERGENCY: GET HELP NOW" in (window.before or "")
    window.close()
