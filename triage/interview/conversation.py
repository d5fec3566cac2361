"""A conversation: what is said and heard of one interview, in plain lines that a pipe can follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.inference.truth import Value
from triage.interview.answer_list import shown
from triage.interview.interview import Interview
from triage.interview.parsing import NotUnderstood
from triage.interview.prompts import Prompt
from triage.interview.terminal import Misread, OutOfInput, Quit, Terminal, say_wrapped
from triage.interview.typed import readable
from triage.knowledge.model import Question

_MOST_ASIDES = 100
_UNREADABLE = "Some of that could not be read. Please type it again."


@dataclass
class Conversation:
    """One interview held in a terminal.

    `interview` always holds the answers in force, so that a caller can save them whenever the talk ends.
    `kept` says that the caller will; `no_place` returns why a file cannot be written, or "" where it can.
    `notes` is said at the beginning, after an emergency; the questions of `stale` are asked again. `waiting`
    is called before a line is awaited. `put` is the prompt shown last, and `hints` is what
    was said of how to answer.
    """

    terminal: Terminal
    interview: Interview
    asked: int = 0
    kept: bool = False
    no_place: Callable[[str], str] = lambda _: ""
    notes: Sequence[str] = ()
    stale: list[str] = field(default_factory=list)
    waiting: Callable[[], None] = lambda: None
    told: set[str] = field(default_factory=set)
    asked_again: set[str] = field(default_factory=set)
    begun_with: Mapping[str, Any] = field(init=False)
    put: Prompt | None = field(init=False, default=None)
    asked_now: Mapping[str, Value] = field(init=False, default_factory=dict)
    hints: set[str] = field(init=False, default_factory=set)
    asides: int = 0

    def __post_init__(self) -> None:
        """Note the answers that the talk begins with."""
        self.begun_with = dict(self.interview.answers)

    def leave(self, question: str) -> None:
        """Quit; where answers would be lost, say so and ask once more.

        Raises:
            Quit: unless the person goes on after all.
        """
        is_unchanged = dict(self.interview.answers) == dict(self.begun_with)
        if self.kept or is_unchanged or not self.terminal.interactive:
            raise Quit
        self.say("Your answers are not kept yet.")
        prompt = "q to leave all the same, a file name such as my-answers.json to keep them, Enter to go on: "
        while True:
            try:
                typed = self.hear(prompt, question)
            except OutOfInput:
                raise Quit from None
            if not typed:
                self.say("Please answer the question.")
                return
            if typed.lower() in ("q", "quit"):
                raise Quit
            refusal = (
                self.no_place(typed)
                if typed.lower().endswith(".json")
                else "Please give a name that ends in .json."
            )
            if not refusal:
                raise Quit(typed)
            self.say(refusal)

    def hear(self, prompt: str, question: str) -> str:
        """Return the next line that can be read, without blanks around it.

        Raises:
            OutOfInput: there is none.
            Misread: a script goes on without answering anything, or cannot be read.
        """
        while True:
            self.waiting()
            try:
                typed = self.terminal.ask(prompt).strip()
            except EOFError:
                raise OutOfInput(question) from None
            self.asides += 1
            if not self.terminal.interactive and self.asides > _MOST_ASIDES:
                raise Misread(self.terminal.line, question, "too many lines answer nothing.")
            if readable(typed):
                return typed
            self.misread(question, NotUnderstood(_UNREADABLE))

    def misread(self, name: str, misfit: NotUnderstood) -> None:
        """Say that a line was not understood.

        Raises:
            Misread: nobody is there to answer again.
        """
        self.say(str(misfit))
        if name:
            self.say_whom_to_call(self.interview.knowledge.questions[name])
        if not self.terminal.interactive:
            raise Misread(self.terminal.line, name, str(misfit))

    def say_whom_to_call(self, question: Question) -> None:
        """Say whom to call in an emergency, where a question asks about one."""
        knowledge = self.interview.knowledge
        if question.red_flags and knowledge.laws.refused_danger:
            text = knowledge.laws.refused_danger
            self.say(knowledge.calls.named_in(text))

    def step_back(self) -> None:
        """Take back the answer to the question that was met last, if there is one."""
        # A danger sign that was told elsewhere is no question that was met: going back does not take it back.
        questions = self.interview.knowledge.questions
        met = [name for name in self.interview.way if name in questions and not self._is_told_danger(name)]
        if not met:
            self.say("This is the first question.")
            return
        self.interview = self.interview.without(met[-1])
        self.asked = max(0, self.asked - 1)

    def _is_told_danger(self, name: str) -> bool:
        """Whether a list of danger signs is answered only by what was told in own words."""
        question = self.interview.knowledge.questions[name]
        return bool(question.red_flags) and self.interview.is_told_alone(question)

    def shown(self, question: Question, answer: Any) -> str:
        """Return an answer in the words of its question."""
        return shown(question, answer, about_other=self.interview.about_other)

    def say(self, text: str, *, strong: bool = False, hang: int = 0) -> int:
        """Print a text in lines that fit; return how many they are."""
        return say_wrapped(self.terminal, text, strong=strong, hang=hang)
