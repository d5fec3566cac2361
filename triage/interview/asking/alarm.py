"""Tells what cannot wait: an emergency, a doubt about one, and danger signs in what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from triage.explanation.narrative import deciding_reasons, in_doubt
from triage.explanation.short_result import verdict
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.truth import Missing, Value
from triage.interview.asking.listening import Listening
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation
from triage.interview.hearing.parsing import Guess, NotUnderstood, Reading, Taken, yes_no_or_not_sure
from triage.interview.own_words.told import Proposal
from triage.interview.prompts import Prompt, read_line
from triage.interview.terminal import Enough, OutOfInput
from triage.knowledge.model import NO, YES

_SO_FAR = "What you have told already calls for this:"
_GO_ON = ("more", "y", "yes", "m")


@dataclass(frozen=True)
class Alarm:
    """Watches over a talk: before anything else is done with a line, it asks about the danger signs in it."""

    talk: Conversation

    def remind(self) -> bool:
        """Say again what cannot wait, to a person who leaves; return whether there was anything."""
        found = self.talk.interview.assessment()
        rules = set(self.talk.interview.emergencies())
        doubts = set(self.talk.interview.emergencies_in_doubt())
        if rules:
            self._say_emergency(found, rules)
        self.talk.told.clear()
        self._say_doubts(doubts)
        return bool(rules or doubts)

    def say_so_far(self) -> bool:
        """Say to a person who leaves what the answers call for already; return whether they call for care.

        It holds whatever the others would be: no answer makes it less urgent.
        """
        found = self.talk.interview.assessment()
        mildest = next(iter(self.talk.interview.knowledge.rungs))
        if found.disposition in (UNDETERMINED, mildest):
            return False
        self.talk.terminal.say()
        self.talk.say(f"{_SO_FAR} {verdict(found)}", strong=True)
        self.talk.say(found.action)
        for reason in deciding_reasons(found):
            self.talk.say(f"- because {reason.because}", hang=2)
        return True

    def _heed_words(self, typed: str) -> None:
        """Ask about each danger sign in a line by itself, before anything else is done with the line.

        Raises:
            Enough: the person wants no more questions.
        """
        self.talk.asked_now = {}
        self._suppose(typed)
        reading = self._as_answer(typed)
        if isinstance(reading, Taken) and not reading.echo:  # in the very words, or the numbers, shown last
            return
        asked_anyhow: set[str] = set()
        if self.talk.put and isinstance(reading, Guess):
            asked_anyhow = {f"{self.talk.put.question.id}.{item}" for item in reading.doubtful}
        dangers = [each for each in Listening(self.talk).dangers(typed) if each.finding not in asked_anyhow]
        if dangers:
            self.talk.interview = self.talk.interview.quote(typed)
        self._ask_dangers(dangers)

    def _suppose(self, typed: str) -> None:
        """Word the next texts for whom a line seems to be about, while that is not answered.

        This is for words alone: where a rule rests on the answer, nothing is supposed.
        """
        first = self.talk.interview.first
        if not first or any(first in rule.tested for rule in self.talk.interview.knowledge.rules.values()):
            return
        told = (each for each in Listening(self.talk).proposals(typed) if each.question == first)
        if proposal := next(told, None):
            self.talk.interview = replace(self.talk.interview, supposed={first: proposal.value})

    def _as_answer(self, typed: str) -> Reading | None:
        """Return how a line is understood as an answer to what was shown last; None if it is no answer."""
        with suppress(NotUnderstood):
            if self.talk.put is not None:
                return read_line(self.talk.put, typed, self.talk.interview.knowledge)
        return None

    def heed_dropped(self, lines: Sequence[str]) -> None:
        """Ask about each danger sign in lines that are not used as answers, each alone and all together.

        Raises:
            Enough: the person wants no more questions.
        """
        texts = (*lines, " ".join(lines))
        found = {each.finding: each for text in texts for each in Listening(self.talk).dangers(text)}
        self._ask_dangers(list(found.values()))

    def _ask_dangers(self, dangers: Sequence[Proposal]) -> None:
        if not dangers:
            return
        words = {each.finding: each.words for each in dangers}
        told: dict[str, Value] = {}
        for answers in Listening(self.talk).telling.ask_dangers(dangers):
            told |= answers
            # Counted one by one: whoever leaves loses nothing, and an emergency never waits.
            for finding, value in answers.items():
                self.talk.asked_again.add(finding)
                self.talk.interview = self.talk.interview.tell(finding, value, words.get(finding, ""))
            go_on = self.heed()
            self.talk.asked_now = dict(told)
            if not go_on:
                raise Enough

    def heeds_danger(self, typed: str) -> bool:
        """Ask about the danger signs in a line that is not an answer; return whether there were any."""
        with suppress(Enough):
            self._heed_words(typed)
        return bool(self.talk.asked_now)

    def after_answer(self) -> bool:
        """Count an answer, and say what cannot wait; return whether to go on."""
        self.talk.asked += 1
        self.talk.asides = 0
        return self.heed()

    def heed(self) -> bool:
        """Say every new reason for an emergency, and ask about doubts; return whether to go on."""
        while True:
            emergencies = self.talk.interview.emergencies()
            in_question = self.talk.interview.emergencies_in_doubt()
            unsure = {
                name for name, value in self.talk.interview.findings.items() if value is Missing.UNKNOWN
            }
            self.talk.told &= {*emergencies, *in_question}
            self.talk.asked_again &= unsure
            new = set(emergencies) - self.talk.told
            if new:
                self.talk.told |= new
                if not self._warn(new):
                    return False
            doubt = next((finding for finding in in_question if finding not in self.talk.asked_again), None)
            if new or doubt is None:
                break
            self._ask_again(doubt)
            self._say_doubts({doubt} & set(self.talk.interview.emergencies_in_doubt()) - self.talk.told)
        self._say_doubts(set(in_question) - self.talk.told)
        return True

    def _warn(self, rules: set[str]) -> bool:
        """Show an emergency at once; return whether the person still wants to go on."""
        self._say_emergency(self.talk.interview.assessment(), rules)
        question = next(iter(self.talk.interview.way[-1:]), "")
        self.talk.say(
            "You can stop here. Type more to answer the other questions, or press Enter to stop asking."
        )
        while True:
            try:
                typed = self.hear("> ", question).lower()
            except OutOfInput:
                return False
            if not typed:
                return False
            if typed in _GO_ON:
                return True
            if typed in ("b", "back"):
                self.talk.step_back()
                return self.heed()
            if typed in ("q", "quit"):
                self.talk.leave(question)
            self.talk.misread(question, NotUnderstood("Please type more, b to go back, or press Enter."))

    def _say_emergency(self, found: Assessment, rules: set[str]) -> None:
        self.talk.terminal.say()
        self.talk.say(found.title.upper(), strong=True)
        self.talk.say(found.action)
        for reason in found.reasons:
            if reason.rule in rules:
                self.talk.say(f"- because {reason.because}", hang=2)

    def _ask_again(self, finding: str) -> None:
        """Ask about one sign by itself, and explain it."""
        self.talk.asked_again.add(finding)
        question = self.talk.interview.knowledge.question_of[finding]
        option = next((each for each in question.options if finding == f"{question.id}.{each.id}"), None)
        self.talk.terminal.say()
        self.talk.say("You are not sure about this one, and it matters. Is it so?", strong=True)
        self.talk.say(self.talk.interview.word(option.label if option else question.ask))
        self.talk.say(
            f"What it means: {self.talk.interview.word((option and option.means) or question.means)}"
        )
        self.talk.say("yes, no, or not sure")
        while True:
            typed = self.hear("> ", question.id).lower()
            if typed in ("b", "back"):
                self.talk.interview = self.talk.interview.without(question.id)
                self.talk.asked = max(0, self.talk.asked - 1)
                return
            if typed in ("q", "quit"):
                self.talk.leave(question.id)
            if typed == "?":
                Showing(self.talk).explain(Prompt(question, question))
                continue
            if typed in ("s", "skip"):
                return
            try:
                answer = yes_no_or_not_sure(typed)
            except NotUnderstood as misfit:
                self.talk.misread(question.id, misfit)
                continue
            if answer in (YES, NO):
                self.talk.interview = self.talk.interview.settle(finding, answer)
            return

    def _say_doubts(self, findings: set[str]) -> None:
        """Say what to do about signs in doubt; in few words if it was said of another sign before."""
        if not findings:
            return
        found = self.talk.interview.assessment()
        signs = [sign for sign in found.not_sure if sign.finding in findings]
        if not signs:
            return
        said = self.talk.told & {sign.finding for sign in found.not_sure} - findings
        self.talk.told |= findings
        text, _ = in_doubt(self.talk.interview.knowledge, found)
        self.talk.terminal.say()
        self.talk.say("The same holds for this one:" if said else text, strong=True)
        for sign in signs:
            self.talk.say(f"- {sign.label}", hang=2)

    def hear(self, prompt: str, question: str) -> str:
        """Return the next line, after asking about the danger signs in it.

        Raises:
            OutOfInput: there is no such line.
            Misread: too many lines of a script answer nothing, or one cannot be read.
            Enough: the person wants no more questions after an emergency.
        """
        typed = self.talk.hear(prompt, question)
        self._heed_words(typed)
        return typed

    def hear_answer(self, question: str) -> str:
        """Return the next line; if the person wants to leave, deal with that first."""
        while (typed := self.hear("> ", question)).lower() in ("q", "quit"):
            self.talk.leave(question)
        return typed
