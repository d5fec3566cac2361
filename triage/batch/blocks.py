"""Evaluating blocks of lines: the bytes of some lines in, the bytes of their records out.

A block is evaluated by itself: what comes out depends on the block and the settings alone. So blocks can be
evaluated in any process and in any order, and put together again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
import orjson

from triage.batch.compact import compact_record, decided
from triage.batch.crosscheck import assess_by_both, mismatch, misread
from triage.batch.evaluate import Evaluator, Outcome
from triage.batch.fragments import FragmentWriter, Records
from triage.batch.jsonl_decoder import DecodedLines, JsonlDecoder, MisreadError
from triage.batch.tally import Tally
from triage.batch.writers import csv_row
from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.compression import compress
from triage.cases.reader import BYTE_ORDER_MARK, RawCase, Unreadable, read_line, read_lines, read_text
from triage.inference.assess import assess
from triage.inference.compiled import Verdicts, compiled
from triage.inference.evaluators import COMPILED, EXPERTA, Engine
from triage.inference.outcomes import Fold, Outcomes
from triage.knowledge.model import KnowledgeBase

Form: TypeAlias = Literal["jsonl", "json", "csv"]
FORMS: tuple[Form, ...] = ("jsonl", "json", "csv")
_JSON_ENDING = b",\n"


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
class FileState:
    """What tells an open file from another, and from itself once somebody has written to it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, file: BinaryIO) -> FileState:
        """Return the state of an open file."""
        state = os.fstat(file.fileno())
        return cls(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


class InputReplacedError(Exception):
    """A file is no longer the one that the run began with."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        """Say which file, and what to do."""
        return f"{self.file}: was replaced or changed while it was read; run it again"


@dataclass(frozen=True, slots=True)
class Range:
    """Where some whole lines stand in a plain file, to be read by whoever evaluates them.

    `state` is that of the file when the run began to read it.
    """

    file: str
    number: int
    offset: int
    length: int
    state: FileState

    def block(self) -> Block:
        """Read the lines.

        Raises:
            InputReplacedError: under this name stands another file or none, or what it holds has changed.
        """
        try:
            with Path(self.file).open("rb") as file:
                file.seek(self.offset)
                data, state = file.read(self.length), FileState.of(file)
        except OSError:
            raise InputReplacedError(self.file) from None
        if state != self.state:
            raise InputReplacedError(self.file)
        return Block(self.file, self.number, data)


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
            InputReplacedError: a file is no longer the one that the run began with.
            Mismatch: the two evaluators, or the two readers, differ on a case that was checked.
        """
        done = Done()
        if isinstance(task, Range):
            task = task.block()
        if isinstance(task, Unreadable):
            records = self._one_by_one([task], done)
        elif task.whole:
            records = self._one_by_one(read_text(task.file, task.data, lines=False), done)
        elif self.settings.full or self.settings.engine != COMPILED:
            records = self._one_by_one(read_lines(task.file, task.data, task.number), done)
        else:
            records = self._by_columns(task, done)
        output = b"".join(records).removesuffix(_JSON_ENDING)
        done.output = compress(output, self.settings.ending) if records else b""
        return done

    def _one_by_one(self, inputs: Iterable[RawCase | Unreadable], done: Done) -> list[bytes]:
        records = []
        for raw in inputs:
            number = raw.line if isinstance(raw, Unreadable) else raw.first_line
            outcome = self._cases.outcome(self._register.admit(raw), both=self._is_checked(number))
            done.tally.add(outcome)
            messages = (*outcome.errors, *outcome.warnings, *outcome.missed)
            done.messages += [str(message) for message in messages]
            if not outcome.empty_folder:
                records.append(self._record(outcome))
        return records

    def _is_checked(self, number: int) -> bool:
        every = self.settings.cross_check
        return bool(every) and self.settings.engine == COMPILED and (number - 1) % every == 0

    def _record(self, outcome: Outcome) -> bytes:
        """Return a record with what ends it."""
        compact = self.settings.form == "csv" or not self.settings.full
        record = compact_record(self.knowledge, outcome) if compact else outcome.record()
        if self.settings.form == "csv":
            return csv_row(self.knowledge, record, outcome.expectation).encode()
        return orjson.dumps(record) + self._ending

    @property
    def _ending(self) -> bytes:
        return _JSON_ENDING if self.settings.form == "json" else b"\n"

    @cached_property
    def _cases(self) -> Evaluator:
        return Evaluator(self.knowledge, self.settings.engine)

    @cached_property
    def _register(self) -> CaseRegister:
        return CaseRegister(CaseChecker(self.knowledge), unique=False)

    @cached_property
    def _columns(self) -> _Columns:
        return _Columns(self.knowledge, self._ending)

    def _by_columns(self, block: Block, done: Done) -> list[bytes]:
        """Return the compact records of a block: all cases at once, then the lines that were rejected."""
        data = block.data.removeprefix(BYTE_ORDER_MARK if block.number == 1 else b"")
        try:
            lines = self._columns.decode(data, block.number, self.settings.cross_check)
        except MisreadError as error:
            number = block.number + data.split(b"\n").index(error.line)
            raise misread(f"{block.file}:{number}", error.line, error.names) from None
        records = self._columns.evaluate(lines, block.file, done.tally)
        for place, line in lines.kept:
            record = orjson.loads(records.text(place, place + 1).removesuffix(_JSON_ENDING))
            self._check(f"{block.file}:{lines.numbers[place]}", line, record)
        texts: list[bytes] = []
        taken = 0
        for before, number, line in lines.rejected:
            texts += self._texts(records, taken, before)
            texts += self._one_by_one(read_line(block.file, line, number), done)
            taken = before
        return [*texts, *self._texts(records, taken, len(lines.names))]

    def _texts(self, records: Records, first: int, last: int) -> Iterable[bytes]:
        if self.settings.form != "csv":
            return (records.text(first, last),)
        whole = (orjson.loads(records.text(lane, lane + 1)) for lane in range(first, last))
        return (csv_row(self.knowledge, record).encode() for record in whole)

    def _check(self, place: str, line: bytes, record: Mapping[str, Any]) -> None:
        """Compare the record with what experta finds; if every line is checked, the whole assessments too."""
        data = orjson.loads(line)
        if self.settings.cross_check == 1:
            reference = assess_by_both(self.knowledge, data["answers"], data["id"], place)
        else:
            reference = assess(self.knowledge, data["answers"], data["id"], EXPERTA)
        expected = decided(self.knowledge, reference)
        fields = tuple(name for name, value in expected.items() if record[name] != value)
        if fields:
            raise mismatch(reference, data["answers"], place, fields, record["fired"])


class _Columns:
    """The quick way: lines to bits, bits to columns, columns to verdicts, outcomes and records."""

    def __init__(self, knowledge: KnowledgeBase, ending: bytes) -> None:
        self._compiled = compiled(knowledge)
        self._fold = Fold(knowledge)
        self.decode = JsonlDecoder(self._compiled).decode
        self._writer = FragmentWriter(self._compiled, ending)

    def evaluate(self, lines: DecodedLines, file: str, tally: Tally) -> Records:
        """Return the record of each accepted case of a block."""
        if not lines.names:
            return Records(np.array((), object), (0,))
        verdicts = self._compiled.run(lines.columns)
        found = self._fold.outcomes(lines.columns.full, verdicts)
        self._count(tally, len(lines.names), verdicts, found)
        return self._writer.records(lines.columns, verdicts, found, file, lines.names, lines.numbers)

    def _count(self, tally: Tally, cases: int, verdicts: Verdicts, found: Outcomes) -> None:
        tally.cases += cases
        tally.dispositions.update({name: column.bit_count() for name, column in found.disposition.items()})
        tally.causes.update({name: column.bit_count() for name, column in found.causes.items()})
        tally.rules.update(
            {
                rule.id: column.bit_count()
                for rule, column in zip(self._compiled.rules, verdicts.fired, strict=True)
            }
        )
