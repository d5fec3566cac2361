"""Reading the lines of a block into rows, quickly.

A file of a million people says the same few thousand things over and over. So a line is cut into texts,
each an answer and the name of the next question, and each text is read, checked and turned into bits once.
What is put together from checked texts needs no second look: `{"a":X,"b":Y}` is JSON wherever X and Y are.
Where many lines begin or end alike, the whole beginning or end is one text.

A line that is written in any other way is parsed by orjson and accepted by jsonschema-rs. What they do not
accept is left to the strict parser and to jsonschema, which say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

import jsonschema_rs
import orjson

from triage.batch.places import Refusal, parse
from triage.inference.intake import IntakeError
from triage.inference.rows import Rows
from triage.knowledge.intake_schema import case_schema
from triage.knowledge.model import KnowledgeBase, Question

_COLON = b'":'
_SPACE = b" \t\r\n"
_LAST = re.compile(rb"(.+?)[ \t\r]*}[ \t\r]*}[ \t\r\n]*", re.DOTALL)
_FIRST = re.compile(rb"[ \t\r]*{[ \t\r]*\"([a-z0-9_]+)")
_NONE = re.compile(rb"[ \t\r]*{[ \t\r]*}[ \t\r]*}[ \t\r\n]*")
_DIGITS = re.compile(rb"0|[1-9][0-9]{0,9}")
_MOST_TEXTS = 4096
_MOST_SHARED = 8192
_FEWEST = 256
_SAMPLE = 1024


@dataclass(slots=True)
class Lines:
    """A block as read.

    For each accepted case its row, its id as JSON text, and the number of its line. `odd` holds the other
    lines, each with how many accepted cases stand before it; `kept` accepted lines, each with its place
    among them.
    """

    rows: list[int] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    odd: list[tuple[int, int, bytes]] = field(default_factory=list)
    kept: list[tuple[int, bytes]] = field(default_factory=list)


class Style(NamedTuple):
    """How a line begins, comes to the answers, and goes on after an answer."""

    opening: bytes
    answers: bytes
    joint: bytes


_TIGHT = Style(b'{"id":', b'","answers":', b',"')
_SPACED = Style(b'{"id": ', b'", "answers":', b', "')


class LineReader:
    """Reads blocks of JSONL; remembers the texts of answers, a bounded number of them."""

    def __init__(self, knowledge: KnowledgeBase, rows: Rows) -> None:
        """Build the checks; `rows` lays out the answers."""
        self._rows = rows
        self._valid = jsonschema_rs.validator_for(case_schema(knowledge)).is_valid
        self._masks: dict[tuple[str, bytes], int] = {}
        self.tables: Mapping[str, _Texts] = {
            name: _Texts(self, question) for name, question in knowledge.questions.items()
        }
        self.first = _FirstTexts(self.tables)
        self._ends: dict[Style, _Ends] = {}

    def read(self, data: bytes, number: int, keep: int = 0) -> Lines:
        """Read whole lines.

        Args:
            data: the lines.
            number: the number of the first of them.
            keep: keep the text of the first line of the file and every so many from there; 0 keeps none.
        """
        style = _SPACED if data.startswith(_SPACED.opening) else _TIGHT
        ends = self._ends.get(style)
        if ends is None:
            ends = _Ends(self, style, data.splitlines(keepends=True)[:_SAMPLE])
            if ends.sampled >= _FEWEST:
                self._ends[style] = ends
        found = self._read(data, number, keep, ends, careful=False)
        return found if _are_names(found.names) else self._read(data, number, keep, ends, careful=True)

    def _read(self, data: bytes, number: int, keep: int, ends: _Ends, *, careful: bool) -> Lines:
        found = Lines()
        rows, names, numbers = found.rows, found.names, found.numbers
        opening, to_answers = ends.style.opening, ends.style.answers
        before, behind = len(opening), len(to_answers)
        front_mark, tail_mark, front_length, tail_length = ends.marks
        middle_end = tail_length - len(_COLON)
        fronts, tails, middle, last = ends.fronts, ends.tails, ends.middle, ends.last
        answered = self._rows.answered
        for place, line in enumerate(BytesIO(data), start=number):
            try:
                at = line.index(to_answers)
                name = line[before : at + 1]
                if not line.startswith(opening) or (careful and not _are_names([name])):
                    raise KeyError(line)  # noqa: TRY301 - one way out of every strange line
                at += behind
                front, tail = line.find(front_mark, at), line.rfind(tail_mark)
                if front < 0 or tail < 0:
                    row, _ = self.walk(line[at:], self.first, None)
                else:
                    row, count = fronts[line[at:front]]
                    bits, counted = tails[line[tail + tail_length :]]
                    row |= bits
                    pieces = line[front + front_length : tail + middle_end].split(_COLON)
                    table: _Texts | None = middle
                    for piece in pieces:
                        bits, table = table[piece]  # type: ignore[index]
                        row |= bits
                    if table is not last or (row & answered).bit_count() != count + len(pieces) + counted:
                        raise KeyError(line)  # noqa: TRY301 - as above
            except (KeyError, ValueError, TypeError):
                other = self._other(line)
                if other is None:
                    found.odd.append((len(rows), place, line))
                    continue
                row, name = other
            if keep and (place - 1) % keep == 0:
                found.kept.append((len(rows), line))
            rows.append(row)
            names.append(name)
            numbers.append(place)
        return found

    def walk(self, text: bytes, first: _FirstTexts | _Texts, last: _Texts | None) -> tuple[int, int]:
        """Return the bits of a chain of answers, and how many they are.

        Raises:
            KeyError: a text that is not known and not accepted, or a question that stands twice.
            TypeError: a text behind the end.
        """
        pieces = text.split(_COLON)
        row = 0
        table: _FirstTexts | _Texts | None = first
        for piece in pieces:
            bits, table = table[piece]  # type: ignore[index]
            row |= bits
        count = len(pieces) - (first is self.first)
        if table is not last or (row & self._rows.answered).bit_count() != count:
            raise KeyError(text)
        return row, count

    def _other(self, line: bytes) -> tuple[int, bytes] | None:
        """Read a line written in another way: its row and its id, or None if it is odd."""
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError:
            return None
        if not self._valid(data) or "expect" in data or not _keys_are_unique(line, data):
            return None
        row = 0
        try:
            for question, answer in data["answers"].items():
                row |= self._mask(question, answer)
        except (IntakeError, KeyError):
            return None
        return row, orjson.dumps(data["id"])

    def _mask(self, question: str, answer: Any) -> int:
        """Return the bits of an accepted answer, remembered by its text."""
        if type(answer) is list:
            return self._rows.mask_of_list(question, answer)
        text = orjson.dumps(answer)
        found = self._masks.get((question, text))
        if found is None:
            found = self._rows.mask(question, answer)
            if len(self._masks) < _MOST_TEXTS:
                self._masks[question, text] = found
        return found

    def accepted(self, question: Question, text: bytes) -> int:
        """Check the text of one answer by itself and return its bits.

        Raises:
            KeyError: it is not strict JSON, or no answer to the question.
        """
        if question.kind == "number" and _DIGITS.fullmatch(text):
            return self._rows.mask_of_number(question.id, int(text))
        try:
            answer = parse(text.decode()) if b":" in text else orjson.loads(text)
            if not self._valid({"id": "-", "answers": {question.id: answer}}):
                raise KeyError(text)
            return self._mask(question.id, answer)
        except (Refusal, UnicodeDecodeError, orjson.JSONDecodeError, IntakeError):
            raise KeyError(text) from None


class _Texts(dict[bytes, "tuple[int, _Texts | None]"]):
    """From the text of an answer to one question, with what follows it, to its bits and the next question."""

    def __init__(self, reader: LineReader, question: Question) -> None:
        super().__init__()
        self._reader = reader
        self._question = question

    def __missing__(self, text: bytes) -> tuple[int, _Texts | None]:
        following = None
        answer, _, name = text.rpartition(b'"')
        answer = answer.rstrip(_SPACE)
        if answer.endswith(b",") and name.isascii():
            answer = answer[:-1]
            following = self._reader.tables[name.decode()]
        else:
            match = _LAST.fullmatch(text)
            if match is None:
                raise KeyError(text)
            answer = match[1]
        step = self._reader.accepted(self._question, answer.strip(_SPACE)), following
        if len(self) < _MOST_TEXTS:
            self[text] = step
        return step


class _FirstTexts(dict[bytes, "tuple[int, _Texts | None]"]):
    """From the text that opens the answers to the first question."""

    def __init__(self, tables: Mapping[str, _Texts]) -> None:
        super().__init__()
        self._tables = tables

    def __missing__(self, text: bytes) -> tuple[int, _Texts | None]:
        if _NONE.fullmatch(text):
            return 0, None
        match = _FIRST.fullmatch(text)
        if match is None:
            raise KeyError(text)
        step = 0, self._tables[match[1].decode()]
        if len(self) < _MOST_TEXTS:
            self[text] = step
        return step


class _Ends:
    """The beginnings and ends of answers that many lines share, each read as one text.

    At which questions it pays to cut is learned from a sample of lines; what is read does not depend on it.
    """

    def __init__(self, reader: LineReader, style: Style, sample: Sequence[bytes]) -> None:
        self.style = style
        marks = {name: style.joint + name.encode() + _COLON for name in reader.tables}
        lines = [line[line.find(style.answers) :] for line in sample if style.answers in line]
        self.sampled = len(lines)
        fronts = {
            name: [line[: line.find(mark)] for line in lines if mark in line] for name, mark in marks.items()
        }
        front = _most_shared(fronts)
        tails = {
            name: [line[line.find(mark) :] for line in lines if 0 < line.find(marks[front]) < line.find(mark)]
            for name, mark in marks.items()
        }
        tail = _most_shared(tails)
        self.marks = marks[front], marks[tail], len(marks[front]), len(marks[tail])
        self.middle, self.last = reader.tables[front], reader.tables[tail]
        self.fronts = _Shared(reader, reader.first, self.middle, marks[front][: -len(_COLON)])
        self.tails = _Shared(reader, self.last, None, b"")


class _Shared(dict[bytes, tuple[int, int]]):
    """From the text of a chain of answers to its bits and how many answers it holds."""

    def __init__(
        self, reader: LineReader, first: _FirstTexts | _Texts, last: _Texts | None, closing: bytes
    ) -> None:
        super().__init__()
        self._reader = reader
        self._first = first
        self._last = last
        self._closing = closing

    def __missing__(self, text: bytes) -> tuple[int, int]:
        found = self._reader.walk(text + self._closing, self._first, self._last)
        if len(self) < _MOST_SHARED:
            self[text] = found
        return found


def _most_shared(texts: Mapping[str, Sequence[bytes]]) -> str:
    """Return the question whose texts spare most answers by standing more than once."""

    def spared(name: str) -> float:
        found = texts[name]
        return (
            sum(text.count(_COLON) for text in found) * (1 - len(set(found)) / len(found)) if found else 0.0
        )

    return max(texts, key=spared)


def _are_names(texts: Sequence[bytes]) -> bool:
    """Tell whether each text is one JSON text that is not empty: no raw line break can stand inside one."""
    try:
        names = orjson.loads(b"[" + b",\n".join(texts) + b"]")
    except orjson.JSONDecodeError:
        return False
    return len(names) == len(texts) and all(names) and set(map(type, names)) <= {str}


def _keys_are_unique(line: bytes, data: Mapping[str, Any]) -> bool:
    """Tell whether no key stands twice: the parser keeps the last one silently.

    Each key is followed by a colon, so that a text with no more colons than keys holds none twice. Where
    texts hold colons too, the strict parser counts.
    """
    objects = (data, data["answers"], *data["answers"].values(), data.get("knowledge_base"))
    if line.count(b":") == sum(len(each) for each in objects if isinstance(each, dict)):
        return True
    try:
        parse(line.decode())
    except Refusal:
        return False
    return True
