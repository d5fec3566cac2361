"""Writing compact records from columns, quickly: the same as `compact_record`, put together from pieces.

A record is a chain of pieces, and each piece follows from a few bits of the case: the rules of one part of
the list that fired, the questions to ask. It is written once for each pattern of its bits and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import orjson

from triage.batch.compact import SCHEMA_VERSION, stamp
from triage.inference.compiled import Columns, Compiled, Verdicts, union
from triage.inference.lanes import WORD, Key, bits_of, keys_of
from triage.inference.outcomes import Outcomes, questions

_MOST_PIECES = 4096
_SAMPLE = 1024
_WIDTHS = (WORD - 1, 48, 40, 31, 23, 15)
_FEW_PATTERNS = 128


class FragmentWriter:
    """Writes the compact records of blocks; remembers pieces, a bounded number of them.

    Every record stands between `opening` and `closing`.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Work out which pieces a record has."""
        self._compiled = compiled
        self._knowledge = compiled.knowledge
        self._rungs = [*self._knowledge.rungs, ""]
        self._against = {
            step.id: [
                number for number, rule in enumerate(compiled.rules) if set(rule.withholds) & set(step.kinds)
            ]
            for step in self._knowledge.steps.values()
        }
        self._withholding = sorted({number for numbers in self._against.values() for number in numbers})
        self._naming = _by_urgency(compiled)
        self._pieces: dict[str, _Pieces] = {}
        self._widths: dict[str, list[int]] = {}
        self.opening = b'{"schema_version":%b,"case":' % orjson.dumps(SCHEMA_VERSION)
        self.closing = b',"knowledge_base":%b}' % orjson.dumps(stamp(self._knowledge))

    def bodies(
        self,
        columns: Columns,
        verdicts: Verdicts,
        found: Outcomes,
        names: Sequence[bytes],
        file: str,
        numbers: Sequence[int],
    ) -> list[bytes]:
        """Return of each case what stands between `opening` and `closing`.

        Args:
            columns: the block.
            verdicts: what the rules say of it.
            found: what it comes to.
            names: the ids of the cases, as JSON texts.
            file: where they stand.
            numbers: in which lines.
        """
        place = b',"file":%b,"line":' % orjson.dumps(file).replace(b"%", b"%%")
        parts = [
            names,
            map((place + b"%d").__mod__, numbers),
            *self._decided(columns, verdicts, found, len(names)),
        ]
        return list(map(b"".join, zip(*parts, strict=True)))

    def _decided(
        self, columns: Columns, verdicts: Verdicts, found: Outcomes, lanes: int
    ) -> Iterator[Iterable[bytes]]:
        """Yield the pieces in their order, a list of one a case for each place in a record."""
        asked = questions(self._compiled, columns, verdicts, found)
        ends = [ends[name] for ends in (found.lowest, found.highest) for name in self._rungs]
        head = [*found.disposition.values(), found.soon, *ends, *asked]
        yield self._piece("head", head, lanes, self._head(list(found.disposition)))
        causes = [cause for _, cause in self._naming]
        yield from self._list("causes", causes, self._causes(verdicts), lanes, b'],"steps":[')
        steps = list(self._knowledge.steps)
        given = [found.given[step] for step in steps]
        yield from self._list("steps", steps, given, lanes, b'],"withheld":{')
        withheld = [found.withheld[step] for step in steps]
        against = self._standing_against(withheld, verdicts.fired)
        yield self._piece("withheld", [*withheld, *against], lanes, self._by_step(b'},"cautions":{'))
        open_ = [possible & ~fired for possible, fired in zip(verdicts.possible, verdicts.fired, strict=True)]
        cautioned = [
            column & union(open_[number] for number in self._against[step])
            for step, column in zip(steps, given, strict=True)
        ]
        against = self._standing_against(cautioned, open_)
        yield self._piece("cautions", [*cautioned, *against], lanes, self._by_step(b'},"fired":['))
        rules = [rule.id for rule in self._compiled.rules]
        yield from self._list("fired", rules, verdicts.fired, lanes, b'],"open":[')
        yield from self._list("open", rules, open_, lanes, b"]")

    def _piece(
        self, name: str, columns: Sequence[int], lanes: int, write: Callable[[Key], bytes]
    ) -> Iterable[bytes]:
        pieces = self._pieces.get(name)
        if pieces is None:
            pieces = self._pieces[name] = _Pieces(write)
        # A list, not an iterator: one table at a time stays close to the processor.
        return list(map(pieces.__getitem__, keys_of(columns, lanes)))

    def _list(
        self, name: str, ids: Sequence[str], columns: Sequence[int], lanes: int, closing: bytes
    ) -> Iterator[Iterable[bytes]]:
        """A long list in parts: the columns of each, and whether anything stands before it."""
        widths = self._widths.get(name)
        if widths is None:
            widths = _widths(columns, lanes)
            if lanes >= _SAMPLE:
                self._widths[name] = widths
        before = start = 0
        if not widths:
            yield [closing] * lanes
        for width in widths:
            part = columns[start : start + width]
            last = closing if start + width >= len(columns) else b""
            write = _part_of_list(ids[start : start + width], last)
            yield self._piece(f"{name} {start} {width}", [before, *part], lanes, write)
            before |= union(part)
            start += width

    def _causes(self, verdicts: Verdicts) -> list[int]:
        """For each rule that names a cause, most urgent first: where it is the first to name it."""
        named: dict[str, int] = {}
        columns = []
        for number, cause in self._naming:
            fired, before = verdicts.fired[number], named.get(cause, 0)
            columns.append(fired & ~before)
            named[cause] = before | fired
        return columns

    def _standing_against(self, steps: Sequence[int], rules: Sequence[int]) -> list[int]:
        """Columns of the withholding rules, where they stand against one of these steps."""
        beside = dict.fromkeys(self._withholding, 0)
        for column, numbers in zip(steps, self._against.values(), strict=True):
            for number in numbers:
                beside[number] |= column
        return [rules[number] & column for number, column in beside.items()]

    def _by_step(self, closing: bytes) -> Callable[[Key], bytes]:
        steps = list(self._knowledge.steps)

        def write(key: Key) -> bytes:
            bits = bits_of(key)
            standing = {self._withholding[bit - len(steps)] for bit in bits if bit >= len(steps)}
            entries = {
                steps[bit]: [
                    self._compiled.rules[number].id
                    for number in self._against[steps[bit]]
                    if number in standing
                ]
                for bit in bits
                if bit < len(steps)
            }
            return orjson.dumps(entries)[1:-1] + closing

        return write

    def _head(self, dispositions: Sequence[str]) -> Callable[[Key], bytes]:
        names = [
            *(("disposition", name) for name in dispositions),
            ("soon", ""),
            *(("lowest", name) for name in self._rungs),
            *(("highest", name) for name in self._rungs),
            *(("questions", name) for name in self._knowledge.questions),
        ]

        def write(key: Key) -> bytes:
            found = [names[bit] for bit in bits_of(key)]
            values: Mapping[str, str] = {field: name for field, name in found if field != "questions"}
            head = {
                "valid": True,
                "errors": [],
                "disposition": values["disposition"],
                "soon": "soon" in values,
                "lowest": values["lowest"],
                "highest": values["highest"],
                "questions": [name for field, name in found if field == "questions"],
            }
            return b"," + orjson.dumps(head)[1:-1] + b',"causes":['

        return write


class _Pieces(dict[Key, bytes]):
    """Pieces by their bits, each written when it is first needed."""

    def __init__(self, write: Callable[[Key], bytes]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, key: Key) -> bytes:
        piece = self._write(key)
        if len(self) < _MOST_PIECES:
            self[key] = piece
        return piece


def _widths(columns: Sequence[int], lanes: int) -> list[int]:
    """Cut a list where the patterns that its parts take stay few, judged by the first lanes."""
    sample = min(lanes, _SAMPLE)
    some = [column & ((1 << sample) - 1) for column in columns]
    widths: list[int] = []
    start = 0
    while start < len(some):
        width = next(
            width
            for width in _WIDTHS
            if width == _WIDTHS[-1] or len(set(keys_of(some[start : start + width], sample))) <= _FEW_PATTERNS
        )
        widths.append(width)
        start += width
    return widths


def _part_of_list(ids: Sequence[str], closing: bytes) -> Callable[[Key], bytes]:
    def write(key: Key) -> bytes:
        bits = bits_of(key)
        before = bits[:1] == [0]
        here = orjson.dumps([ids[bit - 1] for bit in bits[before:]])[1:-1]
        return (b"," + here if before and here else here) + closing

    return write


def _by_urgency(compiled: Compiled) -> list[tuple[int, str]]:
    """Every rule with every cause that it names, as an assessment orders them."""
    rungs = compiled.knowledge.rungs

    def urgency(number: int) -> tuple[int, bool]:
        rule = compiled.rules[number]
        return -(rungs[rule.disposition].rank if rule.disposition else 0), not rule.soon

    order = sorted(range(len(compiled.rules)), key=urgency)
    return [(number, cause) for number in order for cause in compiled.rules[number].causes]
