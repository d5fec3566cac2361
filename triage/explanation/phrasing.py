"""Puts conditions, tests and thresholds into plain words, for people who do not read the rule files.

A condition becomes a small tree of questions, findings that rules conclude, and groups of these. The
templates decide how the tree looks on a page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from triage.knowledge.model import NO, YES, Finding, Gate, KnowledgeBase, Option, Question, Rule, Threshold
from triage.knowledge.parts.conditions import All, Condition, Test, is_lower
from triage.knowledge.parts.conditions import Any as AnyOf


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the answers that a test on it accepts.

    `answers` are the accepted options or items, `manner` says how the test takes them ("one of"), and `limit`
    gives the bounds of a number. `threshold` is the named threshold that the test uses, if any.
    """

    shape: ClassVar[str] = "asked"
    question: Question
    manner: str
    answers: tuple[Option, ...] = ()
    limit: str = ""
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class Concluded:
    """A finding that other rules conclude."""

    shape: ClassVar[str] = "concluded"
    finding: Finding
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Several parts; `manner` says whether all must hold, or at least one."""

    shape: ClassVar[str] = "group"
    manner: str
    parts: tuple[Phrase, ...]


Phrase: TypeAlias = Asked | Concluded | Group

EVERY = "all of these"
SOME = "at least one of these"


def phrase(knowledge: KnowledgeBase, condition: Condition) -> Phrase:
    """Return a condition in plain words."""
    if isinstance(condition, Test):
        return _test(knowledge, condition)
    if len(condition.parts) == 1:
        return phrase(knowledge, condition.parts[0])
    if isinstance(condition, All):
        return Group(EVERY, tuple(phrase(knowledge, part) for part in condition.parts))
    parts = tuple(_some(knowledge, condition))
    return parts[0] if len(parts) == 1 else Group(SOME, parts)


def _some(knowledge: KnowledgeBase, condition: AnyOf) -> list[Phrase]:
    """Return the parts of an `any`; it flattens nested ones and joins the items of one checklist."""
    said: list[Phrase | str] = []
    items: dict[str, list[str]] = {}
    for part in _lifted(condition):
        if isinstance(part, Test) and _is_present_item(knowledge, part):
            question = knowledge.question_of[part.finding].id
            if question not in items:
                said.append(question)
            items.setdefault(question, []).append(part.finding)
        else:
            said.append(phrase(knowledge, part))
    return [
        _items(knowledge.questions[part], items[part]) if isinstance(part, str) else part for part in said
    ]


def _is_present_item(knowledge: KnowledgeBase, test: Test) -> bool:
    question = knowledge.question_of.get(test.finding)
    return question is not None and question.kind == "checklist" and test.accepts == frozenset({YES})


def _lifted(condition: AnyOf) -> list[Condition]:
    parts: list[Condition] = []
    for part in condition.parts:
        parts += _lifted(part) if isinstance(part, AnyOf) else [part]
    return parts


def _options(question: Question, findings: Collection[str]) -> tuple[Option, ...]:
    """Return the items of a checklist that have some findings."""
    pairs = zip(question.options, question.findings, strict=True)
    return tuple(option for option, finding in pairs if finding in findings)


def _items(question: Question, present: Collection[str]) -> Asked:
    options = _options(question, present)
    if len(options) == len(question.options) > 1:
        return Asked(question, "at least one item of the list")
    return Asked(question, "" if len(options) == 1 else "at least one of", options)


def _test(knowledge: KnowledgeBase, test: Test) -> Phrase:
    if test.finding in knowledge.findings:
        return Concluded(knowledge.findings[test.finding], knowledge.concluders[test.finding])
    question = knowledge.question_of[test.finding]
    threshold = None if test.threshold is None else knowledge.thresholds[test.threshold]
    if question.kind == "number":
        return Asked(question, "", limit=bounds(question, test), threshold=threshold)
    accepted = test.accepts or frozenset()
    if question.kind == "checklist":
        if accepted == frozenset({YES}):
            return _items(question, [test.finding])
        manner = "answered no" if accepted == frozenset({NO}) else "answered yes or no"
        return Asked(question, manner, _options(question, [test.finding]))
    if question.kind == "yes_no":
        return Asked(question, " or ".join(value for value in question.values if value in accepted))
    options = tuple(option for option in question.options if option.id in accepted)
    return Asked(question, "" if len(options) == 1 else "one of", options, threshold=threshold)


def gate_text(knowledge: KnowledgeBase, gate: Gate) -> str:
    """Return on one line whom a gate concerns: in its own words, or as the answers that it needs."""
    return gate.means or _line(phrase(knowledge, gate.when))


def _line(said: Phrase) -> str:
    if isinstance(said, Group):
        return f"{said.manner}: {'; '.join(map(_line, said.parts))}"
    if isinstance(said, Concluded):
        return said.finding.text
    labels = ", ".join(option.label for option in said.answers)
    loose = said.threshold.means if said.threshold else ""
    return " ".join(part for part in (said.question.ask, loose or said.limit, said.manner, labels) if part)


def bounds(question: Question, test: Test) -> str:
    """Return the numbers that a test on a number accepts: "at most 600 seconds"."""
    said = []
    if test.at_least is not None:
        said.append(f"at least {test.at_least}")
    if test.at_most is not None:
        said.append(f"at most {test.at_most}")
    return " ".join([" and ".join(said), question.unit]).strip()


def text_of(knowledge: KnowledgeBase, test: Test) -> str:
    """Return a test as an author would write it, on one line."""
    if test.threshold is not None:
        value = knowledge.thresholds[test.threshold].value
        lower = is_lower(test, knowledge.question_of[test.finding].values, value)
        return f"{test.finding} {'at_least' if lower else 'at_most'} {test.threshold} ({value})"
    if test.accepts is None:
        sides = (("at_least", test.at_least), ("at_most", test.at_most))
        return " ".join((test.finding, *(f"{name} {value}" for name, value in sides if value is not None)))
    if len(test.accepts) == 1:
        return f"{test.finding} is {next(iter(test.accepts))}"
    if test.finding not in knowledge.question_of:
        return f"{test.finding} in {', '.join(sorted(test.accepts))}"
    order = knowledge.question_of[test.finding].values
    return f"{test.finding} in {', '.join(sorted(test.accepts, key=order.index))}"


def value_of(knowledge: KnowledgeBase, threshold: Threshold) -> str:
    """Return a threshold as a number with its unit, or as the label of its step on a scale."""
    question = knowledge.questions[threshold.finding]
    if question.kind == "number":
        return f"{threshold.value} {question.unit}".strip()
    return next(option.label for option in question.options if option.id == threshold.value)


def spaced(name: str) -> str:
    """Return a name of the files (`massage_gun`) as words ("massage gun")."""
    return name.replace("_", " ").replace("/", ", ")


def headline(name: str) -> str:
    """Return a name of the files as a heading."""
    return capital(spaced(name))


def capital(text: str) -> str:
    """Return a text with a capital letter at its start."""
    return text[:1].upper() + text[1:]
