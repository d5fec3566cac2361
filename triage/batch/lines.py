"""Reading the lines of a block into bits, quickly.

A file of a million people says the same few thousand things over and over. So a line is cut into texts,
each an answer to a question or an item of a list, and each text is read, checked and turned into bits once.
Which texts can follow each other is checked for a whole block at a time. What is put together from checked
texts needs no second look: `{"a":X,"b":Y}` is JSON wherever X and Y are.

A line that is written in any other way is parsed by orjson and accepted by jsonschema-rs. What they do not
accept is left to the strict parser and to jsonschema, which say what is wrong.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import jsonschema_rs
import numpy as np
import orjson
from numpy.typing import NDArray

from triage.batch.places import Refusal, parse
from triage.inference.compiled import Columns
from triage.inference.intake import NOT_SURE_MARK, IntakeError
from triage.inference.rows import Bits, Rows
from triage.knowledge.intake_schema import case_schema
from triage.knowledge.model import KnowledgeBase, Question

_MOST_TEXTS = 1 << 14
_SPACE = b" \t\r"
_WS = rb"[ \t\r]*"
_NUMBER = re.compile(rb'([a-z0-9_]+)":(0|[1-9][0-9]{0,9})')
_BEGIN = re.compile(rb'answers"%b:%b\{%b' % (_WS, _WS, _WS))
_ANSWER = re.compile(rb'([a-z0-9_]+)"%b:%b(.+)' % (_WS, _WS), re.DOTALL)
_LISTED = re.compile(rb'\[%b"([?a-z0-9_]+)"%b(\]?)' % (_WS, _WS))
_OPENED = re.compile(rb'\{%b"([a-z0-9_]+)"%b:%b("[a-z]+")' % (_WS, _WS, _WS))
_ITEM = re.compile(rb'([?a-z0-9_]+)"%b(\]?)' % _WS)
_ITEM_OF_OBJECT = re.compile(rb'([a-z0-9_]+)"%b:%b("[a-z]+")' % (_WS, _WS))

# Where a line stands between two texts: at its end, behind its id, between answers; from the last one on,
# inside the list or the object of one question.
_END, _NAMED, _BETWEEN, _INSIDE = range(4)
# Where a text leaves off that closes so many objects: the answers and the case are both closed, or neither.
_BOTH = 2
_LEAVES = {0: _BETWEEN, _BOTH: _END}
_LEAVES_OBJECT = {1: _BETWEEN, 1 + _BOTH: _END}
# Two codes of texts: that of the beginning of every line, and that of what is not read here.
_FIRST, _REFUSED = range(2)
_CODE = np.dtype("<u2")
# What stands for the beginning of every line: no text of a line holds a line break.
_ANY_BEGINNING = b"\n"
# No text sets more bits: a question was answered, its list was gone through, an item is present.
_MOST_BITS = 3


@dataclass(slots=True)
class Lines:
    """A block as read.

    For each accepted case its lane in `columns`, its id as JSON text, and the number of its line. `odd`
    holds the other lines, each with how many accepted cases stand before it; `kept` accepted lines, each
    with its place among them.
    """

    columns: Columns
    names: list[bytes]
    numbers: list[int]
    odd: list[tuple[int, int, bytes]]
    kept: list[tuple[int, bytes]]


class _Style(NamedTuple):
    """How a line begins, and what stands between two texts."""

    opening: bytes
    between: bytes


_TIGHT = _Style(b'{"id":', b',"')
_SPACED = _Style(b'{"id": ', b', "')


class LineReader:
    """Reads blocks of JSONL; remembers texts, a bounded number of them."""

    def __init__(self, knowledge: KnowledgeBase, rows: Rows) -> None:
        """Build the checks; `rows` lays out the answers."""
        self._rows = rows
        self._valid = jsonschema_rs.validator_for(case_schema(knowledge)).is_valid
        self._bits: dict[tuple[str, bytes], tuple[int, ...]] = {}
        self._texts = {style: _Texts(knowledge, rows, self._valid) for style in (_TIGHT, _SPACED)}

    def read(self, data: bytes, number: int, keep: int = 0) -> Lines:
        """Read whole lines.

        Args:
            data: the lines.
            number: the number of the first of them.
            keep: keep the text of the first line of the file and every so many from there; 0 keeps none.
        """
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        style = _SPACED if data.startswith(_SPACED.opening) else _TIGHT
        block = _Block(lines, style, self._texts[style], self._rows)
        others = {place: self._other(lines[place]) for place in block.strange()}
        bits, twice = block.bits(others)
        if twice:
            others |= {place: self._other(lines[place]) for place in twice}
            bits, _ = block.bits(others)
        odd = sorted(place for place, other in others.items() if other is None)
        for place, other in others.items():
            if other is not None:
                block.names[place] = other.name
        numbers = list(range(number, number + len(lines)))
        for place in reversed(odd):
            del block.names[place], numbers[place]
        kept = range((1 - number) % keep, len(lines), keep) if keep else ()
        return Lines(
            self._rows.columns(bits),
            block.names,
            numbers,
            [(place - before, number + place, lines[place]) for before, place in enumerate(odd)],
            [(place - bisect_left(odd, place), lines[place]) for place in kept if place not in odd],
        )

    def _other(self, line: bytes) -> _Other | None:
        """Read a line written in another way, or return None if it is odd."""
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError:
            return None
        if not self._valid(data) or "expect" in data or not _keys_are_unique(line, data):
            return None
        try:
            bits = {bit for item in data["answers"].items() for bit in self._bits_of(*item)}
        except IntakeError:
            return None
        return _Other(tuple(bits), orjson.dumps(data["id"]))

    def _bits_of(self, question: str, answer: Any) -> Sequence[int]:
        """Return the bits of an accepted answer, remembered by its text."""
        text = orjson.dumps(answer)
        found = self._bits.get((question, text))
        if found is None:
            found = self._rows.bits(question, answer)
            if len(self._bits) < _MOST_TEXTS:
                self._bits[question, text] = found
        return found


# Where a line must stand before a text, where it stands behind it, and the bits that the text sets.
_Said: TypeAlias = tuple[int, int, Sequence[int]]


class _Other(NamedTuple):
    """A case from a line that was read by itself: its bits, and its id as JSON text."""

    bits: Sequence[int]
    name: bytes


class _Block:
    """Some lines cut into texts: of each its code, and the place of its line."""

    def __init__(self, lines: Sequence[bytes], style: _Style, texts: _Texts, rows: Rows) -> None:
        self._rows = rows
        firsts: list[bytes] = []
        codes: list[bytes] = []
        between, extend, code_of = style.between, codes.extend, texts.__getitem__
        for line in lines:
            pieces = line.split(between)
            firsts.append(pieces[0])
            pieces[0] = _ANY_BEGINNING
            extend(map(code_of, pieces))
        self._codes = np.frombuffer(b"".join(codes), _CODE).astype(np.intp)
        self._meaning = texts.meaning()
        self._places = np.cumsum(self._codes == _FIRST) - 1
        self.names, self._nameless = _names(firsts, style.opening)

    def strange(self) -> set[int]:
        """Return the places of the lines whose texts are not known, or cannot follow each other."""
        if not len(self._codes):
            return set()
        left = self._meaning.leaves[self._codes]
        wrong = np.flatnonzero(self._meaning.needs[self._codes[1:]] != left[:-1]) + 1
        # A line that cannot begin where it does follows one that does not end.
        places = self._places[wrong] - (self._codes[wrong] == _FIRST)
        unended = {len(self.names) - 1} if left[-1] != _END else set()
        return self._nameless | unended | set(places.tolist())

    def bits(self, others: Mapping[int, _Other | None]) -> tuple[Bits, set[int]]:
        """Lay out the lines, some of which were read by themselves and some of which are odd.

        Returns:
            A lane for each line that is not odd, and the places of the lines that say something twice.
        """
        here = np.ones(len(self.names), np.bool_)
        here[[place for place, other in others.items() if other is None]] = False
        lanes = np.cumsum(here) - 1
        width, count = self._rows.width, int(np.count_nonzero(here))
        codes, places = self._codes, self._places
        if others:
            here[list(others)] = False
            codes, places = codes[here[places]], places[here[places]]
        # The last row takes the bits that a text does not use.
        bits = np.zeros((width + 1, count), np.uint8)
        flat, lane = bits.reshape(-1), lanes[places]
        for rows in self._meaning.bits * count:
            flat[rows[codes] + lane] = 1
        bits = bits[:width]
        twice = self._rows.contradicted(bits)
        said = self._meaning.counts[codes]
        if said.sum() != np.count_nonzero(bits):
            twice |= np.bincount(lane, said, count) != bits.sum(axis=0)
        for place, other in others.items():
            if other is not None:
                bits[list(other.bits), lanes[place]] = 1
        return bits, set(np.flatnonzero(here & twice[lanes]).tolist()) if twice.any() else set()


class _Meaning(NamedTuple):
    """What texts say, by code.

    Where a line must stand before the text, and where it stands behind it; how many bits the text sets, and
    which rows they are (the row behind the last where there are fewer).
    """

    needs: NDArray[np.intp]
    leaves: NDArray[np.intp]
    counts: NDArray[np.intp]
    bits: NDArray[np.intp]


class _Texts(dict[bytes, bytes]):
    """From a text to its code; what is not known yet is read by itself."""

    def __init__(self, knowledge: KnowledgeBase, rows: Rows, valid: Callable[[Any], bool]) -> None:
        super().__init__({_ANY_BEGINNING: _written(_FIRST)})
        self._rows = rows
        self._unused = _MOST_BITS * (rows.width,)
        self._valid = valid
        self._questions = knowledge.questions
        inside = count(_INSIDE)
        self._in_list = {name: next(inside) for name in knowledge.questions}
        self._in_object = {name: next(inside) for name in knowledge.questions}
        self._list_of = _lists_by_item(knowledge)
        # Of the beginning of a line, and of what is not read, which fits nowhere.
        self._needs = array("q", (_END, -1))
        self._leaves = array("q", (_NAMED, -2))
        self._counts = array("q", (0, 0))
        self._bits = array("q", 2 * _MOST_BITS * (rows.width,))

    def __missing__(self, text: bytes) -> bytes:
        said = self._said(text) if len(self) < _MOST_TEXTS else None
        if said is None:
            return _written(_REFUSED)
        needs, leaves, bits = said
        code = self[text] = _written(len(self._needs))
        self._needs.append(needs)
        self._leaves.append(leaves)
        self._counts.append(len(bits))
        self._bits.extend((*bits, *self._unused[len(bits) :]))
        return code

    def meaning(self) -> _Meaning:
        """Return what the texts read so far say, by code."""
        needs, leaves, counts, bits = (
            np.array(each, np.intp) for each in (self._needs, self._leaves, self._counts, self._bits)
        )
        return _Meaning(needs, leaves, counts, bits.reshape(-1, _MOST_BITS).T)

    def _said(self, text: bytes) -> _Said | None:
        """Read a text by itself; None if it cannot be."""
        number = _NUMBER.fullmatch(text)
        if number and number[1].decode() in self._questions:
            bits = self._rows.bits_of_number(number[1].decode(), int(number[2]))
            return None if bits is None else (_BETWEEN, _BETWEEN, bits)
        rest, closings = _closed(text)
        begun = _BEGIN.match(rest)
        if begun:
            rest = rest[begun.end() :]
            if not rest and closings == _BOTH:
                return _NAMED, _END, ()
            if not rest.startswith(b'"'):
                return None
            rest = rest[1:]
        answer = _ANSWER.fullmatch(rest)
        question = self._questions.get(answer[1].decode()) if answer else None
        if answer and question:
            said = self._of_question(question, answer[2], closings)
            return said and (_NAMED if begun else _BETWEEN, *said)
        if begun:
            return None
        item = _ITEM_OF_OBJECT.fullmatch(rest)
        return self._of_object(item, closings) if item else self._of_list(rest, closings)

    def _of_question(
        self, question: Question, text: bytes, closings: int
    ) -> tuple[int, Sequence[int]] | None:
        """Read an answer, or the beginning of one: where it leaves off, and its bits."""
        leaves = _LEAVES.get(closings)
        listed = _LISTED.fullmatch(text) if text.startswith(b"[") else None
        if listed:
            text = b'["%b"]' % listed[1]
            if not listed[2]:
                leaves = None if closings else self._in_list[question.id]
        opened = _OPENED.fullmatch(text) if text.startswith(b"{") else None
        if opened:
            text = b'{"%b":%b}' % opened.groups()
            leaves = _LEAVES_OBJECT.get(closings, self._in_object[question.id] if not closings else None)
        bits = None if leaves is None else self._checked(question.id, text)
        return None if leaves is None or bits is None else (leaves, bits)

    def _of_list(self, text: bytes, closings: int) -> _Said | None:
        """Read a text that goes on with a list."""
        item = _ITEM.fullmatch(text)
        name = item[1].decode() if item else ""
        question = self._list_of.get(name.removeprefix(NOT_SURE_MARK))
        if item is None or question is None or self._checked(question, b'["%b"]' % item[1]) is None:
            return None
        inside = self._in_list[question]
        leaves = _LEAVES.get(closings) if item[2] else None if closings else inside
        return None if leaves is None else (inside, leaves, (self._rows.bit_of_item(question, name),))

    def _of_object(self, item: re.Match[bytes], closings: int) -> _Said | None:
        """Read a text that goes on with a checklist answered item by item."""
        question = self._list_of.get(item[1].decode())
        bits = self._checked(question, b'{"%b":%b}' % item.groups()) if question else None
        if question is None or bits is None:
            return None
        inside = self._in_object[question]
        leaves = _LEAVES_OBJECT.get(closings, inside if not closings else None)
        return None if leaves is None else (inside, leaves, bits[1:])

    def _checked(self, question: str, text: bytes) -> Sequence[int] | None:
        """Return the bits of an answer that is strict JSON and is accepted, else None."""
        try:
            answer = orjson.loads(text)
            accepted = self._valid({"id": "-", "answers": {question: answer}})
            return self._rows.bits(question, answer) if accepted else None
        except (orjson.JSONDecodeError, IntakeError):
            return None


def _written(code: int) -> bytes:
    return code.to_bytes(_CODE.itemsize, "little")


def _closed(text: bytes) -> tuple[bytes, int]:
    """Take the closing of objects off a text, and count how many it closes."""
    rest, closings = text.rstrip(_SPACE), 0
    while rest.endswith(b"}"):
        rest, closings = rest[:-1].rstrip(_SPACE), closings + 1
    return rest, closings


def _lists_by_item(knowledge: KnowledgeBase) -> Mapping[str, str]:
    """Return from each item that one list alone has to that list."""
    lists = [question for question in knowledge.questions.values() if question.kind == "checklist"]
    found = Counter(option.id for question in lists for option in question.options)
    return {
        option.id: question.id for question in lists for option in question.options if found[option.id] == 1
    }


def _names(firsts: Sequence[bytes], opening: bytes) -> tuple[list[bytes], set[int]]:
    """Return the ids of some lines as JSON texts, and the places of the lines that have none where it is due.

    Args:
        firsts: each line up to where its id ends.
        opening: how a line begins.
    """
    text = b"\n".join((b"", *firsts))
    if text.count(b"\n" + opening) == len(firsts):
        # What a line lacks of an id, no other can make up for: no raw line break stands inside a text.
        text = text.replace(b"\n" + opening, b",\n")[2:]
        names = text.split(b",\n")
        if _are_names(text, len(names)):
            return names, set()
    names = [first.removeprefix(opening) for first in firsts]
    fit = (first.startswith(opening) and _are_names(first[len(opening) :], 1) for first in firsts)
    return names, {place for place, fits in enumerate(fit) if not fits}


def _are_names(text: bytes, count: int) -> bool:
    """Tell whether a text is so many JSON texts, none of them empty."""
    try:
        names = orjson.loads(b"[%b]" % text)
    except orjson.JSONDecodeError:
        return False
    return len(names) == count and all(names) and set(map(type, names)) <= {str}


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
