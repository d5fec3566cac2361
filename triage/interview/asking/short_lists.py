"""Asks the lines of several short lists, and of yes-or-no questions that have a line, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triage.inference.answers.reading import NONE, UNKNOWN
from triage.inference.truth import Missing, Value
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.one_list import OneList
from triage.interview.prompts import Prompt, marked
from triage.knowledge.model import NO, Option, Question

_ASK = "Is any of this so?"
_MOST = 12
"""The most lines of one list: it has no groups, and must be read at a glance."""


@dataclass(frozen=True)
class ShortLists(OneList):
    """Asks short lists of a talk as one."""

    def together(self, name: str) -> list[Question]:
        """Return the questions whose lines one list can hold, with the one of this name; none if it is alone.

        Nothing of them was answered or told. No list of danger signs is among them.
        """
        interview = self.talk.interview
        reopened = self.talk.reopened.names if self.talk.reopened else ()
        asked = {*interview.answers, *interview.remembered}
        able = [
            each
            for each in interview.outlook().askable
            if self._is_short(each) and (each.id in reopened or each.id not in asked)
        ]
        fits = len(able) > 1 and name in {each.id for each in able}
        return able if fits and len(self._prompt(able).offer.options) <= _MOST else []

    def _is_short(self, question: Question) -> bool:
        """Whether the lines of a question can stand among those of others."""
        if question.kind != "checklist":
            return question.kind == "yes_no" and bool(question.first_line)
        lines = {*self.talk.interview.items(question.id)}
        no_danger = not any(each.red_flag for each in question.options if each.id in lines)
        return no_danger and not (question.opening or question.first_ask or question.shared)

    def _prompt(self, questions: Sequence[Question]) -> Prompt:
        """Return one list with the lines of several questions."""
        lines = tuple(line for each in questions for line in self._lines(each))
        means = "Choose every one that fits."
        why = " ".join(dict.fromkeys(each.why for each in questions))
        question = Question("", "checklist", _ASK, means, why, lines)
        return Prompt(question, question, tuple(each.id for each in questions))

    def _lines(self, question: Question) -> Iterator[Option]:
        if question.kind == "yes_no":
            yield Option(question.id, question.first_line, question.means)
        shown = {*self.talk.interview.items(question.id)}
        for option in question.options:
            if option.id in shown:
                yield replace(option, id=f"{question.id}.{option.id}", group="")

    def _take(self, questions: Sequence[Question], answer: Any) -> bool:
        """Take what an answer says of each question; return whether to go on.

        An answer item by item, which comes from words, says nothing about the other lines.
        """
        self._note(questions, answer, {each.id for each in questions})
        for question in questions:
            lines = [line.id for line in self._lines(question)]
            values = {line: value for line, value in _values(answer, lines).items() if line in lines}
            if values:
                self._answer(question, values)
        return Alarm(self.talk).after_answer()

    def _answer(self, question: Question, values: Mapping[str, Value]) -> None:
        interview = self.talk.interview
        if question.kind == "yes_no":
            value = values[question.id]
            said = UNKNOWN if value is Missing.UNKNOWN else value
            self.talk.interview = interview.answer(question.id, said)
            return
        items = {line.partition(".")[2]: value for line, value in values.items()}
        self.talk.interview = interview.answer_items(question.id, items)


def _values(answer: Any, lines: Sequence[str]) -> Mapping[str, Value]:
    """Return what an answer to the whole list says line by line."""
    if isinstance(answer, Mapping):
        return answer
    if answer == UNKNOWN:
        return dict.fromkeys(lines, Missing.UNKNOWN)
    return {**dict.fromkeys(lines, NO), **({} if answer == NONE else dict(marked(answer)))}
