"""Hypothesis strategies: intakes of the shipped knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st
from support.edges import edges
from support.shipped import HEALTHY, KNOWLEDGE

from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, Question

Findings: TypeAlias = dict[str, Value]


def known_values(question: Question) -> st.SearchStrategy[str | int]:
    if question.kind == "number":
        return st.sampled_from(edges(KNOWLEDGE, question))
    return st.sampled_from(question.values)


ITEMS = tuple(
    finding
    for question in KNOWLEDGE.questions.values()
    if question.kind == "checklist"
    for finding in question.findings
)
SINGLES = tuple(question for question in KNOWLEDGE.questions.values() if question.kind != "checklist")


def some(names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), max_size=most, unique=True)


_PRESENT = some(ITEMS, 8)
_ANSWERS = {question.id: known_values(question) for question in SINGLES}
_NOT_SURE = some((*ITEMS, *_ANSWERS), 2)
_NOT_ASKED = some((*ITEMS, *_ANSWERS), 3)
_SKIPPED = some(tuple(KNOWLEDGE.questions), 5)


@st.composite
def findings(draw: st.DrawFn, *, complete: bool = False) -> Findings:
    """Answers finding by finding: few items present, fewer not sure or not asked, some questions skipped.

    People who tick everything prove little, so most items are absent.
    """
    given: Findings = dict.fromkeys(ITEMS, NO)
    given.update(dict.fromkeys(draw(_PRESENT), YES))
    given.update({name: draw(values) for name, values in _ANSWERS.items()})
    if complete:
        return given
    given.update(dict.fromkeys(draw(_NOT_SURE), Missing.UNKNOWN))
    skipped = {*draw(_NOT_ASKED), *draw(_SKIPPED)}
    return {
        finding: value
        for finding, value in given.items()
        if finding not in skipped and KNOWLEDGE.question_of[finding].id not in skipped
    }


def without_items(given: Findings) -> Findings:
    """The same answers, where nothing of a list is present."""
    return {finding: NO if finding in ITEMS and value == YES else value for finding, value in given.items()}


def lists_alone(given: Findings) -> Findings:
    """The same answers, where only lists were answered."""
    return {finding: value for finding, value in given.items() if finding in ITEMS}


_WELL: Findings = dict(read_answers(KNOWLEDGE, HEALTHY))
_ASKED = tuple(HEALTHY)


@st.composite
def nearly_healthy(draw: st.DrawFn, *, most: int = 3, skips: int = 0, complete: bool = False) -> Findings:
    """The healthy person with few answers changed: of hardly anybody else do laws about self-care speak.

    `most` and `skips` are the most answers that are changed and the most questions that are skipped; of a
    complete intake nothing is not sure.
    """
    given = dict(_WELL)
    for name in draw(st.lists(st.sampled_from(_ASKED), max_size=most)):
        question = KNOWLEDGE.questions[name]
        finding = draw(st.sampled_from(question.findings))
        not_sure = not complete and draw(st.integers(0, 3)) == 0
        given[finding] = Missing.UNKNOWN if not_sure else draw(known_values(question))
    for name in draw(st.lists(st.sampled_from(_ASKED), max_size=skips)):
        for finding in KNOWLEDGE.questions[name].findings:
            given.pop(finding, None)
    return given


@st.composite
def completed(draw: st.DrawFn, partial: Mapping[str, Value]) -> Findings:
    """One way of answering everything that applies and is unknown or was not asked."""
    chosen = draw(findings(complete=True))
    full: Findings = {name: value for name, value in partial.items() if not isinstance(value, Missing)}
    for question in KNOWLEDGE.questions.values():
        memory = working_memory(KNOWLEDGE, full)
        applying = [name for name in question.findings if memory[name] is Missing.NOT_ASKED]
        full |= {name: chosen[name] for name in applying}
    return full


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
    answers: dict[str, Any] = {}
    for question in KNOWLEDGE.questions.values():
        found = {name: given[name] for name in question.findings if name in given}
        if draw(st.integers(0, 19)) == 19:
            answers[question.id] = "unknown"
        elif question.kind == "checklist":
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
