"""Signs of danger behind one first prompt: it names the kind of each, so that no "none" hides one unread."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage.inference.truth import Missing
from triage.interview.interview import Interview
from triage.knowledge.model import NO, YES, Question

BEHIND = [each for each in KNOWLEDGE.questions.values() if each.red_flags and each.first_ask]
"""The lists with signs of danger that a first prompt stands before."""
SITES = [each.id for each in KNOWLEDGE.questions["site"].options]
EMERGENCY = "EMERGENCY: GET HELP NOW"


def before(site: str, *names: str) -> dict[str, Any]:
    """What a person with trouble there has said when the nearer and slower signs are due."""
    return {
        **{name: HEALTHY[name] for name in ("for_whom", "age", "feels", "danger_signs", *names)},
        "site": [site],
    }


def test_the_first_list_of_dangers_to_life_stands_behind_no_other_prompt() -> None:
    assert {each.id for each in BEHIND} == {"limb_signs", "warning_signs"}
    assert not KNOWLEDGE.questions["danger_signs"].first_ask


@pytest.mark.parametrize("site", SITES)
def test_the_kind_of_every_sign_that_none_would_deny_is_read_first(site: str) -> None:
    answers = before(site, "lately", "conditions", "nerve_conditions", "medicines")
    interview = Interview(KNOWLEDGE, answers)
    held, typist = talk("none", "none", answers=answers)
    reads = typist.text.split("> none")
    jointly = all(each.first_line in reads[0] for each in BEHIND)
    for place, question in enumerate(BEHIND):  # what a window cannot show together is asked one by one
        read = reads[0] if jointly else reads[place]
        assert (question.first_line if jointly else question.first_ask) in read
        items = interview.items(question.id)
        denied = {each for each in items if held.interview.findings.get(f"{question.id}.{each}") == NO}
        assert denied == set(items)
        assert all(interview.word(option.group) in read for option in question.options if option.id in denied)


@pytest.mark.parametrize("question", BEHIND, ids=lambda each: each.id)
def test_a_list_alone_names_its_kinds_too(question: Question) -> None:
    others = {each.id for each in BEHIND} - {question.id}
    answers = before("calf", *others)
    _, typist = talk("no", answers=answers)
    read = typist.text[: typist.text.index("> no")]
    assert question.first_ask in read
    interview = Interview(KNOWLEDGE, answers)
    shown = interview.items(question.id)
    assert all(interview.word(option.group) in read for option in question.options if option.id in shown)


@pytest.mark.parametrize("name", [each.id for each in KNOWLEDGE.questions.values() if each.red_flags])
def test_no_two_kinds_of_a_list_say_the_same(name: str) -> None:
    """Each part of a kind stands in one kind: whoever reads it twice wonders what the difference is."""
    kinds = dict.fromkeys(each.group for each in KNOWLEDGE.questions[name].options if each.group)
    parts = [re.sub(r"[^a-z ]", "", part.lower()).strip() for kind in kinds for part in kind.split(";")]
    assert [part for part in parts if parts.count(part) > 1] == []


def test_each_list_is_asked_with_no_list_of_another_matter() -> None:
    _, typist = talk("none", answers=before("calf"))
    read = typist.text[: typist.text.index("> none")]
    assert all(each.first_line in read for each in BEHIND)
    assert KNOWLEDGE.questions["medicines"].first_line not in read


@pytest.mark.parametrize(
    ("typed", "value"), [("1", YES), ("?1", Missing.UNKNOWN), ("not sure", Missing.UNKNOWN)]
)
def test_so_and_not_sure_open_the_list_and_nothing_is_denied_before(typed: str, value: object) -> None:
    held, typist = talk(typed, answers=before("calf"))
    assert KNOWLEDGE.questions["limb_signs"].ask in typist.text
    assert "limb_signs" not in held.interview.answers
    mark = "?" if value is Missing.UNKNOWN else ""
    held, typist = talk(typed, f"{mark}4", "not sure", answers=before("calf"))
    assert held.interview.findings["limb_signs.dark_urine"] == value
    assert (EMERGENCY in typist.text) is (value == YES)


def test_an_emergency_of_the_nearer_signs_is_told_before_the_slower_ones_are_asked() -> None:
    _, typist = talk("1 2", "4", "", answers=before("calf"))
    assert EMERGENCY in typist.text
    assert KNOWLEDGE.questions["warning_signs"].ask not in typist.text


@pytest.mark.parametrize("said", ["yes", "no", "not sure"])
def test_a_sign_in_own_words_is_asked_about_once_and_the_rest_of_its_list_after_it(said: str) -> None:
    held, typist = talk("my pee is like cola", said, *["no"] * (said == "not sure"), answers=before("calf"))
    of_limbs = KNOWLEDGE.questions["limb_signs"]
    assert typist.text.count(of_limbs.confirm) == typist.text.count("You wrote") == 1
    rest = typist.text[typist.text.index(of_limbs.confirm) :]
    assert (of_limbs.first_ask in rest) is (said != "yes"), "an emergency comes before the rest"
    assert (EMERGENCY in rest) is (said == "yes")
    assert "Do you mean" not in typist.text
    finding = "limb_signs.dark_urine"
    assert finding in held.interview.findings
    assert "warning_signs" not in held.interview.answers, "words deny nothing of the other list"


def test_whoever_is_not_understood_there_hears_whom_to_call() -> None:
    _, typist = talk("blurgh", answers=before("calf"))
    assert "call your local emergency number now" in typist.text
