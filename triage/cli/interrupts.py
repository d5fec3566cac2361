"""Leaving in order when interrupted: what was begun is cleared away, and the exit code says why."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from triage.cli.common import Exit, leave


@contextmanager
def leaving_in_order() -> Iterator[None]:
    """Turn Ctrl-C into exit code 130 and SIGTERM into 143, after everything has been cleared away."""
    previous = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        leave(Exit.INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _terminated(_: int, __: FrameType | None) -> NoReturn:
    leave(Exit.TERMINATED)
