"""Evaluating blocks of lines: the bytes of some lines in, the bytes of their records out.

A block is evaluated by itself: what comes out depends on the block and the settings alone. So blocks can be
evaluated in any process and in any order, and put together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson

from triage.batch.compact import compact_record, decided
from triage.batch.crosscheck import assess_by_both, mismatch
from triage.batch.evaluate import Evaluator, Outcome
from triage.batch.fragments import FragmentWriter
from triage.batch.lines import LineReader
from triage.batch.lines import Lines as ReadLines
from triage.batch.readers import BYTE_ORDER_MARK, RawCase, Unreadable, read_line, read_lines, read_text
from triage.batch.squeezed import squeeze
from triage.batch.tally import Tally
from triage.batch.writers import csv_row
from triage.inference.compiled import Verdicts, compiled
from triage.inference.evaluators import COMPILED, Engine
from triage.inference.outcomes import Outcomes, outcomes
from triage.inference.rows import Rows
from triage.knowledge.model import KnowledgeBase

Form: TypeAlias = Literal["jsonl", "json", "csv"]
FORMS: tuple[Form, ...] = ("jsonl", "json", "csv")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a bulk run is done: `cross_check` N compares one line in N with experta, 0 none.

    `ending` is that of a compressed output, or "".
    """

    form: Form = "jsonl"
    full: bool = False
    engine: Engine = COMPILED
    cross_check: int = 0
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines of a file, and the number of the first; or the text of a whole JSON file."""

    file: str
    number: int
    data: bytes
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Where some whole lines stand in a plain file, to be read by whoever evaluates them."""

    file: str
    number: int
    offset: int
    length: int


Task: TypeAlias = Block | Range | Unreadable


@dataclass(slots=True)
class Done:
    """What came of a block: its records as bytes, what is wrong with its cases, and the counts."""

    output: bytes = b""
    messages: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class BlockEvaluator:
    """Evaluates blocks, one after another, with one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, settings: Settings) -> None:
        """Keep what every block needs; the evaluators are built when they are first needed."""
        self.knowledge = knowledge
        self.settings = settings

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass to another process without what was remembered here."""
        return BlockEvaluator, (self.knowledge, self.settings)

    def prepare(self) -> None:
        """Build what every block needs, so that processes forked from this one share it."""
        if not self.settings.full and self.settings.engine == COMPILED:
            self._by_columns(Block("", 1, b'{"id":"-","answers":{}}\n'), Done())

    def __call__(self, task: Task) -> Done:
        """Evaluate a block.

        Raises:
            Mismatch: the two evaluators differ on a case that was checked.
        """
        done = Done()
        if isinstance(task, Range):
            with Path(task.file).open("rb") as file:
                file.seek(task.offset)
                task = Block(task.file, task.number, file.read(task.length))
        if isinstance(task, Unreadable):
            records = self._one_by_one([task], done)
        elif task.whole:
            records = self._one_by_one(read_text(task.file, task.data, lines=False), done)
        elif self.settings.full or self.settings.engine != COMPILED:
            records = self._one_by_one(read_lines(task.file, task.data, task.number), done)
        else:
            records = self._by_columns(task, done)
        done.output = squeeze(self._joined(records), self.settings.ending) if records else b""
        return done

    def _joined(self, records: Sequence[bytes]) -> bytes:
        """Put records together, without what stands between the records of two blocks."""
        if self.settings.form == "csv":
            return b"".join(records)
        between = b",\n" if self.settings.form == "json" else b"\n"
        last = b"" if self.settings.form == "json" else b"\n"
        if self.settings.full:
            return between.join(records) + last
        opening, closing = self._columns.writer.opening, self._columns.writer.closing
        return opening + (closing + between + opening).join(records) + closing + last

    def _one_by_one(self, inputs: Iterable[RawCase | Unreadable], done: Done) -> list[bytes]:
        records = []
        for raw in inputs:
            number = raw.line if isinstance(raw, Unreadable) else raw.first_line
            outcome = self._cases.outcome(raw, both=self._is_checked(number))
            done.tally.add(outcome)
            done.messages += [str(message) for message in (*outcome.errors, *outcome.missed)]
            if not outcome.empty_folder:
                records.append(self._record(outcome))
        return records

    def _is_checked(self, number: int) -> bool:
        every = self.settings.cross_check
        return bool(every) and self.settings.engine == COMPILED and (number - 1) % every == 0

    def _record(self, outcome: Outcome) -> bytes:
        """Return a record as it is joined to others."""
        compact = self.settings.form == "csv" or not self.settings.full
        record = compact_record(self.knowledge, outcome) if compact else outcome.record()
        if self.settings.form == "csv":
            return csv_row(self.knowledge, record, outcome.expectation).encode()
        text = orjson.dumps(record)
        return text if self.settings.full else self._columns.body(text)

    @cached_property
    def _cases(self) -> Evaluator:
        return Evaluator(self.knowledge, self.settings.engine)

    @cached_property
    def _columns(self) -> _Columns:
        return _Columns(self.knowledge)

    def _by_columns(self, block: Block, done: Done) -> list[bytes]:
        """Return the compact records of a block: all cases at once, then the lines that are odd."""
        data = block.data.removeprefix(BYTE_ORDER_MARK if block.number == 1 else b"")
        lines, bodies = self._columns.evaluate(
            block.file, data, block.number, self.settings.cross_check, done.tally
        )
        for place, line in lines.kept:
            self._check(block.file, lines.numbers[place], line, bodies[place])
        if self.settings.form == "csv":
            whole = (orjson.loads(self._columns.record(body)) for body in bodies)
            bodies = [csv_row(self.knowledge, record).encode() for record in whole]
        if not lines.odd:
            return bodies
        records: list[bytes] = []
        taken = 0
        for before, number, line in lines.odd:
            records += bodies[taken:before]
            taken = before
            records += self._one_by_one(read_line(block.file, line.removesuffix(b"\n"), number), done)
        return records + bodies[taken:]

    def _check(self, file: str, number: int, line: bytes, body: bytes) -> None:
        """Compare the whole assessments of both evaluators, and the record with them."""
        data = orjson.loads(line)
        place = f"{file}:{number}"
        reference = assess_by_both(self.knowledge, data["answers"], data["id"], place)
        record = orjson.loads(self._columns.record(body))
        fields = tuple(name for name, value in decided(reference).items() if record[name] != value)
        if fields:
            raise mismatch(reference, data["answers"], place, fields, record["fired"])


class _Columns:
    """The quick way: lines to rows, rows to columns, columns to verdicts, outcomes and records."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._compiled = compiled(knowledge)
        self._rows = Rows(self._compiled)
        self._reader = LineReader(knowledge, self._rows)
        self.writer = FragmentWriter(self._compiled)

    def evaluate(
        self, file: str, data: bytes, number: int, keep: int, tally: Tally
    ) -> tuple[ReadLines, list[bytes]]:
        """Return a block as read, and the record of each accepted case without opening and closing."""
        lines = self._reader.read(data, number, keep)
        if not lines.rows:
            return lines, []
        columns = self._rows.columns(lines.rows)
        verdicts = self._compiled.run(columns)
        found = outcomes(self._knowledge, columns.full, verdicts)
        self._count(tally, len(lines.rows), verdicts, found)
        return lines, self.writer.bodies(columns, verdicts, found, lines.names, file, lines.numbers)

    def _count(self, tally: Tally, cases: int, verdicts: Verdicts, found: Outcomes) -> None:
        tally.cases += cases
        tally.dispositions.update({name: column.bit_count() for name, column in found.disposition.items()})
        tally.causes.update({name: column.bit_count() for name, column in found.causes.items()})
        for rule, column in zip(self._compiled.rules, verdicts.fired, strict=True):
            tally.rules[rule.id] += column.bit_count()

    def record(self, body: bytes) -> bytes:
        """Return a whole record."""
        return self.writer.opening + body + self.writer.closing

    def body(self, record: bytes) -> bytes:
        """Return what stands between opening and closing of a record."""
        return record[len(self.writer.opening) : -len(self.writer.closing)]
