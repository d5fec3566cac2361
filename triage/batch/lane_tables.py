"""Columns of a block as what the fold takes case by case: working memories, and the rules that fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.batch.bit_matrix import BYTE, rows_of
from triage.batch.layouts import Found
from triage.inference.compiled import Compiled
from triage.inference.firings import Firings
from triage.inference.truth import Missing, Value, WorkingMemory
from triage.knowledge.model import YES, KnowledgeBase


class LaneTable:
    """Some things of which each lane has those whose column is set."""

    def __init__(self, things: Sequence[Any], columns: Sequence[int], count: int) -> None:
        """Lay the columns out as rows; there are as many as things."""
        self._things = np.empty(len(things), object)
        self._things[:] = things
        filled = [*columns, *[0] * (-len(columns) % BYTE)]
        bits = np.unpackbits(rows_of(filled, count), axis=1, count=len(columns), bitorder="little")
        self._rows: NDArray[np.bool_] = bits.view(np.bool_)

    def of(self, lane: int) -> list[Any]:
        """Return the things of a lane."""
        found: list[Any] = self._things[self._rows[lane]].tolist()
        return found


class LaneFirings:
    """The rules that fire, or might, in each lane."""

    def __init__(self, knowledge: KnowledgeBase, found: Found, count: int) -> None:
        """Lay out the verdicts of a block."""
        verdicts, rules = found.verdicts, [*knowledge.rules]
        doubtful = [
            column if rule.disposition in knowledge.in_doubt else 0
            for rule, column in zip(knowledge.rules.values(), verdicts.suspected, strict=True)
        ]
        columns = (verdicts.fired, verdicts.possible, doubtful)
        self._tables = [LaneTable(rules, each, count) for each in columns]

    def of(self, lane: int) -> Firings:
        """Return those of a lane."""
        return Firings(*(frozenset(table.of(lane)) for table in self._tables))


class LaneMemories:
    """The working memory of each lane."""

    def __init__(self, compiled: Compiled, found: Found, count: int) -> None:
        """Lay out the answers of a block and what its rules conclude."""
        knowledge = compiled.knowledge
        self._numbers = [each.id for each in knowledge.questions.values() if each.kind == "number"]
        self._nothing = {
            **dict.fromkeys(compiled.findings, Missing.NOT_ASKED),
            **dict.fromkeys(self._numbers, Missing.NOT_ASKED),
        }
        self._answers = _table(_answered(compiled, found), count)
        self._not_concluded = dict.fromkeys(knowledge.findings, Missing.NOT_CONCLUDED)
        self._conclusions = _table(_concluded(compiled, found), count)

    def of(self, lane: int, answers: Mapping[str, Any]) -> WorkingMemory:
        """Return that of a lane; `answers` are those of its case, for the numbers among them."""
        memory = {**self._nothing, **dict(self._answers.of(lane))}
        for question in self._numbers:
            if not isinstance(memory[question], Missing):
                memory[question] = int(answers[question])
        return memory

    def conclusions(self, lane: int) -> WorkingMemory:
        """Return the findings that its rules conclude, leave open, or do not conclude."""
        return {**self._not_concluded, **dict(self._conclusions.of(lane))}


def _table(entries: Iterable[tuple[str, Value, int]], count: int) -> LaneTable:
    given = [*entries]
    pairs = [(finding, value) for finding, value, _ in given]
    return LaneTable(pairs, [column for *_, column in given], count)


def _answered(compiled: Compiled, found: Found) -> Iterator[tuple[str, Value, int]]:
    """Yield each finding with each value that it can have, and where it has it; but for what is not asked."""
    known, unknown, full = found.columns.known, found.columns.unknown, found.full
    for index, finding in enumerate(compiled.findings):
        first, values = compiled.place[finding], compiled.domains[finding].values
        columns = known[first : first + len(values)]
        yield from zip([finding] * len(values), values, columns, strict=True)
        yield finding, Missing.UNKNOWN, unknown[index]
        missing = full & ~reduce(or_, columns, unknown[index])
        is_list = compiled.knowledge.question_of[finding].kind == "checklist"
        why = Missing.ABSENT if is_list else Missing.NOT_APPLICABLE
        yield finding, why, missing & ~found.verdicts.open_findings[index]


def _concluded(compiled: Compiled, found: Found) -> Iterator[tuple[str, Value, int]]:
    fired, possible = found.verdicts.fired, found.verdicts.possible
    for finding, rules in compiled.knowledge.concluders.items():
        numbers = [compiled.number_of[rule.id] for rule in rules]
        concluded = reduce(or_, (fired[number] for number in numbers), 0)
        yield finding, YES, concluded
        yield finding, Missing.OPEN, reduce(or_, (possible[number] for number in numbers), 0) & ~concluded
