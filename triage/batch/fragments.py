"""Writing compact records from columns, quickly: the same as `compact_record`, put together from fragments.

Every id that a record can name is a column of the block. Eight columns that stand side by side in a record
are a group: of each case, they give a byte, and a byte gives a fragment of text. The records of a block are
the fragments of all groups, case by case, joined once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from triage.batch.bit_matrix import BYTE, rows_of
from triage.batch.compact import SCHEMA_VERSION, stamp
from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Columns, Compiled, Verdicts
from triage.inference.outcomes import Outcomes, questions

_CODES = 1 << BYTE
# The first bit of the first group of a list is set in every case: it opens the list.
_OPENING = 1


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as fragments; `starts` tells where each begins, and where the last ends."""

    fragments: NDArray[np.object_]
    starts: Sequence[int]

    def text(self, first: int, last: int) -> bytes:
        """Return the records of some lanes, each with what ends it."""
        return b"".join(self.fragments[self.starts[first] : self.starts[last]].tolist())


@dataclass(frozen=True, slots=True)
class _Group:
    """Up to eight texts side by side: of a list, whose items take commas, or of something else.

    In a group that opens a list the first text is the opening.
    """

    texts: Sequence[bytes]
    listed: bool = False
    opens: bool = False

    def text(self, code: int, *, leading: bool) -> bytes:
        """Return the texts of a code's bits; `leading` tells that no item of the list stands before."""
        chosen = [text for bit, text in enumerate(self.texts) if code >> bit & 1]
        if not self.listed:
            return b"".join(chosen)
        opening = chosen.pop(0) if self.opens else b"" if leading else b","
        return opening + b",".join(chosen)


class FragmentWriter:
    """Writes the compact records of blocks."""

    def __init__(self, compiled: Compiled, ending: bytes) -> None:
        """Lay out the groups of a record; `ending` stands behind each."""
        self._compiled = compiled
        knowledge = compiled.knowledge
        self._naming = _by_urgency(compiled)
        self._withholding = [rule.id for rule in compiled.rules if rule.withholds]
        rungs, steps = list(knowledge.rungs), list(knowledge.steps)
        self._groups = [
            # Two that differ from case to case: where it stands, and its id.
            _Group([b""]),
            _Group([b""]),
            *_choice(b',"valid":true,"errors":[],"disposition":', (*rungs, UNDETERMINED)),
            _Group([b',"soon":true', b',"soon":false']),
            *_choice(b',"lowest":', (*rungs, "")),
            *_choice(b',"highest":', (*rungs, "")),
            *_list(b',"questions":[', knowledge.questions),
            *_list(b'],"causes":[', [cause for _, cause in self._naming]),
            *_list(b'],"steps":[', steps),
            *_list(b'],"withheld":[', steps),
            *_list(b'],"cautions":[', self._withholding),
            *_list(b'],"fired":[', [rule.id for rule in compiled.rules]),
            _Group([b'],"knowledge_base":%b}%b' % (orjson.dumps(stamp(knowledge)), ending)]),
        ]
        self._opens = np.array([group.opens for group in self._groups], np.bool_)
        # First the texts as they follow others, then as they lead a list; each is made when it is first met.
        self._texts = np.full(2 * len(self._groups) * _CODES, None, object)
        self._made = np.zeros(len(self._texts), np.bool_)

    def records(
        self,
        columns: Columns,
        verdicts: Verdicts,
        outcomes: Outcomes,
        file: str,
        names: Sequence[bytes],
        numbers: Sequence[int],
    ) -> Records:
        """Return the records of a block.

        Args:
            columns: the block.
            verdicts: what the rules say of it.
            outcomes: what it comes to.
            file: where the cases stand.
            names: their ids, as JSON texts.
            numbers: the lines in which they stand.
        """
        laid = list(self._laid(columns, verdicts, outcomes))
        codes = rows_of(laid, len(names)).reshape(-1)
        places = np.flatnonzero(codes != 0)
        groups = np.tile(np.arange(len(self._groups)), len(names))[places]
        codes = codes[places]
        starts = np.flatnonzero(groups == 0)
        texts = groups * _CODES + codes
        # An item leads its list where nothing but the opening stands before it.
        texts[1:] += len(self._groups) * _CODES * (self._opens[groups[:-1]] & (codes[:-1] == _OPENING))
        self._make(texts)
        fragments = self._texts[texts]
        fragments[starts] = _openings(file, numbers)
        fragments[starts + 1] = names
        return Records(fragments, [*starts.tolist(), len(fragments)])

    def _make(self, texts: NDArray[np.intp]) -> None:
        """Make the texts that are met for the first time."""
        if self._made[texts].all():
            return
        for number in np.unique(texts[~self._made[texts]]).tolist():
            leading, place = divmod(number, len(self._groups) * _CODES)
            group, code = divmod(place, _CODES)
            self._texts[number] = self._groups[group].text(code, leading=bool(leading))
            self._made[number] = True

    def _laid(self, columns: Columns, verdicts: Verdicts, outcomes: Outcomes) -> Iterator[int]:
        """Yield the columns of each group, eight a group."""
        full, rungs = columns.full, self._compiled.knowledge.rungs
        yield from _filled([full])
        yield from _filled([full])
        yield from _filled([outcomes.disposition[name] for name in (*rungs, UNDETERMINED)])
        yield from _filled([outcomes.soon, full & ~outcomes.soon])
        for ends in (outcomes.lowest, outcomes.highest):
            yield from _filled([ends[name] for name in (*rungs, "")])
        yield from _filled([full, *questions(self._compiled, columns, verdicts, outcomes)])
        yield from _filled([full, *self._first_named(verdicts)])
        yield from _filled([full, *outcomes.given.values()])
        yield from _filled([full, *outcomes.withheld.values()])
        yield from _filled([full, *(outcomes.cautions[rule] for rule in self._withholding)])
        yield from _filled([full, *verdicts.fired])
        yield from _filled([full])

    def _first_named(self, verdicts: Verdicts) -> Iterator[int]:
        """For each rule that names a cause, most urgent first: where it is the first to name it."""
        named: dict[str, int] = {}
        for number, cause in self._naming:
            fired, before = verdicts.fired[number], named.get(cause, 0)
            yield fired & ~before
            named[cause] = before | fired


def _filled(columns: Sequence[int]) -> Iterator[int]:
    """Yield columns, and empty ones to the end of the last group."""
    yield from columns
    yield from (0 for _ in range(-len(columns) % BYTE))


def _choice(opening: bytes, names: Sequence[str]) -> Iterator[_Group]:
    """Yield the groups of a key whose value is one of some names."""
    texts = [opening + orjson.dumps(name) for name in names]
    yield from (_Group(texts[start : start + BYTE]) for start in range(0, len(texts), BYTE))


def _list(opening: bytes, names: Iterable[str]) -> Iterator[_Group]:
    """Yield the groups of a list of names."""
    texts = [opening, *map(orjson.dumps, names)]
    for start in range(0, len(texts), BYTE):
        yield _Group(texts[start : start + BYTE], listed=True, opens=start == 0)


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
