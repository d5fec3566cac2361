"""Runs in parts: the parts, one behind the other, are what one process writes; only what is whole is kept."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pytest
from support.bulk import as_lines, people
from support.shipped import KNOWLEDGE

from triage.bulk.blocks import BlockEvaluator, Settings
from triage.bulk.repeated_ids import IdRegister
from triage.bulk.stream import BLOCK_SIZE, Run
from triage.cases.reading.compression import compress
from triage.cluster import parts as parts_module
from triage.cluster.manifest import RefusedError, clear_away, identity_of, keep_plan, kept_plan, make_place
from triage.cluster.parts import (
    MOST_MESSAGES,
    BrokenOffError,
    Made,
    Part,
    PartMaker,
    StoppedError,
    count,
    cut_source,
    spans_to_count,
    width_of,
)
from triage.cluster.stores import Source, StoreError, absolute, read, sources_of
from triage.evaluation.tally import Tally

DATA = as_lines([*people(40, seed=11), {"id": "bad", "answers": {"age": -1}}, *people(20, seed=12, first=40)])
PLAIN = BlockEvaluator(KNOWLEDGE, Settings(check=0))


def planned(paths: Sequence[str], size: int) -> list[Part]:
    parts: list[Part] = []
    for source in sources_of(paths):
        counted = [
            piece for start, end in spans_to_count(source, size) for piece in count(source, start, end, size)
        ]
        parts += cut_source(source, len(parts), counted)
    return parts


def maker(folder: Path | str, evaluator: BlockEvaluator = PLAIN, run: str = "r") -> PartMaker:
    make_place(str(folder))
    return PartMaker(evaluator, absolute(str(folder)), run, 5)


def one_process(*paths: str, settings: Settings = PLAIN.settings) -> tuple[bytes, Tally, list[str]]:
    said: list[str] = []
    run = Run(KNOWLEDGE, settings, paths, io.BytesIO(), say=said.append, ids=IdRegister(most=0))
    return b"".join(run.pieces()), run.tally, said


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("part-*")))


def stored(path: Path, data: bytes = DATA) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def check(folder: Path, paths: Sequence[str], size: int, evaluator: BlockEvaluator = PLAIN) -> list[Made]:
    """Make the parts in any order; they must be what one process writes, counts and says."""
    parts = planned(paths, size)
    found = {part.number: maker(folder, evaluator).make(part) for part in reversed(parts)}
    made = [found[part.number] for part in parts]
    output, tally, said = one_process(*paths, settings=evaluator.settings)
    assert written(folder) == output
    total = Tally()
    for each in made:
        total.merge(each.tally)
    assert total == tally
    assert [message for each in made for message in each.messages] == said
    return made


@pytest.mark.parametrize("size", [200, 700, 5000, 1 << 20])
def test_parts_one_behind_the_other_are_what_one_process_writes(tmp_path: Path, size: int) -> None:
    path = stored(tmp_path / "a.jsonl")
    made = check(tmp_path / "out", [path], size)
    assert (len(made) == 1) is (size > len(DATA))
    lines = [json.loads(line)["line"] for line in written(tmp_path / "out").splitlines()]
    assert lines == list(range(1, 62))


@pytest.mark.parametrize("settings", [Settings("csv", check=0), Settings(full=True, check=20)])
def test_csv_and_full_records(tmp_path: Path, settings: Settings) -> None:
    path = stored(tmp_path / "a.jsonl", as_lines(people(12)))
    assert len(check(tmp_path / "out", [path], 1000, BlockEvaluator(KNOWLEDGE, settings))) > 3


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_compressed_parts_can_be_put_together_too(tmp_path: Path, form: Any) -> None:
    path = stored(tmp_path / "a.jsonl", b"\n" * 9000 + DATA)
    settings = Settings(form, check=0, ending=".gz")
    for part in planned([path], 4000):
        maker(tmp_path / "out", BlockEvaluator(KNOWLEDGE, settings)).make(part)
    files = sorted((tmp_path / "out").glob(f"part-*.{form}.gz"))
    assert len(files) > 5
    output = one_process(path, settings=replace(settings, ending=""))[0]
    assert b"".join(gzip.decompress(file.read_bytes()) for file in files) == output


@pytest.mark.parametrize(
    "data",
    [
        DATA.replace(b"\n", b"\r\n"),
        DATA.rstrip(b"\n"),
        b"\xef\xbb\xbf" + DATA,
        b"\n\n\n" + DATA.replace(b"\n", b"\n\n\n") + b" \n",
        DATA + b'{"id":"' + b"n" * 9000 + b"\n" + DATA,
        b"\xff\n" + DATA,
        b"",
    ],
)
def test_lines_of_every_kind(tmp_path: Path, data: bytes) -> None:
    check(tmp_path / "out", [stored(tmp_path / "a.jsonl", data)], 3000)


def test_the_same_lines_are_too_long_wherever_they_are_cut(tmp_path: Path) -> None:
    good = as_lines(people(1))
    long = [b"x" * length + b"\n" for length in (4_917_000, 4_317_000, 6_317_000)]
    path = stored(tmp_path / "a.jsonl", b"".join(each for line in long for each in (good * 400, line)) + good)
    made = check(tmp_path / "out", [path], BLOCK_SIZE)
    said = [message for each in made for message in each.messages]
    assert 0 < sum("a line of more than" in message for message in said) < 3


def test_inputs_of_every_kind_stand_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    stored(folder / "b.jsonl")
    stored(folder / "a.json", json.dumps(people(3)).encode())
    stored(folder / "c.jsonl.gz", gzip.compress(DATA))
    stored(folder / "d.jsonl.zst", compress(DATA, ".zst"))
    stored(folder / "e.jsonl.gz", gzip.compress(DATA)[:-20])
    stored(folder / "f.json", b"[")
    (tmp_path / "none").mkdir()
    check(tmp_path / "out", [str(folder), str(tmp_path / "nowhere.jsonl"), str(tmp_path / "none")], 6000)


def test_a_relative_path_means_the_same_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path / "a.jsonl", as_lines(people(2)))
    monkeypatch.chdir(tmp_path)
    (part,) = planned(["a.jsonl"], 1 << 20)
    output = one_process("a.jsonl")[0]
    monkeypatch.chdir("/")
    maker(tmp_path / "out").make(part)
    assert written(tmp_path / "out") == output


def test_messages_are_kept_up_to_a_number(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jsonl", b"[]\n" * (MOST_MESSAGES + 7))
    (part,) = planned([path], 1 << 20)
    for made in (maker(tmp_path / "out").make(part), maker(tmp_path / "out").make(part)):
        assert (len(made.messages), made.more_messages) == (MOST_MESSAGES, 7)


# Inputs and output by URL.


@pytest.fixture
def memory() -> Iterator[Callable[[str, bytes], str]]:
    system = fsspec.filesystem("memory")

    def put(name: str, data: bytes) -> str:
        system.pipe_file(name, data)
        return f"memory://{name}"

    yield put
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_inputs_and_parts_by_url(tmp_path: Path, memory: Callable[[str, bytes], str]) -> None:
    """As in an object store: what is one URL here, is one path there, and the records name the URL."""
    urls = [memory("/in/a.jsonl", DATA), memory("/in/b.jsonl.gz", gzip.compress(DATA))]
    paths = [stored(tmp_path / "a.jsonl"), stored(tmp_path / "b.jsonl.gz", gzip.compress(DATA))]
    output = one_process(*paths)[0]
    for path, url in zip(paths, urls, strict=True):
        output = output.replace(path.encode(), url.encode())
    for names in (urls, ["memory:///in"], ["memory:///in/*.jsonl*"]):
        parts = planned(names, 5000)
        for part in parts:
            maker("memory://out").make(part)
            assert maker("memory://out").make(part).was_there
        made = [maker("memory://out").name_of(part) for part in parts]
        assert b"".join(read(f"memory://out/{name}") for name in made) == output
    file_url = f"file://{paths[0]}"
    (part,) = planned([file_url], 1 << 20)
    maker(f"file://{tmp_path}/out").make(part)
    assert written(tmp_path / "out").replace(file_url.encode(), paths[0].encode()) == one_process(paths[0])[0]


def test_what_is_not_there_by_url(memory: Callable[[str, bytes], str]) -> None:
    memory("/full/notes.txt", b"")
    (missing,) = sources_of(["memory:///nowhere/a.jsonl"])
    assert missing.fault
    assert (
        str(missing.fault.diagnostic.message) == "cannot be read: no such file or directory; check the name"
    )
    (empty,) = sources_of(["memory:///full"])
    assert empty.fault
    assert empty.fault.empty_folder


def test_a_protocol_that_nobody_knows() -> None:
    with pytest.raises(StoreError, match="nowhere://a"):
        list(sources_of(["nowhere://a.jsonl"]))


def test_an_upload_that_is_broken_off_counts_for_nothing(memory: Callable[[str, bytes], str]) -> None:
    (part,) = planned([memory("/in/a.jsonl", DATA)], 1 << 20)
    making = maker("memory://out")
    making.stop()
    with pytest.raises(StoppedError):
        making.make(part)
    assert not maker("memory://out").make(part).was_there
    assert maker("memory://out").make(part).was_there


def test_a_pipe_cannot_be_read_in_pieces() -> None:
    with pytest.raises(StoreError, match="save it as a file first"):
        list(sources_of(["/dev/null"]))


# What is whole is kept, and nothing else.


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.glob("part-*")}


def test_what_is_finished_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = stored(tmp_path / "a.jsonl"), tmp_path / "out"
    parts = planned([path], 5000)
    fresh = [maker(out).make(part) for part in parts]
    before = seen(out)
    monkeypatch.setattr(BlockEvaluator, "__call__", lambda *_: pytest.fail("it is evaluated again"))
    again = [maker(out).make(part) for part in parts]
    assert seen(out) == before
    assert again == [replace(made, was_there=True) for made in fresh]


@pytest.mark.parametrize(
    "damage", ["changed", "shorter", "gone", "record changed", "record gone", "record empty"]
)
def test_a_part_that_is_not_as_it_was_made_is_made_again(tmp_path: Path, damage: str) -> None:
    path, out = stored(tmp_path / "a.jsonl"), tmp_path / "out"
    parts = planned([path], 5000)
    fresh = [maker(out).make(part) for part in parts]
    before, output = seen(out), written(out)
    part = out / "part-00001.jsonl"
    record = out / "_run" / "part-00001.jsonl.json"
    target = record if damage.startswith("record") else part
    data = target.read_bytes()
    if damage.endswith("gone"):
        target.unlink()
    else:
        changed = data.replace(b'"cases":', b'"cases":9', 1) if target is record else b"?" + data[1:]
        new = {"changed": changed, "shorter": data[:-1], "empty": b""}[damage.rpartition(" ")[2]]
        assert new != data
        target.write_bytes(new)
    again = [maker(out).make(part) for part in parts]
    assert [made.was_there for made in again] == [number != 1 for number in range(len(parts))]
    assert [replace(made, was_there=False) for made in again] == fresh
    assert written(out) == output
    after = seen(out)
    assert {name for name in after if after[name] != before[name]} == {"part-00001.jsonl"}


def test_a_part_of_another_run_or_another_place_is_not_taken_for_this_one(tmp_path: Path) -> None:
    path, out = stored(tmp_path / "a.jsonl"), tmp_path / "out"
    part = planned([path], 5000)[1]
    maker(out).make(part)
    assert not maker(out, run="another").make(part).was_there
    assert not maker(out, run="another").make(replace(part, line=99)).was_there
    assert maker(out, run="another").make(replace(part, line=99)).was_there


def test_an_input_that_changes_meanwhile_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = stored(tmp_path / "a.jsonl"), tmp_path / "out"
    parts = planned([path], 5000)
    truth = BlockEvaluator.__call__

    def appending(evaluator: BlockEvaluator, task: Any) -> Any:
        stored(tmp_path / "a.jsonl", DATA + b"{}\n")
        return truth(evaluator, task)

    with monkeypatch.context() as patch:
        patch.setattr(BlockEvaluator, "__call__", appending)
        with pytest.raises(BrokenOffError, match="has changed since the run began"):
            maker(out).make(parts[0])
    assert [file for file in out.rglob("*") if file.is_file()] == []
    with pytest.raises(BrokenOffError, match="has changed since"):
        maker(out).make(parts[1])
    stored(tmp_path / "a.jsonl", DATA[:100])
    monkeypatch.setattr(parts_module, "check_unchanged", lambda _: None)
    with pytest.raises(BrokenOffError, match="has changed since"):
        maker(out).make(parts[1])
    (tmp_path / "a.jsonl").unlink()
    monkeypatch.undo()
    with pytest.raises(BrokenOffError, match="under the same path or URL"):
        maker(out).make(parts[1])


def test_a_worker_that_cannot_read_zstd_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not write that the input is invalid: another worker could read it."""
    (part,) = planned([stored(tmp_path / "a.jsonl.zst", compress(DATA, ".zst"))], 5000)
    for name in ("zstandard", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(BrokenOffError, match=r"cramp-triage\[zstd\]"):
        maker(tmp_path / "out").make(part)


def test_a_part_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    making = maker(tmp_path / "out")
    making.stop()
    with pytest.raises(StoppedError):
        making.make(planned([stored(tmp_path / "a.jsonl")], 5000)[0])
    assert [file for file in (tmp_path / "out").rglob("*") if file.is_file()] == []


# The folder of a run.


def begun(tmp_path: Path) -> tuple[Path, list[Source], list[Part]]:
    out, path = tmp_path / "out", stored(tmp_path / "in" / "a.jsonl")
    inputs = list(sources_of([path]))
    parts = planned([path], 5000)
    make_place(str(out))
    keep_plan(str(out), identity_of(KNOWLEDGE, PLAIN.settings, inputs), parts)
    return out, inputs, parts


def test_the_same_run_goes_on_by_its_plan(tmp_path: Path) -> None:
    out, inputs, parts = begun(tmp_path)
    assert kept_plan(str(out), identity_of(KNOWLEDGE, PLAIN.settings, inputs)) == parts
    assert kept_plan(str(tmp_path / "new"), identity_of(KNOWLEDGE, PLAIN.settings, inputs)) is None


def test_faults_are_kept_in_the_plan_too(tmp_path: Path) -> None:
    inputs = list(sources_of([str(tmp_path / "nowhere.jsonl")]))
    parts = planned([str(tmp_path / "nowhere.jsonl")], 5000)
    identity = identity_of(KNOWLEDGE, PLAIN.settings, inputs)
    make_place(str(tmp_path / "out"))
    keep_plan(str(tmp_path / "out"), identity, parts)
    assert kept_plan(str(tmp_path / "out"), identity) == parts


def test_another_run_is_refused_and_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, inputs, _ = begun(tmp_path)
    other = replace(KNOWLEDGE, sha256="0" * 64)

    def refused(why: str, *what: Any) -> None:
        with pytest.raises(RefusedError, match=why) as told:
            kept_plan(str(out), identity_of(*what))
        assert "Name a new folder with -o" in str(told.value)

    refused(r"other rules \(sha256 [0-9a-f]{12}, now 000000000000\)", other, PLAIN.settings, inputs)
    refused("full was False, now True", KNOWLEDGE, replace(PLAIN.settings, full=True), inputs)
    refused("other inputs", KNOWLEDGE, PLAIN.settings, [*inputs, *inputs])
    stored(tmp_path / "in" / "a.jsonl", DATA + b"\n")
    refused(r"a\.jsonl has changed since", KNOWLEDGE, PLAIN.settings, list(sources_of([inputs[0].file])))
    monkeypatch.setattr("triage.cluster.manifest.program_sha256", lambda: "another")
    refused("another version of the program", KNOWLEDGE, PLAIN.settings, inputs)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    out, inputs, _ = begun(tmp_path)
    identity = identity_of(KNOWLEDGE, PLAIN.settings, inputs)
    stored(out / "part-00099.jsonl", b"")
    with pytest.raises(RefusedError, match=r"part-00099\.jsonl is not part of this run"):
        kept_plan(str(out), identity)
    stored(out / "_run" / "run.json", b"{}")
    with pytest.raises(RefusedError, match="cannot be read"):
        kept_plan(str(out), identity)
    stored(tmp_path / "other" / "notes.txt", b"mine")
    with pytest.raises(RefusedError, match="is not empty"):
        kept_plan(str(tmp_path / "other"), identity)
    with pytest.raises(RefusedError, match="cannot be written"):
        make_place(str(tmp_path / "other" / "notes.txt" / "out"))


def test_what_killed_workers_left_is_cleared_away(tmp_path: Path) -> None:
    out = begun(tmp_path)[0]
    stored(out / "_run" / "part-00000.jsonl.1.tmp", b"half")
    clear_away(str(out))
    assert [file.name for file in (out / "_run").iterdir()] == ["run.json"]


def test_names_sort_as_the_parts_stand() -> None:
    assert (width_of(1), width_of(100_000), width_of(100_001)) == (5, 5, 6)
