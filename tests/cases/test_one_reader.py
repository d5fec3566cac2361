"""Whoever reads case files tells the same fault in the same words, with file, line, column and pointer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_base import write_base

from triage.cli import main

pytest_plugins = ["pytester"]

GOOD = '{"id": "good", "answers": {"signs": "none"}, "expect": {"disposition": "undetermined"}}'
BROKEN = {
    "no-json": ('{"id": "a", "answers": {"signs": none}}', ["1:34 /answers/signs is not JSON"]),
    "empty": ("", ["1:1 / is empty; give one case or a list of cases"]),
    "unknown-question": (
        '{"id": "a",\n "answers": {"sings": "none"}}',
        ['2:23 /answers/sings unknown question "sings"; did you mean "signs"?'],
    ),
    "unknown-rule": (
        '{"id": "a", "answers": {},\n "expect": {"fires": ["x", "y"]}}',
        ['2:23 /expect/fires/0 "x" is not one of', '2:28 /expect/fires/1 "y" is not one of'],
    ),
    "no-id": ('[{"answers": {}}]', ['1:2 /0 a case needs "id"; add it']),
    "double-id": (
        f"[\n{GOOD},\n{GOOD}\n]",
        ['3:8 /1/id the id "good" is also used at broken.json:2; give one of them another'],
    ),
}
COMMANDS = {
    "evaluate": ["evaluate", "--rules", "rules", "broken.json"],
    "audit": ["audit", "--rules", "rules", "--format", "json", "broken.json"],
    "diff": ["diff", "rules", "rules", "--cases", "broken.json"],
    "explain": ["explain", "--rules", "rules", "broken.json"],
}


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one-reader")
    write_base(folder / "rules")
    return folder


def told(clinic: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> tuple[int, list[str]]:
    monkeypatch.chdir(folder)
    (folder / "rules").symlink_to(clinic / "rules")
    result = CliRunner().invoke(main, COMMANDS[command], catch_exceptions=False)
    return result.exit_code, [line for line in result.stderr.splitlines() if line.startswith("broken.json:")]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_command_tells_it(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    text, lines = BROKEN[name]
    (tmp_path / "broken.json").write_text(text)
    code, messages = told(clinic, tmp_path, monkeypatch, command)
    assert code == 3
    assert len(messages) == len(lines)
    for message, line in zip(messages, lines, strict=True):
        assert message.startswith(f"broken.json:{line}")


@pytest.mark.parametrize("name", BROKEN)
def test_the_pytest_plugin_tells_it(
    clinic: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text, _ = BROKEN[name]
    pytester.path.joinpath("broken.json").write_text(text)
    (expected_code, expected) = told(clinic, pytester.path, monkeypatch, "evaluate")
    assert (expected_code, bool(expected)) == (3, True)
    result = pytester.runpytest_inprocess(
        "--triage-cases", "broken.json", "--triage-rules", "rules", "-p", "no:randomly", "broken.json"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert set(expected) <= {line.removeprefix("E ").strip() for line in result.outlines}


def test_diff_tells_of_a_case_that_only_one_questionnaire_knows(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_base(tmp_path / "old")
    questionnaire = tmp_path / "old" / "questionnaire.toml"
    twitch = '  { id = "twitch"'
    more = questionnaire.read_text().replace(twitch, f'  {{ id = "burn", label = "It burns" }},\n{twitch}')
    questionnaire.write_text(more)
    case = {"id": "a", "answers": {"feels": ["burn"]}}
    (tmp_path / "broken.json").write_text(json.dumps(case))
    monkeypatch.chdir(tmp_path)
    arguments = ["diff", "old", str(clinic / "rules"), "--format", "json", "--cases", "broken.json"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 3
    assert 'broken.json:1:35 /answers/feels/0 "burn" is not one of' in result.stderr
    assert 'broken.json:1 "a" is known only to the questionnaire of old' in result.stderr
    arguments = ["diff", str(clinic / "rules"), "old", "--format", "json", "--cases", "broken.json"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 3
    assert result.stderr == 'broken.json:1 "a" is known only to the questionnaire of old\n', "it is new"


def test_diff_does_not_mind_what_a_case_expects_of_one_side_alone(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_base(tmp_path / "new")
    (tmp_path / "new" / "patterns" / "long-cramp.toml").unlink()
    case = {"id": "a", "answers": {"signs": "none"}, "expect": {"silent": ["long-cramp"]}}
    (tmp_path / "a.json").write_text(json.dumps(case))
    monkeypatch.chdir(tmp_path)
    for bases in ([str(clinic / "rules"), "new"], ["new", str(clinic / "rules")]):
        arguments = ["diff", *bases, "--format", "json", "--cases", "a.json"]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert (result.exit_code, result.stderr) == (1, "")
