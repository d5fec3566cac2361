"""Bulk runs of `triage evaluate`, and its two evaluators, as they are called."""

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
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.bulk import as_lines, people
from support.shipped import HEALTHY, KNOWLEDGE

from triage.batch.stream import Progress
from triage.cli import main
from triage.cli.progress import ProgressLine, told
from triage.inference.compiled import Columns, Compiled, Verdicts

pytestmark = pytest.mark.usefixtures("loaded")

PEOPLE = as_lines(people(40, seed=21))


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["evaluate", *arguments], input=stdin)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "people.jsonl"
    file.write_bytes(PEOPLE)
    return str(file)


def test_a_bulk_run_writes_one_short_record_a_line(path: str) -> None:
    result = run(path, "--compact")
    assert result.exit_code == 0
    assert result.stderr == ""
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["line"] for record in records] == list(range(1, 41))
    assert {record["knowledge_base"]["sha256"] for record in records} == {KNOWLEDGE.sha256}
    assert "assessment" not in records[0]


@pytest.mark.parametrize("more", [["--jobs", "1"], ["--jobs", "2"], ["--cross-check", "7"]])
def test_what_asks_for_a_bulk_run(path: str, more: list[str]) -> None:
    assert run(path, *more).stdout == run(path, "--compact").stdout


def test_full_records_are_those_of_an_ordinary_run(path: str) -> None:
    ordinary = run(path, "--format", "jsonl", "--engine", "compiled").stdout
    assert run(path, "--full", "--cross-check", "20").stdout == ordinary
    assert run(path, "--full", "--jobs", "2", "--cross-check", "0").stdout == ordinary


def test_csv_is_that_of_an_ordinary_run(path: str) -> None:
    ordinary = run(path, "--format", "csv", "--engine", "compiled")
    assert (
        run(path, "--format", "csv", "--compact", "--cross-check", "0").stdout_bytes == ordinary.stdout_bytes
    )


def test_the_name_of_the_output_tells_its_format(path: str, tmp_path: Path) -> None:
    for name in ("a.json", "a.csv", "a.jsonl", "a.jsonl.gz", "a.csv.zst"):
        assert run(path, "--compact", "--cross-check", "0", "-o", str(tmp_path / name)).exit_code == 0
    assert len(json.loads((tmp_path / "a.json").read_text("utf-8"))) == 40
    assert (tmp_path / "a.csv").read_text("utf-8").startswith("case,file")
    plain = (tmp_path / "a.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == plain
    assert run(path, "-o", str(tmp_path / "b.csv.gz"), "--engine", "compiled").exit_code == 0
    ordinary = gzip.decompress((tmp_path / "b.csv.gz").read_bytes())
    assert ordinary == (tmp_path / "a.csv").read_bytes()
    assert run(str(tmp_path / "a.jsonl.gz"), "--compact").exit_code == 3  # records are no cases


def test_standard_input_to_standard_output(path: str) -> None:
    result = run("-", "--jobs", "2", stdin=PEOPLE)
    assert result.stdout.replace("<stdin>", path) == run(path, "--compact").stdout


def test_a_dash_is_standard_output_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("-", "--compact", "-o", "-", stdin=PEOPLE).stdout == run("-", "--compact", stdin=PEOPLE).stdout
    assert not list(tmp_path.iterdir())


def test_invalid_lines_stand_in_their_places_and_are_explained(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = PEOPLE.splitlines()[:2]
    bad = b'{"id":"bad","answers":{"age":4,"age":5}}'
    file.write_bytes(b"\n".join([lines[0], b"", bad, lines[1], *[b"{}"] * 120]))
    result = run(str(file), "--jobs", "2")
    assert result.exit_code == 3
    said = result.stderr.splitlines()
    assert said[0] == f'{file}:3:38 /answers/age the key "age" appears twice; keep one'
    assert said[-1] == "and 141 more; the records hold them all"
    assert len(said) == 101
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["valid"] for record in records] == [True, False, True] + [False] * 120
    assert records[1]["errors"][0]["pointer"] == "/answers/age"


def test_expectations_are_checked_in_bulk_too(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    expecting = {"id": "a", "answers": HEALTHY, "expect": {"disposition": "urgent"}}
    file.write_bytes(as_lines([expecting, *people(2)]))
    result = run(str(file), "--compact")
    assert result.exit_code == 1
    assert "/expect/disposition expected urgent, got self_care" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compact", "--format", "table"], "choose one with --format"),
        (["--jobs", "2", "--fail-fast"], "--fail-fast is for ordinary runs"),
        (["--jobs", "0"], "--jobs"),
        (["--engine", "clips"], "--engine"),
    ],
)
def test_what_cannot_be_is_refused(path: str, arguments: list[str], said: str) -> None:
    result = run(path, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_zstd_that_is_not_there_is_named(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zstandard", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    result = run(path, "--compact", "-o", str(tmp_path / "a.jsonl.zst"))
    assert result.exit_code == 2
    assert "pip install 'cramp-triage[zstd]'" in result.stderr
    (tmp_path / "b.jsonl.zst").write_bytes(b"")
    result = run(str(tmp_path / "b.jsonl.zst"), "--compact")
    assert result.exit_code == 3
    assert "pip install 'cramp-triage[zstd]'" in result.stderr


def test_no_cases_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n")
    assert run(str(tmp_path / "a.jsonl"), "--compact").exit_code == 5
    assert run(str(tmp_path / "b.jsonl"), "--compact").exit_code == 3


# The summary.


@pytest.mark.parametrize("more", [[], ["--compact"]])
def test_the_summary_counts_the_run(path: str, more: list[str]) -> None:
    result = run(path, "--engine", "compiled", "--format", "jsonl", "--summary-format", "json", *more)
    counted = json.loads(result.stderr)
    assert counted["cases"] == 40
    assert sum(counted["dispositions"].values()) == 40
    records = [json.loads(line) for line in run(path, "--compact").stdout.splitlines()]
    for name, count in counted["rules"].items():
        assert sum(name in record["fired"] for record in records) == count
    for name, count in counted["causes"].items():
        assert sum(name in record["causes"] for record in records) == count


def test_the_summary_as_text_fits_80_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(PEOPLE + b"{}\n" + as_lines([{"id": "e", "answers": {}, "expect": {"soon": True}}]))
    result = run(str(file), "--compact", "--cross-check", "0", "--summary")
    assert "42 cases" in result.stderr
    assert "0 of 1 expectation met" in result.stderr
    assert "Rules that fired" in result.stderr
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
    "arguments", [["--engine", "both"], ["--jobs", "2"], ["--jobs", "1"], ["--full", "--engine", "both"]]
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
        assert run(str(tmp_path / "mismatch-p0.json"), "--engine", "compiled").exit_code == 1
    saved = run(str(tmp_path / "mismatch-p0.json"))
    assert saved.exit_code == 0
    assert "1 of 1 expectation met" in saved.stdout


def test_a_record_that_differs_is_a_mismatch_too(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("triage.batch.fragments.questions", lambda *_: [0] * len(KNOWLEDGE.questions))
    result = run(path, "--cross-check", "1")
    assert result.exit_code == 6
    assert "in: questions" in result.stderr
    assert list(tmp_path.glob("mismatch-*.json"))


@pytest.mark.parametrize("engine", ["experta", "compiled", "both"])
def test_every_engine_gives_the_same(tmp_path: Path, engine: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(as_lines(people(3)))
    for more in (["--format", "jsonl"], ["--compact"]):
        assert run(str(file), "--engine", engine, *more).stdout == run(str(file), *more).stdout


def test_no_check_is_made_where_none_is_wanted(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(monkeypatch)
    assert run(path, "--compact", "--cross-check", "0").exit_code == 0


# Interrupts, in real processes.


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A run in a process group of its own that has written some of its output and waits for more input."""
    command = [sys.executable, "-m", "triage", "evaluate", "-", "-o", str(folder / "out.jsonl"), *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin
    process.stdin.write(PEOPLE * 600)
    process.stdin.flush()
    wait_until(lambda: any(file.stat().st_size for file in folder.iterdir()))
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
    process = started(tmp_path, "--jobs", "2", "--cross-check", "0")
    send(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    assert group_is_gone(process.pid)


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    process = started(tmp_path, "--jobs", "2", "--cross-check", "0")
    process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: group_is_gone(process.pid))


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


def test_the_compact_schema_is_published() -> None:
    result = CliRunner().invoke(main, ["schema", "compact"])
    schema: dict[str, Any] = json.loads(result.stdout)
    assert schema["title"] == "A compact record of one case"
