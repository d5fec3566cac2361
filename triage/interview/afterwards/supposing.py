"""Tells what the result would be if one answer were another; it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from triage.interview.afterwards.replies import what_if
from triage.interview.answer_list import numbered, way_of
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation
from triage.interview.hearing.parsing import NotUnderstood, Taken
from triage.interview.interview import Interview
from triage.interview.prompts import Prompt, first_prompt, following, read_line
from triage.interview.terminal import columns
from triage.knowledge.model import Question


@dataclass(frozen=True)
class Supposing:
    """A talk about one answer that might be another."""

    talk: Conversation

    def hold(self) -> None:
        """Ask which answer, and which other it might be, and say what that would change.

        Raises:
            OutOfInput: the input ends before that.
            Misread: a line of a script is not understood.
        """
        self.talk.say("Which answer would differ? Give its number, or press Enter to go back.")
        typed = self.talk.hear("> ", "")
        if not typed:
            return
        question = numbered(self.talk.interview, typed)
        if question is None:
            most = len(way_of(self.talk.interview))
            self.talk.misread("", NotUnderstood(f"Please give a number from 1 to {most}."))
            return
        try:
            after = self._with_another_answer(question)
        except NotUnderstood as misfit:
            self.talk.misread(question.id, misfit)
            return
        self.talk.terminal.say()
        for line in what_if(self.talk.interview, after, columns(self.talk.terminal)).splitlines():
            self.talk.terminal.say(line)
        self.talk.say("Your answers are as they were.")

    def _with_another_answer(self, question: Question) -> Interview:
        """Ask for another answer to a question, and return the interview as it would be with it.

        Raises:
            NotUnderstood: the answer does not fit, or is not certain.
        """
        interview = self.talk.interview
        step: object = first_prompt(question, interview.items(question.id), opened=True)
        while isinstance(step, Prompt):
            prompt = step
            Showing(self.talk).show_step(prompt)
            reading = read_line(prompt, self.talk.hear("> ", question.id), interview.knowledge)
            if not isinstance(reading, Taken):
                raise NotUnderstood("That is not certain. Please choose by number.")
            step = following(prompt, reading.answer) if prompt.is_list else reading.answer
        if question.kind == "checklist":
            return interview.answer_items(question.id, step)  # type: ignore[arg-type]
        return interview.answer(question.id, step)
