"""Lines for bulk runs: a small made-up population, and every way of writing an answer."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st
from support.shipped import KNOWLEDGE
from support.strategies import findings

from triage.batch.blocks import Block, BlockEvaluator, Settings
from triage.batch.compact import compact_record
from triage.batch.evaluate import Evaluator
from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reader import read_lines
from triage.inference.truth import Missing, Value
from triage.knowledge.model import YES, Question

ONE_BY_ONE = Evaluator(KNOWLEDGE, "compiled")
REGISTER = CaseRegister(CaseChecker(KNOWLEDGE), unique=False)


def people(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Cases of people most of whom have little, with some answers left out, unknown or not sure."""
    chance = random.Random(seed)  # noqa: S311 - a made-up population
    return [{"id": f"p{number}", "answers": _answers(chance)} for number in range(count)]


def _answers(chance: random.Random) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in KNOWLEDGE.questions.values():
        draw = chance.random()
        if draw < 0.05 or (question.asked_when and draw < 0.5):
            continue
        if draw > 0.98:
            answers[question.id] = "unknown"
        elif question.kind == "number":
            answers[question.id] = chance.randint(question.minimum, min(question.maximum, 500))
        elif question.kind == "checklist":
            items = [option.id for option in question.options]
            some = chance.sample(items, min(len(items), chance.choice([0, 0, 0, 0, 1, 1, 2])))
            answers[question.id] = [("?" if chance.random() < 0.1 else "") + item for item in some] or "none"
        else:
            answers[question.id] = chance.choice(question.values)
    return answers


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


@st.composite
def written_cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case, with each answer written in one of the ways that there are, in any order."""
    answers = _written(draw, draw(findings()))
    names = draw(st.permutations(list(answers))) if draw(st.booleans()) else list(answers)
    case: dict[str, Any] = {"id": draw(st.text(min_size=1, max_size=8) | st.just("p1"))}
    if draw(st.integers(0, 5)) == 0:
        case["title"] = draw(st.text(max_size=8))
    return {**case, "answers": {name: answers[name] for name in names}}


def _written(draw: st.DrawFn, given: Mapping[str, Value]) -> dict[str, Any]:
    answers = {}
    for question in KNOWLEDGE.questions.values():
        found = {name: given[name] for name in question.findings if name in given}
        if question.kind == "checklist":
            if found or draw(st.integers(0, 9)) == 0:
                answers[question.id] = _checklist(draw, question, found)
        elif found:
            value = found[question.id]
            as_float = isinstance(value, int) and draw(st.integers(0, 9)) == 0
            answers[question.id] = float(str(value)) if as_float else _plain(value)
    return answers


def _checklist(draw: st.DrawFn, question: Question, found: Mapping[str, Value]) -> Any:
    values = {name.partition(".")[2]: _plain(value) for name, value in found.items()}
    if len(values) < len(question.options) or draw(st.integers(0, 9)) == 0:
        return values
    if set(values.values()) == {"unknown"}:
        return "unknown"
    listed = [item for item, value in values.items() if value == YES]
    listed += [f"?{item}" for item, value in values.items() if value == "unknown"]
    return listed or "none"


def _plain(value: Value) -> str | int:
    return value.value if isinstance(value, Missing) else value


STYLES: tuple[Mapping[str, Any], ...] = (
    {"separators": (",", ":")},
    {},
    {"ensure_ascii": False},
    {"separators": (" , ", " : ")},
)
