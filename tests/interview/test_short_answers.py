"""A few words at a list that name no line of it: what they can mean is asked back, and nothing is taken."""

from __future__ import annotations

import pytest
from support.typist import talk

CALF = {
    "for_whom": "self",
    "age": 45,
    "site": ["calf"],
    "feels": ["painful_tightening"],
    "danger_signs": "none",
    "limb_signs": "none",
    "warning_signs": "none",
    "lately": "none",
    "conditions": "none",
    "medicines": "none",
    "nerve_conditions": "none",
}
DURING, AFTER = "1 During exercise or hard work", "2 In the hours after exercise"


@pytest.mark.parametrize("typed", ["running", "races", "my runs", "football", "marathon"])
def test_an_activity_is_asked_back_as_what_it_can_mean(typed: str) -> None:
    held, typist = talk(typed, "2", answers=CALF)
    assert f'You wrote "{typed}". Which of these is it? {DURING} {AFTER}' in typist.text
    assert "not among the answers" not in typist.text
    assert held.interview.findings["timing.after_exercise"] == "yes"
    assert "timing.during_exercise" not in held.interview.findings


@pytest.mark.parametrize("typed", ["none", "not sure"])
def test_nothing_is_taken_where_it_is_neither(typed: str) -> None:
    held, _ = talk("running", typed, answers=CALF)
    assert not [name for name in held.interview.findings if name.startswith("timing.")]


def test_what_tells_something_is_heard_as_before() -> None:
    held, typist = talk("when I run", answers=CALF)
    assert "Which of these is it?" not in typist.text
    assert held.interview.findings["timing.during_exercise"] == "yes"


@pytest.mark.parametrize("typed", ["stairs", "I do not like running at all"])
def test_what_means_none_of_it_is_refused(typed: str) -> None:
    _, typist = talk(typed, answers=CALF)
    assert "Which of these is it?" not in typist.text
