"""Answers as bits: an intake is a row of bytes, and every question has bytes of its own in it.

The bytes of a question tell whether it was answered and, for each of its findings, the class of its value, or
that the person is not sure. The row of an intake is the bytes of its answers in order, and a block is the
rows of its intakes in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from triage.bulk.decoding.bit_matrix import BYTE, columns_of
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN, Reading
from triage.inference.columns.compiled import Columns, Compiled
from triage.inference.columns.others import Others, OthersTold
from triage.inference.domains import Domain
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question

_ANSWERED = 1
_ITEM_BY_ITEM = 2
_OTHERS: Mapping[Value | None, int] = {None: 0, NO: 4, Missing.UNKNOWN: 8}
_FLAGS = 4


class AnswerBits:
    """The bits of one question's answers.

    Bit 0 says that the question was answered, bit 1 that each item was answered by itself. If an item of the
    question has a gate, bits 2 and 3 say that all items which apply and which the answer does not name are
    absent, or not sure. Then every finding has a bit for each class, and one for "not sure".
    """

    def __init__(self, question: Question, domains: Mapping[str, Domain]) -> None:
        """Give every bit its place; `domains` tells the classes of each finding."""
        self.question = question
        self.gated = question.kind == "checklist" and bool(question.gates)
        self.first: dict[str, int] = {}
        self._domains = {finding: domains[finding] for finding in question.findings}
        self._bits: dict[str, dict[Value, int]] = {}
        width = _FLAGS
        for finding, domain in self._domains.items():
            self.first[finding] = width
            values = (*range(len(domain.values)), Missing.UNKNOWN)
            if question.kind != "number":
                values = (*domain.values, Missing.UNKNOWN)
            self._bits[finding] = {value: 1 << width + place for place, value in enumerate(values)}
            width += len(values)
        self.size = -(-width // BYTE)
        self._by_item = self._items() if question.kind == "checklist" else {}
        self._none = self._of_others(NO)
        self._unknown = self._of_others(Missing.UNKNOWN)

    def encode(self, answer: Any) -> bytes:
        """Return the bytes of an answer as a typed record holds it; an object is the tuple of its items.

        Raises:
            IntakeError: the question does not take the number, or an item appears twice.
        """
        if answer == UNKNOWN:
            bits = self._unknown
        elif self.question.kind == "checklist":
            bits = self._none if answer == NONE else self._of_items(answer)
        elif self.question.kind == "number":
            bits = self._of_number(answer)
        else:
            bits = self._bits[self.question.id][answer]
        return self._written(bits)

    def of_reading(self, reading: Reading, *, item_by_item: bool) -> bytes:
        """Return the bytes of an answer that the strict reader has read."""
        bits = _ITEM_BY_ITEM if item_by_item else 0
        if self.gated or reading.others is None:
            findings = reading.named
            bits |= _OTHERS[reading.others]
        else:
            findings = {**dict.fromkeys(self.question.findings, reading.others), **reading.named}
        for finding, value in findings.items():
            if self.question.kind == "number" and not isinstance(value, Missing):
                value = self._domains[finding].class_of(value)  # noqa: PLW2901 - a number goes by its class
            bits |= self._bits[finding][value]
        return self._written(bits)

    def _of_number(self, answer: float) -> int:
        if answer != answer // 1 or not self.question.minimum <= answer <= self.question.maximum:
            raise IntakeError(self.question.id, f"{answer!r} is not a number that {self.question.id} takes")
        return self._bits[self.question.id][self._domains[self.question.id].class_of(int(answer))]

    def _of_items(self, answer: tuple[Any, ...]) -> int:
        """Add up the bits of the items; only a list makes the other items absent."""
        if not answer or isinstance(answer[0], tuple):
            return sum(map(self._by_item.__getitem__, answer), _ITEM_BY_ITEM)
        if len(answer) > 1 and len({item.removeprefix(NOT_SURE_MARK) for item in answer}) != len(answer):
            raise IntakeError(self.question.id, f"an item appears twice in {self.question.id}")
        return sum(map(self._by_item.__getitem__, answer), self._none)

    def _items(self) -> dict[Any, int]:
        """Return what each item adds: one of a list to the bits of "none", one of an object to no bits."""
        items: dict[Any, int] = {}
        for option in self.question.options:
            bits = self._bits[f"{self.question.id}.{option.id}"]
            absent = 0 if self.gated else bits[NO]
            items[option.id] = bits[YES] - absent
            items[NOT_SURE_MARK + option.id] = bits[Missing.UNKNOWN] - absent
            items[option.id, UNKNOWN] = bits[Missing.UNKNOWN]
            items |= {(option.id, value): bits[value] for value in (YES, NO)}
        return items

    def _of_others(self, value: Value) -> int:
        if self.gated:
            return _OTHERS[value]
        return sum(bits[value] for bits in self._bits.values() if value in bits)

    def _written(self, bits: int) -> bytes:
        return (bits | _ANSWERED).to_bytes(self.size, "little")


class BitLayout:
    """How one compiled knowledge base lays out the rows of its intakes."""

    def __init__(self, compiled: Compiled, questions: Iterable[Question] | None = None) -> None:
        """Give every question its bytes, in the order of `questions` or else of the questionnaire."""
        self._compiled = compiled
        self._others = OthersTold(compiled)
        ordered = compiled.knowledge.questions.values() if questions is None else questions
        self.questions = tuple(AnswerBits(question, compiled.domains) for question in ordered)
        self.stride = 0
        self._begin: list[int] = []
        for each in self.questions:
            self._begin.append(self.stride)
            self.stride += each.size

    def block(self, rows: bytes) -> Block:
        """Turn joined rows into the columns of the compiled evaluator.

        Raises:
            ValueError: the bytes are not a whole number of rows.
        """
        columns = columns_of(rows, self.stride)
        known = [0] * self._compiled.width
        unknown = [0] * len(self._compiled.findings)
        others: dict[str, Others] = {}
        keys = 0
        for begin, each in zip(self._begin, self.questions, strict=True):
            start = begin * BYTE
            by_item = columns[start + 1]
            keys += columns[start].bit_count()
            if each.gated:
                others[each.question.id] = Others(columns[start + 2], columns[start + 3])
            for finding, first in each.first.items():
                place, width = self._compiled.place[finding], len(self._compiled.domains[finding].values)
                values = columns[start + first : start + first + width + 1]
                known[place : place + width] = values[:-1]
                unknown[self._compiled.index_of[finding]] = values[-1]
                if by_item:
                    keys += (reduce(or_, values) & by_item).bit_count()
        full = (1 << len(rows) // self.stride) - 1
        return Block(self._others.told(Columns(full, known, unknown), others), keys)


class Block(NamedTuple):
    """A block of intakes: its columns, and how many keys its answers and their objects have in total."""

    columns: Columns
    keys: int


def differing_findings(
    compiled: Compiled, columns: Columns, lane: int, findings: Mapping[str, Value]
) -> tuple[str, ...]:
    """Return the findings in which a lane of a block differs from the findings of the strict reader."""
    one = compiled.columns([findings])
    known = [column >> lane & 1 for column in columns.known]
    unknown = [column >> lane & 1 for column in columns.unknown]
    if known == one.known and unknown == one.unknown:
        return ()
    differing = []
    for index, (finding, place) in enumerate(compiled.place.items()):
        classes = slice(place, place + len(compiled.domains[finding].values))
        if known[classes] != one.known[classes] or unknown[index] != one.unknown[index]:
            differing.append(finding)
    return tuple(differing)
