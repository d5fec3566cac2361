"""`triage explain` and `triage schema`, as they are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from support.shipped import HEALTHY, KNOWLEDGE

from triage import assess
from triage.cli import main

pytestmark = pytest.mark.usefixtures("loaded")

URGENT = {**HEALTHY, "episode_seconds": 900}


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin, catch_exceptions=False)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"id": "one", "answers": URGENT}), "utf-8")
    return str(file)


def test_how_names_rules_answers_chain_and_sources(path: str) -> None:
    shown = run("explain", path).stdout
    for part in (
        "GET MEDICAL HELP TODAY",
        "because one cramp has gone on for more than ten minutes",
        "rule cramp-over-ten-minutes (rules/patterns/cramp-over-ten-minutes.toml)",
        "answer episode_seconds = 900",
        "through leg-involved, which concludes",
        "claims: mms.48",
        "No clinician has reviewed",
    ):
        assert part in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_why_not_a_rule_names_the_nearest_change(path: str) -> None:
    shown = run("explain", path, "--why-not", "sudden-trunk-pain-with-faintness").stdout
    assert "fails  danger_signs.severe_trunk_pain is yes (answer: no)" in shown
    assert "- danger_signs.severe_trunk_pain = yes" in shown
    assert "- danger_signs.faint = yes" in shown


def test_why_not_a_disposition_names_what_stands_against_it(path: str) -> None:
    shown = run("explain", path, "--why-not", "self_care").stdout
    assert "- cramp-over-ten-minutes" in shown
    assert "- episode_seconds = 600" in shown


def test_why_not_what_is_so(path: str) -> None:
    assert "It is so" in run("explain", path, "--why-not", "urgent").stdout
    assert "It is so" in run("explain", path, "--why-not", "cramp-over-ten-minutes").stdout


def test_why_not_a_name_that_nobody_has(path: str) -> None:
    result = run("explain", path, "--why-not", "emergancy")
    assert result.exit_code == 2
    assert 'did you mean "emergency"?' in result.stderr


@pytest.mark.parametrize("target", ["self_care", "doctor", "urgent", "emergency"])
@pytest.mark.parametrize("answers", [{}, HEALTHY, URGENT, {"feels": ["twitch"], "danger_signs": ["?faint"]}])
def test_the_nearest_change_of_a_disposition_brings_it(
    tmp_path: Path, answers: dict[str, Any], target: str
) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"id": "one", "answers": answers}), "utf-8")
    record = json.loads(run("explain", str(file), "--why-not", target, "--format", "json").stdout)
    (why,) = record["why_not"]
    if why["already"]:
        assert record["assessment"]["disposition"] == target
        return
    assert why["change"], f"nothing brings {target}"
    from triage.inference.answers.intake import read_answers  # noqa: PLC0415 - only here
    from triage.inference.assess import assess_findings  # noqa: PLC0415 - only here

    changed = {**read_answers(KNOWLEDGE, answers), **why["change"]}
    assert assess_findings(KNOWLEDGE, changed).disposition == target


def test_one_case_of_several_is_chosen_by_id(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{"id": "a", "answers": {}}, {"id": "b", "answers": URGENT}]), "utf-8")
    assert "NOT ENOUGH IS KNOWN" in run("explain", str(file), "--id", "a").stdout
    result = run("explain", str(file))
    assert result.exit_code == 2
    assert "name one with --id (a, b)" in result.stderr
    assert 'did you mean "a"' not in run("explain", str(file), "--id", "zzz").stderr


def test_someone_else_is_spoken_of_as_they() -> None:
    shown = run(
        "explain", "-", stdin=json.dumps({"id": "a", "answers": {**URGENT, "for_whom": "other"}})
    ).stdout
    assert "Call their doctor" in shown
    assert assess(KNOWLEDGE, {**URGENT, "for_whom": "other"}).action.count("their doctor") == 1


def test_a_case_that_is_not_there_or_not_valid(tmp_path: Path) -> None:
    assert run("explain", str(tmp_path / "no.json")).exit_code == 3
    assert run("explain", str(tmp_path)).exit_code == 5
    result = run("explain", "-", stdin='{"id": "a", "answers": {"age": 400}}')
    assert result.exit_code == 3
    assert "<stdin>:1:32 /answers/age" in result.stderr


def test_unsure_and_incomplete_people_are_told_what_is_open() -> None:
    shown = run("explain", "-", stdin='{"id": "a", "answers": {"danger_signs": "unknown"}}').stdout
    assert "You were not sure about a warning sign" in shown
    assert "Could not be ruled out" in shown
    shown = run("explain", "-", stdin='{"id": "a", "answers": {}}').stdout
    assert "Still to answer" in shown
    assert "Nothing fired is not an all-clear" in shown


@pytest.mark.parametrize("kind", ["intake", "case", "assessment", "compact", "full", "rule", "audit"])
def test_schemas_are_schemas(kind: str) -> None:
    Draft202012Validator.check_schema(json.loads(run("schema", kind).stdout))


def test_the_intake_schema_accepts_what_is_accepted() -> None:
    validator = Draft202012Validator(json.loads(run("schema", "intake").stdout))
    for good in ({}, HEALTHY, {"site": ["calf", "?foot"]}, {"site": {"calf": "unknown"}}, {"age": "unknown"}):
        assert validator.is_valid(good), good
    refused: tuple[dict[str, Any], ...] = (
        {"age": "x"},
        {"site": []},
        {"nothing": 1},
        {"site": {"calf": "maybe"}},
        {"frequency": "often"},
    )
    for bad in refused:
        assert not validator.is_valid(bad), bad


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for command in ("evaluate", "explain", "schema"):
        assert command in shown
    assert run("evalute").exit_code == 2
