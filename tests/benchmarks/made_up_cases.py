"""Cases for large rule bases: a few a rule, and what each comes to.

A rule's file holds a person whom it concerns, and for each thing that this person answered one who answered
it otherwise. What they expect is what the program finds: whether the rule fires, and the disposition.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.plain_rules import Data
from benchmarks.sections import Sections
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.columns.compiled import compiled
from triage.inference.columns.outcomes import outcomes
from triage.inference.truth import Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.parts.conditions import All, Condition, Test

CaseFiles = Mapping[str, Sequence[Data]]
_MOST_NEAR_MISSES = 8
_MOST_CASES_A_FILE = 8


def cases_of_sections(made: Sections, cases: Path) -> CaseFiles:
    """Return some of our cases in every section, by the rule whose file holds them ("" for none)."""
    files: dict[str, list[Data]] = defaultdict(list)
    for path in sorted(cases.rglob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        ours = data[:_MOST_CASES_A_FILE] if isinstance(data, list) else [data]
        for section in range(made.count):
            written = (made.case(case, section) for case in ours)
            files[made.rule(path.stem, section)] += written
    return files


def cases_of_rules(knowledge: KnowledgeBase, seed: int) -> CaseFiles:
    """Return made-up cases for each rule: one that should fire it, and near misses."""
    chance = Random(seed)  # noqa: S311 - made-up people
    files: dict[str, list[Data]] = {}
    for rule in knowledge.rules.values():
        given: dict[str, Value] = {}
        _satisfy(knowledge, rule.when, given, chance)
        people = [given, *_near_misses(knowledge, given)]
        files[rule.id] = [
            {"id": f"{rule.id}.{number}", "answers": _whole(knowledge, person, number)}
            for number, person in enumerate(people)
        ]
    return files


def write_cases(knowledge: KnowledgeBase, files: CaseFiles, folder: Path) -> int:
    """Write a folder of cases with what they expect; return how many there are."""
    cases = [(rule, case) for rule, listed in files.items() for case in listed]
    program = compiled(knowledge)
    columns = program.columns([read_answers(knowledge, case["answers"]) for _, case in cases])
    verdicts = program.run(columns)
    found = outcomes(knowledge, columns.full, verdicts)
    expected: dict[str, list[Data]] = defaultdict(list)
    for lane, (rule, case) in enumerate(cases):
        expect: dict[str, Any] = {
            "disposition": next(name for name, column in found.disposition.items() if column >> lane & 1)
        }
        if rule in knowledge.rules:
            fires = verdicts.fired[program.number_of[rule]] >> lane & 1
            expect["fires" if fires else "silent"] = [rule]
        topic = knowledge.rules[rule].topic if rule in knowledge.rules else "people"
        expected[f"{topic}/{rule}.json"].append({**case, "expect": expect})
    for name, listed in expected.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    return len(cases)


def _satisfy(knowledge: KnowledgeBase, condition: Condition, given: dict[str, Value], chance: Random) -> None:
    """Answer so that a condition is true, as far as what was answered before allows."""
    if not isinstance(condition, Test):
        parts = condition.parts if isinstance(condition, All) else (chance.choice(condition.parts),)
        for part in parts:
            _satisfy(knowledge, part, given, chance)
    elif condition.finding in knowledge.findings:
        if concluding := knowledge.concluders[condition.finding]:
            _satisfy(knowledge, chance.choice(concluding).when, given, chance)
    elif condition.finding not in given:
        question = knowledge.question_of[condition.finding]
        given[condition.finding] = chance.choice([*_values(question, condition, satisfied=True)])


def _values(question: Question, test: Test, *, satisfied: bool) -> Iterator[str | int]:
    """Yield the values about a test that satisfy it, or that do not."""
    bounds = (bound for bound in (test.at_least, test.at_most) if bound is not None)
    near: Iterable[str | int] = question.values or (bound + step for bound in bounds for step in (-1, 0, 1))
    for value in near:
        inside = isinstance(value, str) or question.minimum <= value <= question.maximum
        if inside and test.accepts_value(value) is satisfied:
            yield value


def _near_misses(knowledge: KnowledgeBase, given: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Yield people who answered one thing otherwise: the other item, the option or the number beside it."""
    for finding, value in [*given.items()][:_MOST_NEAR_MISSES]:
        question = knowledge.question_of[finding]
        if isinstance(value, int):
            beside = value - 1 if value > question.minimum else value + 1
            yield {**given, finding: beside}
        elif question.values == (YES, NO):
            yield {**given, finding: NO if value == YES else YES}
        else:
            at = question.values.index(str(value))
            yield {**given, finding: question.values[at - 1]}


def _whole(knowledge: KnowledgeBase, given: Mapping[str, Value], number: int) -> Data:
    """Return answers; of every fourth person all lists are gone through, and what was not given is absent."""
    answers = as_answers(knowledge, given)
    if number % 4:
        return answers
    for question in knowledge.questions.values():
        if question.kind == "checklist":
            present = [
                option.id for option in question.options if given.get(f"{question.id}.{option.id}") == YES
            ]
            answers[question.id] = present or "none"
    return answers
