"""However a case is written, the bulk reader makes of it what the strict reader makes of it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from support.json_files import file_of
from support.shipped import KNOWLEDGE
from support.strict_reader import COMPILED, Strict, differences

from triage.bulk.blocks import Settings
from triage.bulk.decoding.jsonl_decoder import JsonlDecoder
from triage.bulk.stream import Run
from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reading.reader import read_cases
from triage.evaluation.evaluate import Evaluator
from triage.evaluation.records.compact import compact_record

FILES, NIGHTLY_FILES, SHARDS = 600, 200_000, 6
FILES_A_DECODER = 100
SEED = int(os.environ.get("TRIAGE_SEED", "20261127"))
LEAK = b"""\
{"id":"z","answers":{"age":5}}
{"id":"p","answers":{"site":["calf", "foot", "hand", "shin"]}}
{"id":"jaw","answers":{"danger_signs":["stiff_jaw"]}}
{"id":"faint","answers":{"danger_signs":["faint"]}}
{"id":"q","answers":{"site":["calf","foot"]}}
{"id": "a", "answers": {"site": ["calf","foot"]}}
{"id":"fit","answers":{"danger_signs":["first_fit"]}}
"""


def compare(seed: int, numbers: range) -> None:
    decoder = JsonlDecoder(COMPILED)
    for number in numbers:
        if number % FILES_A_DECODER == 0:
            decoder = JsonlDecoder(COMPILED)
        wrong = differences(decoder, file_of(seed, number))
        assert not wrong, f"file {number} of seed {seed}, keep its lines as a test: {wrong[:5]}"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_many_files_in_every_style(shard: int) -> None:
    compare(1, range(shard * FILES // SHARDS, (shard + 1) * FILES // SHARDS))


@pytest.mark.nightly
@pytest.mark.parametrize("shard", range(SHARDS))
def test_very_many_files_in_every_style(shard: int) -> None:
    compare(SEED, range(shard * NIGHTLY_FILES // SHARDS, (shard + 1) * NIGHTLY_FILES // SHARDS))


@pytest.mark.parametrize("number", range(2))
def test_a_large_file(number: int) -> None:
    assert not differences(JsonlDecoder(COMPILED), file_of(2, number, count=5000))


def test_an_answer_never_moves_to_another_person() -> None:
    decoder = JsonlDecoder(COMPILED)
    assert not differences(decoder, LEAK)
    assert not differences(decoder, LEAK)


def assert_whole_runs_agree(tmp_path: Path, numbers: range) -> None:
    """From end to end: case by case, by experta, against a run."""
    for number in numbers:
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(file_of(3, number))
        evaluator, register = Evaluator(KNOWLEDGE), CaseRegister(CaseChecker(KNOWLEDGE))
        outcomes = [evaluator.outcome(register.admit(each)) for each in read_cases([str(path)], io.BytesIO())]
        ordinary = [compact_record(KNOWLEDGE, outcome) for outcome in outcomes]
        run = Run(KNOWLEDGE, Settings(), (str(path),), io.BytesIO())
        bulk = b"".join(bytes(piece) for piece in run.pieces())
        assert [json.loads(line) for line in bulk.splitlines()] == ordinary, f"file {number} of seed 3"


@pytest.mark.parametrize("shard", range(2))
def test_whole_runs_agree(tmp_path: Path, shard: int) -> None:
    assert_whole_runs_agree(tmp_path, range(shard * 8, shard * 8 + 8))


@pytest.mark.nightly
def test_many_whole_runs_agree(tmp_path: Path) -> None:
    assert_whole_runs_agree(tmp_path, range(16, 200))


def test_the_files_hold_every_way_of_writing() -> None:
    """What the comparison is worth: most lines are valid, many are not, and every style is met often."""
    lines = [line for number in range(100) for line in file_of(1, number).split(b"\n") if line.strip()]
    valid = [each for each in map(Strict, lines) if each.case]
    assert 0.75 < len(valid) / len(lines) < 0.98
    for text in (b'": ', b"\t", b"\\u", b".0", b"E-1", b'"title"', b'"?', b"{ ", b"\r", b"knowledge_base"):
        assert sum(text in line for line in lines) > 50, text
    distinct = {json.dumps(each.case["answers"].get("episode_seconds")) for each in valid if each.case}
    assert len(distinct) > 1000
