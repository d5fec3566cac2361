"""What a terminal can show, and whether the person wants style."""

from __future__ import annotations

import os
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is open, and a terminal."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal on which a line can be rewritten."""
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def wants_style(stream: TextIO | None) -> bool:
    """Whether to use bold and colours: on a terminal that has them, unless NO_COLOR is set."""
    return can_redraw(stream) and "NO_COLOR" not in os.environ
