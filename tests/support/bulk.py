"""Lines for bulk runs: a small population, and every way of writing an answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from functools import cache
from random import Random
from typing import Any

from support.population import Crowd
from support.shipped import KNOWLEDGE

from triage.batch.blocks import Block, BlockEvaluator, Settings
from triage.batch.compact import compact_record
from triage.batch.evaluate import Evaluator
from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reader import read_lines

ONE_BY_ONE = Evaluator(KNOWLEDGE, "compiled")
REGISTER = CaseRegister(CaseChecker(KNOWLEDGE), unique=False)


@cache
def _crowd() -> Crowd:
    return Crowd(KNOWLEDGE, skips=0.05, not_sure=0.02, item_by_item=0.05, not_sure_item=0.2, item=0.01)


def people(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Cases of people with some answers left out, not sure, or given item by item."""
    chance = Random(seed)  # noqa: S311 - made-up people
    return [{"id": f"p{number}", "answers": _crowd().answers(chance)} for number in range(count)]


def as_lines(cases: Iterable[Any]) -> bytes:
    return "".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases).encode()


def expected(data: bytes, number: int = 1) -> list[dict[str, Any]]:
    """The records of some lines, each read, checked and assessed by itself."""
    outcomes = (ONE_BY_ONE.outcome(REGISTER.admit(raw)) for raw in read_lines("x.jsonl", data, number))
    return [compact_record(KNOWLEDGE, outcome) for outcome in outcomes]


def records(evaluator: BlockEvaluator, data: bytes, number: int = 1) -> list[dict[str, Any]]:
    output = evaluator(Block("x.jsonl", number, data)).output
    return [json.loads(line) for line in io.BytesIO(output)]


def trained() -> BlockEvaluator:
    """An evaluator that has seen enough lines to know how they begin and end."""
    evaluator = BlockEvaluator(KNOWLEDGE, Settings())
    evaluator(Block("x.jsonl", 1, as_lines(people(400, seed=2))))
    evaluator(Block("x.jsonl", 1, "".join(json.dumps(case) + "\n" for case in people(400, seed=3)).encode()))
    return evaluator


STYLES: tuple[Mapping[str, Any], ...] = (
    {"separators": (",", ":")},
    {},
    {"ensure_ascii": False},
    {"separators": (" , ", " : ")},
)
