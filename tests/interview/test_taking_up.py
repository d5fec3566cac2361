"""Taking an interview up: an emergency first, then what the file tells, then what is about now once more."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.shipped import HEALTHY, KNOWLEDGE
from support.typist import talk

from triage.cli import main

pytestmark = pytest.mark.usefixtures("loaded")

DANGERS = KNOWLEDGE.questions["danger_signs"].ask
LIMBS = KNOWLEDGE.questions["limb_signs"].first_ask
BEGUN = {name: HEALTHY[name] for name in ("for_whom", "age", "feels", "site", "danger_signs")}
LONG_AGO = datetime.now(UTC) - timedelta(days=2)


def run(lines: list[str], *arguments: str) -> Result:
    typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(main, ["intake", *arguments], input=typed, catch_exceptions=False)


def write(path: Path, answers: Any, given: datetime | None) -> str:
    saved = {
        "id": path.stem,
        "knowledge_base": {"version": "1", "sha256": KNOWLEDGE.sha256},
        "answers": answers,
    }
    if given is not None:
        saved["given_at"] = dict.fromkeys(answers, given.isoformat())
    path.write_text(json.dumps(saved), "utf-8")
    return str(path)


def test_answers_of_today_are_not_asked_again_and_their_time_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", BEGUN, datetime.now(UTC))
    shown = run([], "--resume", path).stdout
    assert "These answers were given on" in shown
    assert DANGERS not in shown
    assert "asked again" not in shown


@pytest.mark.parametrize("given", [LONG_AGO, None])
def test_what_is_about_now_is_asked_again_and_enter_keeps_it(tmp_path: Path, given: datetime | None) -> None:
    path, out = write(tmp_path / "a.json", BEGUN, given), tmp_path / "b.json"
    result = run([""], "--resume", path, "--save", str(out))
    shown = result.stdout
    assert shown.index("Press Enter where nothing") < shown.index("Asked again") < shown.index(DANGERS)
    assert shown.index("Enter keeps: none") < shown.index("\n6/")
    kept = json.loads(out.read_text("utf-8"))
    assert kept["answers"] == BEGUN
    times = {name: datetime.fromisoformat(text) for name, text in kept["given_at"].items()}
    assert datetime.now(UTC) - times.pop("danger_signs") < timedelta(minutes=5)
    assert times == ({} if given is None else dict.fromkeys(times, given.replace(microsecond=0)))


def test_an_answer_not_confirmed_stays_old(tmp_path: Path) -> None:
    path, out = write(tmp_path / "a.json", BEGUN, LONG_AGO), tmp_path / "b.json"
    run(["q"], "--resume", path, "--save", str(out))
    assert json.loads(out.read_text("utf-8"))["given_at"]["danger_signs"].startswith(f"{LONG_AGO:%Y-%m-%d}")
    assert "Asked again" in run([], "--resume", str(out)).stdout


def test_an_emergency_comes_before_all_else_also_where_it_is_old(tmp_path: Path) -> None:
    answers = {**BEGUN, "danger_signs": ["chest_tightness"], "gone": 1}
    path = write(tmp_path / "a.json", answers, LONG_AGO)
    for lines in ([""], ["more", "none"]):
        shown = run(lines, "--resume", path, "--force").stdout
        parts = ["EMERGENCY", "These answers were given on", "- gone: cannot be read"]
        parts += [DANGERS, "Enter keeps: Tight, squeezing"] if lines[0] else []
        assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
        before = shown[: shown.index("EMERGENCY")].splitlines()
        assert before == [KNOWLEDGE.title, ""]
    assert "\n6/" in shown, "it is not so any more"


def test_an_old_emergency_holds_until_it_is_answered_anew() -> None:
    answers = {**BEGUN, "danger_signs": ["chest_tightness"]}
    held, typist = talk("more", "q", "q", answers=answers, stale=["danger_signs"])
    assert held.interview.answers["danger_signs"] == ["chest_tightness"]
    assert typist.text.count("EMERGENCY") == 2, "first, and on leaving"
    held, _ = talk("more", "s", "q", "q", answers=answers, stale=["danger_signs"])
    assert "chest_tightness" in str(held.interview.answers["danger_signs"]), "to skip takes no danger back"


def test_going_back_among_what_is_asked_again_takes_no_answer_back() -> None:
    answers = {**HEALTHY}
    again = ["danger_signs", "limb_signs", "warning_signs"]
    held, typist = talk("b", "", "", "b", "", "", "", answers=answers, stale=list(again))
    assert "This is the first question that is asked again." in typist.text
    assert typist.text.count(LIMBS) == 2
    assert held.interview.answers == answers
    assert held.stale == []
    assert not re.search(r" \d+/\d+ ", typist.text), "nothing else is left to ask"


def test_a_new_danger_among_what_is_asked_again_is_told_at_once() -> None:
    held, typist = talk("6", "", answers=HEALTHY, stale=["danger_signs", "limb_signs"])
    assert "EMERGENCY" in typist.text
    assert LIMBS not in typist.text
    assert held.interview.at_emergency()


def test_a_file_without_times_is_one_as_before(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"for_whom": "self"}, None)
    result = run(["35"], "--resume", path, "--save", path)
    assert "It is not known when these answers were given." in result.stdout
    assert set(json.loads((tmp_path / "a.json").read_text("utf-8"))["given_at"]) == {"age"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_a_file_with_times_is_a_case(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    run(["1", "35"], "--save", str(path))
    assert "given_at" in json.loads(path.read_text("utf-8"))
    for more in ([], ["--jobs", "1"]):
        evaluated = CliRunner().invoke(main, ["evaluate", str(path), *more])
        assert evaluated.exit_code == 0, evaluated.output
