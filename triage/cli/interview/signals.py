"""Signals that end a program end the interview first, so that its answers are kept."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))


class Ended(BaseException):
    """A signal asks the program to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@contextmanager
def answers_outlive_signals() -> Iterator[Callable[[], None]]:
    """Turn signals that end a program into an exception, so that the answers are kept first.

    Yields a function that gives signals their earlier effect again.
    """
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, *_ENDING)}
    for each in _ENDING:
        if before[each] is not signal.SIG_IGN:
            signal.signal(each, _end)

    def heed_again() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    try:
        yield heed_again
    finally:
        heed_again()


def _end(number: int, _: FrameType | None) -> NoReturn:
    ignore_signals()
    raise Ended(number)


def ignore_signals() -> None:
    """Ignore these signals from now on: the answers are being kept."""
    for each in (signal.SIGINT, *_ENDING):
        signal.signal(each, signal.SIG_IGN)
