"""The conversation: one question after another, in plain lines that a pipe and a screen reader can follow."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Protocol

from triage.inference.assessment import Assessment
from triage.inference.explain import why_not_disposition, why_not_rule
from triage.inference.narrative import how, tell, tell_why_not
from triage.inference.wording import word
from triage.interview.parsing import NotUnderstood, example_of, read_answer
from triage.interview.session import Session
from triage.knowledge.model import NO, YES, Question
from triage.knowledge.problems import nearest

_MOST_RULES_SHOWN = 4


class Terminal(Protocol):
    """Where a conversation is held."""

    width: int

    def say(self, text: str = "", *, strong: bool = False) -> None:
        """Print lines."""

    def ask(self, prompt: str) -> str:
        """Print a prompt and return the line typed.

        Raises:
            EOFError: there is no more input.
        """


class Quit(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person ends the interview early."""


class OutOfInput(Exception):  # noqa: N818 - says where the input ended
    """The input ended before the interview; `question` is the first one unanswered."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(question)


@dataclass
class Conversation:
    """One interview held in a terminal.

    `session` always holds the answers in force, so that a caller can save them whenever the talk ends.
    """

    terminal: Terminal
    session: Session
    asked: int = 0
    bound: int | None = None
    warned: bool = False

    def hold(self) -> Assessment:
        """Ask until no answer could change anything, let the person review, and tell the result.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
        """
        self._introduce()
        self._ask_all()
        self._review()
        found = self.session.assessment()
        self._say_block(tell(self.session.knowledge, found))
        return found

    def follow_up(self) -> None:
        """Answer "how", "why not ..." and "what if ..." until the person has enough."""
        self.terminal.say("More: how / why not RULE or DISPOSITION / what if QUESTION=ANSWER / q to end")
        while True:
            try:
                typed = self.terminal.ask("More? ").strip()
            except EOFError:
                return
            if typed.lower() in ("", "q", "quit", "exit"):
                return
            self._say_block(self._reply(typed))

    # Asking.

    def _introduce(self) -> None:
        knowledge = self.session.knowledge
        self._wrap(knowledge.title, strong=True)
        self._wrap(knowledge.laws.not_reviewed)
        self._wrap(
            f"In an emergency call {knowledge.emergency_call} first. Nothing is kept unless you ask for it."
        )
        self._wrap(
            "Answer with numbers or words. For a list give several (1 3), none, or not sure; ?2 means not "
            "sure about 2. At any time: ? what it means and why, b back, s skip, q save and quit."
        )

    def _ask_all(self) -> None:
        while (question := self.session.next_question()) is not None:
            if not self._ask_one(question):
                return

    def _ask_one(self, question: Question) -> bool:
        """Ask one question; return whether to go on asking."""
        self._show(question)
        while True:
            try:
                typed = self.terminal.ask("> ").strip()
            except EOFError:
                raise OutOfInput(question.id) from None
            command = typed.lower()
            if command in ("?", "why"):
                self._explain(question)
            elif command in ("b", "back"):
                self._step_back()
                return True
            elif command in ("s", "skip"):
                self.session = self.session.skip(question.id)
                self.asked += 1
                return True
            elif command in ("q", "quit"):
                raise Quit
            elif not command and question.id in self.session.remembered:
                return self._take(question, self.session.remembered[question.id])
            else:
                try:
                    answer = read_answer(question, typed)
                except NotUnderstood as misfit:
                    self._wrap(str(misfit))
                else:
                    return self._take(question, answer)

    def _take(self, question: Question, answer: object) -> bool:
        self.session = self.session.answer(question.id, answer)
        self.asked += 1
        if self.session.at_emergency() and not self.warned:
            self.warned = True
            return self._warn()
        return True

    def _warn(self) -> bool:
        """Show an emergency at once; return whether the person wants to go on all the same."""
        found = self.session.assessment()
        self.terminal.say()
        self._wrap(found.title.upper(), strong=True)
        self._wrap(found.action)
        for reason in found.reasons:
            if reason.disposition == found.disposition:
                self._wrap(f"- because {reason.because}")
        self._wrap(
            "You can stop here. Type more to answer the other questions, or press Enter to stop asking."
        )
        try:
            return self.terminal.ask("> ").strip().lower() in ("more", "y", "yes", "m")
        except EOFError:
            return False

    def _step_back(self) -> None:
        if not self.session.way:
            self._wrap("This is the first question.")
            return
        self.session = self.session.back()
        self.asked = max(0, self.asked - 1)

    def _show(self, question: Question) -> None:
        left = self.session.left()
        self.bound = left if self.bound is None else min(left, self.bound)
        self.terminal.say()
        self._wrap(f"Question {self.asked + 1}, at most {max(0, left - 1)} left")
        self._wrap(self._word(question.ask), strong=True)
        width = len(str(len(question.options)))
        group = ""
        for number, option in enumerate(question.options, start=1):
            if option.group and option.group != group:
                group = option.group
                self._wrap(f"{group}:")
            self._wrap(f"{number:>{width}}  {self._word(option.label)}", hang=width + 2)
        if question.kind == "yes_no":
            self._wrap("yes, no, or not sure")
        elif question.kind == "checklist":
            self._wrap("one or several, none, or not sure")
        elif question.kind == "number":
            self._wrap(f"a number{example_of(question)}, or not sure")
        if question.id in self.session.remembered:
            self._wrap(f"Enter keeps: {shown(question, self.session.remembered[question.id])}")

    def _explain(self, question: Question) -> None:
        self._wrap(f"What it means: {self._word(question.means)}")
        for option in question.options:
            if option.means:
                self._wrap(f"- {self._word(option.label)}: {self._word(option.means)}", hang=2)
        self._wrap(f"Why it is asked: {self._word(question.why)}")
        rules = self.session.outlook().rests.get(question.id, ())
        knowledge = self.session.knowledge
        told = sorted(
            (rule for rule in rules if rule.disposition),
            key=lambda rule: -knowledge.rungs[rule.disposition].rank,
        )
        if told:
            self._wrap("What rests on it now:")
        for rule in told[:_MOST_RULES_SHOWN]:
            names = [knowledge.sources[name].publisher for name in rule.provenance.guidance]
            names += sorted({knowledge.claims[claim].document for claim in rule.provenance.claims})
            outcome = knowledge.rungs[rule.disposition].title
            self._wrap(f"- {self._word(rule.title)}: {outcome} ({', '.join(dict.fromkeys(names))})", hang=2)
        more = len(rules) - len(told[:_MOST_RULES_SHOWN])
        if more > 0:
            self._wrap(
                f"- and {more} other rule{'' if more == 1 else 's'} on what to do or what is safe", hang=2
            )

    # Reviewing.

    def _review(self) -> None:
        while True:
            names = [name for name in self.session.way if name in self.session.knowledge.questions]
            self.terminal.say()
            self._wrap("Your answers", strong=True)
            for number, name in enumerate(names, start=1):
                question = self.session.knowledge.questions[name]
                given = self.session.answers.get(name)
                said = "skipped" if given is None else shown(question, given)
                self._wrap(f"{number:>2}  {self._word(question.ask)} {said}", hang=4)
            try:
                typed = (
                    self.terminal.ask("Enter for the result, or a number to change an answer: ")
                    .strip()
                    .lower()
                )
            except EOFError:
                return
            if typed in ("q", "quit"):
                raise Quit
            if not typed:
                return
            if typed.isdecimal() and 1 <= int(typed) <= len(names):
                self._edit(names[int(typed) - 1])
            else:
                self._wrap(f"Please press Enter, or give a number from 1 to {len(names)}.")

    def _edit(self, name: str) -> None:
        question = self.session.knowledge.questions[name]
        if name in self.session.answers:
            remembered = {**self.session.remembered, name: self.session.answers[name]}
            self.session = self.session.remember(remembered)
        if self._ask_one(question):
            self._ask_all()

    # After the result.

    def _reply(self, typed: str) -> str:
        knowledge = self.session.knowledge
        found = self.session.assessment()
        words = typed.lower()
        if words == "how":
            return how(knowledge, found)
        if words.startswith("why not"):
            target = typed[len("why not") :].strip(" ?").replace(" ", "_" if "-" not in typed else "-")
            if target in knowledge.rungs:
                return tell_why_not(knowledge, why_not_disposition(knowledge, self.session.findings, target))
            if target in knowledge.rules:
                return tell_why_not(
                    knowledge, why_not_rule(knowledge, self.session.findings, knowledge.rules[target])
                )
            hint = nearest(target, [*knowledge.rungs, *knowledge.rules])
            return f'"{target}" is no disposition and no rule{hint}\n'
        if words.startswith("what if"):
            return self._what_if(typed[len("what if") :])
        return "Please type how, why not ..., what if ...=..., or q.\n"

    def _what_if(self, typed: str) -> str:
        name, _, answer = (part.strip() for part in typed.strip(" ?").partition("="))
        knowledge = self.session.knowledge
        if name not in knowledge.questions:
            return f'There is no question "{name}"{nearest(name, knowledge.questions)}\n'
        try:
            changed = self.session.answer(name, read_answer(knowledge.questions[name], answer))
        except NotUnderstood as misfit:
            return f"{misfit}\n"
        before, after = self.session.assessment(), changed.assessment()
        if (before.disposition, before.soon) == (after.disposition, after.soon):
            lines = [f"It would stay: {after.title}."]
        else:
            lines = [f"It would be: {after.title}, {after.time_frame}."]
        lines += [f"- because {reason.because}" for reason in after.reasons if reason not in before.reasons]
        return "\n".join(lines) + "\n"

    # Words.

    def _word(self, text: str) -> str:
        return word(text, about_other=self.session.about_other)

    def _wrap(self, text: str, *, strong: bool = False, hang: int = 0) -> None:
        for line in textwrap.wrap(text, max(20, self.terminal.width - 2), subsequent_indent=" " * hang) or [
            ""
        ]:
            self.terminal.say(line, strong=strong)

    def _say_block(self, text: str) -> None:
        self.terminal.say()
        for line in text.rstrip().splitlines():
            self.terminal.say(line, strong=bool(line) and line == line.upper() and line[:1].isalpha())
        self.terminal.say()


def shown(question: Question, answer: object) -> str:
    """Return an answer in the words of its question."""
    labels = {option.id: option.label.replace("{you}", "you") for option in question.options}
    if answer == "unknown":
        return "not sure"
    if isinstance(answer, list):
        return "; ".join(
            f"not sure about: {labels[item[1:]]}" if item.startswith("?") else labels[item] for item in answer
        )
    if isinstance(answer, dict):
        values = {YES: "yes", NO: "no", "unknown": "not sure"}
        return "; ".join(f"{labels[item]}: {values[value]}" for item, value in answer.items())
    if question.kind == "number":
        return f"{answer} {question.unit}"
    return labels.get(str(answer), str(answer))
