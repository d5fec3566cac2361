"""What is told in a sentence: shown, confirmed, kept; and a danger in it asked about first."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pexpect
import pytest
from support.shipped import KNOWLEDGE
from support.typist import talk

from triage import assess
from triage.inference.truth import Missing
from triage.interview.saving import is_saved_interview, read_saved, save_answers, save_note

TOLD = "woke at 3 with a cramp in my left calf, I'm 45"
UNDERSTOOD = "This is what I understood"
EMERGENCY = "EMERGENCY: GET HELP NOW"
CALF = {"for_whom": "self", "age": 45, "feels": ["painful_tightening"]}


def test_confirmed_words_are_a_yes_item_by_item_and_rule_nothing_out() -> None:
    held, typist = talk(TOLD, "y")
    assert held.interview.answers == {
        "for_whom": "self",
        "age": 45,
        "feels": {"painful_tightening": "yes"},
        "site": {"calf": "yes"},
        "timing": {"at_night": "yes"},
    }
    assert "Besides what you have told: is there more" in typist.text


@pytest.mark.parametrize("typed", ["", "n", "no", "perhaps"])
def test_nothing_is_taken_without_an_explicit_yes(typed: str) -> None:
    held, typist = talk(TOLD, typed)
    assert UNDERSTOOD in typist.text
    assert held.interview.answers == {}


def test_a_number_takes_one_out() -> None:
    held, typist = talk(TOLD, "2 5", "y")
    assert typist.text.count(UNDERSTOOD) == 2
    assert set(held.interview.answers) == {"for_whom", "feels", "site"}


def test_going_back_from_what_was_understood_tells_it_anew() -> None:
    held, typist = talk("my left calf cramps, 54", "b", TOLD, "y")
    assert typist.text.count("Say what is wrong") == 2
    assert held.interview.answers["age"] == 45
    assert held.interview.sentences == (TOLD,)


def test_words_are_quoted_without_the_marks_around_them() -> None:
    assert 'you wrote "45"' in talk("calf cramp, 45, at night")[1].text


def test_a_place_typed_among_its_own_parts_is_not_asked_from_the_start() -> None:
    held, typist = talk("1 45", "leg", "leg", "calf")
    assert held.interview.findings["site.calf"] == "yes"
    assert '"leg" is not among the answers' in typist.text
    assert typist.text.count("Where is it?") == 1


def test_enter_alone_goes_on_by_lists() -> None:
    held, typist = talk("", "1", "45")
    assert held.interview.answers == {"for_whom": "self", "age": 45}
    assert "Please type an answer" not in typist.text


def test_the_first_question_can_be_answered_at_once() -> None:
    assert talk("1 67")[0].interview.answers == {"for_whom": "self", "age": 67}


def test_whom_it_is_about_is_not_turned_by_a_later_line() -> None:
    held, typist = talk("2 82", "belly i suppose, since yesterday", "y")
    assert held.interview.answers["for_whom"] == "other"
    assert held.interview.findings["course_days"] == 1
    assert "Who is this about?" not in typist.text.partition("since yesterday")[2]


def test_a_sentence_that_says_nothing_leads_to_the_lists() -> None:
    held, typist = talk("what a morning it is", "1", "45")
    assert "I found nothing in this that I can use" in typist.text
    assert held.interview.answers == {"for_whom": "self", "age": 45}


NOT_UNDERSTOOD = 'I did not understand "flibber" and "grommet". So the signs of danger come first.'
FIRST = {
    name: KNOWLEDGE.questions[name].first_ask or KNOWLEDGE.questions[name].ask
    for name in ("danger_signs", "limb_signs", "warning_signs")
}
"""The lists of signs of danger, and what is asked first of each."""
OF_DANGER = [KNOWLEDGE.questions[name] for name in FIRST]
PUT_OF_DANGER = {text for each in OF_DANGER for text in (each.ask, each.first_ask, each.first_line) if text}
"""All by which such a list can be put, alone or together with another."""


def test_words_that_are_not_understood_bring_the_signs_of_danger_before_all_else() -> None:
    held, typist = talk("my flibber is grommet, cramp in my calf, 45", "none", "none", "none", "y")
    told = [typist.text.index(ask) for ask in FIRST.values()]
    assert typist.text.index(NOT_UNDERSTOOD) < told[0] < told[1] < told[2] < typist.text.index(UNDERSTOOD)
    assert set(held.interview.answers) == {*FIRST, "age", "feels", "for_whom", "site"}


def test_where_every_word_is_understood_the_confirmation_comes_first() -> None:
    _, typist = talk(KNOWLEDGE.lexicon.example)
    assert UNDERSTOOD in typist.text
    assert "I did not understand" not in typist.text
    assert not any(text in typist.text for text in PUT_OF_DANGER)


def test_a_sign_of_danger_among_what_is_not_understood_is_an_emergency_before_all_else() -> None:
    _, typist = talk("my flibber is grommet, cramp in my calf, 45", "9", "")
    assert EMERGENCY in typist.text
    assert UNDERSTOOD not in typist.text


def test_where_one_sign_of_danger_was_told_the_others_come_before_all_else() -> None:
    held, typist = talk("cramp in my calf and I can't breathe", "n", "none")
    told = [typist.text.index(FIRST[name]) for name in ("danger_signs", "limb_signs")]
    assert typist.text.index("The signs of danger come first.") < told[0] < told[1]
    assert UNDERSTOOD not in typist.text
    assert held.interview.findings["danger_signs.breathless"] == "no"


def test_a_list_put_first_does_not_ask_again_what_was_answered() -> None:
    held, _ = talk("cramp in my calf and I can't breathe", "not sure", "none")
    assert held.interview.findings["danger_signs.breathless"] is Missing.UNKNOWN
    assert held.interview.findings["danger_signs.stroke_signs"] == "no"


def test_who_is_at_an_emergency_is_not_put_the_lists_first() -> None:
    _, typist = talk("cramp in my flibber calf and my chest feels tight", "y", "more", "y")
    assert "I did not understand" not in typist.text


def test_of_many_words_that_are_not_understood_a_few_are_named() -> None:
    _, typist = talk("orchid, lantern, copper, velvet, gazebo and my calf cramps")
    assert 'understand "orchid", "lantern", "copper", "velvet" and more. So' in typist.text


def test_a_danger_in_the_sentence_is_asked_about_before_all_else() -> None:
    held, typist = talk("cramp in my calf and my chest feels tight", "y", "")
    asked, told = typist.text.index("Is this so now"), typist.text.index(EMERGENCY)
    assert asked < told
    assert UNDERSTOOD not in typist.text
    assert held.interview.findings["danger_signs.chest_tightness"] == "yes"
    assert set(held.interview.answers) == {"danger_signs"}


MANY = "my left calf is swollen, red and tight, my foot is cold and numb"


def test_a_danger_that_was_denied_is_not_called_told() -> None:
    _, typist = talk("my jaw is stiff and my calf cramps, I'm 45", "no", "y", "none", "none")
    assert KNOWLEDGE.questions["danger_signs"].ask in typist.text
    assert "You have told already" not in typist.text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (
            "cramp in my calf and my chest feels tight",
            "Is this so now, or did it come with the cramp or spasm?",
        ),
        ("cramp in my calf and I have a fever", "Is this so now, or was it so in the last weeks?"),
    ],
)
def test_a_danger_is_asked_about_with_the_time_that_its_list_means(typed: str, asked: str) -> None:
    _, typist = talk(typed)
    assert asked in typist.text


def test_many_dangers_are_asked_about_as_one_list() -> None:
    held, typist = talk(MANY, "nothing much", "1 ?2")
    assert typist.text.count("Which of these are so now, or came with it?") == 1
    assert "Is this so now" not in typist.text
    said = [value for finding, value in held.interview.findings.items() if finding in KNOWLEDGE.red_flags]
    assert said[:2] == ["yes", Missing.UNKNOWN]
    assert len(said) > 3
    assert set(said[2:]) == {"no"}


@pytest.mark.parametrize(("typed", "value"), [("none", "no"), ("not sure", Missing.UNKNOWN)])
def test_a_list_of_dangers_is_answered_whole(typed: str, value: object) -> None:
    held, _ = talk(MANY, typed)
    said = [given for finding, given in held.interview.findings.items() if finding in KNOWLEDGE.red_flags]
    assert len(said) > 3
    assert set(said) == {value}


def test_a_line_of_such_a_list_is_explained_where_it_is_asked_about() -> None:
    held, typist = talk(MANY, "2?", "none")
    listed = typist.text.split("Which of these are so now, or came with it?")[1]
    second = listed.split(" 2 ")[1].split(" 3 ")[0].strip()
    assert f"2? 2 {second}: " in " ".join(listed.split())
    said = {given for finding, given in held.interview.findings.items() if finding in KNOWLEDGE.red_flags}
    assert said == {"no"}


def test_words_of_fear_bring_the_signs_that_threaten_life() -> None:
    _, typist = talk("cramp in my calf, never felt anything like this", *["n"])
    assert KNOWLEDGE.questions["danger_signs"].ask in typist.text
    assert KNOWLEDGE.questions["danger_signs"].ask not in talk("cramp in my calf")[1].text


def test_after_an_emergency_who_goes_on_still_confirms_the_rest() -> None:
    held, typist = talk("cramp in my calf and my chest feels tight", "y", "more", "y")
    assert typist.text.index(EMERGENCY) < typist.text.index(UNDERSTOOD)
    assert held.interview.findings["site.calf"] == "yes"


@pytest.mark.parametrize(
    ("typed", "value"), [("n", "no"), ("no", "no"), ("not sure", Missing.UNKNOWN), ("y", "yes")]
)
def test_a_danger_counts_as_it_is_answered(typed: str, value: object) -> None:
    held, _ = talk("cramp and I can't breathe", typed, "", "n")
    assert held.interview.findings["danger_signs.breathless"] == value


@pytest.mark.parametrize("typed", ["", "perhaps", "1", "s", "b", "?"])
def test_a_danger_is_not_passed_over(typed: str) -> None:
    held, typist = talk("cramp and I can't breathe", typed)
    assert "danger_signs" not in held.interview.answers
    assert typist.text.endswith("OutOfInput")


@pytest.mark.parametrize(
    "line", ["calf and my chest hurts", "my chest hurts", "dunno, chest pain", "perhaps chest pain"]
)
def test_a_danger_at_another_question_is_asked_about(line: str) -> None:
    held, typist = talk(line, "y", "", answers=CALF)
    assert "Is this so now" in typist.text
    assert EMERGENCY in typist.text
    assert held.interview.findings["danger_signs.chest_tightness"] == "yes"


def test_a_second_danger_named_while_one_is_asked_about_is_asked_about_too() -> None:
    held, typist = talk("cramp and I can't breathe", "well, my chest hurts", "y", "y", "")
    assert typist.text.count("Is this so now") == 2
    assert held.interview.findings["danger_signs.chest_tightness"] == "yes"
    assert held.interview.findings["danger_signs.breathless"] == "yes"


def test_a_danger_after_the_result_is_asked_about() -> None:
    begun = dict.fromkeys(("danger_signs", "limb_signs", "warning_signs"), "none")
    held, typist = talk("", "stop", "now my chest hurts", "y", "", answers=begun)
    assert "danger_signs" in held.interview.answers
    assert typist.text


def test_going_back_loses_no_danger_that_was_told() -> None:
    answers = {"for_whom": "self", "age": 45, "site": ["calf"]}
    held, typist = talk("my chest hurts", "y", "more", "b", "", answers=answers)
    assert typist.text.count("Where is it?") == 1, "back to the question before"
    assert held.interview.findings["danger_signs.chest_tightness"] == "yes"


@pytest.mark.parametrize(
    ("typed", "chosen", "finding"),
    [
        ("cramp, I'm on water pills", "2", "medicines.loop_diuretic"),
        ("my leg cramps", "1", "site.calf"),
        ("both legs cramp", "calf", "site.calf"),
    ],
)
def test_words_that_leave_open_what_they_mean_are_asked_about(typed: str, chosen: str, finding: str) -> None:
    held, typist = talk(typed, "y", chosen)
    assert "Which of these is it?" in typist.text
    assert held.interview.findings[finding] == "yes"


@pytest.mark.parametrize("typed", ["left calf", "my calf", "both calves", "calfs", "in the left calf"])
def test_the_same_words_are_understood_at_the_question(typed: str) -> None:
    held, _ = talk(typed, answers=CALF)
    assert held.interview.findings["site.calf"] == "yes"


def test_the_assessment_does_not_depend_on_words() -> None:
    held, _ = talk(TOLD, "y", "none")
    assert (
        held.interview.assessment().record() == assess(KNOWLEDGE, held.interview.answers, "intake").record()
    )


def test_what_came_from_words_is_kept_and_taken_up_again(tmp_path: Path) -> None:
    held, _ = talk(TOLD, "y")
    kept = tmp_path / "kept.json"
    save_answers(kept, KNOWLEDGE, held.interview.answers, from_words=held.interview.words())
    assert json.loads(kept.read_text("utf-8"))["from_words"]["site.calf"] == "calf"
    assert is_saved_interview(kept)
    saved = read_saved(kept, KNOWLEDGE, force=False)
    assert saved.from_words == held.interview.words()
    note = tmp_path / "note.txt"
    save_note(note, [held.interview], "28.11.2026")
    assert '(told in own words: "calf")' in " ".join(note.read_text("utf-8").split())


def test_an_answer_that_was_changed_no_longer_comes_from_words() -> None:
    held, _ = talk(TOLD, "y")
    assert "age" in held.interview.words()
    assert "age" not in held.interview.answer("age", 54).words()


def test_on_a_terminal(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never", "--save", str(kept)],
        timeout=30,
        env={**os.environ, "TERM": "xterm"},
        dimensions=(24, 80),
    )
    child.expect(b"Say what is wrong")
    child.expect(b"\n> ")
    child.sendline(b"cramp in my left calf, I'm 45 and I can't breathe")
    child.expect(b"Is this so now")
    child.expect(b"\n> ")
    child.sendline(b"n")
    for ask in FIRST.values():
        child.expect(re.escape(ask.encode()))
        child.expect(b"\n> ")
        child.sendline(b"none")
    child.expect(b"This is what I understood")
    child.expect(b"\n> ")
    child.sendline(b"y")
    child.expect(b"Besides what you have told")
    child.expect(b"\n> ")
    child.sendline(b"q")
    child.expect(pexpect.EOF)
    child.close()
    saved = json.loads(kept.read_text("utf-8"))
    assert saved["answers"]["danger_signs"] == "none"
    assert saved["answers"]["site"] == {"calf": "yes"}
    assert saved["from_words"]["age"] == "I'm 45"


@pytest.mark.parametrize("told", [MANY, "cramp in my calf and my chest feels tight"])
def test_who_is_not_understood_at_a_danger_told_in_words_hears_whom_to_call(told: str) -> None:
    _, typist = talk(told, "help me!!")
    call = KNOWLEDGE.calls.named_in(KNOWLEDGE.laws.refused_danger)
    assert " ".join(call.split()) in typist.text
