"""The answers of an interview, in words: one of them, and all of them as a numbered list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from triage.explanation.answers import answer_text
from triage.inference.intake import NONE, NOT_SURE_MARK, UNKNOWN
from triage.interview.session import Session
from triage.knowledge.model import YES, Question
from triage.knowledge.pronouns import address


def shown(question: Question, answer: Any, *, about_other: bool) -> str:
    """Return an answer in the words of its question."""
    if isinstance(answer, Mapping):
        # Of a list of which a part was shown, the person hears what is so, and what is in doubt.
        marks = {YES: "", UNKNOWN: NOT_SURE_MARK}
        answer = [f"{marks[value]}{item}" for item, value in answer.items() if value in marks] or NONE
    return answer_text(question, answer, about_other=about_other)


def way_of(session: Session) -> list[str]:
    """Return the questions that can be gone back to: those met, then those that are still to answer."""
    met = [name for name in session.way if name in session.knowledge.questions]
    return [*met, *(name for name in session.assessment().questions if name not in met)]


def answer_list(session: Session) -> Iterator[str]:
    """Yield each question that can be gone back to, numbered, with its answer."""
    about_other = session.about_other
    for number, name in enumerate(way_of(session), start=1):
        question = session.knowledge.questions[name]
        given = session.answers.get(name)
        if given is not None:
            said = shown(question, given, about_other=about_other)
        else:
            said = "skipped" if name in session.skipped else "not answered"
        yield f"{number:>2}  {address(question.ask, about_other=about_other)} {said}"
