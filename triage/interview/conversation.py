"""A conversation: what one interview says and hears, in plain lines that a pipe can follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.inference.truth import Value
from triage.interview.answer_list import shown
from triage.interview.hearing.parsing import UNREADABLE, NotUnderstood
from triage.interview.hearing.typed import readable
from triage.interview.interview import Interview
from triage.interview.prompts import Prompt
from triage.interview.terminal import Misread, OutOfInput, Quit, Terminal, WentBack, say_wrapped
from triage.knowledge.model import Question

_MOST_ASIDES = 100


@dataclass(frozen=True)
class JointAnswer:
    """An answer to one list that stood for several.

    `names` are the questions that it stood for, `closed` those that the answer closed. `before` is the
    interview before the answer, and `asked` the number of questions asked until then.
    """

    names: tuple[str, ...]
    answer: Any
    closed: frozenset[str]
    before: Interview
    asked: int


@dataclass
class Conversation:
    """One interview held in a terminal.

    `interview` always has the answers in force, so that a caller can save them whenever the talk ends.
    `kept` says that the caller will; `no_place` returns why a file cannot be written, or "" if it can.
    `notes` are said at the beginning, after an emergency. The questions in `stale` are asked again. `waiting`
    is called before each wait for a line. `told` are the emergencies and doubts that the person was told of,
    and `asked_again` the findings in doubt that were asked about by themselves. `put` is the prompt shown
    last, `asked_now` the answers about danger signs in the last line, and `hints` are the hints shown so far.
    `asides` counts the lines since the last answer. `joint` are the answers to lists that stood for several,
    the latest last, and `reopened` the one that the person went back to. `changed` is the question whose
    answer the person is changing after the result.
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
    joint: list[JointAnswer] = field(init=False, default_factory=list)
    reopened: JointAnswer | None = field(init=False, default=None)
    changed: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Note the answers that the talk begins with."""
        self.begun_with = dict(self.interview.answers)

    def leave(self, question: str) -> None:
        """Quit; if answers would be lost, say so and ask once more.

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
        """Return the next line that can be read, without spaces around it.

        Raises:
            OutOfInput: there is no such line.
            Misread: too many lines of a script answer nothing, or one cannot be read.
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
            self.misread(question, NotUnderstood(UNREADABLE))

    def misread(self, name: str, misfit: NotUnderstood) -> None:
        """Say that a line was not understood.

        Raises:
            Misread: it is a line of a script, and nobody can answer again.
        """
        self.say(str(misfit))
        if name:
            self.say_whom_to_call(self.interview.knowledge.questions[name])
        if not self.terminal.interactive:
            raise Misread(self.terminal.line, name, str(misfit))

    def say_whom_to_call(self, question: Question) -> None:
        """Say whom to call in an emergency, if a question asks about signs of danger."""
        knowledge = self.interview.knowledge
        if question.red_flags and knowledge.laws.refused_danger:
            self.say(knowledge.calls.named_in(knowledge.laws.refused_danger))

    def step_back(self) -> None:
        """Take back the last answer to a question or to a joint list, if there is one.

        Raises:
            WentBack: it is the answer that the person is changing.
        """
        # Going back does not take back a danger sign that the person told in own words elsewhere.
        questions = self.interview.knowledge.questions
        met = [name for name in self.interview.way if name in questions and not self._is_told_danger(name)]
        if self.changed:
            at_itself = self.put is not None and self.put.question.id == self.changed
            if at_itself or met[-1:] == [self.changed]:
                raise WentBack(whole=at_itself)
        if self.joint and set(met) - set(self.joint[-1].before.way) <= self.joint[-1].closed:
            self._reopen(self.joint.pop())
            return
        if not met:
            self.say("This is the first question.")
            return
        self.interview = self.interview.without(met[-1])
        self.asked = max(0, self.asked - 1)

    def _reopen(self, joint: JointAnswer) -> None:
        """Take back what an answer to a joint list said about the lists that it closed."""
        earlier, before = self.interview, joint.before
        for name in sorted(joint.closed):
            if name in before.answers:
                earlier = earlier.change(name, before.answers[name])
            elif name in earlier.way:
                earlier = earlier.without(name)
        kept = {name: given for name, given in earlier.remembered.items() if name not in joint.closed}
        offered = {name: given for name, given in before.remembered.items() if name in joint.closed}
        self.interview = self.with_told(earlier.remember({**offered, **kept}))
        self.reopened, self.asked = joint, joint.asked

    def with_told(self, earlier: Interview) -> Interview:
        """Return an earlier state of the interview, and add the danger signs that were told since then."""
        flags, told = self.interview.knowledge.red_flags, self.interview.words()
        for finding, words in told.items():
            value = self.interview.findings[finding]
            if finding in flags and earlier.findings.get(finding) != value:
                earlier = earlier.tell(finding, value, words)
        return earlier

    def _is_told_danger(self, name: str) -> bool:
        """Whether all answers to a list of danger signs were told in own words."""
        question = self.interview.knowledge.questions[name]
        return bool(question.red_flags) and self.interview.is_told_alone(question)

    def shown(self, question: Question, answer: Any) -> str:
        """Return an answer in the words of its question."""
        return shown(question, answer, about_other=self.interview.about_other)

    def say(self, text: str, *, strong: bool = False, hang: int = 0) -> None:
        """Print a text in lines that fit."""
        say_wrapped(self.terminal, text, strong=strong, hang=hang)
