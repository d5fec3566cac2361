"""`triage intake` with piped answers, and on a real terminal."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from click.testing import CliRunner, Result
from support.shipped import HEALTHY, KNOWLEDGE

from triage import assess
from triage.cli import main
from triage.interview.interview import Interview
from triage.knowledge.model import Question

pytestmark = pytest.mark.usefixtures("loaded")

TYPED = {
    "for_whom": "me",
    "feels": "painful_tightening, sudden_onset, hard_lump",
    "site": "leg or foot / calf",
    "timing": "in the hours after exercise / none",
    "age": "34",
    "episode_seconds": "90 s",
    "frequency": "1",
}


def alike(question: Question, other: Question) -> bool:
    """Whether one list can stand for both: signs of danger stand with no other lists."""
    return bool(question.red_flags) == bool(other.red_flags)


def order() -> list[str]:
    """The questions of an ordinary calf cramp, in the order in which the rules ask them.

    Those for which one list stands are answered together.
    """
    interview = Interview(KNOWLEDGE)
    while (question := interview.next()) is not None:
        listed = [each for each in interview.outlook().askable if each.first_line and alike(each, question)]
        for each in listed if question in listed else [question]:
            interview = interview.answer(each.id, {**HEALTHY, "age": 34}[each.id])
    return list(interview.way)


ORDER = order()


LISTED = [KNOWLEDGE.questions[name] for name in ORDER if KNOWLEDGE.questions[name].first_line]
LATER = {each.id for n, each in enumerate(LISTED) if any(alike(each, first) for first in LISTED[:n])}
"""The questions for which a list stands that another was asked with first."""
JOINT = [each.id for each in LISTED if not each.red_flags]
"""The questions without signs of danger for which one list stands."""


def typed(*names: str) -> list[str]:
    """What someone with an ordinary calf cramp types at some questions: at a group, which of it, too.

    The questions for which one list stands take one line, where the first of them comes.
    """
    return [line for name in names if name not in LATER for line in TYPED.get(name, "none").split(" / ")]


CALF = typed(*ORDER)
DANGERS = ORDER.index("danger_signs")
LASTS = str(ORDER.index("episode_seconds") + 1)
"""The number of the answer about how long a cramp lasts, in the list after the result."""
OPENING = typed(*ORDER[:DANGERS])
"""Who, how old, what and where: asked before the dangers."""
BEFORE_JOINT = typed(*ORDER[: ORDER.index(JOINT[0])])
AT_DANGERS = len(OPENING) + 1
"""The line at the dangers."""


def run(lines: list[str], *arguments: str, **options: Any) -> Result:
    lines_typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(
        main, ["intake", *arguments], input=lines_typed, catch_exceptions=False, **options
    )


def test_piped_answers_reach_a_result() -> None:
    result = run([*CALF, "a", "q"])
    assert result.exit_code == 0
    assert result.stdout.count("LOOK AFTER IT AT HOME") == 1
    assert result.stdout.count("Any of these?") == 2, "one list for two, and one for four"
    assert "Question 1/" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout


def test_the_end_of_input_names_the_first_unanswered_question() -> None:
    result = run(typed(*ORDER[:3]))
    assert result.exit_code == 3
    assert f"before the question {ORDER[3]}" in result.stderr
    assert "LOOK AFTER" not in result.stdout


@pytest.mark.parametrize("more", [[], ["how"], ["a"]])
def test_a_script_may_end_after_the_result(more: list[str]) -> None:
    result = run([*CALF, *more])
    assert result.exit_code == 0
    assert result.stdout.count("LOOK AFTER IT AT HOME") == 1
    assert result.stderr == ""


def test_an_emergency_is_shown_at_once_and_the_rest_is_offered() -> None:
    result = run([*OPENING, "6"])
    assert "EMERGENCY: GET HELP NOW" in result.stdout
    assert "Type more to answer the other questions" in result.stdout
    assert result.exit_code == 0
    assert result.stdout.count("EMERGENCY: GET HELP NOW") == 2, "at once, and the result"
    assert (
        result.stdout.index("EMERGENCY")
        < result.stdout.index("Type more")
        < result.stdout.rindex("Emergency: get help now\nm all advice")
    )
    assert f"\n{DANGERS + 2}/" in run([*OPENING, "6", "more"]).stdout


@pytest.mark.parametrize(
    ("lines", "line", "question"),
    [
        (["perhaps", "me", "none"], 1, "for_whom"),
        ([*OPENING, "99", "none"], AT_DANGERS, "danger_signs"),
        ([*OPENING, "chest pain", "none"], AT_DANGERS + 1, "danger_signs"),
        ([*OPENING, "?6", "none"], AT_DANGERS + 1, "danger_signs"),
        ([*OPENING, "6", "none"], AT_DANGERS + 1, "danger_signs"),
        ([*OPENING, "none", "not so", "none"], AT_DANGERS + 1, ORDER[DANGERS + 1]),
        ([*BEFORE_JOINT, "perhaps", "none"], len(BEFORE_JOINT) + 1, JOINT[0]),
        ([*BEFORE_JOINT, "5", "none"], len(BEFORE_JOINT) + 1, JOINT[0]),
        ([*BEFORE_JOINT, "", "none"], len(BEFORE_JOINT) + 1, JOINT[0]),
        ([*CALF, LASTS, "perhaps", "none"], len(CALF) + 2, "episode_seconds"),
    ],
)
def test_a_script_stops_at_the_first_line_that_is_not_understood(
    tmp_path: Path, lines: list[str], line: int, question: str
) -> None:
    kept = tmp_path / "kept.json"
    result = run(lines, "--save", str(kept))
    assert result.exit_code == 3
    assert f"Line {line} was not understood at the question {question}" in result.stderr
    before = tmp_path / "before.json"
    run(lines[: line - 1], "--save", str(before))
    saved, said_before = (json.loads(path.read_text("utf-8"))["answers"] for path in (kept, before))
    assert saved == said_before, "no line answers another question"


@pytest.mark.parametrize("line", ["hm", "99", "0", "s", "none", "more"])
def test_a_script_stops_after_the_result_too(line: str) -> None:
    result = run([*CALF, "how", *[line] * 50])
    assert result.exit_code == 3
    assert f"Line {len(CALF) + 2} was not understood: Please type one of the letters" in result.stderr
    assert result.stdout.count("Please type one of the letters") == 1


@pytest.mark.parametrize(
    ("line", "help_given"),
    [
        ("b", "The questions are over."),
        ("?", "m  all advice: "),
        ("w?", "w  why: "),
        ("1?", "Why it is asked: "),
    ],
)
def test_a_question_of_a_script_after_the_result_is_answered_and_the_next_line_counts(
    line: str, help_given: str
) -> None:
    result = run([*CALF, line, "a"])
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.count(help_given) == 1
    assert result.stdout.index(help_given) < result.stdout.index("Give the number of one to change it.")
    result = run([*CALF, line, "hm", "a"])
    assert result.exit_code == 3
    assert f"Line {len(CALF) + 2} was not understood: Please type one of the letters" in result.stderr


def test_the_end_of_input_while_an_answer_is_changed_changes_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    result = run([*CALF, LASTS], "--save", str(kept))
    assert result.exit_code == 3
    assert "before the question episode_seconds" in result.stderr
    assert json.loads(kept.read_text("utf-8"))["answers"]["episode_seconds"] == 90


@pytest.mark.parametrize("line", ["y", "", "1", "none", "?", "b", "s", "q", "not sure", "hm", "\x00"])
def test_an_endless_script_ends(line: str) -> None:
    assert len(run([line] * 20_000).output) < 500_000


@pytest.mark.parametrize("line", ["a", "how", "why not emergency", "what if age=3", "b", "?", "w?", "1?"])
def test_an_endless_script_ends_after_the_result(line: str) -> None:
    result = run([*CALF, *[line] * 20_000])
    assert result.exit_code == 3
    assert "too many lines answer nothing" in result.stderr


def test_a_question_can_be_asked_about() -> None:
    result = run([*OPENING, "?"])
    assert "What it means:" in result.stdout
    assert f"Why it is asked: {KNOWLEDGE.questions['danger_signs'].why}" in " ".join(result.stdout.split())
    assert "How to answer: with numbers, such as 1 3, or in words; none; not sure." in result.stdout
    assert "It helps to find out, for example:" in result.stdout
    assert "(Emergency: get help now)" in " ".join(result.stdout.split())


@pytest.mark.parametrize("typed", [["1", "?"], [*OPENING, "?"]])
def test_of_an_explanation_the_sources_stand_last_on_one_line(typed: list[str]) -> None:
    text = run(typed).stdout
    heads = ("What it means: ", "How to answer: ", "Why it is asked: ", "It helps to find out", "Sources: ")
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    last = next(line for line in text.splitlines() if line.startswith("Sources: "))
    assert last.endswith(".")
    assert len(last) < 80
    assert text[: places[-1]].count("NHS") == 0, "plain words come first"


def test_a_list_of_several_questions_says_what_rests_on_any_of_them() -> None:
    text = run([*OPENING, "none", "?"]).stdout
    assert "How to answer: " in text
    assert text.index("It helps to find out") < text.index("Sources: ")


def test_back_offers_the_answer_again_and_skip_leaves_it_open() -> None:
    result = run(["b", *OPENING, "none", "b", "", "b", "s"])
    assert "This is the first question." in result.stdout
    assert "Enter keeps: none" in result.stdout
    assert result.stdout.count("Any of these, now or with it?") == 3


def test_an_answer_can_be_changed_after_the_result() -> None:
    result = run([*CALF, LASTS, "15 min", "a", "q"])
    assert result.exit_code == 0
    home, keeps, today = (
        result.stdout.index(part)
        for part in ("LOOK AFTER IT AT HOME", "Enter keeps: 90 seconds", "GET MEDICAL HELP TODAY")
    )
    assert home < keeps < today
    assert "15 minutes" in result.stdout[result.stdout.index("Your answers") :]


def test_a_skipped_warning_is_never_an_all_clear() -> None:
    interview = Interview(KNOWLEDGE)
    lines = []
    while (question := interview.next()) is not None:
        skipped = question.id == "danger_signs"
        interview = (
            interview.skip(question.id) if skipped else interview.answer(question.id, HEALTHY[question.id])
        )
        lines += ["s"] if skipped else typed(question.id)
    result = run([*lines, "a"])
    assert result.exit_code == 0
    assert "LOOK AFTER IT AT HOME" not in result.stdout
    assert KNOWLEDGE.undetermined.title.upper() in result.stdout
    listed = result.stdout[result.stdout.index("Your answers") :]
    assert "Any of these, now or with it? skipped" in " ".join(listed.split())


def test_questions_after_the_result() -> None:
    more = ["how", "why not emergency", "why not cramp-over-ten-minutes", "why not emergancy"]
    more += ["what if episode_seconds=15 min", "what if age=35", "what if ages=3", "what if age=x", "hm", "q"]
    assert run([*CALF, *more[:-2]]).exit_code == 0
    result = run([*CALF, *more])
    assert result.exit_code == 3, "hm is no question"
    shown = result.stdout
    for part in (
        "rule brief-occasional-cramp",
        "Why not emergency?",
        "- episode_seconds = 601",
        'did you mean "emergency"?',
        "It would be: Get medical help today.",
        "It would stay: Look after it at home.",
        'There is no question "ages"; did you mean "age"?',
        "Please type one of the letters",
    ):
        assert part in shown


def test_someone_else_is_spoken_of() -> None:
    result = run(["someone else", *CALF[1:], "q"])
    assert result.exit_code == 0
    shown = result.stdout
    assert "How old are they?" in shown
    assert "or they could be pregnant" in " ".join(shown.split())
    assert "At night, waking them" in shown


def test_quitting_and_saving(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    result = run([*typed(*ORDER[:4]), "q"], "--save", str(kept))
    assert result.exit_code == 0
    assert "no result" in result.stderr
    saved = json.loads(kept.read_text("utf-8"))
    assert set(saved["answers"]) == set(ORDER[:4])
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


def test_what_is_saved_is_a_case_with_the_same_assessment(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    run([*CALF, "q"], "--save", str(kept))
    evaluated = CliRunner().invoke(main, ["evaluate", str(kept), "--format", "json", "--detail", "full"])
    assert evaluated.exit_code == 0
    (record,) = json.loads(evaluated.stdout)
    answers = json.loads(kept.read_text("utf-8"))["answers"]
    assert record["assessment"] == assess(KNOWLEDGE, answers, "kept").record()


@pytest.mark.parametrize("stop", [3, ORDER.index(JOINT[0]), ORDER.index(JOINT[-1]) + 1])
def test_resuming_goes_on_where_it_stopped(tmp_path: Path, stop: int) -> None:
    kept = tmp_path / "kept.json"
    run([*typed(*ORDER[:stop]), "q"], "--save", str(kept))
    result = run(typed(*ORDER[stop:]), "--resume", str(kept))
    assert result.exit_code == 0
    assert f"\n{stop + 1}/" in result.stdout
    assert f"\n{stop}/" not in result.stdout
    assert "LOOK AFTER IT AT HOME" in result.stdout


def test_a_transcript_is_private(tmp_path: Path) -> None:
    path = tmp_path / "talk.md"
    run([*CALF, "q"], "--transcript", str(path))
    text = path.read_text("utf-8")
    assert "**Where is it?**" in text
    assert "> calf" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_kept_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run([*CALF, "q"])
    assert list(tmp_path.iterdir()) == []


# On a real terminal.


def spawn(*arguments: str, **environment: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", *arguments],
        encoding="utf-8",
        timeout=30,
        env={**os.environ, "TERM": "xterm", **environment},
        dimensions=(40, 80),
    )


def test_ctrl_c_saves_where_asked_exits_130_and_can_be_resumed(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    child = spawn("--save", str(kept))
    child.expect("Who is this about")
    child.expect("> ")
    child.sendline("1")
    child.expect("How old are you")
    child.expect("\n> ")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert json.loads(kept.read_text("utf-8"))["answers"] == {"for_whom": "self"}
    again = spawn("--resume", str(kept))
    again.expect("2/")
    again.expect("How old are you")
    again.close(force=True)


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_the_persons_choice(
    arguments: list[str],
    environment: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a parameter, not a flag
) -> None:
    child = spawn(*arguments, **environment)
    child.expect("> ")
    shown = child.before or ""
    child.close(force=True)
    assert ("\x1b[1m" in shown) is coloured


def test_a_plain_locale_and_a_narrow_window_break_nothing() -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never"],
        encoding="utf-8",
        timeout=30,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"], "TERM": "xterm"},
        dimensions=(24, 40),
    )
    child.expect("> ")
    shown = child.before or ""
    child.close(force=True)
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 40
