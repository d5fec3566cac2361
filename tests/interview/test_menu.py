"""The menu under the result: each key does what it says, and the verdict stands above it again."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage import assess
from triage.interview.afterwards.menu import MENU
from triage.interview.interview import Interview
from triage.interview.outcome import most_urgent

HOME = "Look after it at home"
MENU_LINE = f"{HOME} m all advice"
"""The verdict, and the menu under it."""
NIGHT = {**HEALTHY, "timing": ["at_night"]}
LONG = {**HEALTHY, "episode_seconds": 900}
STROKE = {**HEALTHY, "danger_signs": ["stroke_signs"]}
KEYS = [key for key in MENU if key not in "qaio"]


def after(*lines: str, answers: dict[str, Any] = NIGHT) -> str:
    """What is said after the result."""
    _, typist = talk(*lines, answers=answers)
    return typist.text.split("More? ", 1)[1]


@pytest.mark.parametrize("key", KEYS)
def test_after_each_reply_the_verdict_stands_above_the_menu_again(key: str) -> None:
    held, typist = talk(key, answers=NIGHT)
    assert typist.text.count(MENU_LINE) == 2
    assert held.interview.answers == NIGHT


def test_m_gives_all_advice() -> None:
    said = after("m")
    found = assess(KNOWLEDGE, NIGHT)
    for text in (*(step.how for step in found.steps), *found.watch_for):
        assert text in said


def test_w_gives_the_reasons_and_no_codes() -> None:
    said = after("w")
    for reason in assess(KNOWLEDGE, NIGHT).reasons:
        assert reason.because in said
        assert reason.rule not in said


def test_w_says_what_is_in_doubt() -> None:
    said = after("w", answers={**HEALTHY, "warning_signs": ["?fever"]})
    assert KNOWLEDGE.laws.not_sure in said
    assert KNOWLEDGE.label_of("warning_signs.fever") in said


def test_c_gives_the_possible_causes() -> None:
    said = after("c")
    for cause in assess(KNOWLEDGE, NIGHT).causes:
        assert f"{cause.name}. {cause.text}" in said
    assert "not a diagnosis" in said


def test_n_says_why_not_sooner_and_why_not_later() -> None:
    said = after("n", answers=LONG)
    found = assess(KNOWLEDGE, LONG)
    assert 'Why not sooner ("Emergency: get help now")?' in said
    assert 'Why not later ("See a doctor")? This speaks against it:' in said
    assert found.reasons[0].because in said


@pytest.mark.parametrize(("answers", "end"), [(NIGHT, "less urgent"), (STROKE, "more urgent")])
def test_n_knows_the_ends_of_the_ladder(answers: dict[str, Any], end: str) -> None:
    _, typist = talk(*([""] if answers == STROKE else []), "n", answers=answers)
    assert f"Nothing is {end} than this." in typist.text


def test_i_tells_what_another_answer_would_bring_and_changes_nothing() -> None:
    place = str(list(NIGHT).index("episode_seconds") + 1)
    held, typist = talk("i", place, "15 min", answers=NIGHT)
    assert "It would be: Get medical help today." in typist.text
    assert "Your answers are as they were." in typist.text
    assert held.interview.answers == NIGHT
    assert typist.text.count(MENU_LINE) == 2


def test_i_goes_through_the_groups_of_a_list() -> None:
    place = str(list(NIGHT).index("danger_signs") + 1)
    held, typist = talk("i", place, "3", "1", answers=NIGHT)
    assert typist.text.index("> 3 Which?") < typist.text.index("> 1") < typist.text.index("It would be: ")
    assert "It would be: Emergency: get help now." in typist.text
    assert "You can stop here" not in typist.text, "nothing is so"
    assert held.interview.answers == NIGHT


def test_i_tells_what_would_be_asked() -> None:
    place = str(list(NIGHT).index("conditions") + 1)
    _, typist = talk("i", place, "pregnant", "1", answers={**NIGHT, "age": 30})
    assert "It would be: Not enough is known yet." in typist.text
    assert typist.text.count("This would be asked: ") == 1


@pytest.mark.parametrize("typed", ["99", "0", "hm", ""])
def test_i_without_an_answer_of_the_list_goes_back_to_the_menu(typed: str) -> None:
    held, typist = talk("i", typed, answers=NIGHT)
    assert typist.text.count(MENU_LINE) == 2
    assert held.interview.answers == NIGHT


def test_p_shows_the_note() -> None:
    said = after("p")
    assert "NOTE FOR THE DOCTOR" in said
    assert f"{KNOWLEDGE.questions['age'].ask} 35 years" in said


@pytest.mark.parametrize("typed", ["how", "why not emergency", "what if episode_seconds=15 min"])
def test_the_old_commands_are_understood(typed: str) -> None:
    assert "Please type one of the letters" not in after(typed)


def test_a_offers_what_was_not_answered() -> None:
    answers = {name: NIGHT[name] for name in ("for_whom", "age")}
    lines = ["s"] * 40
    _, typist = talk(*lines, answers=answers)
    assert "Not enough is known yet m all advice" in typist.text
    _, typist = talk(*["s"] * typist.text.count("> s"), "a", answers=answers)
    listed = typist.text[typist.text.rindex("Your answers") :]
    for name in assess(KNOWLEDGE, answers).questions:
        assert KNOWLEDGE.questions[name].ask in listed


# Another complaint.


def test_about_another_complaint_nothing_is_asked_of_the_person_again() -> None:
    _, typist = talk("o", *["s"] * 30, answers=NIGHT)
    asked = typist.text[typist.text.index("Another complaint.") :]
    assert "Question 1/" in asked
    for name in ("site", "feels"):
        assert KNOWLEDGE.questions[name].ask in asked
    for name in ("for_whom", "age", "conditions", "nerve_conditions", "medicines"):
        assert KNOWLEDGE.questions[name].ask not in asked
    interview = Interview(KNOWLEDGE, NIGHT).of_another_complaint()
    assert {name for name in interview.answers if not KNOWLEDGE.questions[name].shared} == set()
    assert interview.findings["danger_signs.stroke_signs"] == "no"


def test_the_more_urgent_of_two_complaints_wins_and_is_told() -> None:
    _, typist = talk("o", "s", "hiccups", *["s"] * 30, "w", answers=LONG)
    said = typist.text[typist.text.index("Another complaint.") :]
    assert "> hiccups 3/" in said, "taken"
    assert "Before, for the other complaint: Get medical help today. The more urgent holds:" in said
    assert "Get medical help today m all advice" in said


def test_what_cannot_be_judged_is_no_all_clear_beside_another() -> None:
    home, unknown, doctor = (
        Interview(KNOWLEDGE, answers)
        for answers in (HEALTHY, {"for_whom": "self"}, {**HEALTHY, "warning_signs": ["fever"]})
    )
    assert most_urgent([home, unknown]).disposition == "undetermined"
    assert most_urgent([unknown, doctor]).disposition == doctor.assessment().disposition


def test_the_order_of_complaints_does_not_matter() -> None:
    interviews = [Interview(KNOWLEDGE, answers) for answers in (HEALTHY, LONG, {"for_whom": "self"})]
    assert {most_urgent(order).disposition for order in permutations(interviews)} == {"urgent"}


def test_in_an_emergency_another_complaint_waits() -> None:
    _, typist = talk("", "o", answers=STROKE)
    assert "Please get help first. The other complaint can wait." in typist.text
    assert "Another complaint." not in typist.text


# Leaving.


@pytest.mark.parametrize("typed", [("q",), ("", ""), ("exit",)])
def test_whoever_leaves_in_an_emergency_is_told_again(typed: tuple[str, ...]) -> None:
    _, typist = talk("", *typed, answers=STROKE)
    assert typist.text.count("EMERGENCY: GET HELP NOW") == 3, "at once, the result, and on leaving"
    assert typist.text.rindex("EMERGENCY: GET HELP NOW") > typist.text.rindex("More? ")


def test_whoever_leaves_otherwise_is_told_nothing_more() -> None:
    assert after("q") == "> q"
