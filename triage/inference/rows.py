"""Blocks of intakes as bits: a row a bit of an answer, a lane an intake.

Every answer sets a few bits; the rows of a block are the columns of the compiled evaluator, or make them up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from triage.inference.compiled import Columns, Compiled
from triage.inference.intake import NOT_SURE_MARK, UNKNOWN, read_answers
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question

Bits: TypeAlias = NDArray[np.uint8]


class Rows:
    """How one compiled knowledge base lays out the bits of its answers.

    The rows: which questions were answered, to be counted and no more; the class of a single answer; what
    "not sure" was said of; for each checklist whether it was gone through, and whether "not sure" was said
    of all of it; for each item whether it is present, and whether it alone was said to be absent.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Give every bit its row."""
        self._compiled = compiled
        self._knowledge = compiled.knowledge
        questions = self._knowledge.questions.values()
        self._lists = [question for question in questions if question.kind == "checklist"]
        items = [finding for question in self._lists for finding in question.findings]
        free = count()
        self._asked = {question.id: next(free) for question in questions}
        self._class = {
            (question.id, index): next(free)
            for question in questions
            if question.kind != "checklist"
            for index in range(len(compiled.domains[question.id].values))
        }
        self._gone_through = {question.id: next(free) for question in self._lists}
        self._not_sure_of_all = {question.id: next(free) for question in self._lists}
        self._present = {finding: next(free) for finding in items}
        self._unknown = {finding: next(free) for finding in compiled.findings}
        self._absent = {finding: next(free) for finding in items}
        self.width = next(free)

    def bits(self, question: str, answer: Any) -> tuple[int, ...]:
        """Return the rows that one answer as written in a case sets.

        Raises:
            IntakeError: an answer that the question does not have.
        """
        findings = read_answers(self._knowledge, {question: answer})
        return self._asked[question], *self._of_findings(
            self._knowledge.questions[question], answer, findings
        )

    def bits_of_number(self, question: str, number: int) -> tuple[int, ...] | None:
        """Return the rows that a whole number sets, or None if the question does not take it."""
        asked = self._knowledge.questions[question]
        if asked.kind != "number" or not asked.minimum <= number <= asked.maximum:
            return None
        return self._asked[question], self._class[question, self._compiled.domains[question].class_of(number)]

    def bit_of_item(self, question: str, item: str) -> int:
        """Return the row of one item of a list of those that are present (with `?`: not sure).

        Raises:
            KeyError: the question has no such item.
        """
        finding = f"{question}.{item.removeprefix(NOT_SURE_MARK)}"
        return (self._unknown if item.startswith(NOT_SURE_MARK) else self._present)[finding]

    def _of_findings(self, question: Question, answer: Any, findings: Mapping[str, Value]) -> Iterator[int]:
        if question.kind != "checklist":
            for finding, value in findings.items():
                if isinstance(value, Missing):
                    yield self._unknown[finding]
                else:
                    yield self._class[finding, self._compiled.domains[finding].class_of(value)]
        elif answer == UNKNOWN:
            yield self._not_sure_of_all[question.id]
        else:
            whole = not isinstance(answer, Mapping)
            if whole:
                yield self._gone_through[question.id]
            for finding, value in findings.items():
                if value is Missing.UNKNOWN:
                    yield self._unknown[finding]
                elif value == YES:
                    yield self._present[finding]
                elif not whole:
                    yield self._absent[finding]

    def contradicted(self, block: Bits) -> NDArray[np.bool_]:
        """Return for each lane of a block whether of an item two things are said."""
        present, unknown, absent = (
            block[[rows[finding] for finding in self._present]]
            for rows in (self._present, self._unknown, self._absent)
        )
        twice: NDArray[np.bool_] = np.any(present + unknown + absent > 1, axis=0)
        return twice

    def columns(self, block: Bits) -> Columns:
        """Turn a block (a row a bit, a lane an intake) into what the compiled evaluator reads."""
        bits = packed(block)
        known = [0] * self._compiled.width
        for (finding, index), bit in self._class.items():
            known[self._compiled.place[finding] + index] = bits[bit]
        unknown = {finding: bits[bit] for finding, bit in self._unknown.items()}
        for question in self._lists:
            through, not_sure = (
                bits[self._gone_through[question.id]],
                bits[self._not_sure_of_all[question.id]],
            )
            for finding in question.findings:
                domain, place = self._compiled.domains[finding], self._compiled.place[finding]
                present = bits[self._present[finding]]
                unknown[finding] |= not_sure
                known[place + domain.class_of(YES)] = present
                absent = through & ~(present | unknown[finding])
                known[place + domain.class_of(NO)] = absent | bits[self._absent[finding]]
        return Columns((1 << block.shape[1]) - 1, known, list(unknown.values()))


def packed(block: Bits) -> list[int]:
    """Return each row of a block as an integer, lane 0 lowest."""
    rows, lanes = block.shape
    size, data = -(-lanes // 8), np.packbits(block, axis=1, bitorder="little").tobytes()
    return [int.from_bytes(data[row * size : (row + 1) * size], "little") for row in range(rows)]


def unpacked(columns: Sequence[int], lanes: int) -> Bits:
    """Return integers (lane 0 lowest) as the rows of a block."""
    size = -(-lanes // 8)
    data = b"".join([column.to_bytes(size, "little") for column in columns])
    lines = np.frombuffer(data, np.uint8).reshape(len(columns), size)
    return np.unpackbits(lines, axis=1, count=lanes, bitorder="little")
