"""Lines that were typed before anybody asked for them: the rest of a paste, or keys hit too early."""

from __future__ import annotations

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager

try:
    import termios
except ImportError:  # without it, waiting lines cannot be seen
    termios = None  # type: ignore[assignment]

_PAUSE = 0.03
"""Seconds of silence after which a paste counts as complete."""
_PIECE = 1 << 12
_MOST = 1 << 16
_LINE_END = re.compile("\r\n|\r|\n")
_END_OF_INPUT = "\x00\x04"


def waiting_lines(descriptor: int) -> list[str]:
    """Read what waits at a terminal, and return its lines without blank ones.

    On a system without termios there are never any.

    Raises:
        OSError: the terminal is gone.
    """
    if termios is None or not _is_ready(descriptor, 0):
        return []
    data = bytearray()
    with _without_lines(descriptor):
        while len(data) < _MOST and _is_ready(descriptor, _PAUSE):
            piece = os.read(descriptor, _PIECE)
            if not piece:
                break
            data += piece
    text = data.decode("utf-8", "replace").strip(_END_OF_INPUT)
    return [line.strip() for line in _LINE_END.split(text) if line.strip()]


def _is_ready(descriptor: int, seconds: float) -> bool:
    return bool(select.select([descriptor], [], [], seconds)[0])


@contextmanager
def _without_lines(descriptor: int) -> Iterator[None]:
    """Let the terminal hand over what was typed so far, even a line that is not ended yet."""
    before = termios.tcgetattr(descriptor)
    now = list(before)
    now[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(descriptor, termios.TCSANOW, now)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
