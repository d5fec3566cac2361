"""Leaving in order when interrupted: what was begun is cleared away, and the exit code says why."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from triage.cli.common import Exit, leave

_CODES = {"SIGTERM": Exit.TERMINATED, "SIGHUP": Exit.HUNG_UP}


@contextmanager
def leaving_in_order() -> Iterator[None]:
    """Turn Ctrl-C into exit code 130, SIGTERM into 143 and a closed terminal into 129, after clearing away.

    What is ignored, as under nohup, stays ignored.
    """
    previous = {}
    if threading.current_thread() is threading.main_thread():
        numbers = (getattr(signal, name, None) for name in _CODES)
        ending = [each for each in numbers if each and signal.getsignal(each) is not signal.SIG_IGN]
        previous = {each: signal.signal(each, _leave) for each in ending}
    try:
        yield
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        leave(Exit.INTERRUPTED)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    for name in _CODES:  # a second one must not break off the clearing away
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    leave(_CODES[signal.Signals(number).name])
