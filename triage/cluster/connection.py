"""Reaching workers, through a scheduler elsewhere or one that is started here."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from tempfile import TemporaryDirectory
from typing import Any

import dask.config
from distributed import Client, LocalCluster
from distributed.utils import silence_logging_cmgr

from triage.cluster.parts import BrokenOffError

LOCAL = "local"
_CONNECTING = 10


@contextmanager
def connected(where: str, **more: Any) -> Iterator[Client]:
    """Connect to the scheduler at an address, or start one here with a worker process for each core.

    Args:
        where: the address, or `local`.
        more: options of dask for the workers here.

    Raises:
        BrokenOffError: no scheduler answers, or none can be started here.
    """
    quiet = silence_logging_cmgr(logging.CRITICAL)
    with ExitStack() as stack:
        stack.enter_context(quiet)
        if where == LOCAL:
            scratch = stack.enter_context(TemporaryDirectory(prefix="triage-dask-"))
            try:
                with _interrupts_kept_back():
                    cluster = stack.enter_context(local_cluster(scratch, **more))
            except (RuntimeError, OSError) as error:
                raise BrokenOffError(f"no workers can be started here: {error}") from None
            yield stack.enter_context(Client(cluster, set_as_default=False))
            return
        stack.enter_context(dask.config.set({"distributed.comm.timeouts.connect": f"{_CONNECTING}s"}))
        try:
            client = Client(where, timeout=_CONNECTING, set_as_default=False)
        except OSError:
            raise BrokenOffError(
                f'{where}: no scheduler answers there; start one with "dask scheduler", and on each machine '
                f'"dask worker {where} --nworkers -1"'
            ) from None
        yield stack.enter_context(client)


def local_cluster(scratch: str, **more: Any) -> LocalCluster:
    """Start a scheduler and workers for this machine alone, without messages."""
    options = {
        "threads_per_worker": 1,
        "dashboard_address": "127.0.0.1:0",  # any free port: its web server cannot be left out
        "scheduler_kwargs": {"dashboard": False},
        "local_directory": scratch,
        "silence_logs": logging.CRITICAL,
    }
    return LocalCluster(**{**options, **more})


@contextmanager
def _interrupts_kept_back() -> Iterator[None]:
    """Delay Ctrl-C, SIGTERM and SIGHUP, because a half-started cluster cannot be ended.

    Threads and processes started meanwhile, and those that they start, never get Ctrl-C: a terminal sends it
    to every process, but only this one may react and tell the others.
    """
    waiting: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: waiting.append(number))
        for number in {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}
    }
    can_mask = hasattr(signal, "pthread_sigmask")
    if can_mask:
        resource_tracker.ensure_running()  # it lets interrupts through in the thread that starts it
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if can_mask:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
