"""Running the program as a whole process, by turns and with a time limit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

GOOD = (0, 1)
"""Exit codes: 1 says that something was found."""
QUICK = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """A `triage` command and the folder for its cache: programs do not read each other's."""

    command: tuple[str, ...]
    cache: Path

    def seconds(self, arguments: Sequence[str], limit: float) -> float | None:
        """Return the seconds on the clock from start to end, or None where the limit was hit.

        Raises:
            RuntimeError: it failed; its messages are shown.
        """
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["XDG_CACHE_HOME"] = str(self.cache)
        command = (*self.command, *arguments)
        start = perf_counter()
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        if done.returncode not in GOOD:
            raise RuntimeError(
                f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
            )
        return perf_counter() - start


@dataclass(frozen=True, slots=True)
class Clock:
    """How commands are timed: so many rounds, and so many seconds for one run at most."""

    rounds: int
    limit: float
    say: Callable[[str], None]

    def by_turns(
        self, programs: Mapping[str, Program], arguments: Sequence[str]
    ) -> Mapping[str, float | None]:
        """Return the median of each program over the rounds, in which all have their turn.

        A first run fills caches and is not counted, unless it is so long that they make no difference. What
        hits the limit once is not run again, and None.
        """
        times: dict[str, list[float | None]] = {name: [] for name in programs}
        for number in range(1 + self.rounds):
            for name, program in programs.items():
                if None in times[name] or (number == self.rounds and times[name][0]):
                    continue
                self.say(f"round {number} of {self.rounds}: triage {' '.join(arguments[:2])}: {name}")
                run = program.seconds(arguments, self.limit)
                counts = number > 0 or run is None or run > QUICK
                times[name].append(run if counts else 0.0)
        return {name: _median(runs) for name, runs in times.items()}

    def once(self, program: Program, arguments: Sequence[str]) -> float | None:
        """Return the median of one program alone."""
        return self.by_turns({"": program}, arguments)[""]

    def shown(self, seconds: float | None) -> str:
        """Return a time as text."""
        if seconds is None:
            return f"more than {self.limit:,.0f} s"
        return f"{seconds:,.2f} s" if seconds < QUICK else f"{seconds:,.0f} s"


def _median(runs: Sequence[float | None]) -> float | None:
    counted = [run for run in runs if run]
    return None if None in runs or not counted else median(counted)
