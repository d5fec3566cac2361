"""Takes what a line tells in own words, about the question at hand and about others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from triage.interview.asking.alarm import Alarm
from triage.interview.asking.listening import Listening
from triage.interview.conversation import Conversation
from triage.interview.hearing.parsing import NotUnderstood
from triage.interview.own_words.telling import Untold
from triage.interview.own_words.told import Choice, Proposal
from triage.interview.prompts import Prompt, read_line
from triage.knowledge.model import YES, Question


@dataclass(frozen=True)
class Sentences:
    """Takes what the person of a talk tells, after they have confirmed it."""

    talk: Conversation

    def take_told(self, proposals: Sequence[Proposal], choices: Sequence[Choice] = ()) -> bool:
        """Take the proposals that the person confirms, and the choices they make; return whether to go on."""
        for each in Listening(self.talk).telling.confirm(proposals):
            self.talk.interview = self.talk.interview.tell(each.finding, each.value, each.words)
        for choice in choices:
            for item in Listening(self.talk).telling.choose(choice):
                self.talk.interview = self.talk.interview.tell(f"{choice.question}.{item}", YES, choice.words)
        return Alarm(self.talk).after_answer()

    def is_told_at(self, prompt: Prompt, typed: str) -> bool:
        """Whether a line is no answer to a prompt, but still says something, about its question or others."""
        if not typed[:1].isalpha():
            return False
        with suppress(NotUnderstood):
            read_line(prompt, typed, self.talk.interview.knowledge)
            return False
        if prompt.question.red_flags:
            return bool(self.talk.asked_now)  # if not, a person who is not understood must hear whom to call
        return bool(
            self.talk.asked_now or self._tellable(prompt.question, typed) or self._choices_at(prompt, typed)
        )

    def _choices_at(self, prompt: Prompt, typed: str) -> Sequence[Choice]:
        """Return the choices that a line leaves open; in a list of one group, none that it shows already."""
        shown = {option.id for option in prompt.offer.options}
        groups = {option.group for option in prompt.offer.options}
        choices = self._choices(prompt.question, typed)
        if len(groups) != 1 or "" in groups:
            return choices
        return [each for each in choices if each.question != prompt.question.id or not shown >= {*each.items}]

    def _choices(self, question: Question, typed: str) -> Sequence[Choice]:
        """Return the choices that a line leaves open, or those of a short answer that tells nothing else."""
        listening = Listening(self.talk)
        choices = listening.choices(typed)
        own = any(each.question == question.id for each in listening.proposals(typed))
        return choices if choices or own else listening.short_answers(question, typed)

    def _tellable(self, question: Question, typed: str) -> Sequence[Proposal]:
        """Return what a line says, without dangers; a script can only speak of the question at hand."""
        proposals = [each for each in Listening(self.talk).proposals(typed) if not each.danger]
        own = [each for each in proposals if each.question == question.id]
        return proposals if self.talk.terminal.interactive else own

    def take_told_at(self, question: Question, typed: str) -> bool:
        """Take what a line says of the question at hand, and what the person confirms of the rest."""
        self.talk.interview = self.talk.interview.quote(typed)
        proposals = self._tellable(question, typed)
        others = [each for each in proposals if each.question != question.id]
        own = [each for each in proposals if each.question == question.id]
        for each in own:
            self.talk.say(f"Taken as: {self.talk.shown(question, self._as_answer(question, each))}.")
            self.talk.interview = self.talk.interview.tell(each.finding, each.value, each.words)
        choices = self._choices(question, typed) if self.talk.terminal.interactive else ()
        if not any(each.words == typed for each in choices):
            Listening(self.talk).say_uncovered(typed)
        if not proposals and not choices and self.talk.asked_now:
            return True
        with suppress(Untold):
            return self.take_told(others, choices)
        return Alarm(self.talk).heed()

    def _as_answer(self, question: Question, proposal: Proposal) -> Any:
        is_item = question.kind == "checklist"
        return [proposal.finding.partition(".")[2]] if is_item else proposal.value
