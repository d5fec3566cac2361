"""Bulk runs by the workers of a dask cluster: two processes, one of which may be killed.

This folder comes last: dask leaves threads behind, and a process with threads is better not forked.
"""

from __future__ import annotations

import io
import json
import os
import signal
import time
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
from distributed import Client, Future, KilledWorker, LocalCluster
from support.bulk import as_lines, people
from support.shipped import KNOWLEDGE

from triage.bulk.blocks import Settings
from triage.bulk.stream import Progress, Run
from triage.cluster import cluster, connection, tasks
from triage.cluster.cluster import ClusterRun
from triage.cluster.connection import connected, local_cluster
from triage.cluster.manifest import program_sha256
from triage.cluster.parts import BrokenOffError
from triage.cluster.stores import StoreError
from triage.cluster.tasks import result_of
from triage.evaluation.tally import Tally

DATA = as_lines(
    [*people(150, seed=31), {"id": "bad", "answers": {"age": -1}}, *people(50, seed=32, first=150)]
)
SETTINGS = Settings(check=50)
PART = 4000


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two worker processes, which no Ctrl-C reaches."""
    with connected("local", n_workers=2) as client:
        yield client


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "people.jsonl"
    file.write_bytes(DATA)
    return str(file)


def one_process(*paths: str, settings: Settings = SETTINGS) -> tuple[bytes, Tally]:
    run = Run(KNOWLEDGE, settings, paths, io.BytesIO())
    return b"".join(run.pieces()), run.tally


def begun(path: str, folder: Path, **more: Any) -> ClusterRun:
    run = ClusterRun(KNOWLEDGE, SETTINGS, [path], str(folder), part_size=PART, **more)
    run.prepare()
    return run


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("part-*")))


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.glob("part-*")}


def left_over(folder: Path) -> list[Path]:
    return list(folder.rglob("*.tmp"))


def after_some(parts: int, happens: Callable[[], object]) -> Callable[[Progress], None]:
    """What is called as a run goes: something happens once, when some parts are made."""
    made = 0

    def watch(_: Progress) -> None:
        nonlocal made
        made += 1
        if made == parts:
            happens()

    return watch


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_two_workers_write_what_one_process_writes(client: Client, path: str, tmp_path: Path) -> None:
    said: list[str] = []
    run = begun(path, tmp_path / "out", say=said.append)
    run.run(client)
    output, tally = one_process(path)
    assert written(tmp_path / "out") == output
    assert run.tally == tally
    assert said == [f"{path}:151:30 /answers/age -1 years is out of range; give 0 to 120"]
    assert (run.progress.cases, run.progress.bytes_read, run.progress.bytes_in_all) == (201, *[len(DATA)] * 2)
    assert left_over(tmp_path / "out") == []

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["tally"] == tally.record(KNOWLEDGE)
    assert manifest["knowledge_base"] == {"version": KNOWLEDGE.version, "sha256": KNOWLEDGE.sha256}
    assert manifest["program"]["sha256"] == program_sha256()
    assert [(each["file"], each["size"]) for each in manifest["inputs"]] == [(path, len(DATA))]
    assert len(manifest["parts"]) == run.parts > 10
    end, line = 0, 1
    for part in manifest["parts"]:
        data = (tmp_path / "out" / part["part"]).read_bytes()
        assert (part["offset"], part["line"]) == (end, line)
        assert (part["size"], part["sha256"]) == (len(data), sha256(data).hexdigest())
        assert part["cases"] == data.count(b"\n")
        end, line = end + part["length"], line + part["cases"]
    assert end == len(DATA)
    assert sum(part["invalid"] for part in manifest["parts"]) == 1


def test_a_worker_that_is_killed_loses_and_doubles_nothing(client: Client, path: str, tmp_path: Path) -> None:
    workers = set(client.run(os.getpid).values())
    assert len(workers) == 2
    run = begun(path, tmp_path / "out", watch=after_some(3, lambda: os.kill(min(workers), signal.SIGKILL)))
    run.run(client)
    output, tally = one_process(path)
    assert written(tmp_path / "out") == output
    assert run.tally == tally
    assert left_over(tmp_path / "out") == []
    assert min(workers) not in client.run(os.getpid).values()


def test_an_aborted_run_is_completed_with_what_is_missing(client: Client, path: str, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def abort() -> None:
        raise KeyboardInterrupt

    first = begun(path, out, watch=after_some(4, abort))
    with pytest.raises(KeyboardInterrupt):
        first.run(client)
    assert not (out / "manifest.json").exists()
    wait_until(lambda: not any(client.run(lambda dask_worker: dask_worker.active_threads).values()))
    before = seen(out)
    assert 4 <= len(before) < first.parts
    assert left_over(out) == []

    again = begun(path, out)
    again.run(client)
    assert again.were_there == len(before)
    output, tally = one_process(path)
    assert written(out) == output
    assert again.tally == tally
    after = seen(out)
    assert {name: after[name] for name in before} == before
    manifest = (out / "manifest.json").read_bytes()

    (out / "part-00002.jsonl").write_bytes(b"tampered\n")
    third = begun(path, out)
    third.run(client)
    assert third.were_there == third.parts - 1
    assert written(out) == output
    assert (out / "manifest.json").read_bytes() == manifest
    assert {name for name, what in seen(out).items() if after[name] != what} == {"part-00002.jsonl"}


# One worker in this process, so that it can be made to fail.


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with (
        local_cluster(str(tmp_path_factory.mktemp("dask")), n_workers=1, processes=False) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def broken_off(run: ClusterRun, client: Client, why: str) -> None:
    with pytest.raises(BrokenOffError, match=why):
        run.run(client)
    assert not (Path(run.folder) / "manifest.json").exists()


PROGRAMS: list[str] = []


def next_program() -> str:
    return PROGRAMS.pop(0) if PROGRAMS else "another"


def test_a_worker_with_another_program_is_refused(
    inside: Client, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is there from the beginning or comes later."""
    for module in (cluster, tasks):
        monkeypatch.setattr(module, "program_sha256", next_program)
    PROGRAMS[:] = ["one", "another"]
    broken_off(begun(path, tmp_path / "out"), inside, "another version of this program")
    monkeypatch.setattr("triage.cluster.cluster._Dealer.check_workers", lambda _: None)
    PROGRAMS[:] = ["one"]
    broken_off(begun(path, tmp_path / "out"), inside, "worker .* has another version of this program")


def test_a_worker_that_sees_another_folder_is_refused(
    inside: Client, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seals = iter(["here", *[""] * 100])
    for module in (cluster, tasks):
        monkeypatch.setattr(module, "seal_of_plan", lambda _: next(seals))
    broken_off(begun(path, tmp_path / "out"), inside, "a folder that all workers share, or a URL")
    assert seen(tmp_path / "out") == {}


def test_an_input_that_changes_stops_the_run(inside: Client, path: str, tmp_path: Path) -> None:
    run = begun(path, tmp_path / "out")
    Path(path).write_bytes(DATA + b"{}\n")
    broken_off(run, inside, "has changed since the run began")
    Path(path).unlink()
    broken_off(run, inside, "is not there; workers need every input under the same path or URL")


def test_what_a_worker_cannot_do_is_tried_again_and_then_told(
    inside: Client, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def full(*_: object) -> None:
        tries.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("triage.cluster.parts.store", full)
    run = ClusterRun(KNOWLEDGE, SETTINGS, [path], str(tmp_path / "out"))
    run.prepare()
    broken_off(run, inside, "a worker has failed: OSError: .*No space left on device")
    assert len(tries) == 3


def test_parts_by_url(inside: Client) -> None:
    """memory:// is there in this process alone, as an object store is everywhere."""
    import fsspec  # noqa: PLC0415 - only here

    system = fsspec.filesystem("memory")
    system.pipe_file("/cluster/in/people.jsonl", DATA)
    try:
        run = ClusterRun(
            KNOWLEDGE, SETTINGS, ["memory:///cluster/in"], "memory://cluster/out", part_size=PART
        )
        run.prepare()
        run.run(inside)
        again = ClusterRun(KNOWLEDGE, SETTINGS, ["memory:///cluster/in"], "memory://cluster/out")
        again.prepare()
        again.run(inside)
        assert again.were_there == run.parts == again.parts > 10
        assert json.loads(system.cat_file("/cluster/out/manifest.json"))["tally"]["cases"] == 201
    finally:
        system.rm("/cluster", recursive=True)


def test_where_no_worker_comes_the_run_is_given_up(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.0)
    noted: list[str] = []
    with (
        local_cluster(str(tmp_path), n_workers=0, processes=False) as nobody,
        Client(nobody, set_as_default=False) as client,
    ):
        run = begun(path, tmp_path / "out", note=noted.append)
        broken_off(run, client, "no worker has come")


def test_a_scheduler_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CONNECTING", 1)
    with pytest.raises(BrokenOffError, match="no scheduler answers there"), connected("tcp://127.0.0.1:9"):
        pass


def test_nothing_can_be_started_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("Cluster failed to start: no room")

    monkeypatch.setattr(connection, "local_cluster", failing)
    with (
        pytest.raises(BrokenOffError, match="no workers can be started here: Cluster failed"),
        connected("local"),
    ):
        pass


def test_workers_without_this_program(
    inside: Client, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'triage'")

    monkeypatch.setattr(inside, "register_plugin", missing)
    broken_off(begun(path, tmp_path / "out"), inside, "the workers do not take the work .*No module named")
    monkeypatch.setattr(inside, "run", missing)
    broken_off(begun(path, tmp_path / "out"), inside, "the workers cannot run this program .*No module named")
    monkeypatch.setattr(inside, "nthreads", missing)
    broken_off(begun(path, tmp_path / "out"), inside, "the scheduler does not answer any more")


def test_a_file_system_with_exceptions_of_its_own(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(_: str) -> None:
        raise LookupError("Unable to locate credentials")

    monkeypatch.setattr("triage.cluster.stores.state_of", unable)
    with pytest.raises(StoreError, match="LookupError: Unable to locate credentials"):
        ClusterRun(KNOWLEDGE, SETTINGS, [path], "memory://nowhere").prepare()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((None, KilledWorker("part", cast("Any", None), 3), None), "has ended several workers"),
        ((None, OSError(5, "Input/output error"), None), "a worker has failed: OSError"),
        (CancelledError(), "the cluster was lost"),
        (None, "the cluster was lost"),
    ],
)
def test_what_dask_reports_is_said_in_words(found: Any, said: str) -> None:
    with pytest.raises(BrokenOffError, match=said):
        result_of(found)


def test_a_result_that_has_come_counts_though_its_worker_is_lost_then(
    client: Client, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Future, "status", "lost")
    run = begun(path, tmp_path / "out")
    run.run(client)
    assert written(tmp_path / "out") == one_process(path)[0]


def test_an_interrupt_waits_until_what_was_begun_can_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def interrupted(scratch: str) -> LocalCluster:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        started.append(local_cluster(scratch, n_workers=0, processes=False))
        return started[0]

    monkeypatch.setattr(connection, "local_cluster", interrupted)
    with pytest.raises(KeyboardInterrupt), connected("local"):
        pass
    assert [cluster.status.name for cluster in started] == ["closed"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)  # it does its work again
