"""Writing compact records from columns, quickly: the same as `compact_record`, put together from fragments.

Every text that a record can hold is a column of the block: where the record of a case holds the text, the
bit of the case is set. Eight columns side by side give a byte a case, and a byte gives a fragment, made when
it is first met. The records of a block are the fragments of all bytes, case by case, joined once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from triage.batch.bit_matrix import BYTE, rows_of
from triage.batch.compact import SCHEMA_VERSION, stamp
from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Columns, Compiled, Verdicts
from triage.inference.outcomes import Outcomes, questions

_CODES = 1 << BYTE


class _Kind(Enum):
    """What a text of a record is: an item of a list is divided by a comma from an item before it."""

    PLAIN = auto()
    OPENING = auto()
    ITEM = auto()


_Text: TypeAlias = tuple[_Kind, bytes]
_NOTHING: _Text = (_Kind.PLAIN, b"")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as fragments; `starts` tells where each begins, and where the last ends."""

    fragments: NDArray[np.object_]
    starts: Sequence[int]

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(self.fragments[self.starts[first] : self.starts[last]].tolist())


class _Fragments:
    """The fragments of bytes: each as it stands behind an item, and as it stands behind an opening."""

    def __init__(self, layout: Sequence[_Text]) -> None:
        self._layout = layout
        self._count = len(layout) // BYTE * _CODES
        self._texts = np.full(2 * self._count, None, object)
        self._made = np.zeros(self._count, np.bool_)
        # A fragment stands behind an opening where the one before it ends with an opening.
        self._ends_open = np.zeros(self._count, np.bool_)

    def of(self, numbers: NDArray[np.intp]) -> NDArray[np.object_]:
        """Return the fragments of bytes, in the order in which they stand in records.

        Args:
            numbers: of each byte, `256 * place + byte`, where `place` tells where its columns stand.
        """
        if not self._made[numbers].all():
            for number in np.unique(numbers[~self._made[numbers]]).tolist():
                self._make(number)
        variants = numbers.copy()
        variants[1:] += self._count * self._ends_open[numbers[:-1]]
        fragments: NDArray[np.object_] = self._texts[variants]
        return fragments

    def _make(self, number: int) -> None:
        place, code = divmod(number, _CODES)
        layout = self._layout[BYTE * place : BYTE * (place + 1)]
        chosen = [text for bit, text in enumerate(layout) if code >> bit & 1]
        self._texts[number] = _joined(chosen, opened=False)
        self._texts[number + self._count] = _joined(chosen, opened=True)
        self._ends_open[number] = chosen[-1][0] is _Kind.OPENING
        self._made[number] = True


def _joined(texts: Sequence[_Text], *, opened: bool) -> bytes:
    """Join texts; `opened` tells that what stands before them is the opening of a list."""
    found = []
    for kind, text in texts:
        found.append(b"," + text if kind is _Kind.ITEM and not opened else text)
        opened = kind is _Kind.OPENING
    return b"".join(found)


class FragmentWriter:
    """Writes the compact records of blocks."""

    def __init__(self, compiled: Compiled, ending: bytes) -> None:
        """Lay out the groups of a record; `ending` stands behind each."""
        self._compiled = compiled
        knowledge = compiled.knowledge
        self._naming = _by_urgency(compiled)
        self._withholding = [rule.id for rule in compiled.rules if rule.withholds]
        rungs, steps = list(knowledge.rungs), list(knowledge.steps)
        texts = [
            # Two bytes whose texts differ from case to case: where it stands, and its id.
            *_filled([(_Kind.PLAIN, b"")], _NOTHING),
            *_filled([(_Kind.PLAIN, b"")], _NOTHING),
            *_choice(b',"valid":true,"errors":[],"disposition":', (*rungs, UNDETERMINED)),
            (_Kind.PLAIN, b',"soon":true'),
            (_Kind.PLAIN, b',"soon":false'),
            *_choice(b',"lowest":', (*rungs, "")),
            *_choice(b',"highest":', (*rungs, "")),
            *_list(b',"questions":[', knowledge.questions),
            *_list(b'],"causes":[', [cause for _, cause in self._naming]),
            *_list(b'],"steps":[', steps),
            *_list(b'],"withheld":[', steps),
            *_list(b'],"cautions":[', self._withholding),
            *_list(b'],"fired":[', [rule.id for rule in compiled.rules]),
            (_Kind.PLAIN, b'],"knowledge_base":%b}%b' % (orjson.dumps(stamp(knowledge)), ending)),
        ]
        layout = list(_filled(texts, _NOTHING))
        self._fragments = _Fragments(layout)
        self._places = np.arange(len(layout) // BYTE, dtype=np.uint32) * _CODES

    def records(
        self,
        columns: Columns,
        verdicts: Verdicts,
        outcomes: Outcomes,
        file: str,
        names: Sequence[bytes],
        lines: Sequence[int],
    ) -> Records:
        """Return the records of a block.

        Args:
            columns: the block.
            verdicts: what the rules say of it.
            outcomes: what it comes to.
            file: where the cases stand.
            names: their ids, as JSON texts.
            lines: the numbers of the lines in which they stand.
        """
        laid = list(_filled(list(self._laid(columns, verdicts, outcomes)), 0))
        rows = rows_of(laid, len(names))
        numbers = (rows + self._places).reshape(-1)[np.flatnonzero(rows != 0)].astype(np.intp)
        fragments = self._fragments.of(numbers)
        starts = np.flatnonzero(numbers < _CODES)
        fragments[starts] = _openings(file, lines)
        fragments[starts + 1] = names
        return Records(fragments, [*starts.tolist(), len(fragments)])

    def _laid(self, columns: Columns, verdicts: Verdicts, outcomes: Outcomes) -> Iterator[int]:
        """Yield the column of each text."""
        full, rungs = columns.full, self._compiled.knowledge.rungs
        yield from _filled([full], 0)
        yield from _filled([full], 0)
        yield from (outcomes.disposition[name] for name in (*rungs, UNDETERMINED))
        yield from (outcomes.soon, full & ~outcomes.soon)
        for ends in (outcomes.lowest, outcomes.highest):
            yield from (ends[name] for name in (*rungs, ""))
        yield full
        yield from questions(self._compiled, columns, verdicts, outcomes)
        yield full
        yield from self._first_named(verdicts)
        yield full
        yield from outcomes.given.values()
        yield full
        yield from outcomes.withheld.values()
        yield full
        yield from (outcomes.cautions[rule] for rule in self._withholding)
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


def _filled(parts: Sequence[Part], nothing: Part) -> Iterator[Part]:
    """Yield parts, and nothing to the end of the last byte."""
    yield from parts
    yield from (nothing for _ in range(-len(parts) % BYTE))


def _choice(opening: bytes, names: Iterable[str]) -> Iterator[_Text]:
    """Yield the texts of a key whose value is one of some names."""
    yield from ((_Kind.PLAIN, opening + orjson.dumps(name)) for name in names)


def _list(opening: bytes, names: Iterable[str]) -> Iterator[_Text]:
    """Yield the texts of a list of names."""
    yield _Kind.OPENING, opening
    yield from ((_Kind.ITEM, orjson.dumps(name)) for name in names)


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
