"""Lines of cases: a small population, and every way of writing an answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from functools import cache
from random import Random
from typing import Any

from support.population import Crowd
from support.shipped import KNOWLEDGE

from triage.bulk.blocks import BlockEvaluator, Settings
from triage.bulk.tasks import Block
from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reading.cutting import Lines
from triage.cases.reading.sheets import Sheet
from triage.evaluation.evaluate import Evaluator
from triage.evaluation.records.compact import compact_record

ONE_BY_ONE = Evaluator(KNOWLEDGE, "compiled")
REGISTER = CaseRegister(CaseChecker(KNOWLEDGE), unique=False)


@cache
def _crowd() -> Crowd:
    return Crowd(KNOWLEDGE, skips=0.05, not_sure=0.02, item_by_item=0.05, not_sure_item=0.2, item=0.01)


def people(count: int, seed: int = 1, first: int = 0) -> list[dict[str, Any]]:
    """Cases of people with some answers left out, not sure, or given item by item; ids count from `first`."""
    chance = Random(seed)  # noqa: S311 - made-up people
    numbers = range(first, first + count)
    return [{"id": f"p{number}", "answers": _crowd().answers(chance)} for number in numbers]


def as_lines(cases: Iterable[Any]) -> bytes:
    return "".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases).encode()


def sheet(data: bytes, number: int = 1, file: str = "x.jsonl") -> Sheet:
    """Some lines of a file, the first of which has this number."""
    return Lines(number, number - 1, data, data.count(b"\n") + 1).sheet(file)


def block(data: bytes, number: int = 1, file: str = "x.jsonl") -> Block:
    return Block((sheet(data, number, file),))


def lines_of(data: bytes) -> list[bytes]:
    return list(io.BytesIO(data))


def expected(data: bytes, number: int = 1) -> list[dict[str, Any]]:
    """The records of some lines, each read, checked and assessed by itself."""
    outcomes = (ONE_BY_ONE.outcome(REGISTER.admit(raw)) for raw in sheet(data, number).read_all())
    return [compact_record(KNOWLEDGE, outcome) for outcome in outcomes]


def records(evaluator: BlockEvaluator, data: bytes, number: int = 1) -> list[dict[str, Any]]:
    output = evaluator(block(data, number)).output
    return [json.loads(line) for line in io.BytesIO(output)]


def trained() -> BlockEvaluator:
    """An evaluator that has seen enough lines to know how they begin and end."""
    evaluator = BlockEvaluator(KNOWLEDGE, Settings())
    evaluator(block(as_lines(people(400, seed=2))))
    evaluator(block("".join(json.dumps(case) + "\n" for case in people(400, seed=3)).encode()))
    return evaluator


STYLES: tuple[Mapping[str, Any], ...] = (
    {"separators": (",", ":")},
    {},
    {"ensure_ascii": False},
    {"separators": (" , ", " : ")},
)
