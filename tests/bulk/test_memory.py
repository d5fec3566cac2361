"""However an input is made, a process that evaluates it stays below the figure that the page gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.cases.reading.compression import compress
from triage.cli.common import Exit

MOST = 256 * 1024
"""Kilobytes, as the page says."""

SHORT = b'{"id":"%d","answers":{"age":40,"site":["calf"],"feels":["painful_tightening"]}}'


def _faulty_line() -> Iterator[bytes]:
    yield b'{"id":"a","answers":{'
    yield b",".join(b'"q%d":1' % number for number in range(340_000))
    yield b"}}\n"


INPUTS = {
    "nonsense.jsonl": lambda: b"x\n" * 200_000,
    "blank.jsonl": lambda: b"\n" * 1_000_000,
    "short.jsonl": lambda: b"".join(SHORT % number + b"\n" for number in range(60_000)),
    "list.json": lambda: b"[%b]" % b",\n".join(SHORT % number for number in range(60_000)),
    "faulty.jsonl": lambda: b"".join(_faulty_line()),
    "long.jsonl": lambda: b'{"id":"%b"}\n' % (b"y" * 50_000_000),
    "deep.json": lambda: b"[" * 5_000_000,
    "zeros.jsonl.zst": lambda: compress(b"\0" * (1 << 29), ".zst"),
    "zeros.json.gz": lambda: compress(b" " * (1 << 28), ".gz"),
}


LAUNCH = """
import resource, subprocess, sys
with open("out", "wb") as out:
    done = subprocess.run(sys.argv[1:], stdout=out, stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""In a process of its own: to what a process takes the system counts what its parent had when it began."""


@pytest.mark.nightly
@pytest.mark.parametrize("name", INPUTS)
def test_no_input_takes_more_memory_than_the_page_says(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(INPUTS[name]())
    command = [sys.executable, "-m", "triage", "evaluate", name, "--jobs", "1", "--format", "jsonl"]
    launch = [sys.executable, "-c", LAUNCH, *command]
    told = subprocess.run(launch, cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True).stdout
    code, most = map(int, told.split())
    assert code in (Exit.DONE, Exit.INVALID_INPUT, Exit.NO_CASES)
    assert most < MOST
