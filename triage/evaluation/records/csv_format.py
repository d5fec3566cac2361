"""Records as CSV (RFC 4180), one line each, with the same content as compact records."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from triage.evaluation.evaluate import Outcome
from triage.evaluation.records.compact import compact_record, stamp
from triage.evaluation.records.layouts import Columns, Lanes, Layout, always, choice, listed, urgency
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic, Location, encodable

COLUMNS = (
    "case",
    "file",
    "line",
    "valid",
    "errors",
    "expectation",
    "missed",
    "disposition",
    "soon",
    "time_frame",
    "lowest",
    "highest",
    "reasons",
    "questions",
    "causes",
    "steps",
    "withheld",
    "cautions",
    "fired",
    "knowledge_base_version",
    "knowledge_base_sha256",
)
"""The columns; those for keys of `meta` follow "line"."""

_BEFORE_META = 3
_BETWEEN = " | "
_PLAIN = re.compile(r"[A-Za-z0-9_./ ][A-Za-z0-9_./: -]*")
_END = "\r\n"


class Csv:
    """One line for each case. A cell that a spreadsheet would run as a formula gets a leading quote."""

    name: ClassVar[str] = "csv"
    between: bytes = b""

    def __init__(self, knowledge: KnowledgeBase, *, full: bool = False, meta: Sequence[str] = ()) -> None:
        """Take the knowledge base, and the keys of `meta` that become columns; `full` makes no difference."""
        del full
        self._knowledge = knowledge
        self._meta = meta
        header = [*COLUMNS[:_BEFORE_META], *meta, *COLUMNS[_BEFORE_META:]]
        self.opening = _line(header).encode()

    def closing(self, _: Tally, *, empty: bool) -> bytes:
        """Return the header if there was no record, else nothing."""
        return self.opening if empty else b""

    def block(self, records: Iterable[bytes]) -> bytes:
        """Return the records of a block, joined."""
        return b"".join(records)

    def record(self, outcome: Outcome) -> bytes:
        """Return one record with its line end."""
        record = compact_record(self._knowledge, outcome)
        first = [outcome.case, record["file"], str(outcome.line), *self._cells_of(outcome.meta)]
        first.append("yes" if record["valid"] else "no")
        expected = [_told(outcome.file, record["errors"]), outcome.expectation]
        expected.append(_told(outcome.file, record["missed"]))
        return _line([*first, *expected, *self._decided(record)]).encode()

    def _decided(self, record: Mapping[str, Any]) -> list[str]:
        if not record["valid"]:
            return [""] * (len(COLUMNS) - 7)
        rules = [self._knowledge.rules[rule] for rule in record["fired"]]
        reasons = sorted(
            (rule for rule in rules if rule.disposition), key=lambda rule: urgency(self._knowledge, rule)
        )
        return [
            record["disposition"],
            *self._times(record["disposition"], soon=record["soon"]),
            record["lowest"],
            record["highest"],
            _BETWEEN.join(rule.id for rule in reasons),
            *(
                _BETWEEN.join(record[name])
                for name in ("questions", "causes", "steps", "withheld", "cautions", "fired")
            ),
            *stamp(self._knowledge).values(),
        ]

    def _times(self, disposition: str, *, soon: bool) -> tuple[str, str]:
        rung = self._knowledge.rungs.get(disposition)
        time_frame = (rung or self._knowledge.undetermined).time_frame
        return "yes" if soon else "no", rung.soon_time_frame if rung and soon else time_frame

    def _cells_of(self, meta: bytes) -> list[str]:
        data = json.loads(meta) if meta and self._meta else {}
        return [_shown(data.get(key)) for key in self._meta]

    def given(self, lanes: Lanes) -> Sequence[Sequence[bytes]]:
        """Return the texts with which each record of a block begins."""
        places: list[bytes] = []
        for file, count in lanes.files:
            before = f",{_cell(encodable(file))},"
            numbers = lanes.numbers[len(places) : len(places) + count]
            places += [f"{before}{number}".encode() for number in numbers]
        if self._meta:
            for lane, place in enumerate(places):
                cells = map(_cell, self._cells_of(lanes.meta.get(lane, b"")))
                places[lane] = b"%b,%b" % (place, ",".join(cells).encode())
        expected = [b",yes,,none,"] * len(lanes.ids)
        for lane, (what, missed) in lanes.expected.items():
            file = _file_of(lanes.files, lane) if missed else ""
            expected[lane] = f",yes,,{what},{_cell(_told(file, missed))}".encode()
        return [_cell(each).encode() for each in lanes.ids], places, expected

    def values(self, lanes: Lanes, texts: Sequence[bytes]) -> Callable[[str], Sequence[bytes]]:
        """Return a function that has no values: this layout holds none."""
        del lanes, texts
        return lambda _: ()

    def layout(self) -> Layout:
        """Return the layout of a record behind the texts of `given`."""
        columns = Columns(self._knowledge)
        dispositions = [
            _cells(name, *self._times(name, soon=soon))
            for soon in (True, False)
            for name in columns.dispositions
        ]
        separate = b","
        return Layout(
            3,
            (
                choice(
                    dispositions,
                    lambda found: [
                        column & soon
                        for soon in columns.of_soon(found)
                        for column in columns.of_disposition(found)
                    ],
                ),
                choice(map(_cells, columns.ends), columns.of_lowest),
                choice(map(_cells, columns.ends), columns.of_highest),
                listed(separate, _texts(columns.reasons), columns.of_reasons),
                listed(separate, _texts(columns.questions), columns.of_questions),
                listed(separate, _texts(columns.causes), columns.of_causes),
                listed(separate, _texts(columns.steps), columns.of_steps),
                listed(separate, _texts(columns.steps), columns.of_withheld),
                listed(separate, _texts(columns.cautioning), columns.of_cautions),
                listed(separate, _texts(columns.speaking), columns.of_speaking),
                always(_cells(*stamp(self._knowledge).values()) + _END.encode()),
            ),
            _BETWEEN.encode(),
        )


def _told(file: str, diagnostics: Iterable[Mapping[str, Any]]) -> str:
    return _BETWEEN.join(
        str(Diagnostic(Location(file, each["line"], each["column"], each["pointer"]), each["message"]))
        for each in diagnostics
    )


def _file_of(files: Sequence[tuple[str, int]], lane: int) -> str:
    for file, count in files:
        if lane < count:
            return file
        lane -= count
    raise IndexError(lane)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cells(*texts: str) -> bytes:
    """Return cells, each after a comma."""
    return "".join(f",{_cell(text)}" for text in texts).encode()


def _texts(names: Iterable[str]) -> Iterable[bytes]:
    return (name.encode() for name in names)


def _cell(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return _line([text]).removesuffix(_END) if text else ""


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell for cell in cells]
    csv.writer(buffer).writerow(safe)
    return buffer.getvalue()
