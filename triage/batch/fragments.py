"""Writing compact records from columns, quickly: the same as `compact_record`, put together from fragments.

Every id that a record can name is a column of the block and a fragment of text. The records of a block are
the fragments of all columns that are set, lane by lane, joined once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from triage.batch.compact import SCHEMA_VERSION, stamp
from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Columns, Compiled, Verdicts
from triage.inference.outcomes import Outcomes, questions
from triage.inference.rows import unpacked

_OPENS, _ITEM = True, False


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as fragments; `starts` tells where each begins, and where the last ends."""

    fragments: NDArray[np.object_]
    starts: Sequence[int]

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(self.fragments[self.starts[first] : self.starts[last]].tolist())


class FragmentWriter:
    """Writes the compact records of blocks."""

    def __init__(self, compiled: Compiled, ending: bytes) -> None:
        """Work out the fragments of a record; `ending` stands behind each."""
        self._compiled = compiled
        knowledge = compiled.knowledge
        self._naming = _by_urgency(compiled)
        self._withholding = [rule.id for rule in compiled.rules if rule.withholds]
        steps = list(knowledge.steps)
        layout = [
            # Two that differ from case to case: where it stands, and its id.
            (_OPENS, b""),
            (_OPENS, b""),
            *(
                (_OPENS, b',"valid":true,"errors":[],"disposition":%b' % orjson.dumps(name))
                for name in (*knowledge.rungs, UNDETERMINED)
            ),
            (_OPENS, b',"soon":true'),
            (_OPENS, b',"soon":false'),
            *((_OPENS, b',"lowest":%b' % orjson.dumps(name)) for name in (*knowledge.rungs, "")),
            *((_OPENS, b',"highest":%b' % orjson.dumps(name)) for name in (*knowledge.rungs, "")),
            *_list(b',"questions":[', knowledge.questions),
            *_list(b'],"causes":[', [cause for _, cause in self._naming]),
            *_list(b'],"steps":[', steps),
            *_list(b'],"withheld":[', steps),
            *_list(b'],"cautions":[', self._withholding),
            *_list(b'],"fired":[', [rule.id for rule in compiled.rules]),
            (_OPENS, b'],"knowledge_base":%b}%b' % (orjson.dumps(stamp(knowledge)), ending)),
        ]
        # First the items as they follow another, then as they begin a list.
        following = [text if opens else b"," + text for opens, text in layout]
        self._texts = np.array([following, [text for _, text in layout]], object)
        self._opens = np.array([opens for opens, _ in layout], np.intp)

    def records(
        self,
        columns: Columns,
        verdicts: Verdicts,
        found: Outcomes,
        file: str,
        names: Sequence[bytes],
        numbers: Sequence[int],
    ) -> Records:
        """Return the records of a block.

        Args:
            columns: the block.
            verdicts: what the rules say of it.
            found: what it comes to.
            file: where the cases stand.
            names: their ids, as JSON texts.
            numbers: the lines in which they stand.
        """
        laid = list(self._laid(columns, verdicts, found))
        used = [number for number, column in enumerate(laid) if column]
        lanes = np.ascontiguousarray(unpacked([laid[number] for number in used], len(names)).T)
        which = np.flatnonzero(lanes.view(np.bool_)) % len(used)
        starts = np.flatnonzero(which == 0)
        which[1:] += len(used) * self._opens[used][which[:-1]]
        fragments = self._texts[:, used].reshape(-1)[which]
        fragments[starts] = _openings(file, numbers)
        fragments[starts + 1] = names
        return Records(fragments, [*starts.tolist(), len(fragments)])

    def _laid(self, columns: Columns, verdicts: Verdicts, found: Outcomes) -> Iterator[int]:
        """Yield the column of each fragment."""
        full, rungs = columns.full, self._compiled.knowledge.rungs
        yield from (full, full)
        yield from (found.disposition[name] for name in (*rungs, UNDETERMINED))
        yield from (found.soon, full & ~found.soon)
        for ends in (found.lowest, found.highest):
            yield from (ends[name] for name in (*rungs, ""))
        yield full
        yield from questions(self._compiled, columns, verdicts, found)
        yield full
        yield from self._first_named(verdicts)
        yield full
        yield from found.given.values()
        yield full
        yield from found.withheld.values()
        yield full
        yield from (found.cautions[rule] for rule in self._withholding)
        yield full
        yield from verdicts.fired
        yield full

    def _first_named(self, verdicts: Verdicts) -> Iterator[int]:
        """For each rule that names a cause, most urgent first: where it is the first to name it."""
        named: dict[str, int] = {}
        for number, cause in self._naming:
            fired, before = verdicts.fired[number], named.get(cause, 0)
            yield fired & ~before
            named[cause] = before | fired


def _list(opening: bytes, names: Iterable[str]) -> Iterator[tuple[bool, bytes]]:
    yield _OPENS, opening
    for name in names:
        yield _ITEM, orjson.dumps(name)


def _openings(file: str, numbers: Sequence[int]) -> Sequence[bytes]:
    """Return what every record begins with, up to the id of the case."""
    opening = b'{"schema_version":%b,"file":%b,"line":' % (orjson.dumps(SCHEMA_VERSION), orjson.dumps(file))
    closing = b',"case":'
    lines = orjson.dumps(numbers)[1:-1].replace(b",", closing + b"\n" + opening)
    return (opening + lines + closing).split(b"\n")


def _by_urgency(compiled: Compiled) -> list[tuple[int, str]]:
    """Every rule with every cause that it names, as an assessment orders them."""
    rungs = compiled.knowledge.rungs

    def urgency(number: int) -> tuple[int, bool]:
        rule = compiled.rules[number]
        return -(rungs[rule.disposition].rank if rule.disposition else 0), not rule.soon

    order = sorted(range(len(compiled.rules)), key=urgency)
    return [(number, cause) for number in order for cause in compiled.rules[number].causes]
