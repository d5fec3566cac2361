"""What is sent to workers: the part maker, once to each worker, and the tasks."""

from __future__ import annotations

import uuid
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from distributed import Client, KilledWorker, Reschedule, WorkerPlugin, get_worker

from triage.cluster.manifest import program_sha256, seal_of_plan
from triage.cluster.parts import (
    BrokenOffError,
    Counted,
    InputChangedError,
    Made,
    Part,
    PartMaker,
    StoppedError,
    count,
)
from triage.cluster.stores import Source, StoreError
from triage.evaluation.crosscheck import Mismatch


def result_of(found: Any) -> Any:
    """Return the result of a task, or raise the error that came instead.

    Args:
        found: what dask gives with `raise_errors=False`: a result; or the kind, exception and traceback of
            an error on a worker; or CancelledError or None if the cluster was lost. A result that has arrived
            counts, even if its worker has been lost since.
    """
    if found is None or isinstance(found, CancelledError):
        raise BrokenOffError("the cluster was lost: its scheduler has ended, or was started anew")
    if isinstance(found, tuple):
        error = found[1]
        if isinstance(error, KilledWorker):
            raise BrokenOffError("the same part has ended several workers, perhaps for lack of memory")
        raise BrokenOffError(f"a worker has failed: {type(error).__name__}: {error}")
    if isinstance(found, Exception):
        raise found
    return found


class Carrier(WorkerPlugin):
    """Brings the part maker to each worker, once."""

    def __init__(self, maker: PartMaker, program: str, plan: str) -> None:
        """Take the part maker, and the hashes of this program and of the plan."""
        self.maker = maker
        self._program = program
        self._plan = plan
        self._checked = False

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 - dask's signature
        """Stop making parts: the run or the worker has ended."""
        self.maker.stop()

    def check(self) -> None:
        """Make sure, once, that this worker has the same program and sees the same folder."""
        if self._checked:
            return
        if program_sha256() != self._program:
            raise BrokenOffError("has another version of this program; install the same version there")
        if seal_of_plan(self.maker.folder) != self._plan:
            raise BrokenOffError(
                f"does not see {self.maker.folder}; let -o name a folder that all workers share, or a URL"
            )
        self._checked = True


@contextmanager
def carried(client: Client, carrier: Carrier) -> Iterator[str]:
    """Give the part maker to all workers, present and future, until the run is over."""
    name = f"triage-{uuid.uuid4().hex}"
    try:
        client.register_plugin(carrier, name=name)
    except Exception as error:  # noqa: BLE001 - whatever happens on a worker comes as its own exception
        raise BrokenOffError(f"the workers do not take the work ({type(error).__name__}: {error})") from None
    try:
        yield name
    finally:
        if client.status == "running":
            with suppress(Exception):
                client.unregister_worker_plugin(name)


def make(name: str, part: Part) -> Made | Exception:
    """Make a part on a worker. An error that ends the run is returned, so that dask does not retry."""
    carrier: Any = get_worker().plugins[name]
    try:
        carrier.check()
        made: Made = carrier.maker.make(part)
    except (Mismatch, InputChangedError) as error:
        return error
    except (BrokenOffError, StoreError) as error:
        return BrokenOffError(f"worker {get_worker().address}: {error}")
    except StoppedError:
        raise Reschedule from None
    return made


def count_lines(source: Source, start: int, end: int, step: int) -> list[Counted] | Exception:
    """Count lines on a worker; return errors as `make` does."""
    try:
        return count(source, start, end, step)
    except InputChangedError as error:
        return error
    except (BrokenOffError, StoreError) as error:
        return BrokenOffError(f"worker {get_worker().address}: {error}")
