"""A run on a dask cluster: it is planned, made part by part by the workers, and counted.

dask sends tasks to workers, and again to others if a worker is lost. So a task may run twice, and it finds
the parts that are finished. The knowledge base is sent once to each worker.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import count as counting_up
from itertools import islice
from typing import Any, TypeVar

from distributed import Client, as_completed

from triage.bulk.blocks import BlockEvaluator, Settings
from triage.bulk.stream import Progress
from triage.cluster.manifest import (
    Identity,
    RefusedError,
    clear_away,
    identity_of,
    keep_plan,
    kept_plan,
    make_place,
    program_sha256,
    seal_of_plan,
    write_manifest,
)
from triage.cluster.parts import (
    PART_SIZE,
    BrokenOffError,
    Counted,
    Made,
    Part,
    PartMaker,
    check_unchanged,
    cut_source,
    spans_to_count,
    width_of,
)
from triage.cluster.stores import Source, StoreError, absolute, sources_of
from triage.cluster.tasks import Carrier, carried, count_lines, make, result_of
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase

Item = TypeVar("Item", bound=tuple[Any, ...])
Result = TypeVar("Result")

_TASKS_A_THREAD = 4
_FEWEST_TASKS = 8
_RETRIES = 2
_PAUSE = 0.02
_LOOK_EVERY = 2.0
_PATIENCE = 60.0


@dataclass(slots=True)
class ClusterRun:
    """One run in parts.

    `note` gets what the run waits for; `begin` is called before the first part, and `watch` as the run goes
    on. `say` gets what is wrong with each input, and `more` how many such messages a part left out. The tally
    is complete when the run is done.
    """

    knowledge: KnowledgeBase
    settings: Settings
    paths: Sequence[str]
    folder: str
    part_size: int = PART_SIZE
    say: Callable[[str], None] = lambda _: None
    more: Callable[[int], None] = lambda _: None
    watch: Callable[[Progress], None] = lambda _: None
    note: Callable[[str], None] = lambda _: None
    begin: Callable[[], None] = lambda: None
    progress: Progress = field(default_factory=Progress)
    tally: Tally = field(default_factory=Tally)
    parts: int = 0
    were_there: int = 0
    _identity: Identity = field(init=False)
    _kept: list[Part] | None = field(init=False, default=None)
    _said: int = field(init=False, default=0)

    def prepare(self) -> None:
        """Check the inputs and the folder before anything is started.

        Raises:
            StoreError: an input or the folder cannot be opened from here.
            RefusedError: the folder holds something else.
        """
        self.folder = absolute(self.folder)
        try:
            self._identity = identity_of(
                self.knowledge, self.settings, list(sources_of(self.paths, self.say))
            )
            self._kept = kept_plan(self.folder, self._identity)
            make_place(self.folder)
        except (StoreError, RefusedError):
            raise
        except Exception as error:  # noqa: BLE001 - each file system has exceptions of its own
            raise StoreError(f"{type(error).__name__}: {error}") from None

    def run(self, client: Client) -> None:
        """Make every part that is missing, and write the manifest.

        Raises:
            Mismatch: the two evaluators differ on a case that was checked.
            BrokenOffError: something is missing, or the cluster was lost.
        """
        dealer = _Dealer(client, self.note)
        dealer.check_workers()
        parts = self._kept
        if parts is None:
            parts = list(self._plan(dealer))
            keep_plan(self.folder, self._identity, parts)
        self.parts = len(parts)
        self.progress.bytes_in_all = sum(part.length for part in parts)
        maker = PartMaker(
            BlockEvaluator(self.knowledge, self.settings),
            self.folder,
            self._identity.run,
            width_of(len(parts)),
        )
        made: dict[int, Made] = {}
        self.begin()
        with carried(client, Carrier(maker, program_sha256(), seal_of_plan(self.folder))) as name:
            tasks = ((name, part) for part in parts)
            with closing(dealer.deal(make, tasks, "triage-part")) as results:
                for (_, part), found in results:
                    made[part.number] = self._taken(part, found)
                    self._say_in_order(made)
        for source in self._identity.inputs:
            if not source.fault:
                check_unchanged(source)
        pairs = [(part, made[part.number]) for part in parts]
        write_manifest(self.folder, self.knowledge, self._identity, pairs, self.tally)
        clear_away(self.folder)

    def _plan(self, dealer: _Dealer) -> Iterator[Part]:
        """Cut the inputs into parts; the lines of long files are counted by the workers."""
        number = 0
        counted = self._counted(dealer)
        for source in self._identity.inputs:
            for part in cut_source(source, number, counted.get(source, ())):
                yield part
                number += 1

    def _counted(self, dealer: _Dealer) -> dict[Source, list[Counted]]:
        """Count the lines of the pieces of long files, except the last piece of each."""
        tasks = [
            (source, start, end, self.part_size)
            for source in dict.fromkeys(self._identity.inputs)
            for start, end in spans_to_count(source, self.part_size)
        ]
        found: dict[tuple[Source, int], list[Counted]] = {}
        with closing(dealer.deal(count_lines, tasks, "triage-count")) as results:
            for (source, start, *_), pieces in results:
                found[source, start] = pieces
                self.note(f"counting lines, {len(found) / len(tasks):.0%}")
        counted: dict[Source, list[Counted]] = {}
        for source, start, *_ in tasks:
            counted.setdefault(source, []).extend(found[source, start])
        return counted

    def _taken(self, part: Part, made: Made) -> Made:
        """Add the counts of a part to the run's; return the result without what is no longer needed."""
        self.tally.merge(made.tally)
        if made.was_there:
            self.were_there += 1
            self.progress.bytes_in_all -= part.length
        else:
            self.progress.cases += made.tally.cases
            self.progress.bytes_read += part.length
            self.watch(self.progress)
        return replace(made, tally=Tally(cases=made.tally.cases, invalid=made.tally.invalid))

    def _say_in_order(self, made: dict[int, Made]) -> None:
        while found := made.get(self._said):
            for message in found.messages:
                self.say(message)
            self.more(found.more_messages)
            made[self._said] = replace(found, messages=())
            self._said += 1


class _Dealer:
    """Deals out tasks, not many more than there are threads to take them, and yields their results."""

    def __init__(self, client: Client, note: Callable[[str], None]) -> None:
        self._client = client
        self._note = note
        self._threads = 0
        self._looked = self._seen = time.monotonic()

    def check_workers(self) -> None:
        """Wait for the first worker, and make sure that all workers run this program."""
        while not self._threads:
            self._look()
            time.sleep(_PAUSE)
        try:
            programs = self._client.run(program_sha256)
        except Exception as error:  # noqa: BLE001 - whatever a worker lacks comes as its own exception
            raise BrokenOffError(
                f"the workers cannot run this program ({error}); install the same version of it there"
            ) from None
        other = [worker for worker, program in programs.items() if program != program_sha256()]
        if other:
            raise BrokenOffError(
                f"worker {other[0]} has another version of this program; install the same version there"
            )

    def deal(
        self, function: Callable[..., Result], tasks: Iterable[Item], label: str
    ) -> Generator[tuple[Item, Any]]:
        """Yield each task with its result when it is done."""
        left, numbers = iter(tasks), counting_up()
        label = f"{label}-{uuid.uuid4().hex}"
        under_way: dict[Any, Item] = {}
        done = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        try:
            while True:
                room = max(_FEWEST_TASKS, _TASKS_A_THREAD * self._threads) - len(under_way)
                for task in islice(left, max(0, room)):
                    future = self._client.submit(
                        function, *task, key=f"{label}-{next(numbers)}", pure=False, retries=_RETRIES
                    )
                    under_way[future] = task
                    done.add(future)
                if not under_way:
                    return
                for future, result in done.next_batch(block=False):
                    yield under_way.pop(future), result_of(result)
                if not done.has_ready():
                    self._look()
                    time.sleep(_PAUSE)
        finally:
            done.clear()
            if self._client.status == "running":
                with suppress(Exception):
                    self._client.cancel(list(under_way))

    def _look(self) -> None:
        """Check now and then whether there are workers; give up if there are none for too long."""
        now = time.monotonic()
        if self._threads and now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        try:
            self._threads = sum(self._client.nthreads().values())
        except Exception:  # noqa: BLE001 - dask has many ways to say so
            raise BrokenOffError("the scheduler does not answer any more") from None
        if self._threads:
            self._seen = now
        elif now - self._seen > _PATIENCE:
            raise BrokenOffError(f"no worker has come for {_PATIENCE:.0f} seconds; start one")
        else:
            self._note("waiting for a worker")
