"""Case files as pytest items, in runs of pytest on small folders of cases."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.shipped import HEALTHY, KNOWLEDGE
from support.small_base import write_base

from triage.cli import main
from triage.inference.columns.compiled import Compiled
from triage.inference.firings import Firings
from triage.knowledge.files import bundled_rules
from triage.pytest_plugin import cases

pytest_plugins = ["pytester"]

LONG = {
    "feels": ["painful_tightening"],
    "site": ["calf"],
    "age": 40,
    "episode_seconds": 601,
    "timing": {"in_heat": "no"},
    "effects": {"gone_after_sport": "no"},
    "nerve_conditions": {"parkinsons": "no"},
}
URGENT = {"id": "long", "answers": LONG, "expect": {"disposition": "urgent"}}
WELL = {"id": "well", "answers": HEALTHY, "expect": {"disposition": "self_care"}}
EMPTY = {"id": "empty", "answers": {}, "expect": {"disposition": "undetermined"}}


@pytest.fixture
def clinic(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with cases, on the rules of the package, which need no second loading here."""
    pytester.makeini("[pytest]\ntriage_cases = cases\n")
    monkeypatch.setattr(cases, "load_knowledge_base", lambda _: KNOWLEDGE)
    return pytester


def write(pytester: pytest.Pytester, name: str, data: Any) -> None:
    path = pytester.path / "cases" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")


def told(result: pytest.RunResult) -> str:
    return result.stdout.str()


def test_an_item_a_case_under_its_own_id(clinic: pytest.Pytester) -> None:
    write(clinic, "topic/one.json", [URGENT, WELL])
    write(clinic, "topic/lines.jsonl", json.dumps(EMPTY) + "\n")
    write(clinic, "topic/notes.txt", "not a case")
    result = clinic.runpytest_inprocess("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        ["cases/topic/lines.jsonl::empty", "cases/topic/one.json::long", "cases/topic/one.json::well"],
        consecutive=True,
    )


def test_every_kind_of_case_file_is_collected(clinic: pytest.Pytester, tmp_path: Path) -> None:
    """Compressed ones too, in any case of letters, and those that a link to a folder brings."""
    write(clinic, "a.JSON", {**WELL, "id": "a"})
    write(clinic, "b.ndjson", json.dumps({**WELL, "id": "b"}) + "\n")
    for name in ("c.json.gz", "d.JSONL.GZ"):
        (clinic.path / "cases" / name).write_bytes(
            gzip.compress(json.dumps({**WELL, "id": name[0]}).encode())
        )
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "e.json").write_text(json.dumps({**WELL, "id": "e"}), "utf-8")
    (clinic.path / "cases" / "near").symlink_to(tmp_path / "far")
    clinic.runpytest_inprocess().assert_outcomes(passed=5)


def test_the_header_says_that_other_rules_lie_about(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", [WELL])
    write_base(clinic.path / "rules")
    result = clinic.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        ["*rules: those of the package, not those in rules (name them as triage_rules*"]
    )


@pytest.mark.parametrize("chosen", [["cases/one.json::well"], ["-k", "well"]])
def test_one_case_can_be_chosen(clinic: pytest.Pytester, chosen: list[str]) -> None:
    write(clinic, "one.json", [{**URGENT, "expect": {"disposition": "self_care"}}, WELL])
    clinic.runpytest_inprocess(*chosen).assert_outcomes(passed=1, deselected=len(chosen) - 1)


def test_what_failed_last_runs_again(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", [URGENT, {**WELL, "expect": {"disposition": "doctor"}}])
    clinic.runpytest_inprocess().assert_outcomes(passed=1, failed=1)
    clinic.runpytest_inprocess("--lf").assert_outcomes(failed=1)


def test_json_elsewhere_is_left_alone(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", [WELL])
    clinic.makefile(".json", package='{"name": "no case"}')
    clinic.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_case_on_which_the_evaluators_differ_fails(
    clinic: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compiled, "firings", lambda *_: Firings(frozenset(), frozenset(), frozenset()))
    write(clinic, "one.json", [URGENT])
    result = clinic.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    assert "cases/one.json:1: the two evaluators differ on case" in told(result)
    assert "Traceback" not in told(result)


@pytest.mark.parametrize(("share", "checked"), [("all", 40), ("1", 40), ("none", 0)])
def test_experta_checks_the_share_that_is_asked_for(
    clinic: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, share: str, checked: int
) -> None:
    monkeypatch.setattr(Compiled, "firings", lambda *_: Firings(frozenset(), frozenset(), frozenset()))
    write(clinic, "many.json", [{**URGENT, "id": f"c{n}"} for n in range(40)])
    clinic.runpytest_inprocess("--triage-check", share).assert_outcomes(passed=40 - checked, failed=checked)


def test_one_case_in_some_is_checked_and_the_same_ones_again(
    clinic: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compiled, "firings", lambda *_: Firings(frozenset(), frozenset(), frozenset()))
    write(clinic, "many.json", [{**URGENT, "id": f"c{n}"} for n in range(40)])
    first, second = (clinic.runpytest_inprocess("--triage-check", "4") for _ in range(2))
    assert 0 < first.parseoutcomes()["failed"] < 40
    assert first.parseoutcomes() == second.parseoutcomes()


@pytest.mark.parametrize("share", ["0", "some", "-1", "1.5"])
def test_what_is_no_share_is_refused(clinic: pytest.Pytester, share: str) -> None:
    write(clinic, "one.json", [URGENT])
    result = clinic.runpytest_inprocess(f"--triage-check={share}")
    assert (
        f'"{share}" is not a share of cases to check; write all, none, or a number such as 10'
        in result.stderr.str()
    )


def test_a_failure_says_what_was_expected_what_came_and_why(clinic: pytest.Pytester) -> None:
    expect = {"disposition": "urgent", "fires": ["cramp-over-ten-minutes"]}
    answers = {**HEALTHY, "episode_seconds": 600}
    write(clinic, "one.json", [{"id": "a.b", "title": "Ten minutes", "answers": answers, "expect": expect}])
    result = clinic.runpytest_inprocess("-v")
    result.stdout.fnmatch_lines(
        [
            "cases/one.json::a.b FAILED*",
            "*_ a.b: Ten minutes _*",
            "disposition: expected urgent, got self_care; fires: expected but not found: *",
            "cases/one.json:1:* /0/expect/disposition expected urgent, got self_care",
            "cases/one.json:1:* /0/expect/fires expected but not found: cramp-over-ten-minutes",
            "It came to self_care, at home:",
            "  - because it is a short cramp that comes only now and then",
            "    (brief-occasional-cramp)",
            "Why not cramp-over-ten-minutes?",
            "  fails  episode_seconds at_least over_ten_minutes (601): a cramp of more than",
            "  - episode_seconds = 601",
            "More: triage explain cases/one.json --id a.b",
            "FAILED cases/one.json::a.b - Failed: disposition: expected urgent*",
        ]
    )
    assert "Traceback" not in told(result)
    assert "cases.py" not in told(result)


def test_the_command_that_a_failure_names_runs(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", [{**WELL, "expect": {"disposition": "doctor"}}, URGENT])
    said = told(clinic.runpytest_inprocess())
    # Where a variable CI is set, pytest's short summary repeats the whole failure.
    (command,) = {line for line in said.splitlines() if line.startswith("More: triage ")}
    assert CliRunner().invoke(main, command.split()[2:]).exit_code == 0


def test_invalid_cases_fail_with_the_lines_of_evaluate(clinic: pytest.Pytester) -> None:
    write(clinic, "bad.json", [{"id": "bad", "answers": {"feel": ["x"], "age": 400}}, {"answers": {}}, 7])
    write(clinic, "broken.json", '{"id": "x", ')
    write(clinic, "lines.jsonl", '{"id": "NaN", "answers": {"age": NaN}}\n{oops\n')
    write(clinic, "twice.json", [EMPTY, EMPTY])
    write(clinic, "twice_elsewhere.json", EMPTY)
    write(clinic, "latin.json", "")
    (clinic.path / "cases" / "latin.json").write_bytes(b'{"id": "caf\xe9"}')
    expected = CliRunner().invoke(main, ["evaluate", "cases"]).stderr.splitlines()
    result = clinic.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=9)
    assert len(expected) == 10
    assert set(expected) <= set(told(result).splitlines())
    assert "Traceback" not in told(result)


def test_each_text_that_is_no_case_can_be_called_by_a_name(clinic: pytest.Pytester) -> None:
    write(clinic, "lines.jsonl", "{oops\nnope\n" + json.dumps({"answers": {}}) + "\n" + json.dumps(EMPTY))
    write(clinic, "twice.json", [WELL, WELL])
    result = clinic.runpytest_inprocess("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "cases/lines.jsonl::unreadable",
            "cases/lines.jsonl::unreadable#2",
            "cases/lines.jsonl::case-3",
            "cases/lines.jsonl::empty",
            "cases/twice.json::well",
            "cases/twice.json::well#2",
        ],
        consecutive=True,
    )


def test_a_case_that_expects_nothing_fails(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", [WELL, {"id": "idle", "answers": HEALTHY}])
    result = clinic.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["cases/one.json:1 idle expects nothing; add what it should show"])


def test_items_and_failures_know_file_and_line(clinic: pytest.Pytester) -> None:
    lines = ["[", json.dumps(WELL), ",", json.dumps({**URGENT, "expect": {"soon": True}}), "]"]
    write(clinic, "one.json", "\n".join(lines))
    run = clinic.inline_run("--tb=line")
    reports = [report for report in run.getreports("pytest_runtest_logreport") if report.when == "call"]
    assert [report.location[:2] for report in reports] == [("cases/one.json", 1), ("cases/one.json", 3)]


def test_the_place_of_a_failure_is_the_case(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", "[\n" + json.dumps({**URGENT, "expect": {"soon": True}}) + "]")
    result = clinic.runpytest_inprocess("--tb=line")
    result.stdout.fnmatch_lines(["cases/one.json:2: Failed: soon: expected True, got False"])


def test_folders_and_rules_can_be_named_on_the_command_line(clinic: pytest.Pytester) -> None:
    clinic.makeini("[pytest]\ntriage_cases = nowhere\n")
    write(clinic, "one.json", [WELL])
    clinic.mkdir("sub")
    result = clinic.runpytest_inprocess("--triage-cases", "cases/one.json", "--triage-rules", "sub")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["triage cases: cases/one.json; rules: sub"])


def test_a_folder_that_is_not_there_is_named(clinic: pytest.Pytester) -> None:
    result = clinic.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: *cases: there are no cases to test; fix triage_cases or --triage-cases"]
    )


def test_a_clinic_tests_its_own_rules(pytester: pytest.Pytester) -> None:
    shutil.copytree(bundled_rules(), pytester.path / "rules")
    thresholds = pytester.path / "rules" / "thresholds.toml"
    text = thresholds.read_text("utf-8")
    assert "value = 601" in text
    thresholds.write_text(text.replace("value = 601", "value = 301"), "utf-8")
    pytester.makeini("[pytest]\ntriage_cases = cases\ntriage_rules = rules\n")
    shorter = {**URGENT, "answers": {**LONG, "episode_seconds": 301}}
    write(pytester, "one.json", [shorter, {**EMPTY, "expect": {"disposition": "doctor"}}])
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["More: triage explain cases/one.json --id empty --rules rules"])


def test_what_is_wrong_with_rules_is_said_once(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntriage_cases = cases\ntriage_rules = rules\n")
    pytester.mkdir("rules").joinpath("meta.toml").write_text("x\n", "utf-8")
    write(pytester, "one.json", [WELL, EMPTY])
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: the rules in rules cannot be used:", "meta.toml:1 * is not valid TOML*"]
    )
    assert result.stderr.str().count("meta.toml") == 1
    assert pytester.runpytest_inprocess("--collect-only").ret == pytest.ExitCode.OK


def test_a_project_without_cases_pays_nothing(tmp_path: Path) -> None:
    """It collects no case, and imports nothing of the package beside the door."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "one.json").write_text(json.dumps([EMPTY]), "utf-8")
    program = (
        "import pytest, sys; code = pytest.main(['-q', '-p', 'no:cacheprovider']);"
        "print(int(code), *sorted(name for name in sys.modules if name.partition('.')[0] in"
        " ('triage', 'experta', 'jsonschema', 'click')))"
    )
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert printed.splitlines()[-1] == "5 triage triage.pytest_plugin"


def test_a_link_to_nothing_among_the_cases_stops_the_run(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", WELL)
    (clinic.path / "cases" / "dead.json").symlink_to("nothing.json")
    (clinic.path / "cases" / "deadfolder").symlink_to("nowhere")
    result = clinic.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stderr.str()
    assert "dead.json: is a link to nothing" in said
    assert "deadfolder: is a link to nothing" in said


def test_what_is_passed_over_among_the_cases_stands_in_the_header(clinic: pytest.Pytester) -> None:
    write(clinic, "one.json", WELL)
    write(clinic, "table.csv", "a,b")
    result = clinic.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*passed over*table.csv*"])
    assert result.ret == pytest.ExitCode.OK


def test_a_case_is_called_by_the_name_that_is_shown_whatever_its_id(clinic: pytest.Pytester) -> None:
    missed = {**WELL, "expect": {"disposition": "emergency"}}
    write(clinic, "odd.json", [{**missed, "id": name} for name in ("calf[left", "a::b", "a:b")])
    first = clinic.runpytest_inprocess("-q")
    shown = [line.split()[1] for line in first.outlines if line.startswith("FAILED")]
    assert len(shown) == 3
    clinic.runpytest_inprocess("-q", "--lf").assert_outcomes(failed=3)
    for name in shown:
        clinic.runpytest_inprocess("-q", name).assert_outcomes(failed=1)
