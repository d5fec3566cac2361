"""The whole run: generate people, measure, print one table."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import click

from benchmarks.against import against
from benchmarks.bulk import against_the_floor, in_every_style, in_two_processes, many_files, memory
from benchmarks.commands import Clock
from benchmarks.evaluators import compare
from benchmarks.large import PARTS as LARGE
from benchmarks.large import large
from benchmarks.rounds import seconds
from benchmarks.starting import TRIAGE, starting
from benchmarks.table import Row, markdown
from triage import KnowledgeBase, load_knowledge_base

PARTS = ("evaluators", "bulk", "styles", "files", "jobs", "memory", "start", *LARGE)
_OF_PEOPLE = {"evaluators", "bulk", "styles", "files", "jobs", "memory", "start"}

_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    rounds_of_commands: int
    for_evaluators: int
    for_bulk: int
    for_styles: int
    few: int
    many: int
    starts: int
    sizes: tuple[int, ...]


FULL = Size(
    rounds=7,
    rounds_of_commands=5,
    for_evaluators=700,
    for_bulk=1_000_000,
    for_styles=100_000,
    few=10_000,
    many=1_000_000,
    starts=15,
    sizes=(2_000, 5_000),
)
QUICK = Size(
    rounds=3,
    rounds_of_commands=2,
    for_evaluators=60,
    for_bulk=100_000,
    for_styles=20_000,
    few=10_000,
    many=100_000,
    starts=5,
    sizes=(2_000,),
)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="A tenth of the work, for a first look.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the made-up people."
)
@click.option(
    "--only", "parts", type=click.Choice(PARTS), multiple=True, help="Only this part; can be given again."
)
@click.option(
    "--against",
    "other",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The triage command of another version, in its environment: compare audit and diff, nothing else.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    help="Seconds for one run of a command on a large rule base, or of --against.",
)
def main(*, quick: bool, seed: int, parts: Sequence[str], other: Path | None, limit: float) -> None:
    """Measure what the program costs, and print a table in Markdown.

    In each round every contestant has its turn. Shown are medians, and medians of the ratios within a round;
    with --against the ratio of the medians.
    """
    size = QUICK if quick else FULL
    clock = Clock(size.rounds_of_commands, limit, _say)
    if other is not None:
        with TemporaryDirectory(prefix="triage-benchmarks-") as folder:
            _print(against(Path(folder), other.absolute(), seed, clock))
        return
    knowledge = load_knowledge_base()
    click.echo(_told(knowledge, size, seed, parts or PARTS))
    with TemporaryDirectory(prefix="triage-benchmarks-") as folder:
        _print(_rows(knowledge, Path(folder), size, seed, parts or PARTS, clock))


def _print(rows: Iterable[Row]) -> None:
    """Print each row as soon as it is measured, so that a fault later on loses none."""
    for line in markdown(rows):
        click.echo(line)


def _rows(
    knowledge: KnowledgeBase, folder: Path, size: Size, seed: int, parts: Sequence[str], clock: Clock
) -> Iterator[Row]:
    if not _OF_PEOPLE.isdisjoint(parts):
        yield from _rows_of_people(knowledge, folder, size, seed, parts)
    if wanted := set(parts) & set(LARGE):
        yield from large(folder, size.sizes, seed, wanted, clock)


def _rows_of_people(
    knowledge: KnowledgeBase, folder: Path, size: Size, seed: int, parts: Sequence[str]
) -> Iterator[Row]:
    people = _people(folder, size.for_bulk, seed)
    if "bulk" in parts:
        yield from against_the_floor(knowledge, people, size.for_bulk, size.rounds, _say)
    if "styles" in parts:
        yield from in_every_style(
            knowledge, _people(folder, size.for_styles, seed), size.for_styles, size.rounds, _say
        )
    if "files" in parts:
        yield from many_files(_people(folder, size.for_styles, seed), _FILES, _say)
    if "evaluators" in parts:
        yield from compare(knowledge, _first(people, size.for_evaluators), size.rounds, _say)
    if "jobs" in parts or "memory" in parts:
        many = _people(folder, size.many, seed)
        if "jobs" in parts:
            yield from in_two_processes(many, size.many, size.rounds_of_commands, _say)
        if "memory" in parts:
            yield from memory(_people(folder, size.few, seed), size.few, many, size.many, _say)
    if "start" in parts:
        yield from starting(folder, _first(people, 1)[0], size.starts, _say)


def _people(folder: Path, count: int, seed: int) -> Path:
    path = folder / f"people-{count}.jsonl"
    _say(f"making up {count:,} people")
    seconds(*TRIAGE, "population", "--count", str(count), "--seed", str(seed), "-o", str(path))
    return path


def _first(people: Path, count: int) -> list[dict[str, Any]]:
    with people.open("rb") as lines:
        return [json.loads(line)["answers"] for line, _ in zip(lines, range(count), strict=False)]


def _told(knowledge: KnowledgeBase, size: Size, seed: int, parts: Sequence[str]) -> str:
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("experta", "clipspy", "msgspec", "orjson", "numpy", "click")
    )
    agreed = f"All evaluators must agree on every rule for {size.for_evaluators:,} people."
    lines = (
        f"{len(knowledge.rules)} rules, knowledge base {knowledge.sha256[:12]}.",
        f"People made up by seed {seed}; {size.rounds} rounds, in which every contestant had its turn.",
        *([agreed] if "evaluators" in parts else []),
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors.",
        f"{libraries}.",
    )
    return "\n".join(lines) + "\n"


_START = perf_counter()


def _say(what: str) -> None:
    sys.stderr.write(f"{perf_counter() - _START:6.0f} s  {what}\n")
