"""Evaluating blocks of cases: texts in, the bytes of their records out.

The output of a block depends only on the block and the settings. So blocks can be evaluated in any process
and in any order, and their outputs joined afterwards.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from triage.bulk.decoding.decoded import Decoded, MisreadError
from triage.bulk.tasks import Block, Done
from triage.cases.case_set import CaseRegister, InvalidCase, repeated_id
from triage.cases.checker import CaseChecker
from triage.cases.expectations import KNOWN_MISS, ExpectedColumns, Shown, column_of
from triage.cases.reading.compression import compress
from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.cases.reading.sheets import Pieces
from triage.evaluation.crosscheck import assess_by_both, mismatch, misread
from triage.evaluation.evaluate import KNOWN, MET, MISSED, NOTHING, Evaluator
from triage.evaluation.records.compact import decided
from triage.evaluation.records.formats import FORMATS, LINES, Format
from triage.evaluation.records.layouts import Found, Lanes
from triage.inference.assess import assess
from triage.inference.columns.compiled import numbers_in
from triage.inference.evaluators import COMPILED, EXPERTA, Engine
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic

if TYPE_CHECKING:
    from triage.bulk.by_columns import ByColumns
    from triage.bulk.fragments import Records

_Where: TypeAlias = tuple[list[tuple[str, int]], Sequence[int]]

FIRST_CHECKED = 100
"""So many cases at the beginning of a run are checked by experta; after them, one in N is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. With `check` N, experta checks the first cases and one in N; with 0, none.

    `full` asks for whole assessments, `meta` names the keys that become columns; `ending` is the ending of a
    compressed output, or "". Experta assesses alone at most `alone` cases that it would check anyway: it is
    done before all else is loaded.
    """

    form: str = LINES
    full: bool = False
    engine: Engine = COMPILED
    check: int = 0
    meta: tuple[str, ...] = ()
    ending: str = ""
    alone: int = 1

    def format(self, knowledge: KnowledgeBase) -> Format:
        """Return the format that writes the records."""
        return FORMATS[self.form](knowledge, full=self.full, meta=self.meta)


class BlockEvaluator:
    """Evaluates blocks, one after another, with one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, settings: Settings) -> None:
        """Take the knowledge base and the settings; everything else is built when it is first needed."""
        self.knowledge = knowledge
        self.settings = settings

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only the knowledge base and the settings."""
        return BlockEvaluator, (self.knowledge, self.settings)

    def prepare(self) -> None:
        """Build what every block needs, so that processes forked from this one share it."""
        if self.columns:
            self.columns.prepare()

    def __call__(self, task: Block) -> Done:
        """Evaluate a block.

        Raises:
            InputReplacedError: a file is no longer the one that the run began with.
            Mismatch: the two evaluators, or the two readers, differ on a case that was checked.
        """
        return _BlockRun(self, task).done()

    @cached_property
    def format(self) -> Format:
        """The format that writes the records."""
        return self.settings.format(self.knowledge)

    @cached_property
    def cases(self) -> Evaluator:
        """The evaluator for cases one by one."""
        return Evaluator(self.knowledge, self.settings.engine)

    @cached_property
    def register(self) -> CaseRegister:
        """The register that checks cases one by one."""
        return CaseRegister(CaseChecker(self.knowledge), unique=False)

    @cached_property
    def columns(self) -> ByColumns | None:
        """The quick evaluator by columns; None if experta alone assesses."""
        if self.settings.engine != COMPILED:
            return None
        from triage.bulk.by_columns import ByColumns  # noqa: PLC0415 - not needed for a single case

        return ByColumns(self.knowledge, self.format)

    @cached_property
    def reference(self) -> Evaluator:
        """The evaluator that uses experta alone."""
        return Evaluator(self.knowledge, EXPERTA)


class _BlockRun:
    """The evaluation of one block."""

    def __init__(self, evaluator: BlockEvaluator, block: Block) -> None:
        """Read the texts of the block."""
        self._evaluator = evaluator
        self._block = block
        self._done = Done()
        self._said: list[tuple[int, str]] = []
        self._faults: list[int] = []
        self._ids: dict[int, str] = {}
        self._texts: list[bytes] = []
        self._parts: list[Pieces | Unreadable] = []
        self._starts: list[int] = []
        for part in block.parts:
            opened = part if isinstance(part, Unreadable) else Pieces(part.sheet())
            self._starts.append(len(self._texts))
            self._parts.append(opened)
            self._texts += [b""] if isinstance(opened, Unreadable) else opened.texts

    def done(self) -> Done:
        """Evaluate the block.

        Raises:
            Mismatch: the two evaluators, or the two readers, differ on a case that was checked.
        """
        columns = None if self._is_for_experta() else self._evaluator.columns
        if columns is None:
            records = [record for place in range(len(self._texts)) if (record := self._one(place))]
            self._tell_ids(Decoded.of_nothing())
        else:
            records = [*self._all(columns)]
        done, ending = self._done, self._evaluator.settings.ending
        output = self._evaluator.format.block(records)
        done.output = compress(output, ending) if output else b""
        done.messages = [message for _, message in sorted(self._said, key=lambda each: each[0])]
        done.fault = min(self._faults, default=None)
        return done

    def _one(self, place: int) -> bytes:
        """Evaluate the case at a place by itself; return its record, or b"" if there is none."""
        given = self._read(place)
        if given is None:
            return b""
        admitted = self._evaluator.register.admit(given)
        if isinstance(given, RawCase) and given.id:
            self._ids[place] = given.id
            if place in self._block.repeated:
                double = repeated_id(given, self._block.repeated[place])
                before = admitted.diagnostics if isinstance(admitted, InvalidCase) else ()
                admitted = InvalidCase(given.id, given.file, given.line, (*before, double), raw=given)
        if self._is_for_experta():
            outcome = self._evaluator.reference.outcome(admitted)
        else:
            outcome = self._evaluator.cases.outcome(admitted, both=place in self._checked())
        self._done.tally.add(outcome)
        self._say(place, (*outcome.errors, *outcome.warnings, *outcome.missed))
        if outcome.errors or outcome.missed:
            self._faults.append(place)
        return b"" if outcome.empty_folder else self._evaluator.format.record(outcome)

    def _is_for_experta(self) -> bool:
        """Whether the block has so few cases, all of which experta would check, that it assesses alone."""
        settings, count = self._evaluator.settings, len(self._texts)
        return settings.check != 1 and 0 < count <= settings.alone and count == len(self._checked())

    def _read(self, place: int) -> RawCase | Unreadable | None:
        number = bisect_left(self._starts, place + 1) - 1
        part = self._parts[number]
        return part if isinstance(part, Unreadable) else part.read(place - self._starts[number])

    def _say(self, place: int, diagnostics: Sequence[Diagnostic]) -> None:
        self._said += [(place, str(each)) for each in diagnostics]

    def _checked(self) -> Collection[int]:
        """Return the places of the cases that experta checks."""
        settings, before, count = self._evaluator.settings, self._block.before, len(self._texts)
        if not settings.check or settings.engine != COMPILED:
            return ()
        first = range(max(0, min(FIRST_CHECKED - before, count)))
        return {*first, *range(-before % settings.check, count, settings.check)}

    def _all(self, columns: ByColumns) -> Iterator[bytes]:
        """Yield the records of the block: accepted cases in bulk, and rejected ones one by one."""
        try:
            decoded = columns.decode(self._texts, self._block.repeated)
        except MisreadError as error:
            raise self._misread(error) from None
        found = columns.found(decoded)
        expected, expectations = self._expected(columns, decoded, found)
        found = replace(found, expectations=expectations)
        columns.count(self._done.tally, found)
        files, numbers = self._where(decoded.places)
        missed = {
            lane: (what, [each.record() for each in missing]) for lane, (what, missing) in expected.items()
        }
        lanes = Lanes(files, numbers, decoded.ids, decoded.meta, missed)
        texts = [self._texts[place] for place in decoded.places] if decoded.rejected else self._texts
        records = columns.records(found, lanes, texts)
        self._check(columns, decoded, found, records)
        taken = 0
        for before, place in decoded.rejected:
            yield records.text(taken, before)
            yield self._one(place)
            taken = before
        yield records.text(taken, len(decoded.ids))
        self._tell_ids(decoded, (files, numbers))

    def _misread(self, error: MisreadError) -> Exception:
        place = next(
            place for place, text in enumerate(self._texts) if text.removesuffix(b"\n") == error.line
        )
        ((file, _),), (number,) = self._where([place])
        return misread(f"{file}:{number}", error.line, error.names)

    def _where(self, places: Sequence[int]) -> _Where:
        """Return the files of places in order, each with its number of places, and the line of each place."""
        files: list[tuple[str, int]] = []
        numbers: list[int] = []
        ends = [*self._starts[1:], len(self._texts)]
        for start, end, part in zip(self._starts, ends, self._parts, strict=True):
            first, last = bisect_left(places, start), bisect_left(places, end)
            if first == last:
                continue
            if isinstance(part, Unreadable):
                numbers.append(part.line)
                files.append((part.file, 1))
                continue
            lines = part.numbers
            whole = last - first == end - start
            numbers += lines if whole else [lines[place - start] for place in places[first:last]]
            files.append((part.sheet.file, last - first))
        return files, numbers

    def _expected(
        self, columns: ByColumns, decoded: Decoded, found: Found
    ) -> tuple[Mapping[int, tuple[str, Sequence[Diagnostic]]], Mapping[str, int]]:
        """Return how cases did against their expectations: by lane with the misses, and as columns."""
        if not decoded.expected:
            return {}, found.expectations
        every = ExpectedColumns([decoded.expected.get(lane, {}) for lane in range(len(decoded.ids))])
        shown = Shown(columns.rules, found.verdicts, found.outcomes)
        missed = every.missed_by(shown)
        checked = column_of(list(decoded.expected))
        known = column_of([lane for lane, each in decoded.expected.items() if KNOWN_MISS in each]) & ~missed
        became: dict[int, tuple[str, Sequence[Diagnostic]]] = dict.fromkeys(decoded.expected, (MET, ()))
        became |= dict.fromkeys(numbers_in(known), (KNOWN, ()))
        for lane in numbers_in(missed):
            place = decoded.places[lane]
            raw = self._read(place)
            if not isinstance(raw, RawCase):
                raise TypeError(raw)
            missing = [
                Diagnostic(raw.locate(("expect", key)), message) for key, message in every.misses(lane, shown)
            ]
            self._say(place, missing)
            self._done.tally.add_misses(missing)
            self._faults.append(place)
            became[lane] = (MISSED, missing)
        met = checked & ~missed & ~known
        return became, {NOTHING: found.full & ~checked, MET: met, MISSED: missed, KNOWN: known}

    def _check(self, columns: ByColumns, decoded: Decoded, found: Found, records: Records) -> None:
        """Compare with experta the decisions of the cases to check.

        The whole assessments are compared if they are written, or if all cases are checked.
        """
        knowledge, every = self._evaluator.knowledge, self._evaluator.settings.check == 1
        accepted = set(decoded.places) if decoded.rejected else range(len(self._texts))
        places = [place for place in sorted(self._checked()) if place in accepted]
        if not places:
            return
        each = columns.decided(found)
        for place in places:
            ((file, _),), (number,) = self._where([place])
            data = orjson.loads(self._texts[place])
            name = f"{file}:{number}"
            if every:
                reference = assess_by_both(knowledge, data["answers"], data["id"], name)
            else:
                reference = assess(knowledge, data["answers"], data["id"], EXPERTA)
            lane = bisect_left(decoded.places, place)
            seen, wanted = each.of(lane), decided(knowledge, reference)
            if self._evaluator.settings.full:
                seen |= orjson.loads(records.text(lane, lane + 1).rstrip(b",\n"))["assessment"]
                wanted |= orjson.loads(reference.to_json())
            fields = tuple(key for key, value in wanted.items() if seen[key] != value)
            if fields:
                raise mismatch(reference, data["answers"], name, fields, tuple(seen["fired"]))

    def _tell_ids(self, decoded: Decoded, where: _Where | None = None) -> None:
        """Keep the ids and places of the cases in order; `where` has the files and lines of decoded ones."""
        done = self._done
        done.ids, done.places = decoded.ids, decoded.places
        if not self._ids and where:
            done.files, done.numbers = where
            return
        if self._ids:
            both = sorted([*zip(decoded.places, decoded.ids, strict=True), *self._ids.items()])
            done.places, done.ids = [place for place, _ in both], [name for _, name in both]
        done.files, done.numbers = self._where(done.places)
