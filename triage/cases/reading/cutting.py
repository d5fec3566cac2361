"""Cut streams into sheets of whole cases; the memory needed does not grow with the size of the stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Self

from triage.cases.reading.compression import Reader
from triage.cases.reading.raw_case import Unreadable
from triage.cases.reading.sheets import Kind, Sheet, behind, borders, elements_in, is_list, not_ended
from triage.source.diagnostic import Diagnostic, Location

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_LINE = 1 << 22
MOST_LINES = 1 << 13
"""The most lines that are held at once, however short they are."""

STDIN_NAME = "<stdin>"
_WHITE = b" \t\r\n"
_BORDER = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_TRIES = 64


@dataclass(frozen=True, slots=True)
class Lines:
    """Some whole lines of a file: the number and the offset of the first, their bytes, and how many."""

    number: int
    offset: int
    data: bytes
    count: int

    def portions(self, breaks: Callable[[bytes, int], int]) -> Iterator[Lines]:
        """Yield the lines in portions of at most `MOST_LINES`, in order."""
        if self.count <= MOST_LINES:
            yield self
            return
        half = len(self.data) // 2
        middle = (self.data.rfind(b"\n", 0, half) + 1) or (self.data.find(b"\n", half) + 1)
        first, second = self.data[:middle], self.data[middle:]
        count = breaks(first, middle)
        yield from Lines(self.number, self.offset, first, count).portions(breaks)
        yield from Lines(self.number + count, self.offset + middle, second, self.count - count).portions(
            breaks
        )

    def sheet(self, file: str) -> Sheet:
        """Return the lines as a sheet of a file, without the byte order mark."""
        data = self.data if self.offset else self.data.removeprefix(BYTE_ORDER_MARK)
        return Sheet(file, data, number=self.number, count=self.count)


def line_breaks(data: bytes, end: int) -> int:
    """Return how many line breaks come before a place."""
    return data.count(b"\n", 0, end)


def cut(
    file: str,
    stream: Reader,
    size: int,
    longest: int = LONGEST_LINE,
    breaks: Callable[[bytes, int], int] = line_breaks,
) -> Iterator[Lines | Unreadable]:
    """Cut a stream into blocks of whole lines of about this size, holding one block at a time.

    A line that is longer than any case yields an `Unreadable` instead. `breaks` replaces `line_breaks`.
    """
    number, offset, rest = 1, 0, b""
    while data := stream.read(size):
        held = rest + data if rest else data
        end = held.rfind(b"\n") + 1
        if end:
            count = breaks(held, end)
            whole = Lines(number, offset, held[:end] if end < len(held) else held, count)
            yield from whole.portions(breaks)
            number += count
            offset += end
        rest = held[end:]
        if len(rest) > longest:
            message = f"is a line of more than {longest:,} bytes, which is not a case; fix the file"
            yield Unreadable(Diagnostic(Location(file, number, 1), message))
            skipped, rest = _skip_line(stream, size)
            offset += len(held) - end + skipped
            number += 1
    if rest:
        yield Lines(number, offset, rest, 1)


def _skip_line(stream: Reader, size: int) -> tuple[int, bytes]:
    """Read on to the end of a line; return how many bytes were skipped, and what follows."""
    skipped = 0
    while data := stream.read(size):
        end = data.find(b"\n") + 1
        if end:
            return skipped + end, data[end:]
        skipped += len(data)
    return skipped, b""


def sheets(
    file: str, stream: Reader, size: int, *, lines: bool, longest: int = LONGEST_LINE
) -> Iterator[Sheet | Unreadable]:
    """Cut a stream into sheets of about this size.

    Args:
        file: the name that the sheets carry.
        stream: read from its beginning.
        size: how much is read at a time.
        lines: whether it is JSONL; otherwise it is JSON, one case or a list of cases.
        longest: the most bytes of a case.
    """
    if not lines:
        yield from _of_json(file, stream, size, longest)
        return
    for found in cut(file, stream, size, longest):
        yield found.sheet(file) if isinstance(found, Lines) else found


def sheets_of_stdin(stream: BinaryIO, size: int) -> Iterator[Sheet | Unreadable]:
    """Cut standard input: it is JSONL if its first line is a whole object, otherwise JSON."""
    first = more = stream.readline(LONGEST_LINE)
    while more and not first.removeprefix(BYTE_ORDER_MARK).strip() and len(first) < LONGEST_LINE:
        more = stream.readline(LONGEST_LINE)
        first += more
    text = first.removeprefix(BYTE_ORDER_MARK).strip()
    lines = (text.startswith(b"{") and text.endswith(b"}")) or len(first) >= LONGEST_LINE
    yield from sheets(STDIN_NAME, _Again(first, stream), size, lines=lines)


def _of_json(file: str, stream: Reader, size: int, longest: int) -> Iterator[Sheet | Unreadable]:
    number, column = 1, 1
    size = max(1, size >> 2)  # the elements of a list may be shorter than lines
    data = stream.read(max(size, len(BYTE_ORDER_MARK)))
    held = data.removeprefix(BYTE_ORDER_MARK)
    while data and not held.lstrip(_WHITE):
        number, column = behind(held, number, column)
        held = data = stream.read(size)
    begin = len(held) - len(held.lstrip(_WHITE))
    number, column = behind(held[:begin], number, column)
    held = held[begin:]
    if not held:
        message = "is empty; give one case or a list of cases"
        yield Unreadable(Diagnostic(Location(file, 1, 1), message))
    elif held.startswith(b"["):
        yield from _List(file, stream, size, longest, held[1:], number, column + 1).sheets()
    else:
        while len(held) <= longest and (data := stream.read(size)):
            held += data
        if len(held) > longest:
            yield _too_long(file, number, column, longest)
        else:
            yield Sheet(file, held, Kind.WHOLE, number, column)


@dataclass(slots=True)
class _List:
    """A list of cases that is read piece by piece: the bytes held, and where they begin."""

    file: str
    stream: Reader
    size: int
    longest: int
    held: bytes
    number: int
    column: int
    index: int = 0

    def sheets(self) -> Iterator[Sheet | Unreadable]:
        while data := self.stream.read(self.size):
            self.held += data
            if len(self.held) < self.size:
                continue
            end = _border(self.held)
            if not is_list(self.held[:end]):
                end, closed = self._last_border()
                if closed:
                    break
            if end:
                yield self._take(end)
            elif len(self.held) > self.longest:
                yield _too_long(self.file, self.number, self.column, self.longest)
                return
        yield from self._rest()

    def _last_border(self) -> tuple[int, bool]:
        """Return where the last whole element ends (0 if none does), and whether the list ends there too."""
        *_, end = (0, *borders(self.held))
        return end, self.held[end : end + 1] == b"]"

    def _take(self, end: int) -> Sheet:
        """Take the elements before a comma or the closing bracket."""
        taken, sign, self.held = self.held[:end], self.held[end : end + 1], self.held[end + 1 :]
        count = len(elements_in(taken))
        sheet = Sheet(self.file, taken, Kind.ELEMENTS, self.number, self.column, self.index, count)
        self._pass(taken + sign)
        self.index += count
        return sheet

    def _pass(self, data: bytes) -> None:
        self.number, self.column = behind(data, self.number, self.column)

    def _rest(self) -> Iterator[Sheet | Unreadable]:
        """Yield the last elements, and what is wrong with the end of the list."""
        text = self.held.rstrip(_WHITE)
        end, closed = len(text) - 1, text.endswith(b"]")
        if not (closed and is_list(text[:-1])):
            end, closed = self._last_border()
        if not closed:
            if end:
                yield self._take(end)
            yield not_ended(Sheet(self.file, self.held, Kind.ELEMENTS, self.number, self.column, self.index))
            return
        body = self.held[:end].rstrip(_WHITE)
        if not body and not self.index:
            yield self._fault("is an empty list; give at least one case", 1, 1)
        elif not body or body.endswith(b","):
            if body:
                yield self._take(len(body) - 1)
            yield self._fault('is not JSON: nothing follows the ","; remove it', self.number, self.column - 1)
        else:
            yield self._take(end)
            yield from self._what_follows()

    def _fault(self, message: str, number: int, column: int) -> Unreadable:
        return Unreadable(Diagnostic(Location(self.file, number, column), message))

    def _what_follows(self) -> Iterator[Unreadable]:
        while not self.held.strip(_WHITE) and (data := self.stream.read(self.size)):
            self._pass(self.held)
            self.held = data
        white = len(self.held) - len(self.held.lstrip(_WHITE))
        if white < len(self.held):
            self._pass(self.held[:white])
            message = "is not JSON: more follows its end; put several cases into one list"
            yield self._fault(message, self.number, self.column)


def _border(data: bytes) -> int:
    """Return the place of a comma near the end that seems to divide two objects; 0 if there is none."""
    end = len(data)
    for _ in range(_TRIES):
        end = data.rfind(b"}", 0, end)
        if end < 0:
            break
        if _BORDER.match(data, end):
            return data.index(b",", end)
    return 0


def _too_long(file: str, number: int, column: int, longest: int) -> Unreadable:
    message = f"is a case of more than {longest:,} bytes, which is too long; fix the file"
    return Unreadable(Diagnostic(Location(file, number, column), message))


class _Again:
    """A stream whose beginning has been read already, and is read again."""

    def __init__(self, read: bytes, stream: BinaryIO) -> None:
        self._read = read
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        read, self._read = self._read, b""
        if size < 0:
            return read + self._stream.read()
        return read + self._stream.read(max(1, size - len(read)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
