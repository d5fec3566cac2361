"""`triage evaluate`, as it is called."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from support.shipped import HEALTHY

from triage.cli import main
from triage.inference.record_schema import assessment_schema
from triage.knowledge.files import bundled_rules

pytestmark = pytest.mark.usefixtures("loaded")

URGENT = {
    "feels": ["painful_tightening"],
    "site": ["calf"],
    "age": 40,
    "episode_seconds": 660,
    "timing": {"in_heat": "no"},
    "effects": {"gone_after_sport": "no"},
    "nerve_conditions": {"parkinsons": "no"},
}


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["evaluate", *arguments], input=stdin, catch_exceptions=False)


def write(path: Path, data: Any) -> str:
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return str(path)


def case(name: str, answers: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": name, "answers": HEALTHY if answers is None else answers, **more}


def test_a_table_with_a_summary_that_fits_80_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [case("one"), case("x" * 90, URGENT, expect={"disposition": "urgent"})])
    result = run(path)
    assert result.exit_code == 0
    assert "2 cases: 1 urgent, 1 self_care" in result.stdout
    assert "1 of 1 expectation met" in result.stdout
    assert "No clinician has reviewed" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines()[:4])
    assert result.stderr == ""


def test_json_holds_one_valid_record_a_case(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [case("one"), case("two", {})])
    records = json.loads(run(path, "--format", "json", "--detail", "full").stdout)
    assert [record["case"] for record in records] == ["one", "two"]
    validator = Draft202012Validator(assessment_schema())
    for record in records:
        validator.validate(record["assessment"])
        assert len(record["assessment"]["knowledge_base"]["sha256"]) == 64
        assert record["assessment"]["schema_version"] == "1"


def test_jsonl_in_jsonl_out_keeps_the_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps(case(str(n), URGENT)) for n in range(5)) + "\n\n")
    lines = run(path, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["case"] for line in lines] == ["0", "1", "2", "3", "4"]
    assert [json.loads(line)["line"] for line in lines] == [1, 2, 3, 4, 5]


def test_csv_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [case("=1+1"), {"id": "bad", "answers": {"age": -1}}])
    rows = list(csv.DictReader(io.StringIO(run(path, "--format", "csv").stdout)))
    assert rows[0]["case"] == "'=1+1"
    assert rows[0]["disposition"] == "self_care"
    assert rows[1]["valid"] == "no"
    assert "is out of range" in rows[1]["errors"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(case("one")),
        json.dumps([case("one")]),
        json.dumps(case("one")) + "\n" + json.dumps(case("two")) + "\n",
        json.dumps(case("one"), indent=2),
    ],
)
def test_standard_input(text: str) -> None:
    result = run("-", "--format", "jsonl", stdin=text)
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["case"] == "one"


def test_folders_are_read_in_order_with_their_sub_folders(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "1.json", case("b1"))
    write(tmp_path / "a.json", case("a"))
    write(tmp_path / "notes.txt", "not a case")
    lines = run(str(tmp_path), "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["case"] for line in lines] == ["a", "b1"]


# Bad input.


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('{"id": "a", "answers": }', "1:24 /", "is not JSON"),
        (
            '{"id": "a",\n "answers": {"aged": 4}}',
            "2:22 /answers/aged",
            'unknown question "aged"; did you mean "age"?',
        ),
        ('{"id": "a", "answers": {"age": "4"}}', "1:32 /answers/age", "whole number of years"),
        ('{"id": "a", "answers": {"age": true}}', "1:32 /answers/age", "not true"),
        ('{"id": "a", "answers": {"age": 4.5}}', "1:32 /answers/age", "not the number 4.5"),
        ('{"id": "a", "answers": {"age": 1e999}}', "1:32 /answers/age", "whole number"),
        (
            '{"id": "a", "answers": {"age": 130}}',
            "1:32 /answers/age",
            "130 years is out of range; give 0 to 120",
        ),
        ('{"id": "a", "answers": {"age": null}}', "1:32 /answers/age", "null says nothing"),
        ('{"id": "a", "answers": {"age": 4, "age": 5}}', "1:42 /answers/age", 'the key "age" appears twice'),
        ('{"id": "a", "answers": {"age": NaN}}', "1:32 /answers/age", "NaN is not a number"),
        (
            '{"id": "a", "answers": {"frequency": "weekley"}}',
            "1:38 /answers/frequency",
            'did you mean "weekly"?',
        ),
        ('{"id": "a", "answers": {"frequency": 3}}', "1:38 /answers/frequency", "not the number 3"),
        ('{"id": "a", "answers": {"site": ["calfs"]}}', "1:34 /answers/site/0", 'did you mean "calf"?'),
        ('{"id": "a", "answers": {"site": ["calf", "calf"]}}', "1:42 /answers/site/1", "appears twice"),
        (
            '{"id": "a", "answers": {"site": ["calf", "?calf"]}}',
            "1:42 /answers/site/1",
            "both present and not sure",
        ),
        ('{"id": "a", "answers": {"site": []}}', "1:33 /answers/site", 'write "none"'),
        ('{"id": "a", "answers": {"site": 3}}', "1:33 /answers/site", "not the number 3"),
        (
            '{"id": "a", "answers": {"site": {"calfs": "yes"}}}',
            "1:43 /answers/site/calfs",
            'did you mean "calf"?',
        ),
        ('{"id": "a", "answers": {"site": {"calf": true}}}', "1:42 /answers/site/calf", "not true"),
        ('{"id": "a", "answers": []}', "1:24 /answers", "answers is an object, not a list"),
        ('{"id": "a", "answer": {}}', "1:23 /answer", 'unknown key "answer"; did you mean "answers"?'),
        ('{"id": 4, "answers": {}}', "1:8 /id", "id is text, not the number 4"),
        ('{"id": "", "answers": {}}', "1:1 /", 'a case needs "id"; add it'),
        ('{"answers": {}}', "1:1 /", 'a case needs "id"; add it'),
        ('"hello"', "1:1 /", "a case is an object, not the text"),
        ('[{"id": "b", "answers": {}}, 7]', "1:30 /1", "a case is an object, not the number 7"),
        ("[]", "1:1 /", "is an empty list"),
        ("", "1:1 /", "is empty"),
        ('{"id": "a", "answers": {}, "expect": {}}', "1:38 /expect", "expects nothing"),
        ('{"id": "a", "answers": {}, "expect": {"fire": []}}', "1:47 /expect/fire", 'did you mean "fires"?'),
        ('{"id": "a", "answers": {}, "expect": {"fires": ["x"]}}', "1:49 /expect/fires/0", "is not one of"),
        (
            '{"id": "a", "answers": {}, "expect": {"fires": "x"}}',
            "1:48 /expect/fires",
            "must be a list of names",
        ),
        ('{"id": "a", "answers": {}, "expect": {"soon": 1}}', "1:47 /expect/soon", "must be true or false"),
        (
            '{"id": "a", "answers": {}, "expect": {"disposition": "now"}}',
            "1:54 /expect/disposition",
            "is not one of",
        ),
        (
            '{"id": "a", "answers": {}, "expect": {"causes": ["stroke", "stroke"]}}',
            "1:60 /expect/causes/1",
            "appears twice",
        ),
    ],
)
def test_bad_input_is_placed_and_explained(tmp_path: Path, text: str, place: str, said: str) -> None:
    path = write(tmp_path / "bad.json", text)
    good = write(tmp_path / "good.json", case("good"))
    result = run(path, good, "--format", "jsonl")
    assert f"{path}:{place} " in result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert records[-1]["case"] == "good"
    assert records[-1]["valid"] is True
    assert any(not record["valid"] and record["errors"] for record in records)
    assert result.exit_code == 3


def test_a_broken_line_of_jsonl_does_not_stop_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps(case("one")) + '\n{"id": \n' + json.dumps(case("three")))
    result = run(path, "--format", "jsonl")
    assert [json.loads(line)["valid"] for line in result.stdout.splitlines()] == [True, False, True]
    assert f"{path}:2:" in result.stderr
    assert result.exit_code == 3


def test_two_cases_with_one_id(tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", case("same"))
    second = write(tmp_path / "b.json", case("same"))
    result = run(first, second)
    assert f'{second}:1:8 /id the id "same" is also used at {first}:1' in result.stderr
    assert result.exit_code == 3


def test_a_missing_file(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere.json")
    result = run(path)
    assert f"{path} / cannot be read: no such file or directory" in result.stderr
    assert result.exit_code == 3


def test_a_folder_without_cases(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert "holds no case files" in result.stderr
    assert result.exit_code == 5
    good = tmp_path / "x"
    good.mkdir()
    (tmp_path / "y").mkdir()
    write(good / "a.json", case("a"))
    assert run(str(good), str(tmp_path / "y")).exit_code == 3


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes('{"id": "a",\n "title": "café", "answers": {}}'.encode("latin-1"))
    result = run(str(path))
    assert f"{path}:2:15 / is not UTF-8" in result.stderr
    assert result.exit_code == 3


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(case("a")).encode())
    assert run(str(path)).exit_code == 0


# Expectations and exit codes.


def test_a_missed_expectation_exits_1_and_says_what_was_found(tmp_path: Path) -> None:
    expect = {
        "disposition": "urgent",
        "soon": True,
        "fires": ["stiff-jaw"],
        "silent": ["brief-occasional-cramp"],
        "causes": ["stroke"],
        "steps": ["cool_down"],
        "not_steps": ["calf_wall"],
        "withheld": ["cold_pack"],
        "open": ["stiff-jaw"],
        "cautions": ["possible-clot"],
    }
    path = write(tmp_path / "a.json", case("a", expect=expect))
    result = run(path)
    assert result.exit_code == 1
    assert "/expect/disposition expected urgent, got self_care" in result.stderr
    assert "/expect/silent found but not expected: brief-occasional-cramp" in result.stderr
    assert "/expect/not_steps found but not expected: calf_wall" in result.stderr
    for key in ("soon", "fires", "causes", "steps", "withheld", "open", "cautions"):
        assert f"/expect/{key} expected" in result.stderr
    assert "MISSED" in result.stdout


def test_invalid_input_outranks_a_missed_expectation(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [case("a", expect={"disposition": "urgent"}), {"id": "b"}])
    assert run(path).exit_code == 3


def test_fail_fast_stops_at_the_first_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [{"id": "a"}, case("b")])
    result = run(path, "--fail-fast", "--format", "jsonl")
    assert len(result.stdout.splitlines()) == 1
    assert result.exit_code == 3


def test_a_broken_knowledge_base_exits_4(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(bundled_rules(), rules)
    broken = rules / "patterns" / "cramp-over-ten-minutes.toml"
    broken.write_text(broken.read_text("utf-8").replace("episode_seconds", "episode_second"), "utf-8")
    result = run("nowhere.json", "--rules", str(rules))
    assert result.exit_code == 4
    assert "cramp-over-ten-minutes.toml:" in result.stderr
    assert 'did you mean "episode_seconds"?' in result.stderr


def test_no_path_is_a_usage_error() -> None:
    assert run().exit_code == 2


# Output.


def test_output_to_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", case("a"))
    target = tmp_path / "out.jsonl"
    assert run(path, "--format", "jsonl", "-o", str(target)).exit_code == 0
    assert json.loads(target.read_text("utf-8"))["case"] == "a"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.json", "out.jsonl"]


def test_output_to_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", case("a"))
    result = run(path, "-o", str(tmp_path / "no" / "out.txt"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps(case(str(n))) for n in range(60)))
    command = f"{sys.executable} -m triage evaluate {path} --format json | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_a_plain_terminal_gets_plain_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", case("a"))
    command = [sys.executable, "-m", "triage", "evaluate", path]
    done = subprocess.run(command, env={"LC_ALL": "C", "PATH": ""}, capture_output=True, check=True)
    done.stdout.decode("ascii")


def test_no_json_case_is_an_empty_list(tmp_path: Path) -> None:
    result = run(str(tmp_path), "--format", "json")
    assert json.loads(result.stdout) == []


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id":"a","answers":{}}\n')
    (tmp_path / "link.jsonl").symlink_to(path)
    for output in (path, tmp_path / "link.jsonl"):
        result = CliRunner().invoke(main, ["evaluate", str(path), "-o", str(output)])
        assert result.exit_code == 2
        assert "is one of the inputs" in result.stderr
    assert path.read_text() == '{"id":"a","answers":{}}\n'
