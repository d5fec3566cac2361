"""Writers: outcomes as JSON, JSONL, CSV or a table, one record a case, in input order."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from triage.batch.compact import compact_record
from triage.batch.evaluate import Outcome
from triage.batch.tally import expectations_met
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic, Location
from triage.source.text import plural

Writer: TypeAlias = Callable[[KnowledgeBase, Iterable[Outcome]], Iterator[str]]

CSV_COLUMNS = (
    "case",
    "file",
    "line",
    "valid",
    "disposition",
    "time_frame",
    "lowest",
    "highest",
    "reasons",
    "causes",
    "steps",
    "withheld",
    "questions",
    "expectation",
    "errors",
    "knowledge_base_version",
    "knowledge_base_sha256",
)


def write_json(_: KnowledgeBase, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield one JSON array."""
    separator = "["
    for outcome in outcomes:
        yield separator + "\n" + json.dumps(outcome.record(), ensure_ascii=False, indent=2)
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def write_jsonl(_: KnowledgeBase, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield one line of JSON a case."""
    for outcome in outcomes:
        yield json.dumps(outcome.record(), ensure_ascii=False, separators=(",", ":")) + "\n"


def write_csv(knowledge: KnowledgeBase, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield RFC 4180 lines; a cell that a spreadsheet would run as a formula gets a leading quote."""
    yield csv_header()
    for outcome in outcomes:
        yield csv_row(knowledge, compact_record(knowledge, outcome), outcome.expectation)


def csv_header() -> str:
    """Return the first line."""
    return _csv_line(CSV_COLUMNS)


def csv_row(knowledge: KnowledgeBase, record: Mapping[str, Any], expectation: str = "none") -> str:
    """Return one line of CSV from a compact record."""
    errors = " | ".join(str(_diagnostic(record["file"], error)) for error in record["errors"])
    row = [record["case"], record["file"], str(record["line"]), "yes" if record["valid"] else "no"]
    if not record["valid"]:
        return _csv_line([*row, *[""] * 9, expectation, errors, "", ""])
    rung = knowledge.rungs.get(record["disposition"])
    time_frame = (rung or knowledge.undetermined).time_frame
    return _csv_line(
        [
            *row,
            record["disposition"],
            rung.soon_time_frame if rung and record["soon"] else time_frame,
            record["lowest"],
            record["highest"],
            " | ".join(_reasons(knowledge, record["fired"])),
            *(" | ".join(record[name]) for name in ("causes", "steps", "withheld", "questions")),
            expectation,
            errors,
            record["knowledge_base"]["version"],
            record["knowledge_base"]["sha256"],
        ]
    )


def _reasons(knowledge: KnowledgeBase, fired: Iterable[str]) -> list[str]:
    """Return the rules behind a disposition as an assessment orders them, most urgent first."""
    rules = [rule for rule in map(knowledge.rules.__getitem__, fired) if rule.disposition]
    rules.sort(key=lambda rule: (-knowledge.rungs[rule.disposition].rank, not rule.soon))
    return [rule.id for rule in rules]


def _diagnostic(file: str, error: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(Location(file, error["line"], error["column"], error["pointer"]), error["message"])


def _csv_line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]
    csv.writer(buffer).writerow(safe)
    return buffer.getvalue()


_CASE_WIDTH = 39
_MARKS = {"met": "as expected", "missed": "MISSED", "known miss": "known miss", "none": ""}


def write_table(knowledge: KnowledgeBase, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield one line a case that fits 80 columns, and a summary."""
    counts: Counter[str] = Counter()
    yield f"{'case':<{_CASE_WIDTH}} {'disposition':<13} {'when':<14} check\n"
    for outcome in outcomes:
        yield _table_row(outcome)
        if outcome.assessment is None:
            counts["invalid"] += 1
        else:
            counts[outcome.assessment.disposition] += 1
            counts["checked"] += outcome.checked
            counts["missed"] += bool(outcome.missed)
            counts["known miss"] += outcome.expectation == "known miss"
    yield "\n" + _summary(knowledge, counts)


def _table_row(outcome: Outcome) -> str:
    name = outcome.case or outcome.file
    if len(name) > _CASE_WIDTH:
        name = name[: _CASE_WIDTH - 3] + "..."
    if outcome.assessment is None:
        return f"{name:<{_CASE_WIDTH}} {'invalid':<13} see the messages\n"
    found = outcome.assessment
    when = "" if found.disposition == UNDETERMINED else found.time_frame
    mark = _MARKS[outcome.expectation]
    return f"{name:<{_CASE_WIDTH}} {found.disposition:<13} {when:<14} {mark}".rstrip() + "\n"


def _summary(knowledge: KnowledgeBase, counts: Counter[str]) -> str:
    names = [*reversed(list(knowledge.rungs)), UNDETERMINED, "invalid"]
    total = sum(counts.get(name, 0) for name in names)
    parts = [f"{counts[name]} {name}" for name in names if counts.get(name)]
    lines = [f"{plural(total, 'case')}: {', '.join(parts)}"]
    if counts.get("checked"):
        lines.append(expectations_met(counts["checked"], counts["missed"], counts["known miss"]))
    lines.append(f"knowledge base {knowledge.version}, sha256 {knowledge.sha256[:12]}")
    if not knowledge.reviewed_by_clinician:
        lines.append(knowledge.laws.not_reviewed)
    return "\n".join(lines) + "\n"


WRITERS: Mapping[str, Writer] = {
    "table": write_table,
    "json": write_json,
    "jsonl": write_jsonl,
    "csv": write_csv,
}
