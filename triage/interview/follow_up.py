"""What comes after the questions: the result on one screen, and a menu of what can be asked about it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.explanation.short_result import short_result, verdict
from triage.interview.answer_list import answer_list, way_of
from triage.interview.conversation import Conversation
from triage.interview.menu import menu_lines
from triage.interview.parsing import NotUnderstood
from triage.interview.replies import reply
from triage.interview.session import Session
from triage.interview.terminal import OutOfInput, Terminal, columns, say_wrapped

_LEAVE = ("", "q", "quit", "exit")


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

    @property
    def _width(self) -> int:
        return columns(self._terminal)

    def hold(self) -> None:
        """Tell the result, and do what the person chooses from the menu, until it is enough.

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
            if typed in _LEAVE:
                if self._session.at_emergency():
                    self.talk.remind()
                return
            self._heed(typed)

    def _heed(self, typed: str) -> None:
        names = way_of(self._session)
        if typed in ("a", "answers"):
            self._say_answers()
        elif typed.isdecimal() and len(typed) <= len(str(len(names))) and 1 <= int(typed) <= len(names):
            self.talk.change(names[int(typed) - 1])
            self._say_result()
        else:
            try:
                self._say(reply(self._session, typed, self._width))
                self._say_verdict()
            except NotUnderstood as misfit:
                self.talk.misread("", misfit)

    def _say_result(self) -> None:
        self._terminal.say()
        for line in short_result(self._session.knowledge, self._session.assessment()):
            for text in line.wrapped(self._width):
                self._terminal.say(text, strong=line.strong)
        self._say_menu()

    def _say_verdict(self) -> None:
        """Say the verdict again: it may have scrolled away."""
        say_wrapped(self._terminal, verdict(self._session.assessment()), strong=True)
        self._say_menu()

    def _say_menu(self) -> None:
        for line in menu_lines(self._width):
            self._terminal.say(line)

    def _say_answers(self) -> None:
        self._terminal.say()
        say_wrapped(self._terminal, "Your answers", strong=True)
        for line in answer_list(self._session):
            say_wrapped(self._terminal, line, hang=4)
        say_wrapped(self._terminal, "Give the number of one to change it.")

    def _say(self, text: str) -> None:
        self._terminal.say()
        for line in text.rstrip().splitlines():
            self._terminal.say(line, strong=bool(line) and line == line.upper() and line[:1].isalpha())
        self._terminal.say()
