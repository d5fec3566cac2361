"""A knowledge base on another topic, as `triage init` writes it, goes through every command.

Five dispositions with names of their own, degrees and hours: nothing of the engine knows of cramps.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli import main
from triage.knowledge.files import ROWS_OF
from triage.knowledge.loader import read_and_check

ALL_OF_IT = ("--rules", "rules")


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder just begun, called from there."""
    begun = run("init", str(tmp_path / "begun"))
    assert begun.exit_code == 0, begun.output
    monkeypatch.chdir(tmp_path / "begun")
    return tmp_path / "begun"


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    refused = run("init", str(tmp_path))
    assert refused.exit_code == 2
    assert "is not empty" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.usefixtures("topic")
def test_nothing_is_to_fix_and_every_case_passes() -> None:
    linted = run("lint", *ALL_OF_IT, "--cases", "cases")
    assert linted.exit_code == 0, linted.stdout
    checked = run("evaluate", "cases", *ALL_OF_IT)
    assert checked.exit_code == 0, checked.output
    assert re.search(r"(\d+) of \1 expectations met", checked.stdout)


@pytest.mark.usefixtures("topic")
def test_witnesses_close_every_gap_of_the_audit() -> None:
    run("audit", "cases", *ALL_OF_IT, "--write-witnesses", "cases")
    audited = run("audit", "cases", *ALL_OF_IT, "--format", "json")
    assert audited.exit_code == 0, audited.stderr
    measures = json.loads(audited.stdout)["measures"]
    assert {each["name"]: each["percent"] for each in measures if each["percent"] < 100} == {}
    assert run("evaluate", "cases", *ALL_OF_IT).exit_code == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1\n1\n\nq\n", "Emergency: get help now"),
        ("2\nnone\n3\n12 hours\n2\n39\n1\n1\nq\n", "See a doctor, within 2 days"),
        ("1\nnone\n30\n8 days\n1\n3\nnone\nq\n", "See a doctor, within a week"),
    ],
)
@pytest.mark.usefixtures("topic")
def test_the_interview_comes_to_its_dispositions(typed: str, said: str) -> None:
    talk = run("intake", *ALL_OF_IT, typed=typed)
    assert said in talk.output, talk.output


@pytest.mark.usefixtures("topic")
def test_a_number_that_is_no_time_is_whole() -> None:
    talk = run("intake", *ALL_OF_IT, typed="1\nnone\n3\n20 hours\n2\n38.5\n")
    assert "Please give a whole number of degrees, or not sure." in talk.output


@pytest.mark.usefixtures("topic")
def test_made_up_people_are_evaluated_in_bulk() -> None:
    people = ("population", "--count", "300", "--seed", "7", *ALL_OF_IT)
    assert run(*people, "-o", "people.jsonl").exit_code == 0
    assessed = run("evaluate", "people.jsonl", *ALL_OF_IT, "--compact", "-o", "out.jsonl")
    assert assessed.exit_code == 0, assessed.output
    records = map(json.loads, Path("out.jsonl").read_text("utf-8").splitlines())
    found = {record["disposition"] for record in records}
    assert {"ambulance", "same_day", "practice", "undetermined"} <= found
    assert found <= {*read_and_check(Path("rules")).rungs, "undetermined"}


def test_a_change_of_meaning_is_seen_by_diff(topic: Path) -> None:
    run("init", str(topic / "old"))
    rule = topic / "rules" / "patterns" / "sore-for-over-a-week.toml"
    rule.write_text(rule.read_text("utf-8").replace('"practice"', '"pharmacy"'), "utf-8")
    compared = run("diff", "old/rules", "rules")
    assert compared.exit_code == 1, compared.output
    assert "practice -> pharmacy" in compared.stdout


@pytest.mark.usefixtures("topic")
def test_it_is_shown_explained_and_described() -> None:
    assert "Ask a pharmacist" in run("show", *ALL_OF_IT).stdout
    case = "cases/danger/small-child-with-high-fever.json"
    told = run("explain", case, *ALL_OF_IT, "--id", "small-child-with-high-fever.typical")
    assert "temperature = 39" in told.stdout, told.output
    assert run("schema", "case", *ALL_OF_IT).exit_code == 0
    assert "in degrees, from 34 to 43" in run("schema", "codebook", *ALL_OF_IT).stdout


def test_what_no_rule_uses_may_be_left_out(topic: Path) -> None:
    """The least: questions, a ladder, sources and rules that call for something."""
    for name in ROWS_OF:
        (topic / "rules" / f"{name}.toml").unlink()
    for name in ("patterns", "advice"):
        shutil.rmtree(topic / "rules" / name)
    (topic / "rules" / "danger" / "small-child-with-high-fever.toml").unlink()
    rule = topic / "rules" / "danger" / "throat-closing.toml"
    rule.write_text(rule.read_text("utf-8").replace('\nsteps = ["sit_up"]', ""), "utf-8")
    linted = run("lint", *ALL_OF_IT, "--format", "json")
    problems = json.loads(linted.stdout)["problems"]
    assert {each["check"] for each in problems} <= {"unread-answer", "unused-source"}, problems
    assert run("show", *ALL_OF_IT).exit_code == 0
    assert "Emergency: get help now" in run("intake", *ALL_OF_IT, typed="1\n1\n\nq\n").output
    assert run("new-rule", "danger", "hoarse-for-long", *ALL_OF_IT, "--cases", "cases").exit_code == 0
