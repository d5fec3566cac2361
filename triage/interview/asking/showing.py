"""Shows a question on the terminal, and explains it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.inference.answers.reading import NOT_SURE_MARK
from triage.inference.truth import Missing, Value
from triage.interview.conversation import Conversation
from triage.interview.hearing.amounts import example_of
from triage.interview.prompts import MOST_LINES, Prompt, known, values_of
from triage.interview.terminal import columns, wrapped
from triage.knowledge.model import YES, Option, Rule

_MOST_RULES_SHOWN = 2
_BELOW = 2
"""The lines below a list: the hint what to type, and the prompt."""
_MARKS: Mapping[Value | None, str] = {YES: " - you said yes", Missing.UNKNOWN: " - you said not sure"}
_UNSURE: Mapping[Value | None, str] = {YES: "", Missing.UNKNOWN: NOT_SURE_MARK}
_SET_IN = "   "
_SEVERAL = 2
_NOT_SURE = "or not sure"
_OF_ONE_LINE = "2? explains line 2 alone."
_IS_LONG = "Longer than your window: scroll up for the first lines."


@dataclass(frozen=True)
class _Line:
    """A text to say: whether it stands out, and how far its later lines are set in."""

    text: str
    strong: bool = False
    hang: int = 0


@dataclass(frozen=True)
class Showing:
    """Shows questions in a talk."""

    talk: Conversation

    def kept(self, prompt: Prompt) -> Any:
        """Return what Enter gives: the earlier answer about all that is shown now; None if there is none."""
        answer = self.talk.interview.remembered.get(prompt.question.id)
        return (
            known(prompt.question, answer, prompt.shown) if answer is not None and prompt.is_list else answer
        )

    def marks(self, prompt: Prompt) -> Mapping[str, Value]:
        """Return what an earlier answer says of the items of a list; nothing for any other question."""
        answer = self.talk.interview.remembered.get(prompt.question.id)
        return values_of(prompt.question, answer) if prompt.is_list and answer is not None else {}

    def kept_lines(self, prompt: Prompt) -> Any:
        """Return what Enter gives at a later step: the lines that are marked.

        It is None if an item has no earlier answer, or if a group has no marked line: the person has just
        said that something in this group is so.
        """
        marks = self.marks(prompt)
        items = [item for option in prompt.offer.options for item in prompt.items_of(option)]
        if not prompt.is_list or not items or not marks.keys() >= set(items):
            return None
        lines = [(option, self._mark(prompt, option)) for option in prompt.offer.options]
        if {option.group for option, _ in lines} != {option.group for option, mark in lines if mark}:
            return None
        return [f"{_UNSURE[mark]}{option.id}" for option, mark in lines if mark]

    def _mark(self, prompt: Prompt, option: Option) -> Value | None:
        """Return what was said of a line before: yes, or not sure; None if neither."""
        marks, items = self.marks(prompt), prompt.items_of(option)
        values = {marks.get(item) for item in items}
        if YES in values:
            return YES
        return Missing.UNKNOWN if Missing.UNKNOWN in values else None

    def show_later_step(self, prompt: Prompt) -> None:
        """Show a step after the first one, and say what Enter keeps."""
        self.show_step(prompt)
        if self.kept_lines(prompt) is not None:
            self.talk.say("Enter keeps what is marked")

    def show(self, prompt: Prompt) -> None:
        """Show a question, how many can follow, and its earlier answer."""
        left = self.talk.interview.left()
        self.talk.terminal.say()
        again = f"Asked again, {len(self.talk.stale) - 1} more of these to come" if self.talk.stale else ""
        self.talk.say(again or _place(self.talk.asked + 1, max(0, left - 1)))
        if told := self._told_already(prompt):
            self.talk.say(f"You have told already: {told}. This is about anything else.")
        self.show_step(prompt)
        if self.kept(prompt) is not None:
            question = prompt.question
            self.talk.say(
                f"Enter keeps: {self.talk.shown(question, self.talk.interview.remembered[question.id])}"
            )

    def _told_already(self, prompt: Prompt) -> str:
        """Return what was told of a list in own words, if the list now asks for the rest; else ""."""
        told, values = self.talk.interview.words(), self.talk.interview.findings
        names = {each.id: f"{prompt.question.id}.{each.id}" for each in prompt.question.options}
        items = [each for each, name in names.items() if name in told and values.get(name) == YES]
        return self.talk.shown(prompt.question, items) if items and prompt.is_list else ""

    def show_unless_shown(self, prompt: Prompt) -> None:
        """Show a prompt if another one was shown last, as the next line would be typed for that one."""
        if self.talk.put is not prompt:
            self.show(prompt)

    def show_step(self, prompt: Prompt) -> None:
        """Show a step line by line; if it is longer than the window, repeat the question at the end."""
        self.talk.put = prompt
        question, word = prompt.offer, self.talk.interview.word
        for line in self._lines(prompt):
            self.talk.say(line.text, strong=line.strong, hang=line.hang)
        if not self.is_in_sight(prompt):
            self.talk.say(_IS_LONG)
            self.talk.say(word(question.ask), strong=True)
        if question.same_line:
            self.talk.say(word(question.same_line))
        if hint := _hint(prompt, said=self.talk.hints):
            self.talk.hints.add(hint)
            self.talk.say(hint)

    def is_in_sight(self, prompt: Prompt) -> bool:
        """Whether the window shows all lines of a step at once."""
        terminal = self.talk.terminal
        if not terminal.interactive:
            return True
        height = sum(len(wrapped(terminal, line.text, hang=line.hang)) for line in self._lines(prompt))
        return height + _BELOW <= terminal.height

    def _lines(self, prompt: Prompt) -> Iterator[_Line]:
        """Yield the lines of a step: the question, and what can be chosen."""
        question, word = prompt.offer, self.talk.interview.word
        yield _Line(word(question.ask), strong=True)
        yield from self._kinds(prompt, question.id)
        width = len(str(len(question.options)))
        group, is_long = "", len(question.options) > MOST_LINES
        for number, option in enumerate(question.options, start=1):
            if is_long and option.group != group:
                group = option.group
                yield _Line(f"{word(group)}:")
            mark = _MARKS.get(self._mark(prompt, option), "")
            yield _Line(f"{number:>{width}}  {word(option.label)}{mark}", hang=width + 2)
            yield from self._kinds(prompt, option.id)

    def _kinds(self, prompt: Prompt, line: str) -> Iterator[_Line]:
        """Yield what a line stands for, each kind on its own line."""
        for kind in prompt.kinds.get(line, ()):
            yield _Line(f"{_SET_IN}{self.talk.interview.word(kind)}", hang=len(_SET_IN) + 2)

    def explain(self, prompt: Prompt) -> None:
        """Say what a question means, how to answer, and why it is asked; the sources stand last."""
        question, word = prompt.offer, self.talk.interview.word
        self.talk.say(f"What it means: {word(question.means)}")
        self.talk.say(_how_to_answer(prompt))
        self.talk.say(f"Why it is asked: {word(question.why)}")
        for option in question.options:
            if option.means:
                self.explain_option(prompt, option)
        knowledge = self.talk.interview.knowledge
        rules = sorted(
            (rule for rule in self._rules(prompt) if rule.disposition),
            key=lambda rule: -knowledge.rungs[rule.disposition].rank,
        )
        if rules:
            self.talk.say("It helps to find out, for example:")
        for rule in rules[:_MOST_RULES_SHOWN]:
            self.talk.say(f"- {word(rule.title)} ({knowledge.rungs[rule.disposition].title})", hang=2)
        if sources := self._sources(rules):
            self.talk.say(sources)

    def _rules(self, prompt: Prompt) -> Collection[Rule]:
        """Return the rules that still rest on a question, or on any question of a joint list."""
        rests = self.talk.interview.outlook().rests
        names = [prompt.question.id] if prompt.question.id else prompt.shown
        return {rule.id: rule for name in names for rule in rests.get(name, ())}.values()

    def _sources(self, rules: Iterable[Rule]) -> str:
        """Return in one line who says what rules rest on; "" if nobody does."""
        knowledge = self.talk.interview.knowledge
        names = dict.fromkeys(
            name
            for rule in rules
            for name in (
                *(knowledge.sources[source].publisher for source in rule.provenance.guidance),
                *(knowledge.claims[claim].document for claim in rule.provenance.claims),
            )
        )
        room, said = columns(self.talk.terminal), list(names)
        for most in range(len(said), 0, -1):
            more = f" and {len(said) - most} more" if most < len(said) else ""
            if len(line := f"Sources: {', '.join(said[:most])}{more}.") <= room or most == 1:
                return line
        return ""

    def explain_option(self, prompt: Prompt, option: Option) -> None:
        """Say what one line of a question means."""
        number = prompt.number_of(option)
        means = f": {self.talk.interview.word(option.means)}" if option.means else ""
        self.talk.say(f"{number or '-'}  {self.talk.interview.word(option.label)}{means}", hang=3)


def _place(number: int, left: int) -> str:
    """Return the number of this question and of all at most; the first time with the word "Question"."""
    return f"{number}/{number + left}" if number > 1 else f"Question 1/{number + left}"


def _how_to_answer(prompt: Prompt) -> str:
    """Return how a question can be answered, with an example."""
    offer = prompt.offer
    if offer.kind == "number":
        return f"How to answer: with a number{example_of(offer)}. A guess will do. Or type: not sure."
    if offer.kind == "yes_no":
        return "How to answer: yes, no, or not sure."
    if offer.kind == "checklist":
        several = "1 3" if len(offer.options) > _SEVERAL else "1"
        return f"How to answer: with numbers, such as {several}, or in words; none; not sure. {_OF_ONE_LINE}"
    return f"How to answer: with one number, such as 1, or in words; or not sure. {_OF_ONE_LINE}"


def _hint(prompt: Prompt, said: Collection[str]) -> str:
    """Return what can be typed, if the lines of a question do not show it; shorter if it was said before.

    Only a list with a red flag has a hint: the first lines of the talk say what any other list takes.
    """
    offer = prompt.offer
    if offer.kind == "number":
        example = example_of(offer).removeprefix(", ")
        return example if any(_NOT_SURE in each for each in said) else f"{example}, {_NOT_SURE}"
    if offer.kind == "yes_no":
        return f"yes, no, {_NOT_SURE}"
    if any(each.red_flag and each.id in prompt.shown for each in prompt.question.options):
        whole = f"numbers, none, {_NOT_SURE}"
        return f"none, {_NOT_SURE}" if whole in said else whole
    return ""
