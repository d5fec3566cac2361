"""Two answers on one line: the second is taken only where both are certain."""

from __future__ import annotations

import pytest
from support.typist import talk

WHO, AGE = "Who is this about?", "How old are you?"


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("1 67", {"for_whom": "self", "age": 67}),
        ("me, 67", {"for_whom": "self", "age": 67}),
        ("Me 67 years", {"for_whom": "self", "age": 67}),
        ("2 0", {"for_whom": "other", "age": 0}),
        ("me, I'm 67", {"for_whom": "self", "age": 67}),
        ("someone else, 5 years", {"for_whom": "other", "age": 5}),
    ],
)
def test_both_answers_are_taken_and_the_next_question_is_not_put(
    line: str, answers: dict[str, object]
) -> None:
    held, typist = talk(line, "q", "q")
    assert held.interview.answers == answers
    assert WHO in typist.text
    assert AGE not in typist.text


@pytest.mark.parametrize("line", ["67", "1 400", "3 67", "1 b", "1 ?67", "me my son 5", "1 67 5"])
def test_a_line_that_is_not_certain_gives_neither(line: str) -> None:
    held, typist = talk(line, "q", "q")
    assert held.interview.answers == {}
    assert AGE not in typist.text


def test_a_line_that_tells_of_two_people_is_asked_back() -> None:
    _, typist = talk("me my son 5", "2", "q", "q")
    refused = typist.text.index('"me my son 5" fits more than one answer: 1 or 2. Please give the number.')
    assert refused < typist.text.rindex(WHO) < typist.text.index("How old are they?")
    held, typist = talk("me, my calf cramps, I'm 45", "y", "q", "q")
    assert held.interview.answers["age"] == 45, "one person in both"


def test_the_first_answer_alone_is_enough() -> None:
    held, typist = talk("1", "67", "q", "q")
    assert held.interview.answers == {"for_whom": "self", "age": 67}
    assert AGE in typist.text


def test_back_takes_the_two_back_one_after_the_other() -> None:
    held, _ = talk("1 67", "b", "40", "q", "q")
    assert held.interview.answers == {"for_whom": "self", "age": 40}
    held, _ = talk("1 67", "b", "b", "2 40", "q", "q")
    assert held.interview.answers == {"for_whom": "other", "age": 40}


def test_after_going_back_both_can_be_given_again() -> None:
    held, typist = talk("1 67", "b", "b", "2 5", "q", "q")
    assert held.interview.answers == {"for_whom": "other", "age": 5}
    assert "no number" not in typist.text


def test_who_is_told_first_of_a_sentence_can_be_corrected_on_one_line() -> None:
    held, typist = talk("i'm 67 with cramp in my left calf", "y", *"bbbbbb", "1 20", "q", "q")
    assert "There is no number 20" not in typist.text
    assert held.interview.answers["age"] == 20
