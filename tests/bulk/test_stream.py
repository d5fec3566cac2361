"""Bulk runs: the same bytes however the work is cut, shared and compressed."""

from __future__ import annotations

import gzip
import io
import json
import multiprocessing
import os
import signal
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.bulk import as_lines, block, expected, people
from support.shipped import KNOWLEDGE

from triage.bulk import stream
from triage.bulk.blocks import BlockEvaluator, Settings
from triage.bulk.stream import Run
from triage.bulk.tasks import Block, Done, InputReplacedError
from triage.bulk.workers import WorkerLostError, in_order
from triage.cases.reading.compression import compress, decompressed
from triage.cases.reading.cutting import Lines, cut
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.reader import read_cases
from triage.cases.reading.sheets import Sheet
from triage.evaluation.records.formats import FORMATS

DATA = as_lines([*people(90, seed=11), {"id": "bad", "answers": {"age": -1}}, *people(30, seed=12, first=90)])


def bulk(*paths: str, stdin: bytes = b"", **more: Any) -> bytes:
    settings = Settings(**{name: more.pop(name) for name in ("form", "full", "ending") if name in more})
    return all_of(Run(KNOWLEDGE, settings, paths, io.BytesIO(stdin), **more))


def all_of(run: Run) -> bytes:
    """All pieces, each taken before the next is asked for."""
    return b"".join(bytes(piece) for piece in run.pieces())


def stored(path: Path, data: bytes = DATA) -> str:
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_bytes_for_any_number_of_jobs(tmp_path: Path, form: str) -> None:
    path = stored(tmp_path / "a.jsonl")
    one = bulk(path, form=form)
    assert one.count(b"p89") == 1
    for jobs, size in ((2, 5000), (3, 777)):
        assert bulk(path, form=form, jobs=jobs, block_size=size) == one


@pytest.mark.parametrize("size", [1, 200, 1001])
def test_the_same_bytes_for_any_size_of_block(tmp_path: Path, size: int) -> None:
    path = stored(tmp_path / "a.jsonl")
    assert bulk(path, block_size=size) == bulk(path)


def test_compressed_output_is_the_same_for_any_number_of_jobs(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jsonl")
    one = bulk(path, ending=".gz", block_size=5000)
    assert bulk(path, ending=".gz", block_size=5000, jobs=2) == one
    assert gzip.decompress(one) == bulk(path)


@pytest.mark.parametrize("how", ["moved", "rewritten", "rewritten with its old time", "removed"])
def test_an_input_that_is_replaced_in_mid_run_stops_it(tmp_path: Path, how: str) -> None:
    """Workers would read the new file where the parent cut the old one."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    other = DATA.replace(b'"p', b'"q')
    run = Run(KNOWLEDGE, Settings(), (str(path),), io.BytesIO(), jobs=2, block_size=2000)
    pieces = run.pieces()
    read = [bytes(next(pieces)), bytes(next(pieces))]
    assert b'"case":"p' in read[-1]
    if how == "moved":
        (tmp_path / "b.jsonl").write_bytes(other)
        (tmp_path / "b.jsonl").replace(path)
    elif how.startswith("rewritten"):
        before = path.stat()
        path.write_bytes(other)
        if "time" in how:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    else:
        path.unlink()
    with pytest.raises(InputReplacedError, match=r"a\.jsonl: was replaced"):
        read.extend(map(bytes, pieces))
    assert b'"case":"q' not in b"".join(read)


def test_a_pipe_is_read_once_whatever_the_number_of_jobs(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(DATA,))
    writer.start()
    output = bulk(str(pipe), jobs=2, block_size=4000)
    writer.join()
    assert output == bulk(stored(tmp_path / "a.jsonl")).replace(b"a.jsonl", b"pipe.jsonl")


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_compressed_input_gives_what_plain_input_gives(tmp_path: Path, ending: str) -> None:
    plain = stored(tmp_path / "a.jsonl")
    halves = [compress(part, ending) for part in (DATA[:5000], DATA[5000:])]
    path = stored(tmp_path / f"b.jsonl{ending}", b"".join(halves))
    wanted = bulk(plain).replace(plain.encode(), path.encode())
    for jobs in (1, 2):
        assert bulk(path, jobs=jobs, block_size=3000) == wanted


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_round_trip_through_compressed_output(tmp_path: Path, ending: str) -> None:
    path = stored(tmp_path / "a.jsonl")
    target = tmp_path / f"out.jsonl{ending}"
    target.write_bytes(bulk(path, ending=ending, block_size=4000))
    with target.open("rb") as raw, decompressed(target, raw) as file:
        assert file.read() == bulk(path)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_damaged_compressed_input_is_said_to_be_so(tmp_path: Path, ending: str, damage: str) -> None:
    data = compress(DATA, ending)
    data = data[:-20] if damage == "cut" else data[:60] + b"????" + data[64:]
    path = stored(tmp_path / f"a.jsonl{ending}", data)
    last = json.loads(bulk(path).splitlines()[-1])
    assert last["valid"] is False
    assert "compressed data" in last["errors"][0]["message"]
    *_, unreadable = read_cases([path], io.BytesIO())
    assert isinstance(unreadable, Unreadable)


def test_standard_input_as_lines_and_as_json(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jsonl")
    wanted = bulk(path).replace(path.encode(), b"<stdin>")
    for jobs in (1, 2):
        assert bulk("-", stdin=DATA, jobs=jobs, block_size=4000) == wanted
    cases = [json.loads(line) for line in DATA.splitlines()]
    as_json = bulk("-", stdin=json.dumps(cases, indent=1).encode())
    assert [_without_place(line) for line in as_json.splitlines()] == [
        _without_place(line) for line in wanted.splitlines()
    ]
    assert bulk("-", stdin=b"") == bulk("-", stdin=b"\n \n") != b""


def test_a_mark_of_byte_order_on_an_empty_line_of_standard_input() -> None:
    records = [json.loads(line) for line in bulk("-", stdin=b"\xef\xbb\xbf\n" + DATA).splitlines()]
    assert records[0]["case"] == "p0"
    assert sum(record["valid"] for record in records) == 120


def _without_place(line: bytes) -> dict[str, Any]:
    record = json.loads(line)
    return {**record, "line": 0, "errors": [error["message"] for error in record["errors"]]}


def test_several_files_folders_and_faults_stand_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    stored(tmp_path / "in" / "b.jsonl", as_lines(people(2, first=3)))
    stored(tmp_path / "in" / "a.json", json.dumps(people(3)).encode())
    stored(tmp_path / "in" / "c.jsonl.gz", gzip.compress(as_lines(people(1, first=5))))
    (tmp_path / "none").mkdir()
    said: list[str] = []
    paths = (str(tmp_path / "in"), str(tmp_path / "nowhere.jsonl"), str(tmp_path / "none"))
    run = Run(KNOWLEDGE, Settings(form="json"), paths, io.BytesIO(), jobs=2, say=said.append)
    records = json.loads(all_of(run))
    assert [(Path(record["file"]).name, record["valid"]) for record in records] == [
        *[("a.json", True)] * 3,
        *[("b.jsonl", True)] * 2,
        ("c.jsonl.gz", True),
        ("nowhere.jsonl", False),
    ]
    assert [message.split(" / ")[1][:14] for message in said] == ["cannot be read", "holds no case "]
    assert (run.tally.cases, run.tally.invalid, run.tally.empty_folders) == (7, 1, 1)


def test_no_case_at_all_is_an_empty_list(tmp_path: Path) -> None:
    assert bulk(stored(tmp_path / "a.jsonl", b"\n\n"), form="json") == b"[]\n"


def test_lines_of_windows_and_a_last_line_without_end(tmp_path: Path) -> None:
    plain = bulk(stored(tmp_path / "a.jsonl", DATA))
    for name, data in (("b", DATA.replace(b"\n", b"\r\n")), ("c", DATA.rstrip(b"\n"))):
        path = stored(tmp_path / f"{name}.jsonl", data)
        assert bulk(path).replace(path.encode(), str(tmp_path / "a.jsonl").encode()) == plain


def test_a_long_line_of_nonsense_and_one_that_is_longer_than_any_case() -> None:
    good = as_lines(people(1))
    data = good + b"x" * 50_000 + b"\n" + good + b"y" * 3_000_000 + b"\n" + good
    found = list(cut("x", io.BytesIO(data), 1000, longest=1_000_000))
    kept = [each for each in found if isinstance(each, Lines)]
    assert b"".join(each.data for each in kept) == good + b"x" * 50_000 + b"\n" + good + good
    assert [each.line for each in found if isinstance(each, Unreadable)] == [4]
    assert kept[-1].number == 5
    assert data[kept[-1].offset :] == good


def test_a_megabyte_of_nonsense_is_one_invalid_record(tmp_path: Path) -> None:
    lines = [as_lines(people(1)), b'{"id":"' + b"n" * (1 << 20) + b"\n", as_lines(people(1, first=1))]
    found = bulk(stored(tmp_path / "a.jsonl", b"".join(lines))).splitlines()
    assert [json.loads(line)["valid"] for line in found] == [True, False, True]
    assert all(len(line) < 5000 for line in found)


def test_the_bytes_of_some_lines_are_evaluated_by_themselves() -> None:
    """What a worker elsewhere does: lines and the number of the first, in; records, out."""
    lines = DATA.splitlines(keepends=True)
    evaluator = BlockEvaluator(KNOWLEDGE, Settings())
    parts = [(1, lines[:50]), (51, lines[50:])]
    output = b"".join(evaluator(block(b"".join(part), number)).output for number, part in parts)
    assert [json.loads(line) for line in output.splitlines()] == expected(DATA)


def test_memory_does_not_grow_with_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two inputs, the second twenty times as long, neither is held: blocks come and go."""
    once = as_lines(people(60, seed=13))
    monkeypatch.setattr(
        BlockEvaluator, "__call__", lambda _, task: Done(output=bytes(bytearray(task.parts[0].data)))
    )

    def peak(times: int) -> int:
        stdin = io.BufferedReader(_Endless(once, times))
        run = Run(KNOWLEDGE, Settings(), ("-",), stdin, block_size=30_000)
        tracemalloc.start()
        try:
            assert sum(len(piece) for piece in run.pieces()) == len(once) * times
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(200) < 1.2 * peak(10)


class _Endless(io.RawIOBase):
    """A stream that says the same thing over and over and never holds it all."""

    def __init__(self, once: bytes, times: int) -> None:
        super().__init__()
        self._once, self._left, self._rest = once, times, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest and self._left:
            self._left -= 1
            self._rest = self._once
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def test_results_come_in_the_order_of_the_tasks_and_few_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    dealt = 0

    def tasks() -> Iterator[Block]:
        nonlocal dealt
        for number in range(40):
            dealt += 1
            yield Block((Sheet("x", b"z" * (1 << 17), number=number),))

    def work(_: BlockEvaluator, task: Block) -> Done:
        assert isinstance(task, Block)
        (part,) = task.parts
        assert isinstance(part, Sheet)
        return Done(output=b"%d " % part.number + part.data)

    monkeypatch.setattr(BlockEvaluator, "__call__", work)
    for number, (_, output) in enumerate(in_order(BlockEvaluator(KNOWLEDGE, Settings()), tasks(), 3)):
        assert bytes(output).split()[0] == b"%d" % number
        assert dealt <= number + 8


def test_an_output_that_is_kept_too_long_cannot_be_read(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jsonl")
    run = Run(KNOWLEDGE, Settings(), (path,), io.BytesIO(), jobs=2, block_size=500)
    kept = [piece for piece in run.pieces() if isinstance(piece, memoryview)]
    assert kept
    with pytest.raises(ValueError, match="released"):
        bytes(kept[0])


def test_what_is_too_large_for_shared_memory_comes_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = stored(tmp_path / "a.jsonl")
    one = bulk(path)
    monkeypatch.setattr("triage.bulk.workers._SHELF", 3000)
    assert bulk(path, jobs=2, block_size=1000) == one


def test_a_worker_that_is_lost_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(BlockEvaluator, "__call__", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(WorkerLostError):
        bulk(stored(tmp_path / "a.jsonl"), jobs=2, block_size=1000)


def test_no_process_is_left_when_the_reader_stops_early(tmp_path: Path) -> None:
    run = Run(KNOWLEDGE, Settings(), (stored(tmp_path / "a.jsonl"),), io.BytesIO(), jobs=2, block_size=500)
    pieces = run.pieces()
    next(pieces)
    next(pieces)
    assert multiprocessing.active_children()
    pieces.close()
    assert not multiprocessing.active_children()


def test_progress_knows_how_much_there_is(tmp_path: Path) -> None:
    paths = (stored(tmp_path / "a.jsonl"), stored(tmp_path / "b.jsonl"))
    seen: list[tuple[int, int, int]] = []
    run = Run(
        KNOWLEDGE,
        Settings(),
        paths,
        io.BytesIO(),
        block_size=9000,
        watch=lambda progress: seen.append((progress.cases, progress.bytes_read, progress.bytes_in_all)),
    )
    all_of(run)
    assert seen == sorted(seen)
    assert seen[-1] == (242, 2 * len(DATA), 2 * len(DATA))
    assert stream.size_of(("-",)) == 0


def test_a_case_file_read_line_by_line_keeps_going_after_bad_bytes(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jsonl", as_lines(people(1)) + b"\xff\n" + as_lines(people(1)))
    found = list(read_cases([path], io.BytesIO()))
    assert [type(raw) for raw in found] == [RawCase, Unreadable, RawCase]
    assert [raw.line for raw in found if isinstance(raw, Unreadable)] == [2]


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_names_of_medicines_give_what_their_list_gives(tmp_path: Path, form: str) -> None:
    named: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for person in people(40, seed=13):
        rest = {name: answer for name, answer in person["answers"].items() if name != "medicines"}
        names = {"medicine_names": ["Atorvastatin 20 mg", "co-amilofruse"]}
        items = {"medicines": ["statin", "loop_diuretic", "potassium_sparing_diuretic"]}
        named.append({**person, "answers": {**rest, **names}})
        listed.append({**person, "answers": {**rest, **items}})
    one, other = (tmp_path / name / "a.jsonl" for name in ("one", "other"))
    for path, cases in ((one, named), (other, listed)):
        path.parent.mkdir()
        path.write_bytes(as_lines(cases))
    expected = bulk(str(other), form=form).replace(str(other).encode(), str(one).encode())
    assert bulk(str(one), form=form) == expected
    assert bulk(str(one), form=form, jobs=2, block_size=3000) == expected
