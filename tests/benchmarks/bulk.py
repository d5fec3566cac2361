"""The bulk path against the floor, in every style, in two processes, and its memory."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET
from msgspec.structs import astuple

from benchmarks.rounds import measure, most_memory, processor_time, seconds, seconds_together
from benchmarks.starting import TRIAGE
from benchmarks.table import Row, microseconds
from triage.bulk.decoding.typed_case import case_type
from triage.knowledge.model import KnowledgeBase

PARSED, FLOOR, WHOLE = "msgspec alone", "msgspec and the count of keys", "whole bulk path"
ONE, TWO, APART = "--jobs 1", "--jobs 2", "two of --jobs 1 at once"
_KEYS_OF_A_CASE = 2
Case = dict[str, Any]


def against_the_floor(
    knowledge: KnowledgeBase, people: Path, cases: int, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Compare reading, assessing and writing compact JSONL with parsing and checking alone.

    What is parsed into typed records is checked, but for keys that stand twice: as many colons must stand in
    the file as there are keys.
    """
    questions = list(knowledge.questions.values())
    parse = msgspec.json.Decoder(case_type(knowledge, questions)).decode
    keys_of_all = len(questions) + _KEYS_OF_A_CASE

    def parsed() -> None:
        with people.open("rb") as lines:
            for line in lines:
                parse(line)

    def floor() -> None:
        keys = colons = 0
        with people.open("rb") as lines:
            for line in lines:
                case: Any = parse(line)
                keys += keys_of_all - astuple(case.answers).count(UNSET)
        with people.open("rb") as file:
            while data := file.read(1 << 21):
                colons += int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(":")))
        if colons < keys:
            raise RuntimeError(f"{keys} keys and {colons} colons in {people}")

    def whole() -> None:
        _run(knowledge, people, cases)

    whole()
    found = measure(
        {
            PARSED: lambda _: processor_time(parsed),
            FLOOR: lambda _: processor_time(floor),
            WHOLE: lambda _: processor_time(whole),
        },
        rounds,
        say,
    )
    return [
        Row("msgspec parses into typed records, nothing else", microseconds(found.median(PARSED), cases)),
        Row("the same, and no key stands twice", microseconds(found.median(FLOOR), cases)),
        Row(
            "one process reads, checks, assesses and writes compact JSONL",
            microseconds(found.median(WHOLE), cases),
            f"{found.ratio(WHOLE, FLOOR):.2f} times parsing and checking, "
            f"{found.ratio(WHOLE, PARSED):.2f} times parsing",
            "at most 3.8 times parsing and checking",
        ),
    ]


def in_every_style(
    knowledge: KnowledgeBase, people: Path, cases: int, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Compare cases that are written in other ways, or to other formats, with plain lines."""
    contestants: dict[str, tuple[Path, str, str]] = {_PLAIN: (people, "jsonl", "")}
    for number, (name, write) in enumerate(_STYLES.items()):
        path = people.with_suffix(f".{number}.jsonl")
        chance = Random(name)  # noqa: S311 - made-up files
        with people.open() as lines, path.open("w", encoding="utf-8") as file:
            file.writelines(write(json.loads(line), chance) + "\n" for line in lines)
        contestants[name] = path, "jsonl", "at most 1.5 times"
    within = "at most 2.5 times"
    contestants["each with an `expect`"] = _with_expectations(knowledge, people), "jsonl", within
    contestants["one JSON list"] = _as_list(people), "jsonl", within
    contestants["one line in a hundred invalid"] = _spoiled(people, 100), "jsonl", within
    contestants[_TENTH] = _spoiled(people, 10), "jsonl", ""
    contestants |= {f"plain lines to {form}": (people, form, within) for form in ("json", "csv", "table")}

    def run(path: Path, form: str) -> Callable[[int], float]:
        return lambda _: processor_time(lambda: _run(knowledge, path, cases, form))

    found = measure({name: run(path, form) for name, (path, form, _) in contestants.items()}, rounds, say)
    more = found.median(_TENTH) - 0.9 * found.median(_PLAIN)
    return [
        *(
            Row(
                name,
                microseconds(found.median(name), cases),
                f"{found.ratio(name, _PLAIN):.2f} times plain lines, "
                f"{path.stat().st_size / people.stat().st_size:.1f} times as long",
                wanted,
            )
            for name, (path, _, wanted) in contestants.items()
            if name not in (_PLAIN, _TENTH)
        ),
        Row("an invalid line, where one in ten is", microseconds(more, cases // 10), wanted="at most 100 us"),
    ]


def _with_expectations(knowledge: KnowledgeBase, people: Path) -> Path:
    """Return a file in which each case expects some of what it comes to."""
    path = people.with_suffix(".expect.jsonl")
    records = b"".join(bytes(piece) for piece in _of(knowledge, people, "jsonl").pieces()).splitlines()
    with people.open() as lines, path.open("w") as file:
        for line, text in zip(lines, records, strict=True):
            record = json.loads(text)
            names = {"fires": record["fired"][:4], "causes": record["causes"][:2]}
            expect = {"disposition": record["disposition"], "soon": record["soon"], **names}
            file.write(json.dumps({**json.loads(line), "expect": expect}, separators=_TIGHT) + "\n")
    return path


def _as_list(people: Path) -> Path:
    path = people.with_suffix(".json")
    path.write_text(f"[{people.read_text().rstrip().replace(chr(10), ',' + chr(10))}]\n")
    return path


def _spoiled(people: Path, one_in: int) -> Path:
    path = people.with_suffix(f".spoiled-{one_in}.jsonl")
    with people.open() as lines, path.open("w") as file:
        file.writelines(
            line.replace('"age":', '"aged":') if number % one_in == 0 else line
            for number, line in enumerate(lines)
        )
    return path


def many_files(people: Path, files: int, say: Callable[[str], None]) -> list[Row]:
    """Measure the command over a folder of files of one case, and over a table, by the clock."""
    folder = people.parent / "many"
    folder.mkdir()
    few = people.with_suffix(".few.jsonl")
    with people.open() as lines:
        texts = [line for line, _ in zip(lines, range(files), strict=False)]
    for number, text in enumerate(texts):
        (folder / f"{number:05}.json").write_text(text)
    few.write_text("".join(texts[: files // 2]))
    say(f"{files:,} files of one case")
    table, whole = ("evaluate", str(few)), ("evaluate", str(people), "--format", "jsonl", "--detail", "full")
    found = measure(
        {
            name: (lambda _, command=command: seconds(*TRIAGE, *command))  # type: ignore[misc]
            for name, command in (
                ("files", ("evaluate", str(folder))),
                ("table", table),
                ("full", (*whole, "--jobs", "1")),
            )
        },
        3,
        say,
    )
    with people.open("rb") as lines:
        cases = sum(1 for _ in lines)
    return [
        Row(
            f"`triage evaluate` of {files:,} files of one case",
            f"{found.median('files'):.2f} s",
            wanted="at most 3 s",
        ),
        Row(
            f"`triage evaluate` of {files // 2:,} lines to a table",
            f"{found.median('table'):.2f} s",
            wanted="at most 1 s",
        ),
        Row(
            f"`triage evaluate --detail full --jobs 1` of {cases:,} lines, with start and checks",
            f"{cases / found.median('full'):,.0f} cases/s",
            wanted="at least 5,000 cases/s",
        ),
    ]


def _run(knowledge: KnowledgeBase, people: Path, cases: int, form: str = "jsonl") -> None:
    """Run in this process; the records are thrown away: a disk is not what is measured."""
    run = _of(knowledge, people, form)
    with Path(os.devnull).open("wb") as nowhere:
        nowhere.writelines(run.pieces())
    if run.tally.cases != cases or run.tally.invalid > cases // 10:
        raise RuntimeError(f"{run.tally.cases} of {cases} cases assessed, {run.tally.invalid} invalid")


def _of(knowledge: KnowledgeBase, people: Path, form: str) -> Any:
    from triage.bulk.blocks import Settings  # noqa: PLC0415 - the other parts are measured without it
    from triage.bulk.stream import Run  # noqa: PLC0415 - as above

    return Run(knowledge, Settings(form), (str(people),), io.BytesIO())


_PLAIN, _TENTH = "plain lines", "one line in ten invalid"
_TIGHT = (",", ":")


def _spaced(case: Case, _: Random) -> str:
    return json.dumps(case)


def _wide(case: Case, _: Random) -> str:
    return json.dumps(case, separators=(" , ", " : "))


def _shuffled(case: Case, chance: Random) -> str:
    answers = chance.sample(list(case["answers"].items()), len(case["answers"]))
    return json.dumps({"answers": dict(answers), "id": case["id"]}, separators=_TIGHT)


def _sorted(case: Case, _: Random) -> str:
    return json.dumps(case, separators=_TIGHT, sort_keys=True)


def _titled(case: Case, _: Random) -> str:
    return json.dumps({"id": case["id"], "title": "Calf: woken at night", **case}, separators=_TIGHT)


def _carrying(case: Case, _: Random) -> str:
    meta = {"ward": "B 12", "at": "2026-11-28T03:15:00", "bed": 4}
    return json.dumps({**case, "meta": meta}, separators=_TIGHT)


def _escaped(case: Case, _: Random) -> str:
    plain = json.dumps({**case, "id": f"Zoë {case['id']}"}, separators=_TIGHT)
    return plain.replace('"a', '"\\u0061').replace('"s', '"\\u0073')


def _floats(case: Case, _: Random) -> str:
    answers = {name: _as_float(answer) for name, answer in case["answers"].items()}
    return json.dumps({**case, "answers": answers}, separators=_TIGHT)


def _as_float(answer: Any) -> Any:
    return float(answer) if isinstance(answer, int) else answer


def _objects(case: Case, _: Random) -> str:
    answers = {name: _as_object(answer) for name, answer in case["answers"].items()}
    return json.dumps({**case, "answers": answers}, separators=_TIGHT)


def _as_object(answer: Any) -> Any:
    """Return the items of a list that are present, item by item."""
    if not isinstance(answer, list):
        return answer
    return {item.removeprefix("?"): "unknown" if item.startswith("?") else "yes" for item in answer}


_STYLES: Mapping[str, Callable[[Case, Random], str]] = {
    "with spaces": _spaced,
    "with spaces on both sides": _wide,
    "keys in any order, `id` last": _shuffled,
    "keys sorted": _sorted,
    "each with a `title`": _titled,
    "each with a `meta`": _carrying,
    "with escapes": _escaped,
    "numbers as floats": _floats,
    "lists as objects": _objects,
}


def bulk_command(people: Path, jobs: int) -> tuple[str, ...]:
    """Return the command of a run with its default checks.

    Its records go to standard output, which is thrown away: a disk is not what is measured.
    """
    return (*TRIAGE, "evaluate", str(people), "--format", "jsonl", "--jobs", str(jobs))


def in_two_processes(people: Path, cases: int, rounds: int, say: Callable[[str], None]) -> list[Row]:
    """Compare two processes with one, as commands, by the clock, and with what the machine lets two do."""
    found = measure(
        {
            ONE: lambda _: seconds(*bulk_command(people, 1)),
            TWO: lambda _: seconds(*bulk_command(people, 2)),
            APART: lambda _: seconds_together(bulk_command(people, 1), 2),
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
        Row(
            "two runs of `--jobs 1` at the same time, which share nothing but the machine",
            f"{2 * cases / found.median(APART):,.0f} cases/s",
            f"{2 * found.ratio(ONE, APART):.2f} times one",
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
