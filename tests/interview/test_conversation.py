"""What the interview says, and when: emergencies at once, doubts by themselves, guesses only after a yes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage import assess
from triage.explanation.narrative import render_assessment
from triage.interview.afterwards.follow_up import FollowUp

EMERGENCY = "EMERGENCY: GET HELP NOW"
SWEAT, BITE, CONFUSION = (
    next(rule.reason for rule in KNOWLEDGE.rules.values() if rule.id == name)
    for name in ("ache-with-cold-sweat-or-sickness", "spreading-spasm-after-bite", "new-confusion")
)
DOUBT = "You are not sure about a sign that can mean an emergency."
AGAIN = "You are not sure about this one, and it matters."
BITTEN = next(each.label for each in KNOWLEDGE.questions["danger_signs"].options if each.id == "venom_bite")
MORE = "m all advice"
"""What stands after each result."""
DANGERS = str(list(HEALTHY).index("danger_signs") + 1)
"""The number of the dangers among the answers of HEALTHY."""
NECK = {name: HEALTHY[name] for name in ("for_whom", "age", "feels")} | {"site": ["neck_shoulder"]}
"""What decides which dangers apply; an ache with a cold sweat, line 2, and a bite, line 7, are no groups."""


# Every emergency at once.


def test_a_second_emergency_is_told_after_going_back_from_the_first() -> None:
    held, typist = talk("2", "b", "none", "dark urine", "y", "", answers=NECK)
    assert typist.text.count(EMERGENCY) == 3, "each at once, and the result"
    assert held.interview.answers["danger_signs"] == "none"
    assert (
        typist.text.index(SWEAT) < typist.text.index("Urine as dark as cola") < typist.text.rindex(EMERGENCY)
    )


def test_a_further_emergency_is_told_to_someone_who_goes_on() -> None:
    _, typist = talk("2", "more", "dark_urine", "yes", "more", answers=NECK)
    assert typist.text.count(EMERGENCY) == 2
    assert typist.text.count(SWEAT) == 1, "each reason once"


def test_whoever_skips_everything_is_told_of_no_emergency_and_not_reassured() -> None:
    held, typist = talk("1", *["s"] * 40)
    assert set(held.interview.answers) == {"for_whom"}
    assert held.interview.assessment().disposition == "undetermined"
    assert typist.text.count(MORE) == 1
    assert EMERGENCY not in typist.text


def test_an_emergency_given_after_the_result_is_told_at_once_and_the_result_anew() -> None:
    held, typist = talk(DANGERS, "6", "", answers=HEALTHY)
    assert held.interview.answers["danger_signs"] == ["venom_bite"]
    assert typist.text.index("LOOK AFTER IT AT HOME") < typist.text.index(BITE)
    assert typist.text.index(BITE) < typist.text.index("Type more to answer")
    assert typist.text.count(EMERGENCY) == 2, "at once, and the new result"
    assert typist.text.rindex(EMERGENCY) < typist.text.rindex(MORE)
    assert typist.text.count(MORE) == 2


def test_a_doubt_given_after_the_result_is_asked_about_and_named_at_once() -> None:
    held, typist = talk(DANGERS, "?6", "not sure", answers=HEALTHY)
    assert held.interview.answers["danger_signs"] == ["?venom_bite"]
    assert typist.text.count(AGAIN) == 1
    assert typist.text.count(DOUBT) == 2, "at once, and with the new result"
    assert typist.text.count("GET MEDICAL HELP TODAY") == 1


def test_an_emergency_taken_back_and_given_again_is_told_again() -> None:
    _, typist = talk("2", "b", "2", "q", answers=NECK)
    assert typist.text.count(SWEAT) == 3, "twice when answered, once when leaving"


def test_a_resumed_emergency_comes_before_the_next_question() -> None:
    _, typist = talk("more", "q", answers={**NECK, "danger_signs": ["heart_ache"]})
    assert typist.text.index(EMERGENCY) < typist.text.index(" 6/")


@pytest.mark.parametrize("way_out", ["q", "quit"])
def test_an_emergency_is_told_again_to_someone_who_leaves(way_out: str) -> None:
    _, typist = talk("2", "more", way_out, "q", answers=NECK)
    assert typist.text.rindex(EMERGENCY) > typist.text.index(" 6/")


@pytest.mark.parametrize(("typed", "goes_on"), [("", False), ("more", True), ("yes", True)])
def test_what_is_typed_at_an_emergency(typed: str, goes_on: bool) -> None:  # noqa: FBT001 - a parameter
    _, typist = talk("2", typed, answers=NECK)
    assert (" 6/" in typist.text) is goes_on


def test_other_words_at_an_emergency_stop_nothing() -> None:
    _, typist = talk("2", "none", "?", "more", answers=NECK)
    assert typist.text.count("Please type more, b to go back, or press Enter.") == 2
    assert " 6/" in typist.text


# Not sure about a sign that could be an emergency.


def test_a_doubt_about_an_emergency_is_asked_once_more_with_its_meaning() -> None:
    held, typist = talk("?7", "no", "none", answers=NECK)
    assert typist.text.count(AGAIN) == 1
    assert "scorpion or sea animal" in typist.text
    assert held.interview.answers["danger_signs"] == "none"
    assert DOUBT not in typist.text


def test_a_doubt_cleared_up_with_yes_is_an_emergency() -> None:
    _, typist = talk("?7 2", "", answers=NECK)
    assert EMERGENCY in typist.text, "the ache alone"
    assert AGAIN not in typist.text
    held, typist = talk("?7", "yes", "", answers=NECK)
    assert held.interview.answers["danger_signs"] == ["venom_bite"]
    assert BITE in typist.text


def test_a_doubt_that_stays_is_named_at_once_and_with_the_result() -> None:
    answers = {name: answer for name, answer in HEALTHY.items() if name != "danger_signs"}
    held, typist = talk("6 not sure", "not sure", "", answers=answers)
    told = held.interview.answers["danger_signs"]
    assert [item for item, answer in told.items() if answer == "unknown"] == ["venom_bite"]
    assert typist.text.count(AGAIN) == 1
    assert typist.text.count(DOUBT) == 2
    result = typist.text[typist.text.index("GET MEDICAL HELP TODAY") :]
    assert result.index(DOUBT) < result.index(BITTEN) < result.index("Call your doctor")


def test_a_whole_list_that_the_person_is_not_sure_about_is_gone_through() -> None:
    held, typist = talk("not sure", "not sure", *["no"] * 20, answers=NECK)
    assert typist.text.count(AGAIN) > 4
    assert isinstance(held.interview.answers["danger_signs"], list)
    assert all(item.startswith("?") for item in held.interview.answers["danger_signs"])


def test_each_doubt_that_stays_is_named_before_the_next_is_asked_about() -> None:
    _, typist = talk("?2 ?7", "not sure", "not sure", answers=NECK)
    first, second = typist.text.index(DOUBT), typist.text.rindex(AGAIN)
    assert first < second < typist.text.index(f"The same holds for this one: - {BITTEN}")


def test_a_doubt_that_later_answers_make_an_emergency_is_asked_then() -> None:
    answers = {**HEALTHY, "danger_signs": ["?breathless"], "site": ["calf"]}
    del answers["lately"]
    held, typist = talk("long journey", "none", "not sure", answers=answers)
    again = typist.text.index(AGAIN)
    assert typist.text.index("> long journey") < again
    assert "New shortness of breath now, at rest" in typist.text[again:]
    assert typist.text.index(DOUBT) > again
    assert held.interview.answers["lately"]["long_journey"] == "yes"


def test_going_back_from_a_doubt_asks_the_question_anew() -> None:
    held, typist = talk("?7", "b", "none", "none", answers=NECK)
    assert typist.text.count("Any of these, now or") == 2
    assert held.interview.answers["danger_signs"] == "none"


def test_no_doubt_is_raised_where_a_yes_alone_would_be_no_emergency() -> None:
    _, typist = talk("?3", "none", answers=NECK)
    assert AGAIN not in typist.text


def test_the_result_of_a_case_file_names_what_the_person_was_not_sure_about() -> None:
    case = {**HEALTHY, "danger_signs": ["?faint"], "warning_signs": ["?fever"]}
    found = assess(KNOWLEDGE, case)
    assert found.disposition == "doctor", "the fold is the same"
    assert [(sign.finding, sign.disposition) for sign in found.not_sure] == [
        ("danger_signs.faint", "urgent"),
        ("warning_signs.fever", "doctor"),
    ]
    shown = " ".join(render_assessment(KNOWLEDGE, found).split())
    assert "Signs that you were not sure about - Fainting, collapse" in shown
    assert "Fever or shivering" in shown


def test_in_an_emergency_no_doubt_is_above_it() -> None:
    shown = render_assessment(KNOWLEDGE, assess(KNOWLEDGE, {"danger_signs": ["confusion", "?stroke_signs"]}))
    assert shown.startswith(f"{EMERGENCY}\nCall your local emergency number now")


# Words for dangers.


def test_plain_words_for_a_danger_count_after_a_yes() -> None:
    held, typist = talk("chest pain", "y", "", answers=NECK)
    assert 'Do you mean "Tight, squeezing or heavy feeling in the chest' in typist.text
    assert held.interview.answers["danger_signs"] == {"chest_tightness": "yes"}, "words rule nothing out"
    assert typist.text.index("Taken as: Tight, squeezing") < typist.text.index(EMERGENCY)


def test_plain_words_for_a_danger_do_not_count_after_a_no() -> None:
    held, typist = talk("snake", "n", "none", answers=NECK)
    assert held.interview.answers["danger_signs"] == "none"
    assert "Then nothing is taken. Please choose by number, or type none." in typist.text
    assert EMERGENCY not in typist.text


def test_a_number_confirms_nothing() -> None:
    held, _ = talk("snake", "1", "b", "none", answers=NECK)
    assert held.interview.answers["danger_signs"] == "none"
    held, _ = talk("?7", "1", "2", "no", "none", answers=NECK)
    assert held.interview.answers["danger_signs"] == "none"


def test_not_sure_about_a_guess_is_not_sure() -> None:
    held, _ = talk("stroke", "not sure", "not sure", "none", answers=NECK)
    assert held.interview.answers["danger_signs"] == ["?stroke_signs"]


def test_of_several_guesses_those_confirmed_count() -> None:
    held, typist = talk("chest pain, stroke, 4", "y", "n", "more", "5", answers=NECK)
    assert held.interview.answers["danger_signs"] == ["chest_tightness", "faint"]
    assert typist.text.index(EMERGENCY) < typist.text.index("Any other of these?")


@pytest.mark.parametrize("typed", ["no chest pain", "my elbow is odd", "perhaps", "99"])
def test_a_refusal_at_a_list_of_dangers_says_whom_to_call(typed: str) -> None:
    _, typist = talk(typed, answers=NECK)
    assert "call your local emergency number now" in typist.text


def test_a_question_about_one_item_explains_it_and_takes_nothing() -> None:
    held, typist = talk("7?", "? 7", answers=NECK)
    assert typist.text.count("scorpion or sea animal") == 2
    assert "danger_signs" not in held.interview.answers
    assert EMERGENCY not in typist.text


# Leaving without --save.


def test_leaving_without_a_file_is_asked_once_more() -> None:
    held, typist = talk("1", "q", "", "35", "q", "q")
    assert typist.text.count("Your answers are not kept") == 2
    assert held.interview.answers == {"for_whom": "self", "age": 35}
    assert "Quit" in typist.text


def test_a_file_can_be_named_when_leaving() -> None:
    _, typist = talk(
        "1", "q", "x.txt", "taken.json", "me.json", no_place=lambda name: "Taken." * (name[0] == "t")
    )
    assert "Please give a name that ends in .json. " in typist.text
    assert "Taken. " in typist.text
    assert typist.said[-1] == "Quit me.json"


@pytest.mark.parametrize("options", [{"kept": True}, {"interactive": False}])
def test_leaving_is_not_asked_about_where_answers_are_kept_or_nobody_is_there(
    options: dict[str, Any],
) -> None:
    _, typist = talk("1", "q", **options)
    assert "Your answers are not kept" not in typist.text
    assert "Quit" in typist.text


def test_nothing_answered_is_nothing_lost() -> None:
    _, typist = talk("q")
    assert "Your answers are not kept" not in typist.text


# The rest.


def test_back_is_a_place_where_the_list_holds_one() -> None:
    answers = {name: answer for name, answer in HEALTHY.items() if name != "site"}
    held, typist = talk("neck or back", "back", "lower back", answers=answers)
    assert '"back" fits more than one answer' in typist.text
    assert held.interview.answers["site"] == ["lower_back"]


def test_a_line_that_cannot_be_read_is_asked_again() -> None:
    held, typist = talk("\udcc3none", "\x1b[A", "none", answers=NECK)
    assert typist.text.count("Some of that could not be read.") == 2
    assert held.interview.answers["danger_signs"] == "none"


def test_the_list_of_answers_speaks_of_the_person_it_is_about() -> None:
    answers = {**HEALTHY, "for_whom": "other", "timing": ["at_night"], "episode_seconds": 300}
    held, typist = talk("a", answers=answers)
    listed = typist.text[typist.text.index("Your answers") :]
    assert "2 How old are they? 35" in listed
    assert "At night, waking them" in listed
    assert "How long does one cramp last at most? 5 minutes" in listed
    assert "Give the number of one to change it." in listed
    assert held.interview.answers == answers, "looking changes nothing"


def test_a_script_that_answers_nothing_ends() -> None:
    for aside in ("?", "b"):
        _, typist = talk(*[aside] * 5000, interactive=False)
        assert typist.line < 200
        assert "Misread" in typist.text


LINES = st.one_of(
    st.sampled_from(
        [
            "",
            "?",
            "b",
            "s",
            "q",
            "y",
            "n",
            "yes",
            "no",
            "none",
            "not sure",
            "more",
            "a",
            "how",
            "1",
            "2",
            "1 3",
            "?2",
            "3?",
            "1 ?1",
        ]
    ),
    st.sampled_from(
        ["chest pain", "stroke", "fit", "calf", "90 s", "3 m", "1,200 s", "2 weeks", "34", "me.json"]
    ),
    st.sampled_from([word for o in KNOWLEDGE.questions["limb_signs"].options for word in o.words]),
    st.text(max_size=12),
)
TO_THE_DANGERS = ["35", "1", "1", "1"]
"""An age, in a leg, in the calf, a painful tightening."""
OPENINGS = st.sampled_from(
    [
        [],
        ["1"],
        *(
            [whom, *TO_THE_DANGERS, *lines]
            for whom, *lines in (
                ["1"],
                ["1", "1", "1"],
                ["2", "1 3", "1 4"],
                ["1", "stroke", "y"],
                ["1", "none", "1", "1", "1"],
                ["1", "none", "1", "4"],
            )
        ),
    ]
)
"""Of lines by chance alone hardly any come as far as a danger."""


@conditional(at_least=0.25)  # measured: 0.65
@settings(max_examples=max(5, settings().max_examples // 3))
@given(OPENINGS, st.lists(LINES, max_size=40), st.booleans())
def test_whatever_is_typed_the_answers_in_force_are_a_case_and_emergencies_are_told(
    antecedent: Antecedent,
    opening: list[str],
    lines: list[str],
    interactive: bool,  # noqa: FBT001 - drawn
) -> None:
    held, typist = talk(*opening, *lines, interactive=interactive)
    answers = dict(held.interview.answers)
    found = assess(KNOWLEDGE, answers, "intake")
    assert held.interview.assessment() == found
    if antecedent(found.disposition == "emergency"):
        assert EMERGENCY in typist.text
    present = [
        f"{name}.{item}" for name, given in answers.items() if isinstance(given, list) for item in given
    ]
    if set(present) & set(KNOWLEDGE.red_flags):
        assert any(line.strip() and "?" not in line for line in (*opening, *lines))


def test_a_danger_of_a_group_is_told_before_the_rest_of_the_group_is_asked() -> None:
    _, typist = talk("me", "40", "1", "calf", "none", "confusion", "")
    assert "EMERGENCY" in typist.text
    assert "Any other of these?" not in typist.text


def test_who_goes_on_after_such_a_warning_is_asked_the_rest_of_the_group() -> None:
    _, typist = talk("me", "40", "1", "calf", "none", "confusion", "more")
    assert typist.text.index("EMERGENCY") < typist.text.index("Any other of these?")


def test_whoever_leaves_hears_what_the_answers_call_for_already() -> None:
    held, typist = talk("cramp in my left calf and its swollen and warm", "yes", "q", "q")
    assert held.interview.assessment().disposition == "urgent"
    follow_up = FollowUp([held])
    assert follow_up.remind()
    said = typist.text[typist.text.index("What you have told already calls for this:") :]
    assert "Get medical help today" in said
    assert "- because" in said
    follow_up.has_told = True
    assert not follow_up.remind(), "it was told with the result"


def test_whoever_told_nothing_that_calls_for_care_leaves_without_a_word() -> None:
    held, _ = talk("1 45", "q", "q")
    assert not FollowUp([held]).remind()


def test_an_emergency_does_not_wait_for_other_signs_told_in_the_same_line() -> None:
    _, typist = talk(
        "my water is dark like cola and i lost some water down there, cramps all over", "yes", "", "q"
    )
    assert "EMERGENCY: GET HELP NOW" in typist.text


def test_texts_are_worded_for_whom_a_sentence_is_about_before_that_is_answered() -> None:
    _, typist = talk("my mum is 84 and more confused than usual since yesterday, leg cramps", "yes", "", "q")
    emergency = typist.text[typist.text.index("EMERGENCY: GET HELP NOW") :]
    assert "have someone take them" in emergency
    assert "yourself" not in emergency
    _, typist = talk("my son is 8 and his calves hurt", "n", "q", "q")
    assert "How old are they? 8 years" in typist.text
