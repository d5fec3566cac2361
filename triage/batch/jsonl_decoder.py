"""Decoding the lines of a block into bits.

msgspec parses each line into a typed record, whatever the line's spacing, order of keys or escapes. Each
answer is looked up in a table that gives its bytes; an answer that is met for the first time is worked out,
and compared with what the strict reader makes of the same line. So is the last case of every block as a
whole: what goes wrong before it moves it.

Whatever msgspec or the table does not take, and every line that has a key twice, is left to the strict
parser and to jsonschema, which say what is wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import orjson
from msgspec import UNSET
from msgspec.structs import astuple

from triage.batch.answer_bits import AnswerBits, BitLayout, differing_findings
from triage.batch.typed_case import case_type
from triage.inference.compiled import Columns, Compiled
from triage.inference.intake import IntakeError, read_answer, read_answers
from triage.knowledge.model import KnowledgeBase, Question
from triage.source.json_positions import JsonError, parse

# What a table remembers: the items of its lists, an item more a list; or so many numbers.
MOST_ITEMS = 1 << 12
MOST_NUMBERS = 1 << 16
MOST_TOGETHER = 1 << 13
_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, IntakeError)
_ESCAPE = b"\\"
_ESCAPED_COLON = b"\\u003"
_COLON = ":"


@dataclass(frozen=True, slots=True)
class DecodedLines:
    """A block as decoded.

    For each accepted case its lane in `columns`, its id as JSON text, and the number of its line. `rejected`
    holds the other lines, each with how many accepted cases stand before it; `kept` accepted lines, each
    with its lane.
    """

    columns: Columns
    names: Sequence[bytes]
    numbers: Sequence[int]
    rejected: Sequence[tuple[int, int, bytes]]
    kept: Sequence[tuple[int, bytes]]


class MisreadError(Exception):
    """The table and the strict reader read a line differently: its text, and the questions or findings."""

    def __init__(self, line: bytes, names: tuple[str, ...]) -> None:
        """Keep what tells where it went wrong."""
        super().__init__(line, names)
        self.line = line
        self.names = names


class JsonlDecoder:
    """Decodes blocks of JSONL; remembers answers, a bounded number of them."""

    def __init__(self, compiled: Compiled) -> None:
        """Generate the record type and lay out the bits."""
        self._compiled = compiled
        groups = _groups(compiled.knowledge.questions.values())
        questions = [question for group in groups for question in group]
        self._layout = BitLayout(compiled, questions)
        self._parse = msgspec.json.Decoder(case_type(questions)).decode
        place = _Place()
        tables = [AnswerTable(compiled.knowledge, each, place) for each in self._layout.questions]
        sizes = [len(group) for group in groups]
        self._row = _row_function(tables, sizes, place, objects=False)
        self._row_with_objects = _row_function(tables, sizes, place, objects=True)

    def decode(self, data: bytes, number: int, keep: int = 0) -> DecodedLines:
        """Decode whole lines.

        Args:
            data: the lines.
            number: the number of the first of them.
            keep: keep the text of the first line of the file and every so many from there; 0 keeps none.

        Raises:
            MisreadError: the table does not agree with the strict reader.
        """
        rows, ids, colons, rejected = self._rows(data)
        block = self._layout.block(b"".join(rows))
        count = len(ids) + len(rejected)
        places = _others(count, rejected)
        raw = _count_of(_COLON, data) - sum(line.count(b":") for line in rejected.values())
        if raw != colons + block.keys or (_ESCAPE in data and _ESCAPED_COLON in data):
            lines = _lines_at(data, places)
            repeating = {
                place: line for place, line in zip(places, lines, strict=True) if self._repeats(line)
            }
            lanes = [lane for lane, place in enumerate(places) if place not in repeating]
            rejected |= repeating
            places, ids = _others(count, rejected), [ids[lane] for lane in lanes]
            block = self._layout.block(b"".join([rows[lane] for lane in lanes]))
        kept = (
            [place for place in range((1 - number) % keep, count, keep) if place not in rejected]
            if keep
            else []
        )
        texts = dict(zip(kept, _lines_at(data, kept), strict=True))
        if ids:
            (last,) = (
                _lines_at(data, places[-1:]) if rejected else (data.removesuffix(b"\n").rpartition(b"\n")[2],)
            )
            self._check(block.columns, last, len(ids) - 1)
        return DecodedLines(
            block.columns,
            _json_texts(ids),
            [number + place for place in places],
            [
                (place - before, number + place, rejected[place])
                for before, place in enumerate(sorted(rejected))
            ],
            [(bisect_left(places, place), text) for place, text in texts.items()],
        )

    def _rows(self, data: bytes) -> tuple[list[bytes], list[str], int, dict[int, bytes]]:
        """Decode line by line.

        Returns:
            The row and the id of each line that is accepted, how many colons these have beside those of their
            answers, and by their places the lines that are not accepted.
        """
        rows: list[bytes] = []
        ids: list[str] = []
        rejected: dict[int, bytes] = {}
        beside = 0
        parse_line, row, add, name = self._parse, self._row, rows.append, ids.append
        for place, line in enumerate(BytesIO(data)):
            try:
                case: Any = parse_line(line)
                try:
                    add(row(case.answers, line))
                except TypeError:
                    add(self._row_with_objects(case.answers, line))
            except _REFUSALS:
                rejected[place] = line.removesuffix(b"\n")
            else:
                name(case.id)
                if case.title is not UNSET or case.knowledge_base is not UNSET:
                    beside += _colons_beside(case)
        # Every case has the keys "id" and "answers", and its id may hold colons.
        return rows, ids, beside + 2 * len(ids) + "".join(ids).count(_COLON), rejected

    def _repeats(self, line: bytes) -> bool:
        """Tell whether an accepted line has a key twice: the parser keeps the last one silently.

        Each key is followed by a colon, so that a line with no more colons than keys holds none twice. Where
        a text may hold a colon as an escape, the strict parser decides.
        """
        if _ESCAPED_COLON not in line:
            case: Any = self._parse(line)
            answers = [answer for answer in astuple(case.answers) if answer is not UNSET]
            keys = 2 + len(answers) + sum(len(answer) for answer in answers if isinstance(answer, dict))
            if line.count(b":") == keys + case.id.count(_COLON) + _colons_beside(case):
                return False
        try:
            parse(line.decode())
        except JsonError:
            return True
        return False

    def _check(self, columns: Columns, line: bytes, lane: int) -> None:
        """Compare a lane of a block with what the strict reader makes of its line."""
        try:
            findings = read_answers(self._compiled.knowledge, parse(line.decode())["answers"])
            differing = differing_findings(self._compiled, columns, lane, findings)
        except (JsonError, IntakeError):
            differing = tuple(self._compiled.knowledge.questions)
        if differing:
            raise MisreadError(line, differing)


class _Place:
    """Which line is decoded just now."""

    __slots__ = ("line",)

    def __init__(self) -> None:
        self.line = b""


class AnswerTable(dict[Any, bytes]):
    """From an answer of one question, as the typed record holds it, to its bytes: from an object as a tuple.

    What is looked up for the first time is worked out, compared with what the strict reader makes of it, and
    remembered while there is room.
    """

    def __init__(self, knowledge: KnowledgeBase, bits: AnswerBits, place: _Place) -> None:
        """Begin with a question that was not asked."""
        super().__init__({UNSET: bytes(bits.size)})
        self.bits = bits
        self._knowledge = knowledge
        self._place = place
        self._room = MOST_NUMBERS if bits.question.kind == "number" else MOST_ITEMS
        self._met: set[Any] = set()

    def __missing__(self, answer: Any) -> bytes:
        """Return the bytes of an answer that is new.

        Raises:
            IntakeError: the question does not take it.
            MisreadError: the strict reader makes something else of it.
        """
        encoded = self.bits.encode(answer)
        if self._room > 0:
            self._room -= 1 + (len(answer) if isinstance(answer, tuple) else 0)
            self[answer] = encoded
        elif self._met.issuperset(_parts(answer, encoded)):
            # There is no room for it, and all that it is put together from has been compared.
            return encoded
        try:
            as_read = self._as_read(answer, encoded)
        except IntakeError:
            self.pop(answer, None)
            raise
        if as_read != self.get(answer, encoded):
            raise MisreadError(self._place.line.removesuffix(b"\n"), (self.bits.question.id,))
        return encoded

    def _as_read(self, answer: Any, encoded: bytes) -> bytes:
        """Return the bytes of what the strict reader makes of an answer; none if it refuses the answer.

        What has an item, or comes to bytes, that were never met is taken from its line by another parser.

        Raises:
            IntakeError: that parser does not take the line.
        """
        question = self.bits.question.id
        parts = _parts(answer, encoded)
        given = answer
        if not self._met.issuperset(parts):
            try:
                given = orjson.loads(self._place.line)["answers"].get(question)
            except orjson.JSONDecodeError as error:
                raise IntakeError(question, str(error)) from None
            self._met.update(parts)
        elif isinstance(answer, tuple):
            given = list(answer) if answer and isinstance(answer[0], str) else dict(answer)
        try:
            reading = read_answer(self.bits.question, given)
        except IntakeError:
            return b""
        return self.bits.of_reading(reading, item_by_item=isinstance(given, dict))


def _parts(answer: Any, encoded: bytes) -> tuple[Any, ...]:
    """Return what an answer is put together from: the items of a list or an object, else its bytes."""
    return answer if isinstance(answer, tuple) else (encoded,)


def _groups(questions: Iterable[Question]) -> Sequence[Sequence[Question]]:
    """Return questions in groups: those with few values, which are looked up together, then each other."""
    groups: list[list[Question]] = [[]]
    for question in questions:
        if question.kind in ("number", "checklist"):
            groups.append([question])
        else:
            groups[0].append(question)
    return [group for group in groups if group]


class _TogetherTable(dict[tuple[Any, ...], bytes]):
    """From the answers of several questions that have few values to their bytes."""

    def __init__(self, tables: Sequence[AnswerTable]) -> None:
        super().__init__()
        self._tables = tables

    def __missing__(self, answers: tuple[Any, ...]) -> bytes:
        encoded = b"".join(table[answer] for table, answer in zip(self._tables, answers, strict=True))
        if len(self) < MOST_TOGETHER:
            self[answers] = encoded
        return encoded


def _row_function(
    tables: Sequence[AnswerTable], sizes: Sequence[int], place: _Place, *, objects: bool
) -> Callable[[Any, bytes], bytes]:
    """Return what looks up each answer of a record and joins their bytes.

    It is generated, one look-up a field or group of fields, since a loop takes three times as long. Without
    `objects` it is quicker, but raises TypeError for an answer that is an object.

    Args:
        tables: of every question, in the order in which their bytes stand.
        sizes: how many tables one behind the other are looked up together, group by group.
        place: where the line at hand is noted.
        objects: whether an answer may be an object.
    """
    space: dict[str, Any] = {"join": b"".join, "place": place}
    looked_up = []
    first = 0
    for size in sizes:
        keys = []
        for number, table in enumerate(tables[first : first + size], first):
            key = f"answers.f{number}"
            if objects and table.bits.question.kind == "checklist":
                key = f"(answer if type(answer := {key}) is not dict else tuple(answer.items()))"
            keys.append(key)
        together = tables[first : first + size]
        space[f"table{first}"] = together[0] if size == 1 else _TogetherTable(together)
        looked_up.append(f"table{first}[{', '.join(keys)}]")
        first += size
    source = f"def row(answers, line):\n place.line = line\n return join(({', '.join(looked_up)},))\n"
    exec(source, space)  # noqa: S102 - numbers alone enter the source
    function: Callable[[Any, bytes], bytes] = space["row"]
    return function


def _others(count: int, rejected: Collection[int]) -> Sequence[int]:
    """Return the places of the lines that are not rejected."""
    return [place for place in range(count) if place not in rejected] if rejected else range(count)


def _count_of(character: str, data: bytes) -> int:
    """Count as `data.count` does, in a fifth of the time."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(character)))


def _lines_at(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Return the lines at some places, in their order, without their line breaks."""
    lines, before = BytesIO(data), 0
    found = []
    for place in places:
        found.append(next(islice(lines, place - before, None)).removesuffix(b"\n"))
        before = place + 1
    return found


def _colons_beside(case: Any) -> int:
    """Return the colons of a case's title and of what it says of its knowledge base."""
    colons = 0
    if case.title is not UNSET:
        colons += 1 + case.title.count(_COLON)
    if case.knowledge_base is not UNSET:
        texts = [text for text in astuple(case.knowledge_base) if text is not UNSET]
        colons += 1 + len(texts) + sum(text.count(_COLON) for text in texts)
    return colons


def _json_texts(texts: Sequence[str]) -> list[bytes]:
    """Return texts as JSON: written one a line, they can be told apart, since no text holds a line break."""
    if not texts:
        return []
    return orjson.dumps(texts, option=orjson.OPT_INDENT_2)[4:-2].split(b",\n  ")
