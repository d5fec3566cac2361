"""Line editing by readline or libedit, on a terminal that allows it. Typed lines are kept only in memory."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

_DUMB = ("", "dumb", "unknown")


def line_editor() -> Callable[[str], str] | None:
    """Return a function that prints a prompt and returns the typed line without its end.

    None if lines cannot be edited. Earlier lines can be recalled until the program ends. The function raises
    EOFError if there is no more input.
    """
    if os.environ.get("TERM", "") in _DUMB or not (
        _is_terminal(sys.stdin, 0) and _is_terminal(sys.stdout, 1)
    ):
        return None
    try:
        import readline  # noqa: PLC0415 - it may be missing, and its import writes to the terminal
        import termios  # noqa: PLC0415 - as above
    except ImportError:
        return None
    readline.clear_history()
    readline.set_completer(lambda _text, _state: None)
    if "libedit" not in (readline.__doc__ or ""):
        readline.parse_and_bind("set enable-bracketed-paste off")
    usual = termios.tcgetattr(0)

    def edit(prompt: str) -> str:
        def stop() -> None:
            editing = termios.tcgetattr(0)
            termios.tcsetattr(0, termios.TCSADRAIN, usual)
            os.kill(os.getpid(), signal.SIGSTOP)
            termios.tcsetattr(0, termios.TCSADRAIN, editing)
            sys.stdout.write(f"{prompt}{readline.get_line_buffer()}")
            sys.stdout.flush()

        with _stopping_by(stop):
            return input(prompt)

    return edit


def _is_terminal(stream: TextIO | None, number: int) -> bool:
    """Whether a stream is the standard one of that number, as `input` wants it, and a terminal."""
    try:
        return stream is not None and stream.fileno() == number and stream.isatty()
    except (OSError, ValueError):
        return False


@contextmanager
def _stopping_by(stop: Callable[[], None]) -> Iterator[None]:
    """On Ctrl-Z, give the terminal back to the shell as it was before the program stops."""

    def heed(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = signal.getsignal(signal.SIGTSTP)
    if before is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTSTP, heed)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)
