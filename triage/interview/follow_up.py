"""What comes after the questions: the result, what the person asks about it, and changes of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.explanation.narrative import render_assessment
from triage.interview.answer_list import shown
from triage.interview.conversation import Conversation
from triage.interview.parsing import NotUnderstood
from triage.interview.replies import reply
from triage.interview.session import Session
from triage.interview.terminal import OutOfInput, Terminal, say_wrapped
from triage.knowledge.pronouns import address

_MORE = (
    "More: how / why not RULE or DISPOSITION / what if QUESTION=ANSWER / a to see and change your answers / q"
)


@dataclass(frozen=True)
class FollowUp:
    """The talk after the questions of an interview."""

    talk: Conversation

    @property
    def _terminal(self) -> Terminal:
        return self.talk.terminal

    @property
    def _session(self) -> Session:
        return self.talk.session

    def hold(self) -> None:
        """Tell the result, answer what is asked about it, and change answers, until the person has enough.

        Raises:
            Quit: the person quits while an answer is changed.
            OutOfInput: the input ends while an answer is changed.
            Misread: a line of a script is not understood.
        """
        self._say_result()
        while True:
            try:
                typed = self.talk.hear("More? ", "").lower()
            except OutOfInput:
                return
            names = self._way()
            if typed in ("", "q", "quit", "exit"):
                return
            if typed in ("a", "answers"):
                self._say_answers(names)
            elif typed.isdecimal() and len(typed) <= len(str(len(names))) and 1 <= int(typed) <= len(names):
                self.talk.change(names[int(typed) - 1])
                self._say_result()
            else:
                try:
                    self._say_block(reply(self._session, typed))
                except NotUnderstood as misfit:
                    self.talk.misread("", misfit)

    def _say_result(self) -> None:
        self._say_block(render_assessment(self._session.knowledge, self._session.assessment()))
        say_wrapped(self._terminal, _MORE)

    def _way(self) -> list[str]:
        return [name for name in self._session.way if name in self._session.knowledge.questions]

    def _say_answers(self, names: Sequence[str]) -> None:
        self._terminal.say()
        say_wrapped(self._terminal, "Your answers", strong=True)
        about_other = self._session.about_other
        for number, name in enumerate(names, start=1):
            question = self._session.knowledge.questions[name]
            given = self._session.answers.get(name)
            said = "skipped" if given is None else shown(question, given, about_other=about_other)
            asked = address(question.ask, about_other=about_other)
            say_wrapped(self._terminal, f"{number:>2}  {asked} {said}", hang=4)
        say_wrapped(self._terminal, "Give the number of one to change it.")

    def _say_block(self, text: str) -> None:
        self._terminal.say()
        for line in text.rstrip().splitlines():
            self._terminal.say(line, strong=bool(line) and line == line.upper() and line[:1].isalpha())
        self._terminal.say()
