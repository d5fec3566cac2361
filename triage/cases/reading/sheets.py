"""Sheets: the text of some whole cases of a file, which can be divided and read case by case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from io import BytesIO

import msgspec

from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.source.diagnostic import Diagnostic, Location
from triage.source.strict_json import JsonError, parse

_WHITE = " \t\r\n"  # the white space of JSON; a line with anything else is not empty
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},"]', re.DOTALL)
_FIRST = "/0"
_list_of = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Kind(Enum):
    """What the pieces of a sheet are."""

    LINES = auto()
    ELEMENTS = auto()
    WHOLE = auto()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some whole lines, some elements of a list with the commas between them, or one JSON text.

    `number` and `column` say where it begins in its file, `index` which element is the first, and `count` how
    many cases there are at most.
    """

    file: str
    data: bytes
    kind: Kind = Kind.LINES
    number: int = 1
    column: int = 1
    index: int = 0
    count: int = 1

    def sheet(self) -> Sheet:
        """Return itself, as it is in memory already."""
        return self

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return len(self.data)

    def read_all(self) -> Iterator[RawCase | Unreadable]:
        """Yield its cases as the strict parser reads them; skip empty lines."""
        pieces = Pieces(self)
        for place in range(len(pieces.texts)):
            found = pieces.read(place)
            if found is not None:
                yield found


class Pieces:
    """The pieces of a sheet: the text of each case, or each line, even an empty one."""

    def __init__(self, sheet: Sheet) -> None:
        """Divide the sheet."""
        self.sheet = sheet
        if sheet.kind is Kind.LINES:
            self.texts = list(BytesIO(sheet.data))
        else:
            self.texts = elements_in(sheet.data) if sheet.kind is Kind.ELEMENTS else [sheet.data]
        self._passed = (0, sheet.number, sheet.column)

    @property
    def numbers(self) -> Sequence[int]:
        """The line in which each piece begins."""
        sheet = self.sheet
        if sheet.kind is not Kind.ELEMENTS:
            return range(sheet.number, sheet.number + len(self.texts))
        number, before, found = sheet.number, 0, []
        for start in self._starts:
            number += sheet.data.count(b"\n", before, start)
            found.append(number)
            before = start
        return found

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where each piece begins; only commas and white space are between them."""
        end = 0
        starts: list[int] = []
        for text in self.texts:
            starts.append(self.sheet.data.index(text, end + bool(starts)))
            end = starts[-1] + len(text)
        return starts

    def until(self, place: int) -> Sheet:
        """Return a sheet with the pieces up to a place."""
        if self.sheet.kind is Kind.LINES:
            return replace(self.sheet, data=b"".join(self.texts[: place + 1]))
        return replace(self.sheet, data=self.sheet.data[: self._starts[place] + len(self.texts[place])])

    def read(self, place: int) -> RawCase | Unreadable | None:
        """Read one piece by the strict parser; return None if it is only white space."""
        text, sheet = self.texts[place], self.sheet
        if sheet.kind is Kind.LINES:
            return _read(Sheet(sheet.file, text.removesuffix(b"\n"), number=sheet.number + place))
        number, column = self._pass_to(self._starts[place])
        return _read(replace(sheet, data=text, number=number, column=column, index=sheet.index + place))

    def _pass_to(self, start: int) -> tuple[int, int]:
        """Return line and column of an offset; if offsets come in order, no byte is read twice."""
        offset, number, column = self._passed
        if start < offset:
            offset, number, column = 0, self.sheet.number, self.sheet.column
        number, column = behind(self.sheet.data[offset:start], number, column)
        self._passed = (start, number, column)
        return number, column


def behind(data: bytes, number: int, column: int) -> tuple[int, int]:
    """Return line and column behind some bytes that begin at this line and column."""
    lines = data.count(b"\n")
    last = data[data.rfind(b"\n") + 1 :].decode(errors="replace")
    return number + lines, len(last) + (1 if lines else column)


def elements_in(data: bytes) -> list[bytes]:
    """Return the elements between commas; they need not be JSON, if their brackets and quotes are closed."""
    try:
        return [bytes(each) for each in _list_of(b"[%b]" % data)]
    except msgspec.MsgspecError:
        ends = list(borders(data + b","))
        begins = [0, *(each + 1 for each in ends[:-1])]
        return [data[begin:end].strip(b" \t\r\n") for begin, end in zip(begins, ends, strict=True)]


def not_ended(sheet: Sheet) -> Unreadable:
    """Return the `Unreadable` for a list that is not closed."""
    found = _read(sheet, "")
    if isinstance(found, Unreadable):
        return found
    raise ValueError(sheet)


def is_list(data: bytes) -> bool:
    """Tell whether a text is one or more whole elements with commas between them."""
    try:
        return bool(_list_of(b"[%b]" % data))
    except msgspec.MsgspecError:
        return False


def borders(data: bytes) -> Iterator[int]:
    """Yield the place of each comma that ends an element, then that of the bracket that ends the list."""
    depth = 0
    for token in _TOKEN.finditer(data):
        sign = token.group()
        if sign in (b"[", b"{"):
            depth += 1
        elif sign in (b"]", b"}") and depth:
            depth -= 1
        elif not depth and sign in (b",", b"]"):
            yield token.start()
            if sign == b"]":
                return
        elif sign == b'"':  # a string without an end
            return


def _read(sheet: Sheet, closing: str = "]") -> RawCase | Unreadable | None:
    """Read the only case of a sheet; an element is read as a list of one that ends with `closing`."""
    try:
        text = sheet.data.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(sheet, error)
    if sheet.kind is Kind.LINES and not text.strip(_WHITE):
        return None
    listed = sheet.kind is Kind.ELEMENTS
    try:
        data = parse(f"[{text}{closing}" if listed else text, sheet.file, sheet.number)
    except JsonError as error:
        return Unreadable(_moved(error.diagnostic, sheet))
    if not listed:
        return RawCase(sheet.file, data, text, (), sheet.number, sheet.column)
    if not data:
        place = Location(sheet.file, sheet.number, sheet.column, f"/{sheet.index}")
        return Unreadable(Diagnostic(place, "is not JSON: a value is missing"))
    return RawCase(sheet.file, data[0], text, (sheet.index,), sheet.number, sheet.column)


def _moved(diagnostic: Diagnostic, sheet: Sheet) -> Diagnostic:
    """Return a diagnostic about the text of a sheet, with its place in the whole file."""
    location = diagnostic.location
    listed = sheet.kind is Kind.ELEMENTS
    column = location.column
    if location.line == sheet.number:
        column += sheet.column - 1 - listed
    pointer = location.pointer
    if listed and pointer.startswith(_FIRST):
        pointer = f"/{sheet.index}{pointer.removeprefix(_FIRST)}"
    return replace(diagnostic, location=replace(location, column=column, pointer=pointer))


def _not_utf8(sheet: Sheet, error: UnicodeDecodeError) -> Unreadable:
    before = sheet.data[: error.start]
    column = error.start - before.rfind(b"\n")
    if b"\n" not in before:
        column += sheet.column - 1
    place = Location(sheet.file, sheet.number + before.count(b"\n"), column)
    return Unreadable(Diagnostic(place, "is not UTF-8; save it as UTF-8"))
