"""The difference of two knowledge bases as data, as text of at most 80 columns, and as cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from triage.comparison.acuity import Acuity
from triage.comparison.difference import Difference
from triage.comparison.examples import Example
from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.rules import Kind
from triage.comparison.transitions import Way
from triage.comparison.world_pair import Sighting
from triage.explanation.answers import NOTHING, answers_in_words
from triage.explanation.templating import text_environment
from triage.inference.answers.case_answers import as_answers
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.truth import Value
from triage.knowledge.model import KnowledgeBase, Question
from triage.proof.solver import Answer
from triage.source.text import plural, wrap

SCHEMA_VERSION = "3"

Data: TypeAlias = Mapping[str, Any]


def record(difference: Difference) -> dict[str, Any]:
    """Return the difference as JSON data.

    `ways` holds the moves from one disposition to another, by their `roots`: the changed rules or questions
    that bring them. `advice` holds each step, caution, cause, explanation or sign that changes for somebody.
    Each has an `answer`: found or undecided. If found, it has an `example`, unless there are too many: the
    answers of somebody who shows it, and what both bases tell them.
    """
    cases = difference.cases
    return {
        "schema_version": SCHEMA_VERSION,
        "knowledge_bases": [
            {"version": base.version, "sha256": base.sha256} for base in difference.knowledge
        ],
        "same_meaning": difference.is_same_meaning,
        "less_urgent": difference.answer(less_urgent=True).value,
        "more_urgent": difference.answer(less_urgent=False).value,
        "without_example": difference.without_example,
        "ways": [_way_record(difference, way) for way in difference.ways],
        "advice": [
            {
                "kind": change.kind,
                "id": change.id,
                "title": change.title,
                "look_first": change.is_risky,
                **_change_record(difference, change.change, change.sighting),
            }
            for change in difference.advice
        ],
        "rules_compared": len(difference.rules),
        "rules": [
            {
                "rule": change.id,
                "kind": change.kind.value,
                "details": change.details,
                "roots": change.roots,
                "answer": change.answer.value,
            }
            for change in difference.rules
            if change.kind is not Kind.SAME
        ],
        **asdict(difference.tables),
        "cases": {
            "compared": cases.compared,
            "not_comparable": cases.not_comparable,
            "other_disposition": [
                {"case": name, "before": _acuity(before), "after": _acuity(after)}
                for name, (before, after) in cases.moves.items()
            ],
            "other_advice": cases.advice,
        },
        "questions": difference.questions,
    }


def _way_record(difference: Difference, way: Way) -> Data:
    return {
        "roots": way.roots,
        "places": [
            [f"{rule.file}:{rule.line_of('disposition')}" for rule in map(base.rules.get, way.roots) if rule]
            for base in difference.knowledge
        ],
        "less_urgent": way.less_urgent,
        "answer": (Answer.FOUND if way.gone else Answer.UNDECIDED).value,
        "moves": [
            _change_record(difference, (_acuity(before), _acuity(after)), sighting)
            for (before, after), sighting in way.moves.items()
        ],
    }


def _change_record(difference: Difference, change: tuple[str, str], sighting: Sighting) -> Data:
    example = difference.examples.get(sighting)
    return {
        "before": change[OLD],
        "after": change[NEW],
        "answer": sighting.answer.value,
        "example": _example_record(difference.knowledge[NEW], example) if example else None,
    }


def _example_record(knowledge: KnowledgeBase, example: Example) -> Data:
    before, after = example.assessments
    return {
        "answers": as_answers(knowledge, example.findings[NEW]),
        "before": before.disposition,
        "after": after.disposition,
        "in_words": {
            "someone": person(knowledge, example.findings[NEW]),
            "before": _outcome(before),
            "after": _outcome(after),
        },
    }


def person(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> str:
    """Return someone's answers in plain words, question by question."""
    lists: list[Question] = []
    texts: list[str] = []
    for question, text in answers_in_words(knowledge, findings):
        if question.kind == "checklist" and text == NOTHING:
            lists.append(question)
        else:
            texts.append(f"{question.ask} {text}.")
    if lists:
        texts.append(f"Nothing in {plural(len(lists), 'other list')} that were gone through.")
    return " ".join(texts) or "nothing asked yet"


def _acuity(acuity: Acuity) -> str:
    disposition, soon = acuity
    return f"{disposition} (soon)" if soon else disposition


def _outcome(assessment: Assessment) -> str:
    reasons = ", ".join(reason.rule for reason in assessment.reasons[:3])
    when = f" ({assessment.time_frame})" if assessment.disposition != UNDETERMINED else ""
    return f"{assessment.disposition}{when}{'; ' if reasons else ''}{reasons}"


def witness_cases(difference: Difference) -> list[dict[str, Any]]:
    """Return every example as a case that expects the new disposition; its title names the old one."""
    data = record(difference)
    shown = [(".".join(way["roots"]), move["example"]) for way in data["ways"] for move in way["moves"]]
    shown += [(f"{change['kind']}.{change['id']}", change["example"]) for change in data["advice"]]
    return [
        {
            "id": f"diff-{number}.{name}",
            "title": f"{example['before']} before, {example['after']} now",
            "answers": example["answers"],
            "expect": {"disposition": example["after"]},
        }
        for number, (name, example) in enumerate(shown, start=1)
        if example
    ]


def text(difference: Difference, folders: tuple[str, str]) -> str:
    """Return the report; `folders` are the two rules folders as the reader can open them."""
    moving = [root for way in difference.ways if not way.gone for root in way.roots]
    advice = [each for each in difference.advice if each.sighting.answer is Answer.UNDECIDED]
    undecided = {
        "may move somebody too": [*dict.fromkeys(moving)],
        "may change for somebody too": [*dict.fromkeys(f"{each.kind} {each.id}" for each in advice)],
    }
    tables = difference.tables.rewritten.items()
    counts = [plural(len(names), table.removesuffix("s")) for table, names in tables]
    page = text_environment("triage.comparison").get_template("difference.txt")
    whole = page.render(record(difference), folders=folders, undecided=undecided, counts=counts)
    lines: list[str] = []
    for line in whole.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        lines += wrap(line.lstrip(), indent, f"{indent}  ")
    return "".join(f"{line}\n" for line in lines)
