"""What comes after the questions: the result on one screen, and a menu of what a person can ask about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from triage.explanation.short_result import Line, verdict
from triage.interview.afterwards.menu import HELP, MENU, menu_lines
from triage.interview.afterwards.replies import reply
from triage.interview.afterwards.supposing import Supposing
from triage.interview.answer_list import answer_list, numbered
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.course import Course
from triage.interview.conversation import Conversation
from triage.interview.hearing.parsing import NotUnderstood
from triage.interview.interview import Interview
from triage.interview.outcome import most_urgent, result_lines
from triage.interview.terminal import Enough, OutOfInput, Terminal, columns
from triage.knowledge.model import Question

_HELP = ("?", "h", "help", "why")
_KEPT = 2
"""The lines of a window that a page leaves free: the question whether to go on, and one line from before."""
_LEAST_PAGE = 5
_ANSWER_FILE = ".json"
_LEAVE = ("q", "quit", "exit")
_HOW_TO_LEAVE = (
    "Press Enter once more, or q, to leave. Or type one of the letters above, or the number of an answer."
)
_NOT_KEPT = "Your answers are not kept yet: a file name such as my-answers.json keeps them."


@dataclass
class FollowUp:
    """The talk after the questions of an interview.

    `talks` has a conversation for each complaint, the latest last. `has_told` says that a result was told.
    `keep_in` names the file to keep the answers in, or is empty.
    """

    talks: list[Conversation]
    has_told: bool = field(init=False, default=False)
    keep_in: str = field(init=False, default="")
    _is_over: bool = field(init=False, default=False)

    @cached_property
    def _commands(self) -> dict[str, Callable[[], None]]:
        return {
            **dict.fromkeys(_LEAVE, self._leave),
            **dict.fromkeys(("a", "answers"), self._say_answers),
            "i": self._suppose,
            "p": self._say_notes,
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
    def _interview(self) -> Interview:
        return self.talk.interview

    def hold(self) -> None:
        """Tell the result, then do what the person chooses from the menu until they leave.

        Raises:
            Quit: the person quits while questions are asked.
            OutOfInput: the input ends while questions are asked.
            Misread: a line of a script is not understood.
        """
        self._say_result()
        was_entered = False
        while not self._is_over:
            try:
                typed = self.talk.hear("More? ", "")
            except OutOfInput:
                return
            except Enough:
                self._say_result()
                continue
            if typed:
                self._do(typed)
            elif was_entered or not self._terminal.interactive:
                self._leave()
            else:
                self._say_how_to_leave()
            was_entered = not typed

    def _do(self, typed: str) -> None:
        """Do what a line asks for."""
        wish = typed.lower()
        if wish in _HELP:
            self._say_help()
        elif wish.endswith("?") and wish[:-1].strip() in MENU:
            self._say_help(wish[:-1].strip())
        elif "?" in wish and (question := numbered(self._interview, wish.strip("? "))) is not None:
            self._explain(question)
        elif wish in ("b", "back"):
            self.talk.say("The questions are over. Type a to see your answers; a number changes one.")
        elif wish in self._commands:
            self._commands[wish]()
        elif wish.endswith(_ANSWER_FILE) and self._terminal.interactive:
            self._keep(typed)
        elif (question := numbered(self._interview, typed)) is not None:
            Course(self.talk).change(question.id)
            self._say_result()
        else:
            self._reply(wish)

    def _say_help(self, key: str = "") -> None:
        """Say what each key gives, or what one of them gives."""
        for each, label in MENU.items():
            if key in ("", each):
                self.talk.say(f"{each}  {label}: {HELP[each]}", hang=3)
        if not key:
            self.talk.say("A number changes the answer with this number.")

    def _explain(self, question: Question) -> None:
        """Say what a question means, and why it is asked."""
        word = self._interview.word
        self.talk.say(f"{word(question.ask)} {word(question.means)}")
        self.talk.say(f"Why it is asked: {word(question.why)}")

    def heed_dropped(self, lines: Sequence[str]) -> None:
        """Ask about each danger sign in lines that are not used as answers.

        Raises:
            Enough: the person wants no more questions.
        """
        Alarm(self.talk).heed_dropped(lines)

    def remind(self) -> bool:
        """Say again what cannot wait, for every complaint; return whether there was anything.

        Where no result was told yet, what the answers call for already is said too.
        """
        told: set[str] = set()
        has_said = False
        for talk in self.talks:
            dangers = {*talk.interview.emergencies(), *talk.interview.emergencies_in_doubt()}
            if dangers - told:
                Alarm(talk).remind()
            elif not dangers and not self.has_told:
                has_said |= Alarm(talk).say_so_far()
            told |= dangers
        return bool(told) or has_said

    @property
    def is_unkept(self) -> bool:
        """Whether the person gave answers that are in no file, and will be in none."""
        is_new = any(dict(each.interview.answers) != dict(each.begun_with) for each in self.talks)
        return is_new and not self.talk.kept and not self.keep_in

    def _say_how_to_leave(self) -> None:
        self.talk.say(_HOW_TO_LEAVE)
        if self.is_unkept:
            self.talk.say(_NOT_KEPT)

    def _keep(self, name: str) -> None:
        """Note the name of a file to keep the answers in when the person leaves."""
        refusal = self.talk.no_place(name)
        self.keep_in = self.keep_in if refusal else name
        self.talk.say(refusal or f"Your answers will be kept in {name}. Type q to leave.")

    def _leave(self) -> None:
        self._is_over = True
        if any(talk.interview.at_emergency() for talk in self.talks):
            self.remind()

    def _reply(self, typed: str) -> None:
        try:
            text = reply(self._interview, typed, columns(self._terminal))
        except NotUnderstood as misfit:
            if Alarm(self.talk).heeds_danger(typed):
                self._say_result()
            else:
                self.talk.misread("", misfit)
            return
        self._terminal.say()
        self._say_page(text)
        self._say_verdict()

    def _say_notes(self) -> None:
        """Say the note for the doctor about each complaint."""
        self._terminal.say()
        for place, each in enumerate(self.talks):
            if place:
                self._terminal.say()
            self._say_page(reply(each.interview, "p", columns(self._terminal)))
        self._say_verdict()

    def _say_page(self, text: str) -> None:
        """Say a text; if a person reads in a window, only as much at once as fits."""
        lines, said = text.rstrip().splitlines(), 0
        for line in lines:
            if self._terminal.pages and said >= max(_LEAST_PAGE, self._terminal.height - _KEPT):
                if not self._goes_on():
                    self.talk.say("The rest is left out. The same letter shows it all again.")
                    return
                said = 0
            self._terminal.say(line, strong=bool(line) and line == line.upper() and line[:1].isalpha())
            said += 1

    def _goes_on(self) -> bool:
        """Ask whether to show more; any line except q or b goes on, after asking about dangers in it."""
        try:
            typed = self.talk.hear("Enter for more, q to stop: ", "")
        except OutOfInput:
            return False
        if typed.lower() in (*_LEAVE, "b", "back"):
            return False
        if typed and not Alarm(self.talk).heeds_danger(typed):
            self.talk.say("Nothing is taken from this. The text goes on:")
        return True

    def _suppose(self) -> None:
        self._say_answer_list()
        with suppress(Enough):
            Supposing(self.talk).hold()
        self._say_verdict()

    def _ask_about_another(self) -> None:
        """Ask about another complaint, but not again about the person; in an emergency, refuse."""
        if any(talk.interview.at_emergency() for talk in self.talks):
            self.talk.say("Please get help first. The other complaint can wait.")
            self._say_verdict()
            return
        first = self.talk
        another = Conversation(
            first.terminal,
            self._interview.of_another_complaint(),
            kept=first.kept,
            no_place=first.no_place,
            waiting=first.waiting,
        )
        self.talks.append(another)
        self._terminal.say()
        self.talk.say("Another complaint. What you said about danger signs and health holds for it too.")
        Course(another).ask()
        self._say_result()

    def _say_result(self) -> None:
        self._terminal.say()
        self._say_lines(*result_lines([talk.interview for talk in self.talks]))
        self.has_told = True
        self._say_menu()

    def _say_verdict(self) -> None:
        """Say the verdict again, as it may have scrolled away."""
        found = most_urgent([talk.interview for talk in self.talks])
        self._terminal.say()
        self._say_lines(Line(verdict(found), strong=True))
        self._say_menu()

    def _say_menu(self) -> None:
        for line in menu_lines(columns(self._terminal)):
            self._terminal.say(line)

    def _say_answers(self) -> None:
        self._say_answer_list()
        self.talk.say("Give the number of one to change it.")

    def _say_answer_list(self) -> None:
        self._terminal.say()
        self.talk.say("Your answers", strong=True)
        for line in answer_list(self._interview):
            self.talk.say(line, hang=4)

    def _say_lines(self, *lines: Line) -> None:
        for line in lines:
            for text in line.wrapped(columns(self._terminal)):
                self._terminal.say(text, strong=line.strong)
