"""Leaving a command in order, whatever ends it: unfinished files are removed, and the exit code says why."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from triage.cli.common import Exit, leave
from triage.cli.files import fall_silent
from triage.source.diagnostic import printable

_FAULT = "This is a fault of triage. Please report it, with the lines above and what you typed."
_CODES = {"SIGTERM": Exit.TERMINATED, "SIGHUP": Exit.HUNG_UP}


@contextmanager
def leaving_in_order() -> Iterator[None]:
    """Turn Ctrl-C into exit code 130, SIGTERM into 143 and a closed terminal into 129, after cleaning up.

    A signal that is ignored, as under nohup, stays ignored. An unexpected error of the system ends with a
    message, and a fault of the program with its traceback; each has an exit code of its own.
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
    except BrokenPipeError:
        fall_silent()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except MemoryError:
        click.echo("There is not enough memory. Try fewer --jobs, or smaller inputs.", err=True)
        leave(Exit.BROKEN_OFF)
    except OSError as error:
        click.echo(_refusal(error), err=True)
        leave(Exit.BROKEN_OFF)
    except Exception:  # noqa: BLE001 - the last resort
        click.echo(f"{traceback.format_exc()}\n{_FAULT}", err=True)
        leave(Exit.FAULT)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _refusal(error: OSError) -> str:
    where = f"{printable(str(error.filename))}: " if error.filename else ""
    return f"{where}the system refuses this: {error.strerror or error}"


def _leave(number: int, _: FrameType | None) -> NoReturn:
    for name in _CODES:  # a second signal must not interrupt the cleaning up
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    leave(_CODES[signal.Signals(number).name])
