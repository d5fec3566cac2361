"""Measuring in rounds: every contestant has its turn in each, so that what slows the machine slows all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

Measure = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What each contestant needed in each round."""

    rounds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Return the median over the rounds."""
        return median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float:
        """Return the median of what one needed against the other in the same round."""
        return median(a / b for a, b in zip(self.rounds[name], self.rounds[other], strict=True))


def measure(contestants: Mapping[str, Measure], rounds: int, say: Callable[[str], None]) -> Measured:
    """Let each contestant measure itself once a round; it gets the number of the round."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contestant in contestants.items():
            say(f"round {number + 1} of {rounds}: {name}")
            found[name].append(contestant(number))
    return Measured(found)


def processor_time(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that work in this process takes."""
    start = process_time()
    work()
    return process_time() - start


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command took: seconds on the clock, and its most memory in MB."""

    seconds: float
    megabytes: float


def run(*command: str) -> Run:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; its messages are shown.
    """
    start = perf_counter()
    # Bytecode is cached, as it is where the program is installed.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=kept)
    assert process.stderr
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode()[-2000:]}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(seconds, usage.ru_maxrss * unit / 1e6)
