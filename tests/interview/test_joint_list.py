"""One list asks which of several long lists are needed: nothing is lost by it, nothing taken unsaid."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.reading_load import reading_load
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage import assess
from triage.inference.answers.intake import read_answers
from triage.inference.truth import Missing
from triage.interview.interview import Interview
from triage.knowledge.model import NO, YES

BEFORE = {
    name: answer
    for name, answer in HEALTHY.items()
    if not KNOWLEDGE.questions[name].first_line or KNOWLEDGE.questions[name].red_flags
}
"""All that the healthy person answers but the lists without signs of danger."""
LISTS = [each.id for each in Interview(KNOWLEDGE, BEFORE).outlook().askable if each.first_line]
EMERGENCY = "EMERGENCY: GET HELP NOW"
AGAIN = "You are not sure about this one, and it matters."
JOINT = "Any of these?"
COUNTERS = re.compile(r"(?<!\S)(?:Question )?\d+/\d+(?!\S)")
"""Which question of how many, as it stands above each."""


def number(name: str) -> str:
    """The number of a list's line."""
    return str(LISTS.index(name) + 1)


def latest(said: str) -> str:
    """What is said from the counter of the latest question on."""
    return said[[*COUNTERS.finditer(said)][-1].start() :]


def of_lists(answers: Any) -> dict[str, Any]:
    return {name: answer for name, answer in answers.items() if name in LISTS}


def outcome(answers: Any) -> dict[str, Any]:
    """What batch gives for some answers."""
    return dict(assess(KNOWLEDGE, answers, "intake").record())


def test_the_lists_are_those_that_have_a_line() -> None:
    assert sorted(LISTS) == ["conditions", "lately", "medicines", "nerve_conditions"]


# None, and nothing at all.


@pytest.mark.parametrize("typed", ["none", "no", "none of these"])
def test_none_is_none_at_each_list(typed: str) -> None:
    held, typist = talk(typed, answers=BEFORE)
    alone = Interview(KNOWLEDGE, BEFORE)
    for name in LISTS:
        alone = alone.answer_items(name, dict.fromkeys(alone.items(name), NO))
    assert held.interview.findings == alone.findings
    assert set(of_lists(held.interview.answers)) == set(LISTS)
    found = held.interview.assessment()
    assert found.record() == outcome(held.interview.answers)
    whole = assess(KNOWLEDGE, HEALTHY, "intake")
    assert (found.disposition, found.soon, found.steps) == (whole.disposition, whole.soon, whole.steps)
    assert typist.text.count(JOINT) == 1
    assert len(COUNTERS.findall(typist.text)) == 1


def test_skipping_leaves_every_list_open_and_reassures_nobody() -> None:
    held, typist = talk(*["s"] * 9, "a", answers=BEFORE)
    assert not of_lists(held.interview.answers)
    assert held.interview.skipped > set(LISTS), "and what hangs on them"
    assert held.interview.assessment().record() == outcome(BEFORE)
    assert held.interview.assessment().disposition == "undetermined"
    assert typist.text[typist.text.index("Your answers") :].count("skipped") == len(held.interview.skipped)


@pytest.mark.parametrize(
    "typed", ["5", "99", "0 1", "?5", "5?", "5 not sure", "1 5", "1, atorvastatin", "yes", "y", "", "perhaps"]
)
def test_what_is_no_line_and_no_name_takes_nothing(typed: str) -> None:
    held, typist = talk(typed, answers=BEFORE)
    assert not of_lists(held.interview.answers)
    assert len(COUNTERS.findall(typist.text)) == 1
    held, typist = talk(typed, "none", answers=BEFORE)
    assert set(of_lists(held.interview.answers)) == set(LISTS)
    assert "LOOK AFTER IT AT HOME" in typist.text


def test_a_script_that_is_not_understood_ends_there() -> None:
    held, typist = talk("perhaps", "none", answers=BEFORE, interactive=False)
    assert f"Line 1 was not understood at the question {LISTS[0]}" in typist.text
    assert not of_lists(held.interview.answers)


# Numbers.


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("mark", ["", "?"])
def test_a_number_has_its_list_asked_at_once_and_the_others_are_none(name: str, mark: str) -> None:
    held, typist = talk(f"{mark}{number(name)}", answers=BEFORE)
    question = KNOWLEDGE.questions[name]
    assert set(of_lists(held.interview.answers)) == {*LISTS} - {name}
    assert set(held.interview.findings.values()) >= {NO}
    assert all(
        held.interview.findings.get(finding, NO) == NO
        for other in LISTS
        for finding in KNOWLEDGE.questions[other].findings
    )
    asked = latest(typist.text)
    assert question.ask in asked
    assert question.first_ask not in typist.text, "it has been said that something is so"


def test_several_numbers_are_asked_in_turn() -> None:
    typed = f"{number('medicines')} {number('conditions')}"
    held, typist = talk(typed, "diabetes", "none", "Lipitor", "none", answers=BEFORE)
    assert held.interview.findings["conditions.diabetes"] == YES
    assert held.interview.findings["medicines.statin"] == YES
    assert held.interview.answers["nerve_conditions"] == "none"
    first, second = (typist.text.index(KNOWLEDGE.questions[name].ask) for name in ("conditions", "medicines"))
    assert first < second


def test_not_sure_has_every_list_asked() -> None:
    held, typist = talk("not sure", *["not sure"] * 12, answers=BEFORE)
    assert all(KNOWLEDGE.questions[name].ask in typist.text for name in LISTS)
    assert all(
        any(
            held.interview.findings.get(each) is Missing.UNKNOWN
            for each in KNOWLEDGE.questions[name].findings
        )
        for name in LISTS
    )
    assert held.interview.assessment().record() == outcome(held.interview.answers)
    assert held.interview.assessment().disposition != "self_care"


# Words.


@pytest.mark.parametrize(
    ("typed", "finding"),
    [
        ("Lipitor", "medicines.statin"),
        ("atorvastatin", "medicines.statin"),
        ("furosemide, warfarin", "medicines.blood_thinner"),
        ("diabetes", "conditions.diabetes"),
        ("sweating a lot", "lately.heavy_sweating"),
    ],
)
def test_a_name_counts_and_the_rest_of_its_list_is_asked(typed: str, finding: str) -> None:
    name = finding.partition(".")[0]
    held, typist = talk(typed, answers=BEFORE)
    assert held.interview.findings[finding] == YES
    assert NO not in {held.interview.findings.get(each) for each in KNOWLEDGE.questions[name].findings}
    assert set(of_lists(held.interview.answers)) == {name}, "the other lists are still to be asked"
    assert "Any other of these?" in typist.text
    held, typist = talk(typed, "none", "none", answers=BEFORE)
    assert held.interview.findings[finding] == YES
    assert set(of_lists(held.interview.answers)) == set(LISTS)
    assert typist.text.count(JOINT) == 2, "once more for the other lists"
    assert held.interview.assessment().record() == outcome(held.interview.answers)


@pytest.mark.parametrize("typed", ["sciatica", "my sciatica", "sciatica, diabetes"])
def test_words_rule_no_list_out(typed: str) -> None:
    held, _ = talk(typed, "y", answers=BEFORE)
    said = {value for name, value in held.interview.findings.items() if name.partition(".")[0] in LISTS}
    assert NO not in said
    held, _ = talk(typed, "y", *["none"] * 6, answers=BEFORE)
    assert set(of_lists(held.interview.answers)) == set(LISTS), "each of them was asked"


def test_a_word_of_a_line_chooses_it() -> None:
    held, typist = talk("sciatica", "none", "none", answers=BEFORE)
    assert "Taken as: Illness of nerves, spine, muscles or bones" in typist.text
    assert typist.text.count(JOINT) == 2, "once more for the other lists"
    assert set(of_lists(held.interview.answers)) == set(LISTS)


def test_a_question_about_a_name_takes_nothing_and_shows_what_waits_for_an_answer() -> None:
    held, typist = talk("atorvastatin?", answers=BEFORE)
    assert not of_lists(held.interview.answers)
    explained = typist.text.index("Nothing is taken for an answer yet.")
    assert typist.text.index("> atorvastatin?") < explained
    assert typist.text.rindex(KNOWLEDGE.questions["medicines"].first_ask) > explained


# Questions, back, leaving.


def test_a_question_mark_explains_every_line_and_takes_nothing() -> None:
    held, typist = talk("?", f"{number('medicines')}?", answers=BEFORE)
    for name in LISTS:
        assert KNOWLEDGE.questions[name].why in typist.text
    assert typist.text.count(KNOWLEDGE.questions["medicines"].first_ask) == 2
    assert not of_lists(held.interview.answers)


def test_back_at_the_list_goes_to_the_question_before_it() -> None:
    names = ("for_whom", "age", "feels", "site", "danger_signs", "limb_signs", "warning_signs")
    answers = {name: HEALTHY[name] for name in names}
    held, typist = talk("b", "", "none", answers=answers)
    first = typist.text.index(JOINT)
    keeps, second = typist.text.index("Enter keeps: none"), typist.text.rindex(JOINT)
    assert first < typist.text.index(KNOWLEDGE.questions["warning_signs"].first_line) < keeps < second
    assert answers.keys() <= held.interview.answers.keys()
    assert of_lists(held.interview.answers)


@pytest.mark.parametrize("name", LISTS)
def test_back_at_the_first_list_chosen_returns_to_the_choice(name: str) -> None:
    held, typist = talk(number(name), "b", answers=BEFORE)
    assert not of_lists(held.interview.answers), "no list is none unsaid"
    assert typist.text.count(JOINT) == 2
    assert typist.text.count(f" {len(BEFORE) + 1}/") == 2


def test_back_at_a_later_list_returns_to_the_one_before_and_then_to_the_choice() -> None:
    typed = f"{number('medicines')} {number('conditions')}"
    lines = [typed, "diabetes", "none", "b"]
    held, typist = talk(*lines, answers=BEFORE)
    again = latest(typist.text)
    assert KNOWLEDGE.questions["conditions"].ask in again
    assert "Enter keeps: Diabetes" in again
    held, typist = talk(*lines, "", answers=BEFORE)
    assert KNOWLEDGE.questions["medicines"].ask in typist.text[typist.text.index("Enter keeps: Diabetes") :]
    held, typist = talk(*lines, "b", answers=BEFORE)
    assert not of_lists(held.interview.answers), "no list is none unsaid"
    assert "conditions" in held.interview.remembered
    again = latest(typist.text)
    chosen = [KNOWLEDGE.questions[name].first_line for name in ("conditions", "medicines")]
    assert JOINT in again
    assert f"Enter keeps: {chosen[0]}; {chosen[1]}" in again, "the list comes back with its marks"
    assert all(KNOWLEDGE.questions[name].first_line in again for name in LISTS)
    held, _ = talk(*lines, "b", "", "", "none", "none", answers=BEFORE)
    assert held.interview.findings["conditions.diabetes"] == YES
    assert set(of_lists(held.interview.answers)) == set(LISTS)


def test_back_after_a_list_that_was_none_returns_to_that_list() -> None:
    begun = {name: answer for name, answer in BEFORE.items() if name not in ("timing", "frequency")}
    held, typist = talk("none", "b", answers=begun)
    assert typist.text.count(JOINT) == 2
    assert "Enter keeps: none" in typist.text[typist.text.rindex(JOINT) :]
    assert not of_lists(held.interview.answers)
    held, typist = talk("none", "b", "", "b", "", answers=begun)
    assert typist.text.count(JOINT) == 3
    assert set(of_lists(held.interview.answers)) == set(LISTS)


def test_back_after_a_list_that_was_skipped_returns_to_that_list() -> None:
    begun = {name: answer for name, answer in BEFORE.items() if name not in ("timing", "frequency")}
    held, typist = talk("s", "b", answers=begun)
    assert typist.text.count(JOINT) == 2
    assert not held.interview.skipped


def test_back_over_a_list_keeps_a_danger_that_was_told_since() -> None:
    begun = {name: answer for name, answer in BEFORE.items() if name not in ("timing", "frequency")}
    held, _ = talk("none", "my jaw is stiff", "yes", "b", answers=begun)
    assert held.interview.findings["danger_signs.stiff_jaw"] == YES


def test_back_twice_goes_before_the_list() -> None:
    names = ("for_whom", "age", "feels", "site", "danger_signs", "limb_signs", "warning_signs")
    answers = {name: HEALTHY[name] for name in names}
    held, typist = talk("none", "b", "b", answers=answers)
    again = latest(typist.text)
    assert KNOWLEDGE.questions["warning_signs"].first_ask in again
    assert "Enter keeps: none" in again
    assert JOINT not in again
    assert not of_lists(held.interview.answers)


def test_leaving_at_the_list_is_asked_about_where_something_would_be_lost() -> None:
    _, typist = talk("q", answers=BEFORE)
    assert typist.text.endswith("Quit")
    assert "Your answers are not kept" not in typist.text
    held, typist = talk("Lipitor", "none", "q", "", "none", answers=BEFORE)
    assert typist.text.count("Your answers are not kept") == 1
    assert set(of_lists(held.interview.answers)) == set(LISTS)


@pytest.mark.parametrize("known", LISTS)
def test_a_list_that_was_answered_has_no_line(known: str) -> None:
    _, typist = talk("4", answers={**BEFORE, known: "none"})
    assert JOINT in typist.text
    assert KNOWLEDGE.questions[known].first_line not in typist.text
    assert "There is no number 4." in typist.text


def test_one_list_alone_is_asked_by_yes_or_no() -> None:
    answers = {name: answer for name, answer in HEALTHY.items() if name != "medicines"}
    _, typist = talk("no", answers=answers)
    assert JOINT not in typist.text
    assert KNOWLEDGE.questions["medicines"].first_ask in typist.text
    assert "LOOK AFTER IT AT HOME" in typist.text


# What cannot wait.


def test_an_emergency_of_one_list_is_told_before_the_next_list_is_asked() -> None:
    answers = {**BEFORE, "danger_signs": ["?breathless"]}
    lists = [each.id for each in Interview(KNOWLEDGE, answers).outlook().askable if each.first_line]
    typed = " ".join(str(lists.index(name) + 1) for name in ("lately", "medicines"))
    held, typist = talk(typed, "long journey", "none", "yes", "", answers=answers)
    assert held.interview.assessment().disposition == "emergency"
    assert typist.text.index(AGAIN) < typist.text.index(EMERGENCY) < typist.text.index("Type more to answer")
    assert KNOWLEDGE.questions["medicines"].ask not in typist.text


# Interview equals batch.


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """Answers to the lists: none, not sure, or some items, sure or not."""
    answers = dict(BEFORE)
    for name in LISTS:
        items = [option.id for option in KNOWLEDGE.questions[name].options]
        marked = st.builds(
            lambda mark, item: f"{mark}{item}", st.sampled_from(["", "", "?"]), st.sampled_from(items)
        )
        some = st.lists(marked, min_size=1, max_size=3, unique_by=lambda item: item.removeprefix("?"))
        answers[name] = draw(st.one_of(st.just("none"), some))
    return answers


@conditional(at_least=0.5)
@settings(max_examples=max(5, settings().max_examples // 4))
@given(histories())
def test_what_the_joint_list_takes_is_what_a_case_file_says(
    antecedent: Antecedent, answers: dict[str, Any]
) -> None:
    load = reading_load(KNOWLEDGE, answers)
    interview = load.interview
    assert load.found.record() == outcome(interview.answers)
    said = {
        finding: value for finding, value in read_answers(KNOWLEDGE, of_lists(answers)).items() if value != NO
    }
    assert all(interview.findings.get(finding, value) == value for finding, value in said.items())
    antecedent(said.keys() & interview.findings.keys())
