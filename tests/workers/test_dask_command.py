"""`triage evaluate --dask`, as it is called."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from distributed import LocalCluster
from support.bulk import as_lines, people
from support.shipped import KNOWLEDGE

from triage.cli import main
from triage.cli.progress import ProgressLine
from triage.cluster.cluster import ClusterRun
from triage.cluster.connection import local_cluster
from triage.cluster.parts import BrokenOffError, InputChangedError
from triage.cluster.stores import StoreError
from triage.inference.columns.compiled import Columns, Compiled, Verdicts

NOTE = "repeated ids are not looked for: workers do not compare the ids of their cases\n"
FILES = 5


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *arguments])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """One worker in this process, behind an address as any other."""
    scratch = str(tmp_path_factory.mktemp("dask"))
    with local_cluster(scratch, n_workers=1, processes=False, protocol="tcp://") as cluster:
        yield cluster


@pytest.fixture
def address(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Some files, each of which is a part."""
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        cases = [*people(20, seed=40 + number, first=20 * number), *([{}] if number == 2 else [])]
        (tmp_path / "in" / f"{number}.jsonl").write_bytes(as_lines(cases))
    return str(tmp_path / "in")


def written(out: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(out.glob("part-*")))


def test_the_parts_are_what_a_plain_run_writes_and_says(folder: str, tmp_path: Path, address: str) -> None:
    plain = run(folder, "-o", str(tmp_path / "one.jsonl"), "--summary")
    result = run(folder, "--dask", address, "-o", str(tmp_path / "out"), "--summary")
    assert (result.exit_code, result.stderr, result.stdout) == (3, NOTE + plain.stderr, "")
    assert written(tmp_path / "out") == (tmp_path / "one.jsonl").read_bytes()
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["tally"]["cases"] == 101

    again = run(folder, "--dask", address, "-o", str(tmp_path / "out"))
    assert again.exit_code == 3
    assert again.stderr.endswith(f"{FILES} of {FILES} parts were already there\n")

    for more, why in (
        (["--detail", "full"], "full was False, now True"),
        (["--check", "9"], "check was 1000, now 9"),
    ):
        refused = run(folder, "--dask", address, "-o", str(tmp_path / "out"), *more)
        assert refused.exit_code == 2
        assert f"holds the parts of another run: {why}. Name a new folder with -o" in refused.stderr
    assert written(tmp_path / "out") == (tmp_path / "one.jsonl").read_bytes()


def test_the_name_of_the_folder_tells_format_and_compression(
    folder: str, tmp_path: Path, address: str
) -> None:
    plain = run(folder, "-o", str(tmp_path / "one.csv"))
    out = tmp_path / "out.csv.gz"
    result = run(folder, "--dask", address, "-o", f"{out}/", "--check", "none")
    assert result.exit_code == plain.exit_code == 3
    assert sorted(file.name for file in out.iterdir()) == [
        "_run",
        "manifest.json",
        *(f"part-{number:05}.csv.gz" for number in range(FILES)),
    ]
    assert gzip.decompress(written(out)) == (tmp_path / "one.csv").read_bytes()


def test_only_the_first_messages_are_said(tmp_path: Path, address: str) -> None:
    for number in range(2):
        (tmp_path / f"{number}.jsonl").write_bytes(b"[]\n" * 130)
    result = run(str(tmp_path), "--dask", address, "-o", str(tmp_path / "out"))
    assert result.stderr.splitlines()[-1] == "and 160 more; records (--format jsonl) hold them all"
    assert len(result.stderr.splitlines()) == 102


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dask", "local"], "name it with -o FOLDER"),
        (["--dask", "local", "-o", "-"], "name it with -o FOLDER"),
        (["--dask", "local", "-o", "out", "-"], "workers cannot read standard input"),
        (["--dask", "local", "-o", "out", "--jobs", "2"], "--jobs is for a run without --dask"),
        (["--dask", "local", "-o", "out", "--format", "json"], "parts of jsonl or csv"),
        (["--dask", "local", "-o", "out", "--format", "table"], "choose one with --format"),
        (["--dask", "local", "-o", "out", "--fail-fast"], "--fail-fast is for a run without --dask"),
        (["--dask", "local", "-o", "nowhere://out"], "nowhere://out"),
        (["--dask", "somewhere:8786", "-o", "out"], "tcp://HOST:PORT"),
        (["--dask", "tcp://somewhere", "-o", "out"], "tcp://HOST:PORT"),
    ],
)
def test_what_cannot_be_is_refused(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(folder, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr.replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_folder_with_something_else_is_left_alone(folder: str, address: str) -> None:
    result = run(folder, "--dask", address, "-o", folder)
    assert result.exit_code == 2
    assert "is not empty, and holds no run of this command; name a new folder with -o" in result.stderr
    assert run(folder, "-o", folder).exit_code == 2


@pytest.mark.parametrize("missing", ["distributed", "fsspec"])
def test_dask_that_is_not_there_is_named(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in ("cluster", "manifest", "parts", "stores"):
        monkeypatch.delitem(sys.modules, f"triage.cluster.{name}", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    result = run(folder, "--dask", "local", "-o", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "pip install 'cramp-triage[dask]'" in result.stderr


def test_a_scheduler_that_does_not_answer(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.cluster.connection._CONNECTING", 1)
    result = run(folder, "--dask", "tcp://127.0.0.1:9", "-o", str(tmp_path / "out"))
    assert result.exit_code == 7
    assert 'no scheduler answers there; start one with "dask scheduler"' in result.stderr
    assert result.stderr.endswith(
        "What is finished is kept. Run the same command again to go on from there.\n"
    )


def test_where_the_evaluators_differ_the_run_stops_and_the_case_is_saved(
    folder: str, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = Compiled.run

    def lie(compiled: Compiled, columns: Columns) -> Verdicts:
        found = truth(compiled, columns)
        return replace(found, fired=[0] * len(found.fired))

    monkeypatch.setattr(Compiled, "run", lie)
    result = run(folder, "--dask", address, "-o", str(tmp_path / "out"))
    assert result.exit_code == 6
    assert 'the two evaluators differ on case "p0" in: ' in result.stderr
    assert (tmp_path / "mismatch-p0.json").exists()
    assert written(tmp_path / "out") == b""
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("raised", "code", "said", "goes_on"),
    [
        (KeyboardInterrupt(), 130, "stopped", True),
        (OSError(28, "No space left on device"), 7, "out: cannot be written: no space left on device", True),
        (BrokenOffError("the cluster was lost"), 7, "the cluster was lost.", True),
        (InputChangedError("a.jsonl"), 7, "a.jsonl: has changed since the run began; name a new", False),
        (StoreError("s3://a: cannot be opened"), 2, "s3://a: cannot be opened", False),
    ],
)
def test_what_breaks_a_run_off_is_said(
    folder: str,
    tmp_path: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    raised: BaseException,
    code: int,
    said: str,
    goes_on: bool,
) -> None:
    def breaking(*_: object) -> None:
        raise raised

    monkeypatch.setattr(ClusterRun, "run", breaking)
    result = run(folder, "--dask", address, "-o", str(tmp_path / "out"))
    assert result.exit_code == code
    assert said in result.stderr
    assert ("Run the same command again to go on from there" in result.stderr) is goes_on


# Interrupts, in real processes.


def wait_until(done: Callable[[], object]) -> None:
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


@contextmanager
def one_core() -> Iterator[None]:
    """Let what is started have one core, so that a cluster there has one worker and takes part after part."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.mark.parametrize(
    ("number", "send", "code"),
    [
        (signal.SIGINT, os.killpg, 130),
        pytest.param(signal.SIGTERM, os.kill, 143, marks=pytest.mark.nightly),
    ],
)
def test_an_interrupt_leaves_whole_parts_alone_and_no_process(
    folder: str,
    tmp_path: Path,
    address: str,
    number: signal.Signals,
    send: Callable[[int, int], None],
    code: int,
) -> None:
    """Ctrl-C goes to every process of a terminal. The same command, with any cluster, does the rest."""
    out = tmp_path / "out"
    arguments = [folder, "-o", str(out), "--engine", "experta", "--dask"]
    command = [sys.executable, "-m", "triage", "evaluate", *arguments, "local"]
    with one_core():
        process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    wait_until(lambda: [*out.glob("part-*"), process.poll()] != [None])
    send(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in said) == (code, False)
    assert b"Run the same command again to go on from there" in said
    wait_until(lambda: group_is_gone(process.pid))
    assert list(out.rglob("*.tmp")) == []
    finished = list(out.glob("part-*"))
    assert 0 < len(finished) < FILES

    result = run(*arguments, address)
    assert f"{len(finished)} of {FILES} parts were already there" in result.stderr
    assert run(folder, "-o", str(tmp_path / "one.jsonl")).exit_code == result.exit_code == 3
    assert written(out) == (tmp_path / "one.jsonl").read_bytes()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_waited_for_is_shown_on_a_terminal_only() -> None:
    for stream, shown in ((_Terminal(), True), (io.StringIO(), False)):
        line = ProgressLine(stream)
        line.note("starting workers")
        assert ("starting workers" in stream.getvalue()) is shown
        line.clear()
        assert stream.getvalue().endswith("\r") is shown


def test_the_knowledge_base_of_a_run_is_named_in_its_records(
    folder: str, tmp_path: Path, address: str
) -> None:
    run(folder, "--dask", address, "-o", str(tmp_path / "out"), "--check", "none")
    stamps = {json.loads(line)["knowledge_base"]["sha256"] for line in written(tmp_path / "out").splitlines()}
    assert stamps == {KNOWLEDGE.sha256}
