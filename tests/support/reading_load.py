"""How much a person reads and types: a case's answers played through the conversation, and counted.

A prompt is every wait for input, confirmations too; an item is every line offered, "none" of a
list too; a word is everything printed before the result. Run as a script, it prints the table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from triage import KnowledgeBase, load_knowledge_base
from triage.cases.case_set import Case, read_case_set
from triage.inference.answers.intake import read_answers
from triage.inference.assessment import Assessment
from triage.inference.truth import Missing, Value
from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.interview.prompts import Prompt
from triage.knowledge.model import NO, YES, Question

VIGNETTES = Path(__file__).parents[2] / "cases" / "vignettes"
_MARKS: Mapping[Value, str] = {YES: "", Missing.UNKNOWN: "?"}
_AGAIN = "You are not sure about this one"
_WARNED = "press Enter to stop asking"
_CONFIRM = "Do you mean"
_UNDERSTOOD = "This is what I understood"
_ENDLESS = 500


@dataclass(frozen=True)
class Load:
    """What one interview took, and what came of it."""

    prompts: int
    items: int
    words: int
    found: Assessment
    interview: Interview


@dataclass
class CaseTypist:
    """A person of whom a case tells; what it does not tell is no, none, or skipped."""

    knowledge: KnowledgeBase
    answers: Mapping[str, Any]
    interactive: bool = True
    width: int = 80
    height: int = 24
    pages: bool = False
    line: int = 0
    sentence: str = ""
    said: list[str] = field(default_factory=list)
    prompts: int = 0
    items: int = 0
    _heard: int = 0

    def __post_init__(self) -> None:
        self.findings = read_answers(self.knowledge, self.answers)
        self.talk = Conversation(self, Interview(self.knowledge))

    def say(self, text: str = "", *, strong: bool = False) -> None:  # noqa: ARG002 - the protocol's
        self.said.append(text)

    def ask(self, prompt: str) -> str:
        self.said.append(prompt)
        self.prompts += 1
        assert self.prompts < _ENDLESS, f"asked again and again: {self.said[-5:]}"
        self.line += 1
        lately = " ".join(self.said[self._heard :])
        self._heard = len(self.said)
        return f"{self._typed(prompt, lately)}\n"

    def _typed(self, prompt: str, lately: str) -> str:
        put = self.talk.put
        if self.sentence and self.prompts == 1:
            return self.sentence
        if _UNDERSTOOD in lately:
            return "y"
        if prompt != "> " or _WARNED in lately or put is None:
            return ""
        if _AGAIN in lately:
            return "not sure"
        assert _CONFIRM not in lately, "numbers need no confirming"
        self.items += len(put.offer.options) + (put.offer.kind == "checklist")
        return self._listed(put) if put.is_list else self._single(put)

    def _single(self, put: Prompt) -> str:
        question = put.question
        value = self.findings.get(question.id)
        if value is Missing.UNKNOWN:
            return "not sure"
        if value is None:
            return "no" if question.kind == "yes_no" else "s"
        if question.kind == "number":
            return f"{value} {question.unit}"
        if question.same_line:
            return f"{value} {self._single(self._next(question, value))}"
        return str(value)

    def _next(self, question: Question, value: Value) -> Prompt:
        due = self.talk.interview.answer(question.id, value).next()
        assert due is not None
        return Prompt(due, due)

    def _listed(self, put: Prompt) -> str:
        if not put.question.id:
            return self._jointly(put)
        if put.offer.kind == "yes_no":
            return "yes" if any(self._mark(put, [item]) is not None for item in put.shown) else "no"
        marks = [self._mark(put, put.members.get(option.id, [option.id])) for option in put.offer.options]
        named = [f"{mark}{place}" for place, mark in enumerate(marks, start=1) if mark is not None]
        if named and len(named) == len(marks) and set(marks) == {"?"}:
            return "not sure"
        return " ".join(named) or "none"

    def _jointly(self, put: Prompt) -> str:
        needed = [
            f"{mark}{place}"
            for place, line in enumerate(put.offer.options, start=1)
            if (mark := self._mark_of_line(line.id)) is not None
        ]
        return " ".join(needed) or "none"

    def _mark_of_line(self, name: str) -> str | None:
        """How a line is typed that stands for a list that follows, or for a single finding."""
        question = self.knowledge.questions.get(name)
        if question is None or question.kind == "yes_no":
            return _MARKS.get(self.findings.get(name, NO))
        return None if self._mark(Prompt(question, question), self._open(name)) is None else ""

    def _open(self, name: str) -> Iterable[str]:
        """The items of a list that were not told yet."""
        told = self.talk.interview.findings
        options = self.knowledge.questions[name].options
        return [each.id for each in options if f"{name}.{each.id}" not in told]

    def _mark(self, put: Prompt, items: Iterable[str]) -> str | None:
        """How a line that stands for some items is typed: by its number, as not sure, or not at all."""
        values = {self.findings.get(f"{put.question.id}.{item}", NO) for item in items}
        return next((mark for value, mark in _MARKS.items() if value in values), None)


def reading_load(knowledge: KnowledgeBase, answers: Mapping[str, Any], sentence: str = "") -> Load:
    """Play the answers of a case through a conversation, perhaps told in a sentence first, and count."""
    typist = CaseTypist(knowledge, answers, sentence=sentence)
    found = Course(typist.talk).hold()
    words = len(" ".join(typist.said).split())
    return Load(typist.prompts, typist.items, words, found, typist.talk.interview)


def cases_in(knowledge: KnowledgeBase, folder: Path) -> tuple[Case, ...]:
    """The cases of a folder."""
    read = read_case_set(knowledge, [str(folder)], BytesIO())
    assert not read.invalid, read.diagnostics
    return read.cases


def medians(loads: Iterable[Load]) -> tuple[float, float, float]:
    """The medians of prompts, items and words."""
    counted = list(loads)
    return (
        median(load.prompts for load in counted),
        median(load.items for load in counted),
        median(load.words for load in counted),
    )


def table(loads: Mapping[str, Load]) -> str:
    """The medians of each rung, and of all, as lines of text."""
    rungs: dict[str, list[Load]] = {}
    for load in loads.values():
        rungs.setdefault(load.found.disposition, []).append(load)
    lines = [f"{'':<14}{'cases':>6}{'prompts':>9}{'items':>7}{'words':>7}"]
    for rung, counted in [*sorted(rungs.items()), ("all", list(loads.values()))]:
        prompts, items, words = medians(counted)
        lines.append(f"{rung:<14}{len(counted):>6}{prompts:>9g}{items:>7g}{words:>7g}")
    return "\n".join(lines)


def main(folder: str = str(VIGNETTES), rules: str | None = None) -> None:
    knowledge = load_knowledge_base(rules)
    loads = {case.id: reading_load(knowledge, case.answers) for case in cases_in(knowledge, Path(folder))}
    print(table(loads))  # noqa: T201 - a script


if __name__ == "__main__":
    main(*sys.argv[1:])
