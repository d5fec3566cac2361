"""What comes after the questions: the result on one screen, and a menu of what can be asked about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from triage.explanation.short_result import Line, verdict
from triage.interview.answer_list import answer_list, way_of
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.interview.menu import menu_lines
from triage.interview.outcome import most_urgent, result_lines
from triage.interview.parsing import NotUnderstood
from triage.interview.replies import reply
from triage.interview.supposing import Supposing
from triage.interview.terminal import Enough, OutOfInput, Terminal, columns, say_wrapped

_LEAVE = ("", "q", "quit", "exit")


@dataclass
class FollowUp:
    """The talk after the questions of an interview, and after those about any further complaint.

    `talks` holds a conversation for each complaint, the latest last; `has_told` says that a result was told.
    """

    talks: list[Conversation]
    has_told: bool = field(init=False, default=False)
    _is_over: bool = field(init=False, default=False)

    @cached_property
    def _commands(self) -> dict[str, Callable[[], None]]:
        return {
            **dict.fromkeys(_LEAVE, self._leave),
            **dict.fromkeys(("a", "answers"), self._say_answers),
            "i": self._suppose,
            "o": self._ask_about_another,
        }

    @property
    def talk(self) -> Conversation:
        """The conversation about the latest complaint."""
        return self.talks[-1]

    @property
    def _terminal(self) -> Terminal:
        return self.talk.terminal

    @property
    def _session(self) -> Interview:
        return self.talk.interview

    def hold(self) -> None:
        """Tell the result, and do what the person chooses from the menu, until it is enough.

        Raises:
            Quit: the person quits while questions are asked.
            OutOfInput: the input ends while questions are asked.
            Misread: a line of a script is not understood.
        """
        self._say_result()
        while not self._is_over:
            try:
                typed = self.talk.hear("More? ", "").lower()
            except OutOfInput:
                return
            except Enough:
                self._say_result()
                continue
            if typed in self._commands:
                self._commands[typed]()
            elif (name := self._numbered(typed)) is not None:
                Course(self.talk).change(name)
                self._say_result()
            else:
                self._reply(typed)

    def heed_dropped(self, lines: Sequence[str]) -> None:
        """Ask about each danger sign in lines that are taken for no answer.

        Raises:
            Enough: the person wants no further question.
        """
        Alarm(self.talk).heed_dropped(lines)

    def remind(self) -> bool:
        """Say again what cannot wait, whichever complaint brings it; return whether there was any."""
        told: set[str] = set()
        for talk in self.talks:
            dangers = {*talk.interview.emergencies(), *talk.interview.emergencies_in_doubt()}
            if dangers - told:
                Alarm(talk).remind()
            told |= dangers
        return bool(told)

    def _leave(self) -> None:
        self._is_over = True
        if any(talk.interview.at_emergency() for talk in self.talks):
            self.remind()

    def _numbered(self, typed: str) -> str | None:
        """Return the question whose answer has the number that was typed, if it is one."""
        names = way_of(self._session)
        is_number = typed.isdecimal() and len(typed) <= len(str(len(names)))
        return names[int(typed) - 1] if is_number and 1 <= int(typed) <= len(names) else None

    def _reply(self, typed: str) -> None:
        try:
            text = reply(self._session, typed, columns(self._terminal))
        except NotUnderstood as misfit:
            if Alarm(self.talk).heeds_danger(typed):
                self._say_result()
            else:
                self.talk.misread("", misfit)
            return
        self._terminal.say()
        for line in text.rstrip().splitlines():
            self._terminal.say(line, strong=bool(line) and line == line.upper() and line[:1].isalpha())
        self._say_verdict()

    def _suppose(self) -> None:
        self._say_answer_list()
        with suppress(Enough):
            Supposing(self.talk).hold()
        self._say_verdict()

    def _ask_about_another(self) -> None:
        """Ask about another complaint, but not again about the person; in an emergency it waits."""
        if any(talk.interview.at_emergency() for talk in self.talks):
            say_wrapped(self._terminal, "Please get help first. The other complaint can wait.")
            self._say_verdict()
            return
        first = self.talk
        another = Conversation(
            first.terminal,
            self._session.of_another_complaint(),
            kept=first.kept,
            no_place=first.no_place,
            waiting=first.waiting,
        )
        self.talks.append(another)
        self._terminal.say()
        say_wrapped(
            self._terminal, "Another complaint. What you said about danger signs and health holds for it too."
        )
        Course(another).ask()
        self._say_result()

    def _say_result(self) -> None:
        self._terminal.say()
        self._say_lines(*result_lines([talk.interview for talk in self.talks]))
        self.has_told = True
        self._say_menu()

    def _say_verdict(self) -> None:
        """Say the verdict again: it may have scrolled away."""
        found = most_urgent([talk.interview for talk in self.talks])
        self._terminal.say()
        self._say_lines(Line(verdict(found), strong=True))
        self._say_menu()

    def _say_menu(self) -> None:
        for line in menu_lines(columns(self._terminal)):
            self._terminal.say(line)

    def _say_answers(self) -> None:
        self._say_answer_list()
        say_wrapped(self._terminal, "Give the number of one to change it.")

    def _say_answer_list(self) -> None:
        self._terminal.say()
        say_wrapped(self._terminal, "Your answers", strong=True)
        for line in answer_list(self._session):
            say_wrapped(self._terminal, line, hang=4)

    def _say_lines(self, *lines: Line) -> None:
        for line in lines:
            for text in line.wrapped(columns(self._terminal)):
                self._terminal.say(text, strong=line.strong)
