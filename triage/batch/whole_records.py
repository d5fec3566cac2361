"""Records with whole assessments of a block: what fires comes from its columns, the words from the fold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from triage.batch.bit_matrix import BYTE, rows_of
from triage.batch.json_format import JsonLines
from triage.batch.layouts import Found
from triage.inference.assess import assess_fired
from triage.inference.assessment import Assessment
from triage.inference.firings import Firings
from triage.knowledge.model import KnowledgeBase


class WholeRecords:
    """The records of a block, made when they are asked for: all at once they would fill the memory."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        form: JsonLines,
        found: Found,
        given: Sequence[Sequence[bytes]],
        texts: Sequence[bytes],
    ) -> None:
        """Take what a block comes to, what each of its records begins with, and the text of each case."""
        self._knowledge = knowledge
        self._form = form
        self._given = given
        self._texts = texts
        self._rules = np.array([*knowledge.rules], object)
        doubtful = [
            column if rule.disposition in knowledge.in_doubt else 0
            for rule, column in zip(knowledge.rules.values(), found.verdicts.suspected, strict=True)
        ]
        columns = (found.verdicts.fired, found.verdicts.possible, doubtful)
        self._fired, self._possible, self._suspected = (_lanes(each, len(texts)) for each in columns)

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(chain.from_iterable(map(self._pieces, range(first, last))))

    def assessment(self, lane: int) -> Assessment:
        """Return the whole assessment of a case."""
        case = orjson.loads(self._texts[lane])
        firings = Firings(*map(self._named, (self._fired[lane], self._possible[lane], self._suspected[lane])))
        return assess_fired(self._knowledge, case["answers"], case["id"], firings)

    def _pieces(self, lane: int) -> list[bytes]:
        return [*(each[lane] for each in self._given), self._form.whole(self.assessment(lane))]

    def _named(self, row: NDArray[np.bool_]) -> frozenset[str]:
        return frozenset(self._rules[row].tolist())


def _lanes(columns: Sequence[int], count: int) -> NDArray[np.bool_]:
    """Return columns as a table: a row a case, a truth a rule."""
    filled = [*columns, *[0] * (-len(columns) % BYTE)]
    return np.unpackbits(rows_of(filled, count), axis=1, count=len(columns), bitorder="little").astype(bool)
