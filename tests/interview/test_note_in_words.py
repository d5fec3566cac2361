"""The note for the doctor holds what was told, whichever door it came by."""

from __future__ import annotations

from typing import Any

from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

SENTENCE = "both my thighs cramp and my urine is as brown as cola, I am 30 and I take atorvastatin"


def note(*lines: str, **options: Any) -> str:
    """What the key p shows after some lines."""
    _, typist = talk(*lines, "p", "q", **options)
    return typist.text.partition("NOTE FOR THE DOCTOR")[2].partition("Made by rules")[0]


def test_a_sentence_that_an_emergency_broke_off_stands_in_the_note() -> None:
    assert f'In own words, as typed: - "{SENTENCE}"' in note(SENTENCE, "y", "")


def test_what_was_confirmed_and_what_was_not_understood_stand_in_the_note() -> None:
    told = "my left calf cramps at night, I am 45, and a flibber"
    shown = note(told, "none", "none", "none", "y", *["s"] * 40)
    assert f'"{told}"' in shown
    assert "How old are you? 45" in shown
    assert "Where is it? Calf" in shown


def test_a_sentence_after_the_result_stands_in_the_note() -> None:
    assert '"my jaw is stiff since today"' in note("my jaw is stiff since today", "y", "", answers=HEALTHY)


def test_an_answer_to_a_question_is_no_sentence() -> None:
    assert "In own words" not in note("1", "45", *["s"] * 40)


def test_the_note_holds_every_complaint() -> None:
    _, typist = talk("o", *["s"] * 40, "p", "q", answers=HEALTHY)
    assert typist.text.count("NOTE FOR THE DOCTOR") == 2


def test_who_goes_back_among_the_signs_that_come_first_is_asked_the_one_before_again() -> None:
    told = "my left calf cramps at night, I am 45, and a flibber"
    first, second, third = (
        KNOWLEDGE.questions[name] for name in ("danger_signs", "limb_signs", "warning_signs")
    )
    _, typist = talk(told, "b", "none", "b", "none", "none")
    asked = [text for text in typist.said if text in (first.ask, second.first_ask, third.first_ask)]
    assert asked == [first.ask] * 2 + [second.first_ask, first.ask, second.first_ask, third.first_ask]
