"""Evaluating tasks in several processes, and yielding the results in the order of the tasks."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from triage.bulk.blocks import BlockEvaluator
from triage.bulk.tasks import Block, Done

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Output: TypeAlias = bytes | memoryview
# The result of a task, its output, and the shelf of the output.
_Ready: TypeAlias = tuple[Done, Output, int]

_AHEAD = 2
_FEW = 4
_SHELF = 1 << 23


class _Shelves:
    """Shared memory in shelves: a worker writes its output to a shelf, and the parent reads it there.

    So large outputs need not go through a pipe. There are shelves only if processes are forked.
    """

    def __init__(self, count: int) -> None:
        import mmap  # noqa: PLC0415 - not needed for few cases

        self._memory = mmap.mmap(-1, count * _SHELF)
        self.free = list(range(count))

    def put(self, shelf: int, output: bytes) -> bool:
        """Write an output to a shelf; return whether it fits."""
        if len(output) > _SHELF:
            return False
        self._memory[shelf * _SHELF : shelf * _SHELF + len(output)] = output
        return True

    def view(self, shelf: int, length: int) -> memoryview:
        """Return a view of an output on its shelf."""
        return memoryview(self._memory)[shelf * _SHELF : shelf * _SHELF + length]


class WorkerLostError(Exception):
    """A worker process ended before its work was done."""

    def __init__(self) -> None:
        super().__init__("a worker process ended unexpectedly, perhaps for lack of memory; try fewer --jobs")


def in_order(
    evaluator: BlockEvaluator, tasks: Iterable[Block], jobs: int | None
) -> Iterator[tuple[Done, Output]]:
    """Yield the result of each task and its output, in the order of the tasks; hold only a few at a time.

    The output may lie in shared memory, and is gone when the next is asked for.

    Args:
        evaluator: evaluates the tasks.
        tasks: the tasks.
        jobs: how many processes; fewer if the system does not allow more. None means as many as help: a few
            tasks are done in this process.

    Raises:
        Mismatch: the two evaluators differ on a case that was checked.
        WorkerLostError: a worker process ended unexpectedly.
    """
    left = iter(tasks)
    if jobs is None:
        for block in islice(left, _FEW):
            done = evaluator(block)
            yield done, done.output
        following = next(left, None)
        if following is None:
            return
        left, jobs = chain([following], left), processors()
    if jobs > 1:
        with closing(_Workers(evaluator, jobs)) as workers:
            if workers.started:
                yield from workers.run(left)
                return
    for block in left:
        done = evaluator(block)
        yield done, done.output


def processors() -> int:
    """Return how many processes can work at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Workers:
    """Processes that each evaluate one task after another."""

    def __init__(self, evaluator: BlockEvaluator, jobs: int) -> None:
        import multiprocessing  # noqa: PLC0415 - not needed for few cases

        # Forked workers share what has been loaded; other workers get it pickled.
        evaluator.prepare()
        methods = multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        self._shelves = _Shelves(_AHEAD * jobs + 1) if "fork" in methods else None
        self._processes: list[Any] = []
        self._busy: dict[Connection, list[tuple[int, int]]] = {}
        with suppress(OSError):  # as many as the system allows
            for _ in range(jobs):
                self._start(context, evaluator)

    @property
    def started(self) -> int:
        """How many processes there are."""
        return len(self._busy)

    def _start(self, context: Any, evaluator: BlockEvaluator) -> None:
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(
                target=_serve, args=(evaluator, theirs, [ours, *self._busy], self._shelves), daemon=True
            )
            try:
                process.start()
            except OSError:
                ours.close()
                raise
        self._processes.append(process)
        self._busy[ours] = []

    def run(self, tasks: Iterator[Block]) -> Iterator[tuple[Done, Output]]:
        """Deal out the tasks, and yield each result when it is its turn."""
        ready: dict[int, _Ready] = {}
        dealt = wanted = 0
        more = True
        while more or wanted < dealt:
            while more and dealt - wanted < _AHEAD * len(self._busy) + 1:
                task = next(tasks, None)
                if task is None:
                    more = False
                    break
                worker = self._free(task, ready)
                shelf = self._shelves.free.pop() if self._shelves else -1
                try:
                    worker.send((task, shelf))
                except ConnectionError:
                    raise _why_it_ended(worker) from None
                self._busy[worker].append((dealt, shelf))
                dealt += 1
            while wanted < dealt and wanted not in ready:
                self._receive(ready)
            if wanted < dealt:
                done, output, shelf = ready.pop(wanted)
                yield done, output
                # A view that is still held would show the next output; once released, it raises an error.
                if isinstance(output, memoryview):
                    output.release()
                if self._shelves:
                    self._shelves.free.append(shelf)
                wanted += 1

    def _free(self, task: Block, ready: dict[int, _Ready]) -> Connection:
        """Return the least busy worker that can take a task without blocking both sides.

        A worker cannot receive while it sends. A small task fits into the pipe and waits there; a large one
        does not.
        """
        most = 0 if task.is_large else _AHEAD - 1
        while True:
            worker = min(self._busy, key=lambda each: len(self._busy[each]))
            if len(self._busy[worker]) <= most:
                return worker
            self._receive(ready)

    def _receive(self, ready: dict[int, _Ready]) -> None:
        """Wait for a worker, and take its result."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - as above

        working = [worker for worker, numbers in self._busy.items() if numbers]
        for worker in cast("list[Connection]", wait(working)):
            try:
                found, length = worker.recv()
                if isinstance(found, BaseException):
                    raise found
                number, shelf = self._busy[worker].pop(0)
                shelved = self._shelves.view(shelf, length) if self._shelves and length is not None else None
                ready[number] = found, worker.recv_bytes() if shelved is None else shelved, shelf
            except (EOFError, ConnectionError):
                raise WorkerLostError from None

    def close(self) -> None:
        """End the processes at once."""
        for process in self._processes:
            process.terminate()
        for worker in self._busy:
            worker.close()  # also ends a worker that was still starting and missed the signal
        for process in self._processes:
            process.join()


def _why_it_ended(worker: Connection) -> BaseException:
    """Return the error that a worker sent before it ended, or a WorkerLostError."""
    import pickle  # noqa: PLC0415 - as above

    try:
        while worker.poll():
            sent = worker.recv_bytes()
            with suppress(Exception):  # the output of a task cannot be unpickled
                message = pickle.loads(sent)  # noqa: S301 - from our own process
                if isinstance(message, tuple) and isinstance(message[0], BaseException):
                    return message[0]
    except (EOFError, OSError):
        pass
    return WorkerLostError()


def _serve(
    evaluator: BlockEvaluator, pipe: Connection, others: Sequence[Connection], shelves: _Shelves | None
) -> None:
    """Evaluate the tasks from the pipe until it closes; leave interrupts to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for other in others:
        other.close()
    try:
        while True:
            task, shelf = pipe.recv()
            try:
                done = evaluator(task)
            except Exception as error:  # noqa: BLE001 - the parent raises it again
                pipe.send((error, None))
                return
            output, done.output = done.output, b""
            if shelves and shelves.put(shelf, output):
                pipe.send((done, len(output)))
            else:
                pipe.send((done, None))
                pipe.send_bytes(output)
    except (EOFError, ConnectionError):
        return
