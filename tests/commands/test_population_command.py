"""`triage population`, as it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli import main
from triage.population.population import PopulationError


def run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, *arguments], catch_exceptions=False)


def test_what_is_written_can_be_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    assert run("population", "--count", "25", "--seed", "7", "-o", str(path)).exit_code == 0
    assert run("population", "--count", "25", "--seed", "7").stdout == path.read_text("utf-8")
    found = run("evaluate", str(path))
    assert found.exit_code == 0
    assert "25 cases" in found.stdout


def test_spoilt_lines_are_named_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    run("population", "--count", "20", "--seed", "7", "--invalid", "1", "-o", str(path))
    found = run("evaluate", str(path))
    assert found.exit_code == 3
    assert {line.split(":")[1] for line in found.stderr.splitlines()} == {str(n) for n in range(1, 21)}


@pytest.mark.parametrize(
    "wrong",
    [
        ["--count", "5"],
        ["--seed", "5"],
        ["--count", "-1", "--seed", "1"],
        ["--count", "1", "--seed", "-1"],
        ["--count", "1", "--seed", "1", "--invalid", "nan"],
    ],
)
def test_wrong_usage(wrong: list[str]) -> None:
    assert run("population", *wrong).exit_code == 2


def test_other_rules_that_the_proportions_do_not_fit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PopulationError('unknown question "age"')

    monkeypatch.setattr("triage.cli.population.read_proportions", refuse)
    found = run("population", "--count", "5", "--seed", "1")
    assert found.exit_code == 4
    assert found.stderr == 'population.toml does not fit these rules: unknown question "age"\n'


def test_it_says_that_its_proportions_are_made_up() -> None:
    assert "The proportions are made up" in run("population", "--help").stdout


def test_a_reader_that_goes_away_is_no_fault() -> None:
    program = [sys.executable, "-m", "triage", "population", "--count", "3000", "--seed", "1"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b'{"id":"p1-1"')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
