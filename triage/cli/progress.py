"""The progress of a long run: one line on a terminal, nothing elsewhere."""

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
    """A line on a terminal that is rewritten as the run goes on."""

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
            self.note(told(progress, now - self._start))

    def note(self, text: str) -> None:
        """Show a text at once."""
        if self._shown:
            self._written = True
            self._stream.write(f"\r{text:<{NARROW}}")
            self._stream.flush()

    def begin(self) -> None:
        """Restart the clock: the time until now does not count."""
        self._start = self._last = time.monotonic()

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        if self._written:
            self._stream.write(f"\r{'':{NARROW}}\r")
            self._stream.flush()
            self._written = False


def told(progress: Progress, seconds: float) -> str:
    """Return progress in words: cases, cases per second, and the time left if it can be known."""
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
