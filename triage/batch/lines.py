"""Reading the lines of a block into bits, quickly.

A file of a million people says the same few thousand things over and over. So a line is cut into texts,
each an answer to a question or an item of a list, and each text is read, checked and turned into bits once.
Which texts can follow each other is checked for a whole block at a time. What is put together from checked
texts needs no second look: `{"a":X,"b":Y}` is JSON wherever X and Y are.

A line that is written in any other way is parsed by orjson and accepted by jsonschema-rs. What they do not
accept is left to the strict parser and to jsonschema, which say what is wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jsonschema_rs
import numpy as np
import orjson

from triage.batch.places import Refusal, parse
from triage.batch.texts import ANY_BEGINNING, CODE, END, FIRST, MOST_TEXTS, Texts
from triage.inference.compiled import Columns
from triage.inference.intake import IntakeError
from triage.inference.rows import Bits, Rows
from triage.knowledge.intake_schema import case_schema
from triage.knowledge.model import KnowledgeBase


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
        self._texts = {style: Texts(knowledge, rows, self._valid) for style in (_TIGHT, _SPACED)}

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
            if len(self._bits) < MOST_TEXTS:
                self._bits[question, text] = found
        return found


class _Other(NamedTuple):
    """A case from a line that was read by itself: its bits, and its id as JSON text."""

    bits: Sequence[int]
    name: bytes


class _Block:
    """Some lines cut into texts: of each its code, and the place of its line."""

    def __init__(self, lines: Sequence[bytes], style: _Style, texts: Texts, rows: Rows) -> None:
        self._rows = rows
        firsts: list[bytes] = []
        codes: list[bytes] = []
        between, extend, code_of = style.between, codes.extend, texts.__getitem__
        for line in lines:
            pieces = line.split(between)
            firsts.append(pieces[0])
            pieces[0] = ANY_BEGINNING
            extend(map(code_of, pieces))
        self._codes = np.frombuffer(b"".join(codes), CODE).astype(np.intp)
        self._meaning = texts.meaning()
        self._places = np.cumsum(self._codes == FIRST) - 1
        self.names, self._nameless = _names(firsts, style.opening)

    def strange(self) -> set[int]:
        """Return the places of the lines whose texts are not known, or cannot follow each other."""
        if not len(self._codes):
            return set()
        left = self._meaning.leaves[self._codes]
        wrong = np.flatnonzero(self._meaning.needs[self._codes[1:]] != left[:-1]) + 1
        # A line that cannot begin where it does follows one that does not end.
        places = self._places[wrong] - (self._codes[wrong] == FIRST)
        unended = {len(self.names) - 1} if left[-1] != END else set()
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
