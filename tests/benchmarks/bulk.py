"""The bulk path against the floor: reading and checking alone, in one process, in two, and its memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import orjson

from benchmarks.rounds import measure, most_memory, processor_time, seconds
from benchmarks.starting import TRIAGE
from benchmarks.table import Row, microseconds
from triage.knowledge.intake_schema import case_schema
from triage.knowledge.model import KnowledgeBase

FLOOR, WHOLE = "orjson and jsonschema-rs alone", "whole bulk path"
ONE, TWO = "--jobs 1", "--jobs 2"


def against_the_floor(
    knowledge: KnowledgeBase, people: Path, cases: int, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Compare reading, assessing and writing compact JSONL with parsing and checking alone."""
    from triage.batch.blocks import Settings  # noqa: PLC0415 - the other parts are measured without it
    from triage.batch.stream import BulkRun  # noqa: PLC0415 - as above

    valid = jsonschema_rs.validator_for(case_schema(knowledge)).is_valid
    records = people.with_suffix(".records.jsonl")

    def floor() -> None:
        with people.open("rb") as lines:
            accepted = sum(valid(orjson.loads(line)) for line in lines)
        if accepted != cases:
            raise RuntimeError(f"{accepted} of {cases} generated cases are valid")

    def whole() -> None:
        bulk = BulkRun(knowledge, Settings(), (str(people),), io.BytesIO())
        with records.open("wb") as file:
            file.writelines(bulk.pieces())
        if bulk.tally.cases != cases or bulk.tally.invalid:
            raise RuntimeError(f"{bulk.tally.cases} of {cases} cases assessed, {bulk.tally.invalid} invalid")

    whole()
    found = measure(
        {FLOOR: lambda _: processor_time(floor), WHOLE: lambda _: processor_time(whole)}, rounds, say
    )
    return [
        Row("orjson parses and jsonschema-rs checks, nothing else", microseconds(found.median(FLOOR), cases)),
        Row(
            "one process reads, checks, assesses and writes compact JSONL",
            microseconds(found.median(WHOLE), cases),
            f"{1 / found.ratio(WHOLE, FLOOR):.2f} times the speed of that alone",
            "at least 0.5",
        ),
    ]


def bulk_command(people: Path, jobs: int) -> tuple[str, ...]:
    """Return the command of a bulk run with its default cross-check.

    Its records go to standard output, which is thrown away: a disk is not what is measured.
    """
    return (*TRIAGE, "evaluate", str(people), "--compact", "--jobs", str(jobs))


def in_two_processes(people: Path, cases: int, rounds: int, say: Callable[[str], None]) -> list[Row]:
    """Compare two processes with one, as commands, by the clock."""
    found = measure(
        {
            ONE: lambda _: seconds(*bulk_command(people, 1)),
            TWO: lambda _: seconds(*bulk_command(people, 2)),
        },
        rounds,
        say,
    )
    one, two = (cases / found.median(name) for name in (ONE, TWO))
    return [
        Row(
            f"`triage evaluate --jobs 1`, {cases:,} cases, with start and cross-check, output thrown away",
            f"{one:,.0f} cases/s",
        ),
        Row(
            "`triage evaluate --jobs 2`",
            f"{two:,.0f} cases/s",
            f"{found.ratio(ONE, TWO):.2f} times one",
            "at least 1.8",
        ),
    ]


def memory(few: Path, few_cases: int, many: Path, many_cases: int, say: Callable[[str], None]) -> list[Row]:
    """Compare the peak memory of one process over few cases and over many."""
    say(f"memory: {few_cases:,} cases")
    small = most_memory(*bulk_command(few, 1))
    say(f"memory: {many_cases:,} cases")
    large = most_memory(*bulk_command(many, 1))
    return [
        Row(f"peak memory, {few_cases:,} cases", f"{small:,.0f} MB"),
        Row(
            f"peak memory, {many_cases:,} cases",
            f"{large:,.0f} MB",
            f"{large / small:.2f} times {few_cases:,}",
            "at most 1.2",
        ),
    ]
