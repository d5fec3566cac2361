"""Puts one list for several questions, and hears what is typed at it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from triage.interview.asking.alarm import Alarm
from triage.interview.asking.questions import Questions
from triage.interview.asking.sentences import Sentences
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation, JointAnswer
from triage.interview.hearing.parsing import NotUnderstood
from triage.interview.prompts import Prompt, read_line, read_names
from triage.knowledge.model import Question


@dataclass(frozen=True)
class OneList(ABC):
    """Asks several questions of a talk by one list."""

    talk: Conversation

    @abstractmethod
    def _prompt(self, questions: Sequence[Question]) -> Prompt:
        """Return one list for several questions."""

    @abstractmethod
    def _take(self, questions: Sequence[Question], answer: Any) -> bool:
        """Take an answer to the whole list; return whether to go on asking."""

    def ask(self, questions: Sequence[Question]) -> bool:
        """Ask several questions by one list, and go by the answer; return whether to go on asking."""
        prompt = self._prompt(questions)
        Showing(self.talk).show(prompt)
        kept = self._kept(questions)
        if kept is not None:
            self.talk.say(f"Enter keeps: {self.talk.shown(prompt.question, kept)}")
        while True:
            typed = Alarm(self.talk).hear_answer(questions[0].id)
            command = typed.lower()
            if not typed and kept is not None:
                return self._take(questions, kept)
            if command in ("b", "back"):
                self.talk.step_back()
                return Alarm(self.talk).heed()
            if command in ("s", "skip"):
                self._note(questions, None, {each.id for each in questions})
                for question in questions:
                    self.talk.interview = self.talk.interview.skip(question.id)
                return Alarm(self.talk).after_answer()
            if command in ("q", "quit"):
                self.talk.leave(questions[0].id)
            elif named := None if self.talk.asked_now else self._naming(prompt, questions, typed):
                return Questions(self.talk).ask(named.id, typed)
            elif Sentences(self.talk).is_told_at(prompt, typed):
                return Sentences(self.talk).take_told_at(prompt.question, typed)
            elif (answer := Questions(self.talk).answer(prompt, typed)) is not None:
                return self._take(questions, answer)

    def _naming(self, prompt: Prompt, questions: Sequence[Question], typed: str) -> Question | None:
        """Return the first question whose list has what a line names; None if the line is an answer."""
        knowledge = self.talk.interview.knowledge
        with suppress(NotUnderstood):
            read_line(prompt, typed, knowledge)
            return None
        for question in questions:
            if question.kind == "checklist":
                with suppress(NotUnderstood):
                    read_names(question, typed, knowledge)
                    return question
        return None

    def _kept(self, questions: Sequence[Question]) -> Any:
        """Return what was answered to the same list before the person came back to it, else None."""
        reopened, names = self.talk.reopened, tuple(each.id for each in questions)
        return reopened.answer if reopened is not None and reopened.names == names else None

    def _note(self, questions: Sequence[Question], answer: Any, closed: Collection[str]) -> None:
        """Note the answer, and which questions it closed, so that the person can come back to the list."""
        names = tuple(each.id for each in questions)
        joint = JointAnswer(names, answer, frozenset(closed), self.talk.interview, self.talk.asked)
        self.talk.joint.append(joint)
        self.talk.reopened = None
