"""Asking about what was told in own words: each danger sign by itself, all else as one list to confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from triage.explanation.answers import answer_text
from triage.inference.truth import Missing, Value
from triage.interview.options import NotUnderstood
from triage.interview.own_words.proposals import Choice, Proposal
from triage.interview.parsing import read_answer, yes_no_or_not_sure
from triage.interview.typed import quoted
from triage.knowledge.model import NO, YES, KnowledgeBase

_Meaning = TypeVar("_Meaning")
_VALUES: Mapping[str, Value] = {YES: YES, NO: NO, "unknown": Missing.UNKNOWN}
_HELP = "Type y if all of it is right, or the numbers of what is wrong. Type n to take nothing of it."


@dataclass(frozen=True)
class Telling:
    """The talk about what was told.

    `say` prints a text, `hear` returns the next line, `propose` what a line seems to say. `address` words a
    text for the person, `misread` says that a line was not understood, and `leave` quits on request.
    """

    knowledge: KnowledgeBase
    say: Callable[..., object]
    hear: Callable[[], str]
    propose: Callable[[str], Sequence[Proposal]]
    address: Callable[[str], str]
    misread: Callable[[NotUnderstood], None]
    leave: Callable[[], None]

    def ask_dangers(self, dangers: Iterable[Proposal]) -> Mapping[str, Value]:
        """Ask about each danger sign by itself; return what was answered."""
        waiting = list(dangers)
        answers: dict[str, Value] = {}
        while waiting:
            danger = waiting.pop(0)
            if danger.finding not in answers:
                answers[danger.finding] = self._ask_danger(danger, waiting)
        return answers

    def _ask_danger(self, danger: Proposal, waiting: list[Proposal]) -> Value:
        question = self.knowledge.questions[danger.question]
        option = next(each for each in question.options if danger.finding == f"{question.id}.{each.id}")
        self.say("")
        self.say(f"You wrote {quoted(danger.words)}. Is this so now?", strong=True)
        self.say(self.address(option.label))
        if option.means:
            self.say(self.address(option.means))
        self.say("yes, no, or not sure")

        def value_of(typed: str) -> Value:
            try:
                return _VALUES[yes_no_or_not_sure(typed)]
            except NotUnderstood:
                waiting.extend(each for each in self.propose(typed) if each.danger)
                raise

        return self._hear(value_of)

    def confirm(self, proposals: Sequence[Proposal]) -> Sequence[Proposal]:
        """Show what was understood, and return what the person says is right: all, some, or nothing."""
        left = list(proposals)
        while left:
            self._show(left)
            wrong = self._hear(partial(_wrong, most=len(left)))
            if not wrong:
                break
            left = [each for place, each in enumerate(left, start=1) if place not in wrong]
        return left

    def _hear(self, understand: Callable[[str], _Meaning]) -> _Meaning:
        """Return what the next line means that is understood."""
        while True:
            typed = self.hear()
            if typed.lower() in ("q", "quit"):
                self.leave()
                continue
            try:
                return understand(typed)
            except NotUnderstood as misfit:
                self.misread(misfit)

    def choose(self, choice: Choice) -> Sequence[str]:
        """Ask which items some words mean; return those chosen, none where the person is not sure."""
        question = self.knowledge.questions[choice.question]
        options = tuple(option for option in question.options if option.id in choice.items)
        offer = replace(question, options=options)
        self.say("")
        self.say(f"You wrote {quoted(choice.words)}. Which of these is it?", strong=True)
        for place, option in enumerate(options, start=1):
            self.say(f"{place}  {self.address(option.label)}", hang=3)
        self.say("one or several, none, or not sure")
        answer = self._hear(partial(read_answer, offer))
        return [item for item in answer if not item.startswith("?")] if isinstance(answer, list) else ()

    def _show(self, proposals: Sequence[Proposal]) -> None:
        self.say("")
        self.say("This is what I understood:", strong=True)
        width = len(str(len(proposals)))
        for place, each in enumerate(proposals, start=1):
            words = f" - you wrote {quoted(each.words)}" if each.words else ""
            self.say(f"{place:>{width}}  {self._text(each)}{words}", hang=width + 2)
        self.say(_HELP)

    def _text(self, proposal: Proposal) -> str:
        question = self.knowledge.questions[proposal.question]
        if question.kind == "checklist":
            item = proposal.finding.partition(".")[2]
            return self.address(next(each.label for each in question.options if each.id == item))
        return f"{self.address(question.ask)} {self.address(answer_text(question, proposal.value))}"


def _wrong(typed: str, most: int) -> frozenset[int]:
    """Return the numbers of what is wrong, up to `most`.

    Raises:
        NotUnderstood: with what would fit.
    """
    text = typed.lower().rstrip(".!")
    if text in ("y", "yes"):
        return frozenset()
    if text in ("n", "no", "none", "b", "back", "s", "skip"):
        return frozenset(range(1, most + 1))
    numbers = text.replace(",", " ").split()
    if numbers and all(each.isdecimal() and 1 <= int(each[:4]) <= most for each in numbers):
        return frozenset(map(int, numbers))
    raise NotUnderstood(_HELP)
