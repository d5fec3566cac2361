"""`triage audit`, as it is called."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pexpect
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from support.small_base import TWIN, every_case, write_base, write_cases
from support.unprivileged import triage_without_powers

from triage import load_knowledge_base
from triage.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments], catch_exceptions=False)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic's folder: `rules` without a gap on `cases`, and `twin` with two rules that are one."""
    folder = tmp_path_factory.mktemp("clinic")
    knowledge = load_knowledge_base(write_base(folder / "rules"))
    write_base(folder / "twin", **{"patterns/longer-cramp": TWIN})
    cases = every_case(knowledge)
    write_cases(folder / "cases", cases)
    write_cases(folder / "few", [{"id": "one", "answers": {"signs": "none"}}])
    return folder


@pytest.fixture
def clinic(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clinic's folder, and we are in it."""
    monkeypatch.chdir(small)
    return small


# What it is given, and exit codes.


@pytest.mark.usefixtures("clinic")
def test_a_whole_base_passes_and_the_cases_here_are_meant() -> None:
    asked = "rule=100,near_miss=100,condition=100,masking=100,boundary=100,mutation=100"
    result = run("--rules", "rules", "--fail-under", asked)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "WHAT NO CASE SHOWS: nothing" in result.stdout
    assert "This took" in result.stdout


def test_without_cases_it_says_what_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run()
    assert result.exit_code == 2
    assert 'such as "triage audit cases"; there is no folder "cases" here' in result.stderr


@pytest.mark.usefixtures("clinic")
def test_a_measure_below_what_is_asked_exits_1() -> None:
    result = run("few", "--rules", "rules", "--fail-under", "rule=50, question = 20")
    assert result.exit_code == 1
    assert result.stderr == "rule 0.0 % is below 50 %: 0 of 6 rules that at least one case fires\n"


@pytest.mark.usefixtures("clinic")
def test_a_refuted_law_exits_1_and_is_named() -> None:
    result = run("few", "--rules", "twin")
    assert result.exit_code == 1
    assert (
        "rules-add-something is refuted: Every rule fires for some intake, and there adds something"
        in result.stderr
    )
    assert run("few", "--rules", "rules").exit_code == 0


@pytest.mark.usefixtures("clinic")
def test_an_undecided_proof_exits_1() -> None:
    result = run("few", "--rules", "rules", "--budget", "1")
    assert result.exit_code == 1
    assert re.search(r"^[a-z-]+ is undecided: ", result.stderr, re.MULTILINE)
    assert "undecided, and perhaps decided with a larger --budget: " in result.stdout


@pytest.mark.usefixtures("clinic")
def test_a_case_that_fails_is_named_with_what_it_misses(tmp_path: Path) -> None:
    case = {"id": "a", "answers": {"signs": ["jaw"]}, "expect": {"disposition": "doctor"}}
    path = write_cases(tmp_path, [{"id": "b", "answers": {}}, case])
    result = run(path, "--rules", "rules")
    assert result.exit_code == 1
    assert f"{path}:2:" in result.stderr
    assert "/expect/disposition expected doctor, got emergency" in result.stderr
    assert "CASES THAT FAIL THEIR OWN EXPECTATIONS: 1" in result.stdout
    assert f"{path}:2" in result.stdout


@pytest.mark.usefixtures("clinic")
def test_invalid_cases_are_placed_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(
        '[{"id": "a", "answers": {"signs": ["jaw"]}},\n'
        ' {"id": "a", "answers": {}},\n'
        ' {"id": "b", "answers": {"sings": "none"}}]',
        "utf-8",
    )
    result = run(str(path), str(tmp_path / "no.json"), "--rules", "twin")
    assert result.exit_code == 3  # though a law is refuted
    assert f'{path}:2:9 /1/id the id "a" is also used at {path}:1; give one of them another' in result.stderr
    assert f'{path}:3:35 /2/answers/sings unknown question "sings"; did you mean "signs"?' in result.stderr
    assert "no.json / cannot be read" in result.stderr
    assert "Left out as invalid: 3 cases." in result.stdout
    assert "1 case\n" in result.stdout


@pytest.mark.usefixtures("clinic")
def test_nothing_but_invalid_cases_gives_no_report(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"id": "a"}', "utf-8")
    result = run(str(path), "--rules", "rules")
    assert (result.exit_code, result.stdout) == (3, "")


@pytest.mark.usefixtures("clinic")
def test_no_cases_exit_5(tmp_path: Path) -> None:
    result = run(str(tmp_path), "--rules", "rules")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "holds no case files" in result.stderr
    assert run(str(tmp_path), "few", "--rules", "rules").exit_code == 3


@pytest.mark.usefixtures("clinic")
def test_a_missing_solver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    result = run("few", "--rules", "rules")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install python-sat" in result.stderr


@pytest.mark.usefixtures("clinic")
def test_a_broken_knowledge_base_exits_4() -> None:
    assert run("bad.json", "--rules", "nowhere").exit_code == 4


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("mutations=95", 'no measure is called "mutations"; did you mean "mutation"?'),
        ("colour=1", "it is one of rule, near_miss, condition, masking, boundary, disposition,"),
        ("rule=100,mutation", '"mutation" is not NAME=PERCENT; write for example rule=100,'),
        ("rule=101", "give a number from 0 to 100"),
    ],
)
@pytest.mark.usefixtures("clinic")
def test_what_is_asked_wrongly_is_said_before_any_work(asked: str, said: str) -> None:
    result = run("--fail-under", asked)
    assert result.exit_code == 2
    assert said in result.stderr


# Output.


@pytest.mark.usefixtures("clinic")
def test_paths_can_be_opened_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    def named(*arguments: str) -> set[str]:
        shown = run(*arguments).stdout
        return set(re.findall(r"^(\S+\.toml):\d+", shown, re.MULTILINE))

    assert "twin/patterns/longer-cramp.toml" in named("few", "--rules", "twin", "-v")
    assert "twin/patterns/longer-cramp.toml" in named("few", "--rules", str(small / "twin"), "-v")
    monkeypatch.chdir(small / "twin")
    assert "patterns/longer-cramp.toml" in named("../few", "--rules", ".", "-v")
    monkeypatch.chdir(tmp_path)
    found = named(str(small / "few"), "--rules", str(small / "twin"), "-v")
    assert all(Path(path).is_file() for path in found)
    assert str(small / "twin/patterns/longer-cramp.toml") in found


@pytest.mark.usefixtures("clinic")
def test_each_form_goes_to_a_file_that_names_it(tmp_path: Path) -> None:
    def written(name: str, *more: str) -> str:
        result = run("few", "--rules", "rules", "-o", str(tmp_path / name), *more)
        assert (result.exit_code, result.stdout) == (0, "")
        return (tmp_path / name).read_text("utf-8")

    schema = json.loads(CliRunner().invoke(main, ["schema", "audit"]).stdout)
    Draft202012Validator(schema).validate(json.loads(written("audit.json")))
    assert written("audit.html").startswith("<!DOCTYPE html>")
    assert ET.fromstring(written("audit.xml")).tag == "testsuites"  # noqa: S314 - our own text
    assert written("audit.txt").startswith("Audit of small 1")
    assert json.loads(written("audit", "--format", "json"))["schema_version"] == "4"
    assert len(list(tmp_path.iterdir())) == 5  # and no half file beside them


@pytest.mark.usefixtures("clinic")
def test_json_goes_to_standard_output_and_the_faults_do_not() -> None:
    result = run("few", "--rules", "twin", "--format", "json")
    assert json.loads(result.stdout)["knowledge_base"] == "small"
    assert "rules-add-something" in result.stderr


@pytest.mark.usefixtures("clinic")
def test_what_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    result = run("nowhere.json", "-o", str(tmp_path / "no" / "a.txt"))
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


# Witnesses.


@pytest.mark.usefixtures("clinic")
def test_witnesses_are_case_files_that_run_and_close_gaps(tmp_path: Path) -> None:
    folder = tmp_path / "witnesses"
    result = run("few", "--rules", "rules", "--write-witnesses", str(folder), "--format", "json")
    found = json.loads(result.stdout)
    files = sorted(folder.rglob("*.json"))
    ids = [case["id"] for file in files for case in json.loads(file.read_text("utf-8"))]
    assert len(ids) == len(set(ids))
    assert f"{len(ids)} cases added to {len(files)} files: look at each" in result.stderr
    assert {file.relative_to(folder).as_posix() for file in files} >= {"patterns/long-cramp.json"}
    base = json.loads((folder / "base.json").read_text("utf-8"))
    reached = {case["id"]: case["expect"] for case in base if ".step-never-reached" in case["id"]}
    assert reached
    assert all(expect["steps"] == [name.partition(".")[0]] for name, expect in reached.items())
    checked = CliRunner().invoke(main, ["evaluate", str(folder), "--rules", "rules"])
    assert checked.exit_code == 0
    assert f"{len(ids)} of {len(ids)} expectations met" in checked.stdout
    again = json.loads(run("few", str(folder), "--rules", "rules", "--format", "json").stdout)

    def covered(audit: dict[str, Any], name: str) -> int:
        return next(int(entry["covered"]) for entry in audit["measures"] if entry["name"] == name)

    assert covered(found, "boundary") == 0
    assert covered(again, "boundary") == 6
    assert covered(again, "condition") > covered(found, "condition")


@pytest.mark.usefixtures("clinic")
def test_witnesses_are_added_to_the_cases_that_are_there(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    run("few", "--rules", "rules", "--write-witnesses", str(folder))
    file = folder / "patterns" / "long-cramp.json"
    name = json.loads(file.read_text())[0]["id"]
    mine = f'[{{"id":   "{name}", "answers": {{}}, "expect": {{"disposition": "undetermined"}}}}\n ]\r\n'
    file.write_bytes(mine.encode())
    others = {path: path.read_bytes() for path in folder.rglob("*.json") if path != file}
    result = run("few", "--rules", "rules", "--write-witnesses", str(folder))
    kept, *added = json.loads(file.read_text())
    assert kept == json.loads(mine)[0]
    assert file.read_bytes().startswith(mine[: mine.index("\n")].encode() + b",\n  {\n")
    assert file.read_bytes().endswith(b"\n]\r\n")
    assert f"{file}: {len(added)} cases added" in result.stderr
    assert f"{len(added)} cases added to 1 file: look at each" in result.stderr
    assert name not in {case["id"] for case in added}
    assert f"{name}-2" in {case["id"] for case in added}
    assert {path: path.read_bytes() for path in others} == others, "what is there is not added again"
    checked = CliRunner().invoke(main, ["evaluate", str(folder), "--rules", "rules", "--format", "jsonl"])
    assert checked.exit_code == 0, checked.stderr


@pytest.mark.usefixtures("clinic")
@pytest.mark.parametrize("mine", ["mine", '{"id": "a", "answers": {}}', ""])
def test_a_file_that_is_no_list_of_cases_is_kept(tmp_path: Path, mine: str) -> None:
    file = tmp_path / "patterns" / "long-cramp.json"
    file.parent.mkdir()
    file.write_text(mine, "utf-8")
    result = run("few", "--rules", "rules", "--write-witnesses", str(tmp_path))
    assert result.exit_code == 1
    assert f"{file}: is not a list of cases; " in result.stderr
    assert file.read_text("utf-8") == mine


@pytest.mark.usefixtures("clinic")
def test_witnesses_where_a_file_cannot_be_written_change_no_file(tmp_path: Path, clinic: Path) -> None:
    (tmp_path / "cases" / "patterns").mkdir(parents=True)
    shut = tmp_path / "cases" / "patterns" / "long-cramp.json"
    shut.write_text('[{"id": "mine", "answers": {}}]')
    shut.chmod(0o444)
    result = triage_without_powers(
        clinic, "audit", "few", "--rules", "rules", "--write-witnesses", str(tmp_path / "cases")
    )
    assert result.returncode == 2
    assert f"{shut}: cannot be written: permission denied" in result.stderr
    assert [path for path in tmp_path.rglob("*.json") if path != shut] == []
    assert shut.read_text() == '[{"id": "mine", "answers": {}}]'


# A terminal.


def on_a_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "triage", "audit", *arguments],
        cwd=str(folder),
        env={**{name: os.environ[name] for name in os.environ if name != "NO_COLOR"}, **environment},
        dimensions=(24, 80),
        timeout=60,
        encoding="utf-8",
    )
    child.expect(pexpect.EOF)
    return str(child.before)


def test_a_terminal_sees_the_progress_and_colours_that_it_wants(small: Path) -> None:
    coloured = on_a_terminal(small, "few", "--rules", "twin", TERM="xterm")
    assert re.search(r"\x1b\[31m.*refuted: rules-add-something", coloured)
    assert re.search(r"changing rules .*100%", coloured)
    plain = on_a_terminal(small, "few", "--rules", "twin", TERM="xterm", NO_COLOR="1")
    assert not re.search(r"\x1b\[\d+m", plain)
    assert "refuted: rules-add-something\r\n" in plain


@pytest.mark.usefixtures("clinic")
def test_help_names_the_measures_and_codes() -> None:
    shown = run("--help").stdout
    for part in ("rule=100,", "--write-witnesses", "Exit codes", "--budget"):
        assert part in shown
