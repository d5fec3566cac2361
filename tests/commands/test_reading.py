"""No case goes unread in silence, whichever command reads it."""

from __future__ import annotations

import gzip
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.small_base import write_base
from support.unprivileged import triage_without_powers

from triage.cli import main

ANSWERS = {"signs": "none"}
COMMANDS = {
    "evaluate": ["evaluate", "--rules", "rules", "--format", "jsonl"],
    "jobs": ["evaluate", "--rules", "rules", "--format", "jsonl", "--jobs", "2"],
    "audit": ["audit", "--rules", "rules", "--format", "json"],
    "lint": ["lint", "--rules", "rules", "--cases"],
    "diff": ["diff", "rules", "other", "--format", "json", "--cases"],
    "explain": ["explain", "--rules", "rules", "--format", "json"],
}
every_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    write_base(folder / "rules")
    write_base(folder / "other")
    (folder / "other" / "patterns" / "long-cramp.toml").unlink()
    return folder


@pytest.fixture(autouse=True)
def _in_the_clinic(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with one case."""
    folder = tmp_path / "cases"
    folder.mkdir()
    write(folder / "one.json", "one")
    return folder


def write(path: Path, *names: str, **more: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps({"id": name, "answers": ANSWERS, **more}) for name in names) + "\n"
    raw = text.encode()
    path.write_bytes(gzip.compress(raw) if path.name.lower().endswith(".gz") else raw)


def run(command: str, path: Path) -> Result:
    return CliRunner().invoke(main, [*COMMANDS[command], str(path)], catch_exceptions=False)


def ids(result: Result) -> list[str]:
    return [json.loads(line)["case"] for line in result.stdout.splitlines()]


# What is a case file.


NAMES = (
    "a.json",
    "b.JSON",
    "c.jsonl",
    "d.JSONL",
    "e.ndjson",
    "f.NdJson",
    "g.json.GZ",
    "h.jsonl.gz",
    "i.ndjson.gz",
)


@pytest.mark.parametrize("command", ["evaluate", "jobs"])
def test_a_folder_gives_every_kind_of_case_file_in_any_case_of_letters(tmp_path: Path, command: str) -> None:
    expected = []
    for name in NAMES:
        both = "json." not in f"{name.lower()}."
        each = [name[0], f"{name[0]}2"] if both else [name[0]]
        write(tmp_path / name, *each)
        expected += each
        alone = run(command, tmp_path / name)
        assert (alone.exit_code, ids(alone)) == (0, each)
    result = run(command, tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert ids(result) == expected


@every_command
def test_one_line_names_what_is_passed_over(cases: Path, command: str) -> None:
    for name in ("b.csv", "a.txt", "old.json~", "README.md", "notes.MD", ".DS_Store", ".gitignore"):
        (cases / name).touch()
    (cases / "._one.json").write_bytes(b"\0")
    for name in (".git", "node_modules", "sub/.venv"):
        write(cases / name / "x.json", "x")
    os.mkfifo(cases / "pipe.json")
    (cases / "gone.txt").symlink_to("nothing")
    result = run(command, cases)
    files = "._one.json, a.txt, b.csv, gone.txt, old.json~, ..."
    folders = ".git, node_modules, sub/.venv"
    line = f"{cases}: passed over 6 files that are not cases: {files}; 3 folders: {folders}"
    assert result.stderr.splitlines().count(line) == 1
    assert not [each for each in result.stderr.splitlines() if "passed over" in each and each != line]


@every_command
def test_nothing_is_said_where_nothing_is_passed_over(cases: Path, command: str) -> None:
    (cases / "README.md").touch()
    assert "passed over" not in run(command, cases).stderr


def test_a_folder_of_nothing_else_says_both(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    result = run("evaluate", tmp_path)
    assert result.exit_code == 5
    assert result.stderr == (
        f"{tmp_path}: passed over 1 file that is not a case: a.txt\n"
        f"{tmp_path} / holds no case files (.json, .jsonl or .ndjson); name another folder\n"
    )


# What cannot be read.

INVALID = {"evaluate": 3, "jobs": 3, "audit": 3, "lint": 1, "diff": 3, "explain": 3}


@every_command
def test_a_folder_that_may_not_be_read_is_told(cases: Path, command: str) -> None:
    write(cases / "shut" / "two.json", "two")
    (cases / "shut").chmod(0)
    result = triage_without_powers(Path.cwd(), *COMMANDS[command], str(cases))
    (cases / "shut").chmod(0o755)
    assert result.returncode == INVALID[command], result.stderr
    told = result.stdout if command == "lint" else result.stderr
    assert f"{cases}/shut / cannot be read: permission denied; make it readable, or remove it" in told


@every_command
def test_the_folder_itself_may_not_be_read(cases: Path, command: str) -> None:
    cases.chmod(0)
    result = triage_without_powers(Path.cwd(), *COMMANDS[command], str(cases))
    cases.chmod(0o755)
    assert result.returncode == (2 if command in ("lint", "diff") else 3), result.stderr
    assert "Traceback" not in result.stderr


@every_command
def test_a_folder_above_may_not_be_entered(cases: Path, command: str) -> None:
    cases.chmod(0)
    result = triage_without_powers(Path.cwd(), *COMMANDS[command], str(cases / "one.json"))
    cases.chmod(0o755)
    assert result.returncode in (2, 3), result.stderr
    assert "Traceback" not in result.stderr
    assert "permission denied" in result.stderr.lower() or command in ("lint", "diff")


@pytest.mark.parametrize("name", ["two.json", "more"])
@every_command
def test_a_link_to_nothing_that_could_hold_cases_is_told(cases: Path, command: str, name: str) -> None:
    (cases / name).symlink_to("/nowhere/at/all")
    result = run(command, cases)
    assert result.exit_code == INVALID[command]
    told = result.stdout if command == "lint" else result.stderr
    assert "is a link to nothing; remove it, or bring back what it names" in told


# Links.


@pytest.mark.parametrize("command", ["evaluate", "jobs"])
def test_links_to_folders_are_followed_once(cases: Path, tmp_path: Path, command: str) -> None:
    write(tmp_path / "far" / "two.json", "two")
    (cases / "near").symlink_to("../far")
    (cases / "once-more").symlink_to("../far")
    (tmp_path / "far" / "up").symlink_to(cases)
    result = run(command, cases)
    assert (result.exit_code, ids(result)) == (0, ["two", "one"])
    assert result.stderr == (
        f"{cases}: passed over 2 folders: near/up (a link to {cases}, which holds it), "
        f"once-more (read as {cases}/near)\n"
    )


# Pipes.


@pytest.mark.parametrize("name", ["pipe", "pipe.json", "pipe.jsonl"])
@pytest.mark.parametrize("command", ["evaluate", "jobs"])
def test_a_pipe_that_is_named_is_read(tmp_path: Path, command: str, name: str) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    text = json.dumps({"id": "one", "answers": ANSWERS}) + "\n"
    writer = threading.Thread(target=lambda: pipe.write_text(text), daemon=True)
    writer.start()
    result = run(command, pipe)
    assert (result.exit_code, ids(result)) == (0, ["one"])


# What is no case.


@pytest.fixture
def mixed(cases: Path) -> Path:
    """One case that is right, one that is not valid, one that is no JSON."""
    write(cases / "two.json", "two", surprise=1)
    (cases / "three.json").write_text("{")
    return cases


def test_a_comparison_tells_what_cases_it_leaves_out(mixed: Path) -> None:
    result = run("diff", mixed)
    assert result.exit_code == 3
    assert f"{mixed}/three.json:1:2 / " in result.stderr
    assert f"{mixed}/two.json:1:" in result.stderr
    assert "/surprise" in result.stderr
    assert json.loads(result.stdout)
    same = CliRunner().invoke(main, ["diff", "rules", "rules", "--cases", str(mixed)])
    assert same.exit_code == 3
    assert f"{mixed}/three.json:1:2 / " in same.stderr


def test_a_comparison_takes_the_cases_that_are_right(cases: Path) -> None:
    write(cases / "long.json", "long")
    (cases / "long.json").write_text(
        json.dumps({"id": "long", "answers": {"signs": "none", "feels": ["tight"], "lasts": 700}})
    )
    result = run("diff", cases)
    assert (result.exit_code, result.stderr) == (1, "")
    assert '"long"' in result.stdout


@pytest.mark.parametrize("text", ["", "\n \n"])
@pytest.mark.parametrize("command", ["evaluate", "jobs", "audit"])
def test_an_empty_input_is_told(tmp_path: Path, command: str, text: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    result = run(command, tmp_path / "a.jsonl")
    assert result.exit_code == 5
    assert result.stderr == "there were no cases in what was given\n"
