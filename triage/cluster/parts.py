"""The parts of a run: which lines of which input each one holds, and how it is made, once and whole.

A part is made from its description alone, with the same bytes anywhere and any number of times. A record
beside it proves that it is complete: it has the counts and the hash of the part, and a seal of its run.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import orjson

from triage.bulk.blocks import FIRST_CHECKED, BlockEvaluator, Settings
from triage.bulk.stream import BLOCK_SIZE
from triage.bulk.tasks import Block
from triage.cases.reading.compression import ZstdMissingError, compress, decompressed, ending_of
from triage.cases.reading.cutting import Lines, cut, sheets
from triage.cases.reading.raw_case import Unreadable
from triage.cases.reading.reader import holds_lines, unreadable
from triage.cases.reading.sheets import Sheet
from triage.cluster.stores import Source, joined, read, read_if_there, sha256_at, state_of, store, stream
from triage.evaluation.tally import Tally

PART_SIZE = 4 * BLOCK_SIZE
ASIDE = "_run"
MOST_MESSAGES = 100
_SEAL = 64
_COUNTED_AT_ONCE = 16

Kind: TypeAlias = Literal["lines", "stream", "whole", "fault"]


class StoppedError(Exception):
    """The making of a part was stopped because the run has ended."""


class BrokenOffError(Exception):
    """The run cannot go on; the message says why, and what to do."""


class InputChangedError(BrokenOffError):
    """An input has changed, so that this run can never be finished."""

    def __init__(self, file: str) -> None:
        """Name the input."""
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        """Say which input, and what to do."""
        return f"{self.file}: has changed since the run began; name a new folder with -o and begin anew"


@dataclass(frozen=True, slots=True)
class Part:
    """Whole lines of a plain file, or a whole file that cannot be cut, or an input that cannot be read."""

    number: int
    source: Source
    kind: Kind
    offset: int = 0
    length: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """The result of a part: its hash, its counts, and the first messages about its cases."""

    size: int
    sha256: str
    tally: Tally
    messages: Sequence[str]
    more_messages: int
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A piece of a file: how many line breaks it has, and the offset after the last of them."""

    breaks: int
    after: int


def count(source: Source, start: int, end: int, step: int) -> list[Counted]:
    """Count the line breaks in a range of a file, in pieces of `step` bytes."""
    check_unchanged(source)
    found = []
    for offset in range(start, end, step):
        data = read(source.url, offset, min(end, offset + step))
        found.append(Counted(data.count(b"\n"), offset + data.rfind(b"\n") + 1))
    check_unchanged(source)
    return found


def spans_to_count(source: Source, step: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges whose lines must be counted before an input can be cut into parts of `step` bytes."""
    if kind_of(source) != "lines":
        return
    last = (source.size - 1) // step * step
    for start in range(0, last, step * _COUNTED_AT_ONCE):
        yield start, min(start + step * _COUNTED_AT_ONCE, last)


def kind_of(source: Source) -> Kind:
    """Return how to read an input."""
    if source.fault:
        return "fault"
    if not holds_lines(Path(source.file)):
        return "whole"
    return "stream" if ending_of(source.file) else "lines"


def cut_source(source: Source, number: int, counted: Iterable[Counted]) -> Iterator[Part]:
    """Yield the parts of an input, numbered from `number`.

    If a counted piece ends within a line, that line belongs to the next part, as when one process reads the
    file piece by piece.
    """
    kind = kind_of(source)
    if kind != "lines":
        yield Part(number, source, kind, length=source.size)
        return
    offset, first, line = 0, 1, 1
    for piece in counted:
        line += piece.breaks
        if piece.breaks:
            yield Part(number, source, kind, offset, piece.after - offset, first)
            number, offset, first = number + 1, piece.after, line
    yield Part(number, source, kind, offset, source.size - offset, first)


def check_unchanged(source: Source) -> None:
    """Make sure that an input is as it was when the run was planned.

    Raises:
        InputChangedError: it is not.
        BrokenOffError: it is missing here.
    """
    try:
        same = state_of(source.url) == (source.size, source.mark)
    except FileNotFoundError:
        raise BrokenOffError(
            f"{source.url}: is not there; workers need every input under the same path or URL"
        ) from None
    if not same:
        raise InputChangedError(source.file)


@dataclass(slots=True)
class PartMaker:
    """Makes parts, in any process on any machine, with one evaluator and one thread at a time."""

    evaluator: BlockEvaluator
    folder: str
    run: str
    width: int
    _busy: threading.Lock = field(init=False, default_factory=threading.Lock)
    _stopped: threading.Event = field(init=False, default_factory=threading.Event)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without the lock and the event, which belong to this process."""
        return PartMaker, (self.evaluator, self.folder, self.run, self.width)

    def stop(self) -> None:
        """Stop making parts."""
        self._stopped.set()

    def make(self, part: Part) -> Made:
        """Make a part, unless it is already there and complete; return its result.

        Raises:
            Mismatch: the two evaluators differ on a case that was checked.
            BrokenOffError: the input has changed, or something is missing here.
            StoppedError: the run has ended.
        """
        name = self.name_of(part)
        found = self._finished(part, name)
        if found:
            return found
        tally, messages = Tally(), _Messages()
        stored = store(joined(self.folder, name), self._pieces(part, tally, messages), self._aside)
        made = Made(stored.size, stored.sha256, tally, messages.first, messages.more)
        store(self._record_of(name), [self._sealed(part, made)], self._aside)
        return made

    def name_of(self, part: Part) -> str:
        """Return the file name of a part; sorted names are in the order of the input."""
        return part_name(part.number, self.width, self.evaluator.settings)

    @property
    def _aside(self) -> str:
        return joined(self.folder, ASIDE)

    def _record_of(self, name: str) -> str:
        return joined(self._aside, f"{name}.json")

    def _pieces(self, part: Part, tally: Tally, messages: _Messages) -> Iterator[bytes]:
        settings = self.evaluator.settings
        empty = True
        opening = self.evaluator.format.opening
        if part.number == 0 and opening:
            empty = False
            yield compress(opening, settings.ending)
        for task in self._tasks(part):
            with self._busy:
                if self._stopped.is_set():
                    raise StoppedError
                done = self.evaluator(task)
            tally.merge(done.tally)
            messages.add(done.messages)
            if done.output:
                empty = False
                yield done.output
        if empty:
            yield compress(b"", settings.ending)
        if not part.source.fault:
            check_unchanged(part.source)

    def _tasks(self, part: Part) -> Iterator[Block]:
        """Yield the blocks of a part; experta checks the first cases of part 0, and some of every part."""
        before = 0 if part.number == 0 else FIRST_CHECKED * self.evaluator.settings.check
        for found in self._found(part):
            yield Block((found,), before)
            before += found.count if isinstance(found, Sheet) else 1

    def _found(self, part: Part) -> Iterator[Sheet | Unreadable]:
        source = part.source
        if source.fault:
            yield source.fault
            return
        check_unchanged(source)
        if part.kind == "lines":
            for found in cut(source.file, _Span(part), BLOCK_SIZE):
                yield _placed(part, found)
            return
        try:
            with stream(source.url) as raw, decompressed(Path(source.file), raw) as file:
                yield from sheets(source.file, file, BLOCK_SIZE, lines=part.kind == "stream")
        except ZstdMissingError as error:
            raise BrokenOffError(f"{source.url}: {error.strerror}") from None
        except OSError as error:
            if error.errno != 0:
                raise
            yield unreadable(source.file, error)

    def _finished(self, part: Part, name: str) -> Made | None:
        """Return the result of a finished part; None if anything is missing or does not fit."""
        raw = read_if_there(self._record_of(name))
        if raw is None or raw[:_SEAL] != self._seal(part, raw[_SEAL + 1 :]):
            return None
        kept = orjson.loads(raw[_SEAL + 1 :])
        counts: dict[str, Any] = {
            key: Counter(value) if isinstance(value, dict) else value
            for key, value in kept.pop("tally").items()
        }
        made = Made(**{**kept, "tally": Tally(**counts), "was_there": True})
        stored = sha256_at(joined(self.folder, name))
        if stored is None or (stored.size, stored.sha256) != (made.size, made.sha256):
            return None
        return made

    def _sealed(self, part: Part, made: Made) -> bytes:
        body = orjson.dumps(made) + b"\n"
        return self._seal(part, body) + b"\n" + body

    def _seal(self, part: Part, body: bytes) -> bytes:
        """Return a hash over the run, the part, and the record itself."""
        place = orjson.dumps([self.run, part])
        return hashlib.sha256(place + body).hexdigest().encode()


def part_name(number: int, width: int, settings: Settings) -> str:
    """Return the file name of a part."""
    return f"part-{number:0{width}}.{settings.form}{settings.ending}"


def width_of(parts: int) -> int:
    """Return how many digits the numbers in the names of so many parts have."""
    return max(5, len(str(parts - 1)))


def _placed(part: Part, found: Lines | Unreadable) -> Sheet | Unreadable:
    """Return lines or a fault with their place in the whole file instead of the part."""
    if isinstance(found, Lines):
        number, offset = part.line + found.number - 1, part.offset + found.offset
        return replace(found, number=number, offset=offset).sheet(part.source.file)
    location = replace(found.diagnostic.location, line=part.line + found.line - 1)
    return replace(found, diagnostic=replace(found.diagnostic, location=location))


class _Messages:
    """The first messages, and how many more there were."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.more = 0

    def add(self, messages: Sequence[str]) -> None:
        taken = messages[: MOST_MESSAGES - len(self.first)]
        self.first += taken
        self.more += len(messages) - len(taken)


class _Span:
    """The bytes of a part as a file; each read ends where a read of the whole file by one process would end.

    So the same lines are found to be too long.
    """

    def __init__(self, part: Part) -> None:
        self._url = part.source.url
        self._at = part.offset
        self._end = part.offset + part.length

    def read(self, size: int = -1, /) -> bytes:
        end = self._end if size < 0 else min(self._end, (self._at // size + 1) * size)
        start, self._at = self._at, end
        data = read(self._url, start, end) if start < end else b""
        if len(data) != end - start:
            raise InputChangedError(self._url)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
