"""Measuring in rounds: every contestant has its turn in each, so that what slows the machine slows all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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


def seconds(*command: str) -> float:
    """Return the seconds on the clock that a command takes from start to end.

    Raises:
        RuntimeError: it failed; its messages are shown.
    """
    start = perf_counter()
    _run(command)
    return perf_counter() - start


def seconds_together(command: Sequence[str], runs: int) -> float:
    """Return the seconds on the clock that so many runs of a command take, all at the same time.

    Raises:
        RuntimeError: one failed; its messages are shown.
    """
    start = perf_counter()
    with ThreadPoolExecutor(runs) as pool:
        for _ in pool.map(_run, [command] * runs):
            pass
    return perf_counter() - start


_LAUNCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def most_memory(*command: str) -> float:
    """Return the most memory that a command has at one time, in MB.

    It is started by a small process of its own: a process counts what its parent had when it was started.

    Raises:
        RuntimeError: it failed; its messages are shown.
    """
    most = int(_run((sys.executable, "-c", _LAUNCH, *command), subprocess.PIPE))
    # Linux counts in KiB, macOS in bytes.
    return most * (1 if sys.platform == "darwin" else 1 << 10) / 1e6


def _run(command: Sequence[str], output: int = subprocess.DEVNULL) -> bytes:
    # Bytecode is cached, as it is where the program is installed.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, env=kept, check=False)
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
        )
    return done.stdout or b""
