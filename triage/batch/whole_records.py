"""Records with whole assessments: columns tell what fires and why, the fold puts it in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import orjson

from triage.batch.json_format import JsonLines
from triage.batch.lane_tables import LaneFirings, LaneMemories
from triage.batch.layouts import Found
from triage.inference.assess import assess_fired
from triage.inference.assessment import Assessment
from triage.inference.compiled import Compiled


class WholeRecords:
    """The records of a block, made when they are asked for: all at once they would fill the memory."""

    def __init__(
        self,
        compiled: Compiled,
        form: JsonLines,
        found: Found,
        given: Sequence[Sequence[bytes]],
        texts: Sequence[bytes],
    ) -> None:
        """Take what a block comes to, what each of its records begins with, and the text of each case."""
        self._knowledge = compiled.knowledge
        self._form = form
        self._given = given
        self._texts = texts
        self._firings = LaneFirings(self._knowledge, found, len(texts))
        self._memories = LaneMemories(compiled, found, len(texts))

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(chain.from_iterable(map(self._pieces, range(first, last))))

    def assessment(self, lane: int) -> Assessment:
        """Return the whole assessment of a case."""
        case = orjson.loads(self._texts[lane])
        memory = self._memories.of(lane, case["answers"])
        complete = {**memory, **self._memories.conclusions(lane)}
        return assess_fired(self._knowledge, memory, complete, self._firings.of(lane), case["id"])

    def _pieces(self, lane: int) -> list[bytes]:
        return [*(each[lane] for each in self._given), self._form.whole(self.assessment(lane))]
