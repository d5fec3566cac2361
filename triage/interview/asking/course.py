"""The course of a talk: the greeting, a sentence in own words, and one question after another."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from triage.inference.assessment import Assessment
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.joint_lists import JointLists
from triage.interview.asking.listening import Listening
from triage.interview.asking.questions import Questions
from triage.interview.asking.sentences import Sentences
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation
from triage.interview.interview import Interview
from triage.interview.parsing import NotUnderstood, Taken
from triage.interview.prompts import Prompt, contradicted, first_prompt, read_line
from triage.interview.terminal import Enough

_SENTENCE = 2
_INVITATION = "Say what is wrong, such as: {example}"
_GO_BY_LISTS = "Or choose:"
_NOT_USED = "I found nothing in this that I can use. Please answer by lists."


@dataclass(frozen=True)
class Course:
    """Leads a talk to its result."""

    talk: Conversation

    def hold(self) -> Assessment:
        """Ask until no answer could change anything, and return the result.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
            Misread: a line of a script is not understood.
        """
        self.talk.say(self.talk.interview.knowledge.title, strong=True)
        go_on = not self.talk.interview.at_emergency() or Alarm(self.talk).heed()
        for note in self.talk.notes:
            self.talk.say(note, hang=2 if note.startswith("- ") else 0)
        if go_on:
            self._introduce()
            self.ask()
        return self.talk.interview.assessment()

    def ask(self) -> None:
        """Tell what cannot wait, and ask until no answer could change anything.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
            Misread: a line of a script is not understood.
        """
        with suppress(Enough):
            if Alarm(self.talk).heed() and self._ask_stale() and self._begin():
                self._ask_all()

    def change(self, name: str) -> None:
        """Ask a question anew, and after it what its answer makes worth asking.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends.
            Misread: a line of a script is not understood.
        """
        if name in self.talk.interview.answers:
            remembered = {**self.talk.interview.remembered, name: self.talk.interview.answers[name]}
            self.talk.interview = self.talk.interview.remember(remembered)
        with suppress(Enough):
            if Questions(self.talk).ask(name):
                self._ask_all()

    def _begin(self) -> bool:
        """Let the person tell what is wrong in a sentence, or answer the first question; whether to go on."""
        question = self.talk.interview.next()
        example = self.talk.interview.knowledge.lexicon.example
        if not example or self.talk.interview.answers or question is None:
            return True
        self.talk.say(_INVITATION.format(example=example))
        self.talk.say(_GO_BY_LISTS)
        prompt = first_prompt(question, self.talk.interview.items(question.id))
        Showing(self.talk).show(prompt)
        typed = Alarm(self.talk).hear_answer(question.id)
        if not typed:
            return True
        feared = Listening(self.talk).first_after_fear(typed)
        if feared and not Questions(self.talk).ask(feared.id):
            return False
        if not self._is_told(prompt, typed):
            return Questions(self.talk).ask(question.id, typed)
        proposals = [each for each in Listening(self.talk).proposals(typed) if not each.danger]
        if contradiction := contradicted(prompt, typed, {each.finding: each.value for each in proposals}):
            self.talk.misread("", NotUnderstood(contradiction))
            return Questions(self.talk).ask(question.id)
        choices = Listening(self.talk).choices(typed)
        if not proposals and not choices:
            self.talk.say(_NOT_USED)
        return Sentences(self.talk).take_told(proposals, choices)

    def _is_told(self, prompt: Prompt, typed: str) -> bool:
        """Whether a line tells something in own words, and is no answer to the question that was put."""
        if len(typed.split()) < _SENTENCE or Questions(self.talk).rest(prompt, typed, look=True):
            return False
        with suppress(NotUnderstood):
            return not isinstance(read_line(prompt, typed, self.talk.interview.knowledge), Taken)
        return True

    def _introduce(self) -> None:
        knowledge = self.talk.interview.knowledge
        self.talk.say(knowledge.laws.not_reviewed)
        keeping = "Each answer is kept at once." if self.talk.kept else ""
        self.talk.say(f"{knowledge.calls.named_in(knowledge.laws.in_emergency)} {keeping}".strip())
        self.talk.say(
            "Answer with numbers (1 3) or words; ?2: not sure of 2, ? explains, b back, s skip, "
            f"q {'save and quit' if self.talk.kept else 'quit'}."
        )

    def _ask_all(self) -> None:
        while (question := self.talk.interview.next()) is not None:
            together = JointLists(self.talk).together(question.id)
            one, several = Questions(self.talk), JointLists(self.talk)
            if not (several.ask(together) if len(together) > 1 else one.ask(question.id)):
                return

    def _ask_stale(self) -> bool:
        """Ask again what was so at another time; return whether to go on. Each answer counts until then."""
        before: list[tuple[str, Interview]] = []
        while self.talk.stale:
            name, interview, asked = self.talk.stale[0], self.talk.interview, self.talk.asked
            if name not in interview.answers:
                self.talk.stale.pop(0)
                continue
            self.talk.interview = interview.meet_again(name)
            go_on = Questions(self.talk).ask(name)
            went_back, self.talk.asked = self.talk.asked < asked, asked
            if not went_back:
                before.append((self.talk.stale.pop(0), interview))
                if not go_on:
                    return False
            elif before:
                name, self.talk.interview = before.pop()
                self.talk.stale.insert(0, name)
            else:
                self.talk.interview = interview
                self.talk.say("This is the first question that is asked again.")
        return True
