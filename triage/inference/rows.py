"""Intakes as rows of bits, to be turned into the columns that the compiled evaluator reads.

A row is the union of a mask an answer, so that an answer read once is known for good. Its bits, lowest first:
which questions were answered; the classes of single answers and "not sure"; for each checklist whether it was
gone through, and what was present or not sure; last the items of which alone was said that they are absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from triage.inference.compiled import Columns, Compiled
from triage.inference.intake import NOT_SURE_MARK, read_answers
from triage.inference.lanes import columns_of
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question


class Rows:
    """How one compiled knowledge base lays out intakes."""

    def __init__(self, compiled: Compiled) -> None:
        """Give every bit its place."""
        self._compiled = compiled
        self._knowledge = compiled.knowledge
        questions = self._knowledge.questions.values()
        self._start = -(-len(questions) // 8) * 8
        free = count(0)
        self._asked = {question.id: next(free) for question in questions}
        self.answered = (1 << len(questions)) - 1
        free = count(self._start)
        lists = [question for question in questions if question.kind == "checklist"]
        items = [finding for question in lists for finding in question.findings]
        self._class = {
            (question.id, index): next(free)
            for question in questions
            if question.kind != "checklist"
            for index in range(len(compiled.domains[question.id].values))
        }
        self._unknown = {finding: next(free) for finding in compiled.findings}
        self._gone_through = {question.id: next(free) for question in lists}
        self._present = {finding: next(free) for finding in items}
        self._width = next(free)
        self._listed = {
            question.id: 1 << self._asked[question.id] | 1 << self._gone_through[question.id]
            for question in lists
        }
        self._items = {question.id: self._item_bits(question) for question in lists}
        free = count(self._width)
        self._absent = {finding: next(free) for finding in items}
        self._widest = next(free)

    def _item_bits(self, question: Question) -> Mapping[str, int]:
        names = [(option.id, f"{question.id}.{option.id}") for option in question.options]
        present = {item: 1 << self._present[finding] for item, finding in names}
        return present | {NOT_SURE_MARK + item: 1 << self._unknown[finding] for item, finding in names}

    def mask(self, question: str, answer: Any) -> int:
        """Return the bits of one answer as written in a case.

        Raises:
            IntakeError: an answer that the question does not have.
        """
        findings = read_answers(self._knowledge, {question: answer})
        bits = self._bits(self._knowledge.questions[question], findings)
        return sum({1 << bit for bit in bits}, 1 << self._asked[question])

    def mask_of_list(self, question: str, items: Sequence[str]) -> int:
        """Return the bits of a checklist of which these items are present (with `?`: not sure).

        Raises:
            KeyError: an item that the question does not have, or one that stands twice.
        """
        bits = self._items[question]
        found = {bits[item] for item in items}
        if len({item.removeprefix(NOT_SURE_MARK) for item in items}) != len(items):
            raise KeyError(items)
        return sum(found, self._listed[question])

    def mask_of_number(self, question: str, number: int) -> int:
        """Return the bits of a whole number.

        Raises:
            KeyError: a number that cannot be.
        """
        index = self._compiled.domains[question].class_of(number)
        return 1 << self._asked[question] | 1 << self._class[question, index]

    def _bits(self, question: Question, findings: Mapping[str, Value]) -> Iterator[int]:
        whole = question.kind == "checklist" and len(findings) == len(question.findings)
        if whole:
            yield self._gone_through[question.id]
        for finding, value in findings.items():
            if value is Missing.UNKNOWN:
                yield self._unknown[finding]
            elif isinstance(value, Missing):
                continue
            elif question.kind != "checklist":
                yield self._class[finding, self._compiled.domains[finding].class_of(value)]
            elif value == YES:
                yield self._present[finding]
            elif not whole:
                yield self._absent[finding]

    def columns(self, rows: Sequence[int]) -> Columns:
        """Turn a block of rows into the columns of the compiled evaluator."""
        full = (1 << len(rows)) - 1
        width = self._widest if max(rows, default=0) >> self._width else self._width
        bits = columns_of(rows, width, self._start)
        bits += [0] * (self._widest - width)
        at = -self._start
        known = [0] * self._compiled.width
        for (finding, index), bit in self._class.items():
            known[self._compiled.place[finding] + index] = bits[at + bit]
        unknown = [bits[at + bit] for bit in self._unknown.values()]
        for question, bit in self._gone_through.items():
            through = bits[at + bit]
            for finding in self._knowledge.questions[question].findings:
                domain, place = self._compiled.domains[finding], self._compiled.place[finding]
                present = bits[at + self._present[finding]]
                missing = bits[at + self._unknown[finding]]
                known[place + domain.class_of(YES)] = present
                known[place + domain.class_of(NO)] = (
                    through & ~(present | missing) | bits[at + self._absent[finding]]
                )
        return Columns(full, known, unknown)
