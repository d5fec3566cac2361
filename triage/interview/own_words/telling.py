"""Asking about what was told in own words: each danger sign by itself, all else to be confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from triage.explanation.answers import answer_text
from triage.inference.answers.reading import NOT_SURE_MARK, UNKNOWN
from triage.inference.truth import Missing, Value
from triage.interview.hearing.options import NotUnderstood
from triage.interview.hearing.parsing import Inquiry, read, read_answer, yes_no_or_not_sure
from triage.interview.hearing.typed import quoted
from triage.interview.own_words.told import Choice, Proposal
from triage.knowledge.model import NO, YES, KnowledgeBase, Option, Question

_Meaning = TypeVar("_Meaning")
_VALUES: Mapping[str, Value] = {YES: YES, NO: NO, "unknown": Missing.UNKNOWN}
_MOST_BY_THEMSELVES = 3
_LONGEST_LIST = 9
_HELP = "Type y if all of it is right, or the numbers of what is wrong. Type n to take nothing of it."


class Untold(Exception):  # noqa: N818 - the person's wish, not a fault
    """The person goes back from what was understood: nothing of it is taken."""


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

    def ask_dangers(self, dangers: Iterable[Proposal]) -> Iterator[Mapping[str, Value]]:
        """Ask about each danger sign by itself, or about many by a list; yield what each prompt brought."""
        waiting, asked = list(dangers), set[str]()
        while waiting:
            if len(waiting) > _MOST_BY_THEMSELVES:
                listed, waiting = waiting[:_LONGEST_LIST], waiting[_LONGEST_LIST:]
                answers = self._ask_list(listed, waiting)
            else:
                danger = waiting.pop(0)
                answers = {danger.finding: self._ask_danger(danger, waiting)}
            yield answers
            asked.update(answers)
            waiting = [each for each in waiting if each.finding not in asked]

    def _ask_list(self, dangers: Sequence[Proposal], waiting: list[Proposal]) -> Mapping[str, Value]:
        """Ask which of some danger signs are so; return what was answered of each."""
        options = tuple(replace(self._option(each), id=each.finding) for each in dangers)
        offer = replace(self.knowledge.questions[dangers[0].question], kind="checklist", options=options)
        self.say("")
        self.say(
            "Some of what you wrote can be a sign of danger. Which of these are so now, or came with it?",
            strong=True,
        )
        for place, option in enumerate(options, start=1):
            self.say(f"{place}  {self.address(option.label)}", hang=3)
        self.say("one or several, none, or not sure")
        asked = {option.id for option in options}

        def values_of(typed: str) -> Mapping[str, Value] | None:
            try:
                answer = self._chosen(offer, typed)
                return None if answer is None else _of_each(options, answer)
            except NotUnderstood as misfit:
                waiting.extend(each for each in self._dangers(typed) if each.finding not in asked)
                raise self._with_call(misfit) from None

        return self._hear(values_of)

    def _with_call(self, misfit: NotUnderstood) -> NotUnderstood:
        """Return what to say of a line at a sign of danger that was not understood: whom to call, too."""
        call = self.knowledge.calls.named_in(self.knowledge.laws.refused_danger)
        return NotUnderstood(f"{misfit} {call}".strip())

    def _dangers(self, typed: str) -> Iterator[Proposal]:
        return (each for each in self.propose(typed) if each.danger)

    def _option(self, danger: Proposal) -> Option:
        """Return the line that a danger sign stands on."""
        question = self.knowledge.questions[danger.question]
        item = danger.finding.partition(".")[2]
        return next((each for each in question.options if each.id == item), Option(question.id, question.ask))

    def _ask_danger(self, danger: Proposal, waiting: list[Proposal]) -> Value:
        option = self._option(danger)
        self.say("")
        confirm = self.address(self.knowledge.questions[danger.question].confirm)
        self.say(f"You wrote {quoted(danger.words)}. {confirm}", strong=True)
        self.say(self.address(option.label))
        if option.means:
            self.say(self.address(option.means))
        self.say("yes, no, or not sure")

        def value_of(typed: str) -> tuple[Value]:
            try:
                return (_VALUES[yes_no_or_not_sure(typed)],)
            except NotUnderstood as misfit:
                waiting.extend(self._dangers(typed))
                raise self._with_call(misfit) from None

        return self._hear(value_of)[0]

    def confirm(self, proposals: Sequence[Proposal]) -> Sequence[Proposal]:
        """Show what was understood, and return what the person says is right: all, some, or nothing.

        Raises:
            Untold: the person goes back.
        """
        left = list(proposals)
        while left:
            self._show(left)
            wrong = self._hear(partial(_wrong, most=len(left)))
            if not wrong:
                break
            left = [each for place, each in enumerate(left, start=1) if place not in wrong]
        return left

    def _chosen(self, offer: Question, typed: str) -> Any:
        """Return what a line chooses of a list; None where it asks what a part of it means, which is said."""
        asked = Inquiry(tuple(each.id for each in offer.options)) if typed == "?" else read(offer, typed)
        if not isinstance(asked, Inquiry):
            return read_answer(offer, typed)
        for place, option in enumerate(offer.options, start=1):
            if option.id in asked.options:
                means = f": {self.address(option.means)}" if option.means else ""
                self.say(f"{place}  {self.address(option.label)}{means}", hang=3)
        self.say("Nothing is taken for an answer yet. Please choose now.")
        return None

    def _hear(self, understand: Callable[[str], _Meaning | None]) -> _Meaning:
        """Return what the next line means that is understood and answers."""
        while True:
            typed = self.hear()
            if typed.lower() in ("q", "quit"):
                self.leave()
                continue
            try:
                meaning = understand(typed)
            except NotUnderstood as misfit:
                self.misread(misfit)
                continue
            if meaning is not None:
                return meaning

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
        answer = self._hear(partial(self._chosen, offer))
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
        Untold: the person goes back.
    """
    text = typed.lower().rstrip(".!")
    if text in ("b", "back"):
        raise Untold
    if text in ("n", "no", "s", "skip"):
        return frozenset(range(1, most + 1))
    with suppress(NotUnderstood):
        if not text.isdecimal() and yes_no_or_not_sure(text) == YES:
            return frozenset()
    numbers = text.replace(",", " ").split()
    if numbers and all(each.isdecimal() and 1 <= int(each[:4]) <= most for each in numbers):
        return frozenset(map(int, numbers))
    raise NotUnderstood(_HELP)


def _of_each(options: Sequence[Option], answer: Any) -> Mapping[str, Value]:
    """Return what an answer to a list of signs says of each of them."""
    if answer == UNKNOWN:
        return {option.id: Missing.UNKNOWN for option in options}
    chosen = answer if isinstance(answer, list) else ()
    return {option.id: _of_one(option.id, chosen) for option in options}


def _of_one(finding: str, chosen: Sequence[str]) -> Value:
    return YES if finding in chosen else Missing.UNKNOWN if NOT_SURE_MARK + finding in chosen else NO
