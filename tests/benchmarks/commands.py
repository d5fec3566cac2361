"""Running the program as a whole process, with a time limit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

DONE = (0, 1)


@dataclass(frozen=True, slots=True)
class Program:
    """A `triage` command and the folder for its cache: programs do not read each other's."""

    command: tuple[str, ...]
    cache: Path

    def seconds(
        self, *arguments: str, limit: float | None = None, good: Collection[int] = DONE
    ) -> float | None:
        """Return the seconds on the clock from start to end, or None where the limit was hit.

        Exit codes 0 and 1 are both good: 1 says that something was found.

        Raises:
            RuntimeError: it failed; its messages are shown.
        """
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["XDG_CACHE_HOME"] = str(self.cache)
        command: Sequence[str] = (*self.command, *arguments)
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
        if done.returncode not in good:
            raise RuntimeError(
                f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
            )
        return perf_counter() - start
