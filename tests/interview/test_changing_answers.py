"""Answers changed after the result: asked as at first, with all that hangs on them, and the result anew."""

from __future__ import annotations

from typing import Any

import pytest
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage import assess
from triage.interview.interview import Interview

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


@pytest.mark.parametrize("name", list(HEALTHY))
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


@pytest.mark.parametrize("typed", ["0", "99", "015", "-1", "1 2", "s", "change 1"])
def test_what_is_no_answer_of_the_list_changes_nothing(typed: str) -> None:
    held, typist = talk(typed, "q", answers=HEALTHY)
    assert typist.text.count("Please type one of the letters") == 1
    assert typist.text.count(MORE) == 1
    assert held.interview.answers == HEALTHY


@pytest.mark.parametrize("typed", ["q", "quit", "exit", "Q"])
def test_enough_is_enough(typed: str) -> None:
    held, typist = talk(typed, "a", answers=HEALTHY)
    assert typist.line == 1
    assert "Your answers" not in typist.text
    assert held.interview.answers == HEALTHY


def test_enter_alone_says_how_to_leave_and_leaves_only_when_it_comes_again() -> None:
    held, typist = talk("", "a", "", "w", "", "", "a", answers=HEALTHY)
    assert typist.line == 6, "Enter twice in a row leaves"
    assert typist.text.count("Press Enter once more, or q, to leave.") == 3
    assert "not kept" not in typist.text, "nothing is new"
    assert held.interview.answers == HEALTHY
    _, typist = talk(number("age"), "40", "", answers=HEALTHY)
    assert "Your answers are not kept yet" in typist.text
    _, typist = talk(number("age"), "40", "", answers=HEALTHY, kept=True)
    assert "Your answers are not kept yet" not in typist.text


def test_enter_alone_ends_a_script() -> None:
    _, typist = talk("", "a", answers=HEALTHY, interactive=False)
    assert typist.line == 1


def test_leaving_while_an_emergency_is_in_force_says_it_again() -> None:
    lines = [number("danger_signs"), "1", "1", "", number("age"), "q", "q"]
    _, typist = talk(*lines, answers=HEALTHY)
    assert typist.text.count("EMERGENCY: GET HELP NOW") == 3, "at once, the result, and on leaving"


def completed(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers, and whatever else is asked answered by the first that it offers, a list by none."""
    interview = Interview(KNOWLEDGE, answers=answers, way=tuple(answers))
    while question := interview.next():
        given = {"checklist": "none", "yes_no": "no", "number": question.minimum}.get(question.kind)
        interview = interview.answer(question.id, question.options[0].id if given is None else given)
    return dict(interview.answers)


TICKED = completed({**HEALTHY, "site": ["calf", "hand"], "conditions": ["diabetes"]})


def ticked(name: str) -> str:
    """The number of an answer of the person whose lists hold something."""
    return str(list(TICKED).index(name) + 1)


def test_a_list_comes_back_with_what_was_said_at_every_step() -> None:
    held, typist = talk(ticked("site"), "1 3", answers=TICKED)
    listed = typist.said[typist.said.index("> 1 3") :]
    for label in map(KNOWLEDGE.label_of, ("site.calf", "site.hand")):
        assert sum(line.endswith(f" {label} - you said yes") for line in listed) == 1
    assert "Enter keeps what is marked" in listed
    assert sum("you said yes" in line for line in listed) == 2
    held, _ = talk(ticked("site"), "1 3", "", answers=TICKED)
    assert held.interview.answers["site"] == TICKED["site"]


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("danger_signs", ["1", ""]),
        ("danger_signs", ["1", "", ""]),
        ("warning_signs", ["yes", ""]),
        ("warning_signs", ["yes", "1", ""]),
        ("site", ["4", ""]),
        ("site", ["1 3 4", ""]),  # the first and the third are marked
    ],
)
def test_enter_does_not_make_none_of_what_was_just_chosen(name: str, chosen: list[str]) -> None:
    held, typist = talk(ticked(name), *chosen, answers=TICKED)
    assert "Enter keeps: none of these" not in typist.text
    assert typist.text.count(HOME) == 1, "the question still waits"
    held, _ = talk(ticked(name), *chosen, "1", *([] if "1" in chosen else ["1"]), answers=TICKED)
    assert "yes" in {held.interview.findings.get(each) for each in KNOWLEDGE.questions[name].findings}


def test_what_is_typed_takes_the_place_of_what_is_marked() -> None:
    held, _ = talk(ticked("site"), "1 3", "1", answers=TICKED)
    assert held.interview.answers["site"] != TICKED["site"]
    assert len(held.interview.answers["site"]) == 1


def test_a_list_that_holds_something_comes_back_as_the_list() -> None:
    held, typist = talk(ticked("conditions"), answers=TICKED)
    assert KNOWLEDGE.questions["conditions"].ask in typist.text
    assert "you said yes" in typist.text
    assert held.interview.findings["conditions.diabetes"] == "yes"


def test_a_mark_of_not_sure_comes_back_as_such() -> None:
    _, typist = talk(number("conditions"), answers=completed({**HEALTHY, "conditions": ["?diabetes"]}))
    assert "you said not sure" in typist.text
    assert "you said yes" not in typist.text


@pytest.mark.parametrize("name", list(HEALTHY))
def test_back_from_an_answer_to_change_changes_nothing(name: str) -> None:
    held, typist = talk(number(name), "b", answers=HEALTHY)
    assert held.interview.answers == HEALTHY
    assert "Nothing is changed." in typist.text
    assert typist.text.count(MORE) == 2


def test_back_from_what_a_change_asks_leads_to_the_changed_answer() -> None:
    held, typist = talk(number("lately"), "operation_or_bed_rest", "none", "b", answers=HEALTHY)
    assert typist.text.rindex(KNOWLEDGE.questions["lately"].ask) > typist.text.rindex(
        KNOWLEDGE.questions["cast_signs"].ask
    )
    assert {**HEALTHY, **held.interview.answers}.keys() == HEALTHY.keys()


def test_the_numbers_of_the_answers_stay_after_a_change() -> None:
    held, _ = talk(number("age"), "40", "a", answers=HEALTHY)
    assert list(held.interview.way) == list(HEALTHY)
