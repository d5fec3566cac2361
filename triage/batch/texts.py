"""The texts that lines are cut into: what each one says by itself, and where it can stand in a line."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray

from triage.inference.intake import NOT_SURE_MARK, IntakeError
from triage.inference.rows import Rows
from triage.knowledge.model import KnowledgeBase, Question

MOST_TEXTS = 1 << 14
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
END, _NAMED, _BETWEEN, _INSIDE = range(4)
# Where a text leaves off that closes so many objects: the answers and the case are both closed, or neither.
_BOTH = 2
_LEAVES = {0: _BETWEEN, _BOTH: END}
_LEAVES_OBJECT = {1: _BETWEEN, 1 + _BOTH: END}
# Two codes of texts: that of the beginning of every line, and that of what is not read here.
FIRST, _REFUSED = range(2)
CODE = np.dtype("<u2")
# What stands for the beginning of every line: no text of a line holds a line break.
ANY_BEGINNING = b"\n"
# No text sets more bits: a question was answered, its list was gone through, an item is present.
_MOST_BITS = 3


# Where a line must stand before a text, where it stands behind it, and the bits that the text sets.
_Said: TypeAlias = tuple[int, int, Sequence[int]]


class Meaning(NamedTuple):
    """What texts say, by code.

    Where a line must stand before the text, and where it stands behind it; how many bits the text sets, and
    which rows they are (the row behind the last where there are fewer).
    """

    needs: NDArray[np.intp]
    leaves: NDArray[np.intp]
    counts: NDArray[np.intp]
    bits: NDArray[np.intp]


class Texts(dict[bytes, bytes]):
    """From a text to its code; what is not known yet is read by itself."""

    def __init__(self, knowledge: KnowledgeBase, rows: Rows, valid: Callable[[Any], bool]) -> None:
        super().__init__({ANY_BEGINNING: _written(FIRST)})
        self._rows = rows
        self._unused = _MOST_BITS * (rows.width,)
        self._valid = valid
        self._questions = knowledge.questions
        inside = count(_INSIDE)
        self._in_list = {name: next(inside) for name in knowledge.questions}
        self._in_object = {name: next(inside) for name in knowledge.questions}
        self._list_of = _lists_by_item(knowledge)
        # Of the beginning of a line, and of what is not read, which fits nowhere.
        self._needs = array("q", (END, -1))
        self._leaves = array("q", (_NAMED, -2))
        self._counts = array("q", (0, 0))
        self._bits = array("q", 2 * _MOST_BITS * (rows.width,))

    def __missing__(self, text: bytes) -> bytes:
        said = self._said(text) if len(self) < MOST_TEXTS else None
        if said is None:
            return _written(_REFUSED)
        needs, leaves, bits = said
        code = self[text] = _written(len(self._needs))
        self._needs.append(needs)
        self._leaves.append(leaves)
        self._counts.append(len(bits))
        self._bits.extend((*bits, *self._unused[len(bits) :]))
        return code

    def meaning(self) -> Meaning:
        """Return what the texts read so far say, by code."""
        needs, leaves, counts, bits = (
            np.array(each, np.intp) for each in (self._needs, self._leaves, self._counts, self._bits)
        )
        return Meaning(needs, leaves, counts, bits.reshape(-1, _MOST_BITS).T)

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
                return _NAMED, END, ()
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
    return code.to_bytes(CODE.itemsize, "little")


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
