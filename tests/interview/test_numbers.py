"""The numbers that a person has set: named wherever somebody is to be called, and checked at the start."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from support.shipped import KNOWLEDGE

from triage.cli import main

TO_THE_DANGERS = ["1", "35", "leg", "calf", "1"]


def run(*arguments: str, lines: list[str], calls: str = "") -> Result:
    return CliRunner().invoke(
        main, ["intake", *arguments], input="\n".join([*lines, ""]), env={"TRIAGE_CALLS": calls}
    )


def test_the_number_stands_in_the_greeting_the_alarm_and_the_result() -> None:
    result = run("--call", "emergency_call=112", lines=[*TO_THE_DANGERS, "1", "1", "", "q"])
    text = " ".join(result.stdout.split())
    assert "In an emergency call 112 first." in text
    assert text.count("Call 112 now") == 3, "told at once, in the result, and when leaving"
    assert KNOWLEDGE.calls.words["emergency_call"] not in text


def test_the_number_stands_where_an_answer_about_danger_is_not_understood() -> None:
    result = run(lines=[*TO_THE_DANGERS, "perhaps"], calls="emergency_call = 112; poison_line=0228 19240")
    assert "call 112 now" in " ".join(result.stdout.split())


def test_an_option_wins_over_the_environment() -> None:
    result = run("--call", "emergency_call=999", lines=["q"], calls="emergency_call=112")
    assert "In an emergency call 999 first." in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("112", '"112" in --call is not NAME=NUMBER, such as emergency_call=112'),
        ("emergency_call=", "is not NAME=NUMBER"),
        ("ambulance=112", '"ambulance" is nobody to call; the names are emergency_call, out_of_hours_line'),
        ("emergency_call={you}", "emergency_call: please give a number or a few words"),
        (f"emergency_call={'1' * 61}", "at most 60 signs"),
        ("emergency_call=1\x1b12", "please give a number or a few words"),
    ],
)
def test_what_is_no_number_to_call_is_refused_before_the_first_question(setting: str, told: str) -> None:
    result = run("--call", setting, lines=["q"])
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
    assert "Question 1" not in result.stdout


def test_what_is_wrong_in_the_environment_is_told_as_such() -> None:
    result = run(lines=["q"], calls="emergency_call:112")
    assert result.exit_code == 2
    assert "in TRIAGE_CALLS is not NAME=NUMBER" in " ".join(result.stderr.split())
