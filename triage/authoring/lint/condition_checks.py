"""Finds conditions and thresholds that say nothing, or repeat something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage.knowledge.checking.lint import Base, Check, row_problem
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import Written
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import Pointer, pointer_text


def _always_true_test(base: Base) -> Iterator[Diagnostic]:
    for document, place, test in base.tests:
        question = base.knowledge.questions.get(test["finding"])
        if question is None:
            continue
        for key in ("at_least", "at_most", "in"):
            if key in test and _accepts_all(base.knowledge, question.id, key, test[key]):
                shown = test[key] if isinstance(test[key], str) else ", ".join(test[key])
                message = f"{key} {shown} holds for every answer to {question.id}; tighten or remove it"
                yield Diagnostic.at(
                    document.path, document.line_of(*place, key), pointer_text(place), message
                )


def _accepts_all(knowledge: KnowledgeBase, name: str, key: str, wanted: Any) -> bool:
    question = knowledge.questions[name]
    if key == "in":
        return set(wanted) >= set(question.values)
    value = knowledge.thresholds[wanted].value
    ends = question.values or (question.minimum, question.maximum)
    return value == (ends[0] if key == "at_least" else ends[-1])


def _same_threshold(base: Base) -> Iterator[Diagnostic]:
    directions: dict[str, set[str]] = defaultdict(set)
    for _, _, test in base.tests:
        for key in ("at_least", "at_most"):
            if key in test:
                directions[test[key]].add(key)
    earlier: list[Mapping[str, Any]] = []
    for document, place, row in base.rows("thresholds"):
        for other in earlier:
            same = row["finding"] == other["finding"] and row["value"] == other["value"]
            if same and directions[row["id"]] & directions[other["id"]]:
                message = f'says the same as "{other["id"]}"; keep one of them'
                yield row_problem(document, place, row, "value", message)
                break
        earlier.append(row)


def _lists(written: Written, place: Pointer) -> Iterator[tuple[Pointer, Sequence[Written]]]:
    for key in ("all", "any"):
        if key in written:
            yield (*place, key), written[key]
            for index, part in enumerate(written[key]):
                yield from _lists(part, (*place, key, index))


def _repeated_test(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            for index, part in enumerate(parts):
                if part in parts[:index]:
                    line = document.line_of(*at, index)
                    yield Diagnostic.at(
                        document.path, line, pointer_text((*at, index)), "appears twice; remove one"
                    )


def _list_of_one(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            if len(parts) == 1:
                message = f'"{at[-1]}" of one test; write the test alone'
                yield Diagnostic.at(document.path, document.line_of(*at), pointer_text(at), message)


def _list_in_list(base: Base) -> Iterator[Diagnostic]:
    for document, place, written in base.conditions:
        for at, parts in _lists(written, place):
            for index, part in enumerate(parts):
                if at[-1] in part:
                    line = document.line_of(*at, index)
                    message = f'"{at[-1]}" inside "{at[-1]}"; write its tests straight into the outer list'
                    yield Diagnostic.at(document.path, line, pointer_text((*at, index)), message)


CHECKS: tuple[Check[Base], ...] = (
    Check("always-true-test", "a test that every answer passes", _always_true_test),
    Check("same-threshold", "two thresholds that say the same", _same_threshold),
    Check("repeated-test", "a test that appears twice in one list", _repeated_test),
    Check("list-of-one", "a list of a single test", _list_of_one),
    Check("list-in-list", "all straight inside all, or any inside any", _list_in_list),
)
