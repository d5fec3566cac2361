"""The answers of an interview, in words: one of them, and all of them as a numbered list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from triage.explanation.answers import answer_text
from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.interview.interview import Interview
from triage.knowledge.model import YES, Question
from triage.knowledge.parts.pronouns import address


def shown(question: Question, answer: Any, *, about_other: bool) -> str:
    """Return an answer in the words of its question."""
    if isinstance(answer, Mapping):
        # Only a part of the list was shown, so the person hears only what is so and what is in doubt.
        marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
        answer = [f"{marks[value]}{item}" for item, value in answer.items() if value in marks] or NONE
    return answer_text(question, answer, about_other=about_other)


def way_of(interview: Interview) -> list[str]:
    """Return the questions that the person can go back to: those met, then those still to answer."""
    met = [name for name in interview.way if name in interview.knowledge.questions]
    return [*met, *(name for name in interview.assessment().questions if name not in met)]


def numbered(interview: Interview, typed: str) -> Question | None:
    """Return the question that has a typed number in `answer_list`; None if no question has it."""
    names = way_of(interview)
    is_number = typed.isdecimal() and len(typed) <= len(str(len(names))) and 1 <= int(typed) <= len(names)
    return interview.knowledge.questions[names[int(typed) - 1]] if is_number else None


def answer_list(interview: Interview) -> Iterator[str]:
    """Yield each question that the person can go back to, with its number and its answer."""
    about_other = interview.about_other
    for number, name in enumerate(way_of(interview), start=1):
        question = interview.knowledge.questions[name]
        given = interview.answers.get(name)
        if given is not None:
            said = shown(question, given, about_other=about_other)
        else:
            said = "skipped" if name in interview.skipped else "not answered"
        yield f"{number:>2}  {address(question.ask, about_other=about_other)} {said}"
