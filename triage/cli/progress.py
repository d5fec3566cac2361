"""Progress of a long run: one line on a terminal, nothing anywhere else."""

from __future__ import annotations

import time
from typing import TextIO

from triage.bulk.stream import Progress
from triage.cli.terminals import can_redraw
from triage.source.text import NARROW

_SECONDS_BETWEEN = 0.2
_MINUTE = 60
_HOUR = 3600


class ProgressLine:
    """A line on standard error that is written again and again, while a person looks on."""

    def __init__(self, stream: TextIO) -> None:
        """Start the clock."""
        self._stream = stream
        self._shown = can_redraw(stream)
        self._start = self._last = time.monotonic()
        self._written = False

    def __call__(self, progress: Progress) -> None:
        """Show how far the run is, several times a second."""
        now = time.monotonic()
        if self._shown and now - self._last >= _SECONDS_BETWEEN:
            self._last = now
            self._written = True
            self._stream.write(f"\r{told(progress, now - self._start):<{NARROW}}")
            self._stream.flush()

    def note(self, text: str) -> None:
        """Show what is waited for, at once."""
        if self._shown:
            self._written = True
            self._stream.write(f"\r{text:<{NARROW}}")
            self._stream.flush()

    def begin(self) -> None:
        """Start the clock anew: what was done until now is not counted."""
        self._start = self._last = time.monotonic()

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._written:
            self._stream.write(f"\r{'':{NARROW}}\r")
            self._stream.flush()
            self._written = False


def told(progress: Progress, seconds: float) -> str:
    """Return progress in words: cases, how many a second, and the time left where it can be known."""
    text = f"{progress.cases:,} cases, {progress.cases / max(seconds, 0.001):,.0f} a second"
    if not progress.bytes_in_all or not progress.bytes_read:
        return text
    part = min(1.0, progress.bytes_read / progress.bytes_in_all)
    return f"{text}, {part:.0%}, {_time(seconds / part - seconds)} left"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
