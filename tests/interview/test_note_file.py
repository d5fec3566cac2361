"""`triage intake --note`: where the note is kept, and what it never writes over."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli import main

pytestmark = pytest.mark.usefixtures("loaded")

TO_THE_DANGERS = ["1", "35", "leg", "calf", "1"]
EMERGENCY = [*TO_THE_DANGERS, "1", "1", ""]
"""Typed on the way to a tight chest, and to its result."""


def run(*arguments: str, lines: list[str] = EMERGENCY) -> Result:
    return CliRunner().invoke(main, ["intake", *arguments], input="\n".join([*lines, "q", ""]))


@pytest.mark.parametrize(
    ("name", "first"), [("a.md", "# Note for the doctor"), ("a.txt", "NOTE FOR THE DOCTOR")]
)
def test_the_note_is_markdown_or_text_by_its_ending_and_private(
    tmp_path: Path, name: str, first: str
) -> None:
    path = tmp_path / name
    result = run("--note", str(path))
    assert result.exit_code == 0
    text = path.read_text("utf-8")
    assert text.splitlines()[0] == first
    assert "Emergency: get help now" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert f"The note for the doctor is kept in {path}." in result.stderr


def test_a_name_of_another_kind_is_refused_before_the_first_question(tmp_path: Path) -> None:
    result = run("--note", str(tmp_path / "note.pdf"))
    assert result.exit_code == 2
    assert "please give a name that ends in .md or .txt." in result.stderr
    assert "Question 1" not in result.stdout


def test_a_place_that_is_not_there_is_refused_before_the_first_question(tmp_path: Path) -> None:
    result = run("--note", str(tmp_path / "no" / "note.md"))
    assert result.exit_code == 2
    assert "Question 1" not in result.stdout


def test_the_note_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = str(tmp_path / "one.md")
    assert run("--note", path, "--transcript", path).exit_code == 2


def test_an_earlier_note_is_kept_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    run("--note", str(path))
    earlier = path.read_text("utf-8")
    result = run("--note", str(path))
    assert result.exit_code == 0
    (aside,) = (each for each in tmp_path.iterdir() if each != path)
    assert aside.read_text("utf-8") == earlier
    assert f"The earlier note is kept as {aside}." in result.stderr


def test_a_file_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("my own words", "utf-8")
    assert run("--note", str(path)).exit_code == 2
    assert path.read_text("utf-8") == "my own words"


def test_whoever_stops_early_gets_the_note_too(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    run("--note", str(path), lines=["1", "35"])
    text = path.read_text("utf-8")
    assert "35 years" in text
    assert "Not enough is known yet" in text


def test_both_complaints_are_kept(tmp_path: Path) -> None:
    note, saved = tmp_path / "a.txt", tmp_path / "me.json"
    lines = [*TO_THE_DANGERS, *["s"] * 30]
    said = run("--note", str(note), lines=lines).stdout
    typed = [*TO_THE_DANGERS, *["s"] * said.count("> \n")][: said.count("> \n")]
    result = run("--note", str(note), "--save", str(saved), lines=[*typed, "o", "leg", "shin", *["s"] * 30])
    assert note.read_text("utf-8").count("NOTE FOR THE DOCTOR") == 2
    assert {each.name for each in tmp_path.glob("*.json")} == {"me.json", "me-2.json"}
    assert "Those about the other complaint are kept in" in result.stderr
