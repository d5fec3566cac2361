"""Asks one question step by step, until its answer is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from triage.inference.truth import Value
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.sentences import Sentences
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation
from triage.interview.hearing.options import labels
from triage.interview.hearing.parsing import Guess, Inquiry, NotUnderstood, Taken, read, yes_no_or_not_sure
from triage.interview.hearing.typed import holds
from triage.interview.interview import Interview
from triage.interview.prompts import Prompt, first_prompt, following, marked, read_line
from triage.knowledge.model import NO, YES, Question


@dataclass(frozen=True)
class Questions:
    """Asks single questions of a talk."""

    talk: Conversation

    def ask(
        self, name: str, begun: str = "", *, opened: bool = False, items: Sequence[str] | None = None
    ) -> bool:
        """Ask one question, step by step; return whether to go on asking.

        Args:
            name: the question.
            begun: the first line, if it has been typed already.
            opened: whether something in its list is known to be so.
            items: the items of its list to ask about; without them, those that are due.
        """
        question = self.talk.interview.knowledge.questions[name]
        shown = self.talk.interview.items(name) if items is None else tuple(items)
        prompt = first_prompt(question, shown, opened=opened)
        earlier: list[tuple[Prompt, Interview]] = []
        if not begun:
            Showing(self.talk).show(prompt)
        while True:
            typed, begun = begun or Alarm(self.talk).hear_answer(question.id), ""
            command = typed.lower()
            if _is_back(command, question) and earlier:
                prompt, interview = earlier.pop()
                self.talk.interview = self.talk.with_told(interview)
                Showing(self.talk).show_later_step(prompt)
            elif _is_back(command, question):
                self.talk.step_back()
                return Alarm(self.talk).heed()
            elif command in ("s", "skip"):
                self.talk.interview = self.talk.interview.skip(question.id)
                return Alarm(self.talk).after_answer()
            elif not command and not earlier and Showing(self.talk).kept(prompt) is not None:
                return self._take(question, Showing(self.talk).kept(prompt))
            elif rest := self.rest(prompt, typed):
                return Alarm(self.talk).heed() and self.ask(self._on_same_line(question).id, rest)
            elif Sentences(self.talk).is_told_at(prompt, typed):
                return Sentences(self.talk).take_told_at(question, typed)
            elif (answer := self._answer_at(prompt, typed, first=not earlier)) is not None:
                step = _step_after(prompt, answer)
                if not isinstance(step, Prompt):
                    return self._take(question, step)
                earlier.append((prompt, self.talk.interview))
                if not self._note(question, step.given):
                    # If the answer is gone, the person went back: then asking goes on.
                    return question.id not in self.talk.interview.answers
                prompt = step
                Showing(self.talk).show_later_step(prompt)
            else:
                Showing(self.talk).show_unless_shown(prompt)

    def _answer_at(self, prompt: Prompt, typed: str, *, first: bool) -> Any:
        """Return the answer that a line gives; at a later step, Enter gives what is marked there."""
        kept = None if typed or first else Showing(self.talk).kept_lines(prompt)
        return self.answer(prompt, typed) if kept is None else kept

    def rest(self, prompt: Prompt, typed: str, *, look: bool = False) -> str:
        """Take the first of two answers on one line, and return the rest of the line; "" if there is no rest.

        Both answers must be certain; if not, nothing is taken. With `look`, nothing is taken in any case.
        """
        question, words = prompt.question, typed.replace(",", " ").split()
        if not question.same_line:
            return ""
        second = self._on_same_line(question)
        for count in range(1, len(words)):
            first, rest = " ".join(words[:count]), " ".join(words[count:])
            with suppress(NotUnderstood):
                reading = read_line(prompt, first, self.talk.interview.knowledge)
                if not isinstance(reading, Taken):
                    continue
                interview = self.talk.interview.answer(question.id, reading.answer)
                if isinstance(read(second, rest, interview.knowledge), Taken):
                    if not look:
                        self.talk.interview, self.talk.asked = interview, self.talk.asked + 1
                    return rest
        return ""

    def _on_same_line(self, question: Question) -> Question:
        """Return the question that can be answered on the line of this one: the next of the questionnaire."""
        every = [*self.talk.interview.knowledge.questions.values()]
        return every[every.index(question) + 1]

    def _note(self, question: Question, given: Mapping[str, Value]) -> bool:
        """Take what a step said of some items, and say a new emergency; return whether to go on."""
        if given:
            self.talk.interview = self.talk.interview.answer_items(question.id, given)
        if not set(self.talk.interview.emergencies()) - self.talk.told:
            return True
        return Alarm(self.talk).heed() and question.id in self.talk.interview.answers

    def answer(self, prompt: Prompt, typed: str) -> Any:
        """Return the answer that a line gives, after confirming it if needed; None to ask again."""
        question = prompt.whole
        if typed.lower() in ("?", "why"):
            Showing(self.talk).explain(prompt)
            return None
        try:
            reading = read_line(prompt, typed, self.talk.interview.knowledge)
        except NotUnderstood as misfit:
            self.talk.misread(question.id or prompt.shown[0], misfit)
            return None
        if isinstance(reading, Inquiry):
            for option in question.options:
                if option.id in reading.options:
                    Showing(self.talk).explain_option(prompt, option)
            self.talk.say("Nothing is taken for an answer yet. Please answer the question now.")
            return None
        if isinstance(reading, Taken):
            answer, echo = reading.answer, reading.echo
        else:
            answer, echo = self._confirmed(prompt, reading), True
        if answer is not None and echo:
            colon = "" if question.kind == "number" else ":"
            self.talk.say(f"Taken as{colon} {self.talk.shown(question, answer)}.")
        # What was found by words alone says nothing about the other signs of its list, or about other lists.
        by_words = isinstance(reading, Guess) and not reading.certain and bool(question.red_flags)
        among_lists = not question.id and echo and any(map(str.isalpha, typed))
        return dict(marked(answer)) if (by_words or among_lists) and isinstance(answer, list) else answer

    def _confirmed(self, prompt: Prompt, guess: Guess) -> Any:
        """Ask about each option that was found by words; return the answer, or None to ask again."""
        question = prompt.whole
        items = list(guess.certain)
        for option in question.options:
            if option.id not in guess.doubtful:
                continue
            number = prompt.number_of(option)
            place = f"{number}, " if number else ""
            self.talk.say(f'Do you mean {place}"{self.talk.interview.word(option.label)}"?', strong=True)
            if option.means:
                self.talk.say(self.talk.interview.word(option.means))
            answer = self._hear_yes_or_no(question)
            if answer == YES:
                items.append(option.id)
            elif answer == "unknown":
                items.append(f"?{option.id}")
        if question.kind != "checklist":
            items = [item for item in items if not item.startswith("?")]
        if not items:
            none = ", or type none" if question.kind == "checklist" else ""
            self.talk.say(f"Then nothing is taken. Please choose by number{none}.")
            self.talk.say_whom_to_call(question)
            return None
        if question.kind != "checklist":
            return items[0]
        order = [option.id for option in question.options]
        return sorted(items, key=lambda item: order.index(item.removeprefix("?")))

    def _hear_yes_or_no(self, question: Question) -> str:
        self.talk.say("yes, no, or not sure")
        while True:
            typed = Alarm(self.talk).hear("> ", question.id)
            if typed.lower() in ("q", "quit"):
                self.talk.leave(question.id)
            if typed.lower() in ("b", "back"):
                return NO
            try:
                return yes_no_or_not_sure(typed)
            except NotUnderstood as misfit:
                self.talk.misread(question.id, misfit)

    def _take(self, question: Question, answer: Any) -> bool:
        if question.kind == "checklist":
            self.talk.interview = self.talk.interview.answer_items(question.id, answer)
        else:
            self.talk.interview = self.talk.interview.answer(question.id, answer)
        return Alarm(self.talk).after_answer()


def _step_after(prompt: Prompt, answer: Any) -> Any:
    """Return the next step of a question, or its answer; for a list, the answer is item by item."""
    if isinstance(answer, Mapping):
        return {**prompt.given, **answer}
    return following(prompt, answer) if prompt.is_list else answer


def _is_back(command: str, question: Question) -> bool:
    """Whether the person wants to go back; "back" can also be a part of the body."""
    names_a_part = any(holds(label, "back") for option in question.options for label in labels(option))
    return command == "b" or (command == "back" and not names_a_part)
