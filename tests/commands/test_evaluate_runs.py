"""Runs of `triage evaluate`, large and small, and its two evaluators, as they are called."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.bulk import as_lines, people
from support.processes import has_written
from support.shipped import HEALTHY, KNOWLEDGE

from triage.bulk.stream import Progress
from triage.cli import main
from triage.cli.evaluate import FORMS
from triage.cli.progress import ProgressLine, told
from triage.evaluation.records.formats import FORMATS
from triage.inference.columns.compiled import Columns, Compiled, Verdicts

pytestmark = pytest.mark.usefixtures("loaded")

PEOPLE = as_lines(people(40, seed=21))


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["evaluate", *arguments], input=stdin)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "people.jsonl"
    file.write_bytes(PEOPLE)
    return str(file)


def lines(*arguments: str, stdin: bytes | None = None) -> str:
    return run("--format", "jsonl", *arguments, stdin=stdin).stdout


def test_a_record_of_ids_is_one_short_line_a_case(path: str) -> None:
    result = run(path, "--format", "jsonl")
    assert result.exit_code == 0
    assert result.stderr == ""
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["line"] for record in records] == list(range(1, 41))
    assert {record["knowledge_base"]["sha256"] for record in records} == {KNOWLEDGE.sha256}
    assert "assessment" not in records[0]


@pytest.mark.parametrize(
    "more", [["--jobs", "1"], ["--jobs", "2"], ["--check", "7"], ["--engine", "experta"]]
)
def test_what_makes_no_difference_to_the_records(path: str, more: list[str]) -> None:
    for detail in ("ids", "full"):
        expected = lines(path, "--check", "none", "--detail", detail)
        assert lines(path, "--detail", detail, *more) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_experta_alone_gives_the_same_in_every_format(path: str, form: str) -> None:
    assert run(path, "--format", form, "--engine", "experta").stdout == run(path, "--format", form).stdout


def test_every_format_is_offered_and_stands_on_its_page(root: Path) -> None:
    assert list(FORMS) == list(FORMATS)
    page = (root / "triage" / "cli" / "README.md").read_text("utf-8")
    assert "`--format " + r"\|".join(FORMS) + "`" in page


def test_the_name_of_the_output_tells_its_format(path: str, tmp_path: Path) -> None:
    for name in ("a.json", "a.csv", "a.jsonl", "a.jsonl.gz", "a.csv.zst"):
        assert run(path, "--check", "none", "-o", str(tmp_path / name)).exit_code == 0
    assert len(json.loads((tmp_path / "a.json").read_text("utf-8"))) == 40
    assert (tmp_path / "a.csv").read_text("utf-8").startswith("case,file")
    plain = (tmp_path / "a.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == plain
    assert run(path, "-o", str(tmp_path / "b.csv.gz"), "--jobs", "2").exit_code == 0
    assert gzip.decompress((tmp_path / "b.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()
    assert run(str(tmp_path / "a.jsonl.gz")).exit_code == 3  # records are no cases
    assert run(path, "-o", str(tmp_path / "a.txt")).exit_code == 0
    assert "40 cases: " in (tmp_path / "a.txt").read_text("utf-8")


def test_a_name_whose_ending_is_no_format_is_refused(path: str, tmp_path: Path) -> None:
    for more in ([], ["--format", "jsonl"]):
        result = run(path, "-o", str(tmp_path / "a.parquet"), *more)
        assert result.exit_code == 2
        assert '".parquet" is not a format' in result.stderr
    assert run(path, "-o", str(tmp_path / "a"), "--format", "jsonl").exit_code == 0


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_name_that_is_not_utf_8_stands_in_records_with_its_bytes_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"caf\xe9.jsonl")
    (tmp_path / name).write_bytes(PEOPLE + b"{}\n")
    (tmp_path / os.fsdecode(b"none\xff.json")).write_bytes(b"{")
    result = run(".", "--format", form)
    assert result.exit_code == 3
    assert "caf\\udce9.jsonl:41" in result.stderr
    if form != "table":
        assert result.stdout.replace("\\\\", "\\").count("caf\\udce9.jsonl") >= 41
    assert "none\\udcff.json" in result.stdout.replace("\\\\", "\\")


def test_an_id_does_not_move_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(as_lines([{"id": "\x1b[31mred\n", "answers": {}}, {"id": "\u202eb", "answers": {}}]))
    shown = run(str(file)).stdout
    assert "\n\\x1b[31mred\\n  " in shown
    assert "\n\\u202eb  " in shown
    assert json.loads(lines(str(file)).splitlines()[0])["case"] == "\x1b[31mred\n"


def test_standard_input_to_standard_output(path: str) -> None:
    assert lines("-", "--jobs", "2", stdin=PEOPLE).replace("<stdin>", path) == lines(path)


def test_a_dash_is_standard_output_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("-", "-o", "-", stdin=PEOPLE).stdout == run("-", stdin=PEOPLE).stdout
    assert not list(tmp_path.iterdir())


def test_invalid_lines_stand_in_their_places_and_are_explained(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = PEOPLE.splitlines()[:2]
    bad = b'{"id":"bad","answers":{"age":4,"age":5}}'
    file.write_bytes(b"\n".join([lines[0], b"", bad, lines[1], *[b"{}"] * 120]))
    result = run(str(file), "--jobs", "2", "--format", "jsonl")
    assert result.exit_code == 3
    said = result.stderr.splitlines()
    assert said[0] == f'{file}:3:38 /answers/age the key "age" appears twice; keep one'
    assert said[-1] == "and 141 more; records (--format jsonl) hold them all"
    assert len(said) == 101
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["valid"] for record in records] == [True, False, True] + [False] * 120
    assert records[1]["errors"][0]["pointer"] == "/answers/age"


def test_expectations_are_checked_on_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    expecting = {"id": "a", "answers": HEALTHY, "expect": {"disposition": "urgent"}}
    file.write_bytes(as_lines([expecting, *people(2)]))
    result = run(str(file))
    assert result.exit_code == 1
    assert "/expect/disposition expected urgent, got self_care" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--detail", "full"], "--detail full is for jsonl and json"),
        (["--compact"], "--compact is gone: "),
        (["--full"], "write --detail full"),
        (["--cross-check", "9"], "write --check all, --check none or --check N"),
        (["--engine", "compiled"], "--engine compiled is gone: "),
        (["--engine", "both"], "write --check all"),
        (["--engine", "clips"], '"clips" is not an engine; the only choice is "experta"'),
        (["--check", "0"], '"0" is not all, none or a number from 1'),
        (["--jobs", "0"], "--jobs"),
        (["--meta", "ward,line"], 'there is already a column "line"'),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(path: str, arguments: list[str], said: str) -> None:
    result = run(path, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_zstd_that_is_not_there_is_named(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zstandard", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    result = run(path, "-o", str(tmp_path / "a.jsonl.zst"))
    assert result.exit_code == 2
    assert "pip install 'cramp-triage[zstd]'" in result.stderr
    (tmp_path / "b.jsonl.zst").write_bytes(b"")
    result = run(str(tmp_path / "b.jsonl.zst"))
    assert result.exit_code == 3
    assert "pip install 'cramp-triage[zstd]'" in result.stderr


def test_no_cases_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n")
    assert run(str(tmp_path / "a.jsonl")).exit_code == 5
    assert run(str(tmp_path / "b.jsonl")).exit_code == 3


@pytest.mark.parametrize("more", [(), ("--detail", "full"), ("--format", "csv")])
def test_few_cases_come_out_as_among_many(path: str, tmp_path: Path, more: Sequence[str]) -> None:
    """Experta assesses few cases alone; of many it checks what the compiled rules say."""
    begun = Path(path).read_bytes().splitlines(keepends=True)
    few = tmp_path / "few" / Path(path).name
    few.parent.mkdir()
    few.write_bytes(b"".join(begun[:16]))
    whole = lines(path, *more).replace(path, str(few)).splitlines()
    seen = lines(str(few), *more).splitlines()
    assert len(seen) in (16, 17)
    assert seen == whole[: len(seen)]


# The summary.


def test_the_summary_counts_the_run(path: str) -> None:
    result = run(path, "--format", "jsonl", "--summary-format", "json")
    counted = json.loads(result.stderr)
    assert counted["cases"] == 40
    assert sum(counted["dispositions"].values()) == 40
    records = [json.loads(line) for line in lines(path).splitlines()]
    whole = [json.loads(line)["assessment"] for line in lines(path, "--detail", "full").splitlines()]
    for name, count in counted["rules"].items():
        assert sum(name in assessment["fired"] for assessment in whole) == count
    for record, assessment in zip(records, whole, strict=True):
        assert record["fired"] == [name for name in assessment["fired"] if KNOWLEDGE.rules[name].speaks]
    for name, count in counted["causes"].items():
        assert sum(name in record["causes"] for record in records) == count


def test_the_summary_as_text_fits_80_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(PEOPLE + b"{}\n" + as_lines([{"id": "e", "answers": {}, "expect": {"soon": True}}]))
    result = run(str(file), "--check", "none", "--summary")
    assert "42 cases" in result.stderr
    assert "0 of 1 expectation met" in result.stderr
    for title in (
        "Dispositions",
        "Reasons",
        "Possible causes",
        "Missed expectations",
        "Invalid inputs by kind",
    ):
        assert title in result.stderr.splitlines()
    assert "a case needs" in result.stderr.partition("Invalid inputs by kind")[2]
    assert all(len(line) <= 80 for line in result.stderr.splitlines() if str(file) not in line)


# Two evaluators.


def lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled evaluator say that nothing ever fires."""
    truth = Compiled.run

    def run(compiled: Compiled, columns: Columns) -> Verdicts:
        found = truth(compiled, columns)
        return replace(found, fired=[0] * len(found.fired))

    monkeypatch.setattr(Compiled, "run", run)


@pytest.mark.parametrize(
    "arguments", [["--check", "all"], ["--jobs", "2"], ["--jobs", "1"], ["--detail", "full"]]
)
def test_where_the_evaluators_differ_the_run_stops_and_the_case_is_saved(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]
) -> None:
    target = tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        lie(patch)
        result = run(path, *arguments, "-o", str(target))
        assert result.exit_code == 6
        assert f'{path}:1: the two evaluators differ on case "p0" in: ' in result.stderr
        assert "fired" in result.stderr
        assert sorted(file.name for file in tmp_path.iterdir()) == ["mismatch-p0.json", "people.jsonl"]
        assert run(str(tmp_path / "mismatch-p0.json"), "--check", "none").exit_code == 1
    saved = run(str(tmp_path / "mismatch-p0.json"))
    assert saved.exit_code == 0
    assert "1 of 1 expectation met" in saved.stdout


def test_a_record_that_differs_is_a_mismatch_too(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "triage.evaluation.records.layouts.questions", lambda *_: [0] * len(KNOWLEDGE.questions)
    )
    result = run(path)
    assert result.exit_code == 6
    assert "in: questions" in result.stderr
    assert list(tmp_path.glob("mismatch-*.json"))


def test_no_check_is_made_where_none_is_wanted(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch)
    assert run(path, "--check", "none").exit_code == 0


# Interrupts, in real processes.


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A run in a process group of its own that has written some of its output and waits for more input."""
    command = [sys.executable, "-m", "triage", "evaluate", "-", "-o", str(folder / "out.jsonl"), *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin
    process.stdin.write(PEOPLE * 1000)  # more blocks than are dealt out at once
    process.stdin.flush()
    wait_until(lambda: has_written(process.pid, folder))
    return process


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("number", "send", "code"), [(signal.SIGTERM, os.kill, 143), (signal.SIGINT, os.killpg, 130)]
)
def test_an_interrupt_leaves_no_half_file_and_no_process(
    tmp_path: Path,
    number: signal.Signals,
    send: Callable[[int, int], None],
    code: int,
) -> None:
    """Ctrl-C goes to every process of a terminal, SIGTERM to the one that is named."""
    process = started(tmp_path, "--jobs", "2", "--check", "none")
    send(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    assert group_is_gone(process.pid)


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    process = started(tmp_path, "--jobs", "2", "--check", "none")
    process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: group_is_gone(process.pid))
    assert list(tmp_path.iterdir()) == []


# Progress.


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.cli.progress._SECONDS_BETWEEN", 0)
    for stream, shown in ((_Terminal(), True), (io.StringIO(), False)):
        line = ProgressLine(stream)
        line(Progress(1000, 50, 200))
        assert ("1,000 cases" in stream.getvalue()) is shown
        line.clear()
        assert stream.getvalue().endswith("\r") is shown


@pytest.mark.parametrize(
    ("progress", "seconds", "said"),
    [
        (Progress(50_000, 0, 0), 2.0, "50,000 cases, 25,000 a second"),
        (Progress(50_000, 25, 100), 2.0, "50,000 cases, 25,000 a second, 25%, 6 s left"),
        (Progress(50_000, 1, 100), 2.0, "50,000 cases, 25,000 a second, 1%, 3 min 18 s left"),
        (Progress(50_000, 1, 10_000), 2.0, "50,000 cases, 25,000 a second, 0%, 5 h 33 min left"),
    ],
)
def test_progress_in_words(progress: Progress, seconds: float, said: str) -> None:
    assert told(progress, seconds) == said
