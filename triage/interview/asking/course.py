"""The course of a talk: the greeting, a sentence in own words, then one question after another."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from triage.inference.assessment import Assessment
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.joint_lists import JointLists
from triage.interview.asking.listening import Listening
from triage.interview.asking.questions import Questions
from triage.interview.asking.sentences import Sentences
from triage.interview.asking.short_lists import ShortLists
from triage.interview.asking.showing import Showing
from triage.interview.conversation import Conversation
from triage.interview.hearing.parsing import NotUnderstood, Taken
from triage.interview.hearing.typed import named
from triage.interview.interview import Interview
from triage.interview.own_words.telling import Untold
from triage.interview.own_words.told import Told
from triage.interview.prompts import Prompt, contradicted, first_prompt, read_line, values_of
from triage.interview.terminal import Enough, WentBack
from triage.knowledge.model import NO

_SENTENCE = 2
_INVITATION = "Say what is wrong, such as: {example}"
_GO_BY_LISTS = "Or choose:"
_NOT_UNDERSTOOD = "I did not understand {words}. So the signs of danger come first."
_DANGERS_FIRST = "The signs of danger come first."
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
        """Say what cannot wait, then ask until no answer could change anything.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends before the last question.
            Misread: a line of a script is not understood.
        """
        with suppress(Enough):
            if Alarm(self.talk).heed() and self._ask_stale() and self._begin():
                self._ask_all()

    def change(self, name: str) -> None:
        """Ask a question again, and then what its new answer makes worth asking.

        Raises:
            Quit: the person quits.
            OutOfInput: the input ends.
            Misread: a line of a script is not understood.
        """
        before, joint = self.talk.interview, self.talk.joint
        self.talk.changed, self.talk.joint = name, []
        with suppress(Enough):
            while self._ask_anew(name, before):
                pass
        now = self.talk.interview
        order = [*(each for each in before.way if each in now.way), *now.way]
        self.talk.interview = replace(now, way=tuple(dict.fromkeys(order)))
        self.talk.changed, self.talk.joint = "", joint

    def _ask_anew(self, name: str, before: Interview) -> bool:
        """Ask a question and what follows from it; return whether the person went back to it."""
        self.talk.interview = self.talk.interview.meet_again(name)
        try:
            if Questions(self.talk).ask(name, opened=self._is_opened(name)):
                self._ask_all()
        except WentBack as back:
            if back.whole:
                self.talk.interview = self.talk.with_told(before)
                self.talk.say("Nothing is changed.")
            return not back.whole
        return False

    def _begin(self) -> bool:
        """Hear what is wrong in a sentence, or the first answer; return whether to go on."""
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
        told = Listening(self.talk).told(typed)
        is_told = self._is_told(prompt, typed)
        if (is_told or told.alarm) and not self._ask_first(told):
            return False
        if not is_told:
            return Questions(self.talk).ask(question.id, typed)
        proposals = [each for each in Listening(self.talk).proposals(typed) if not each.danger]
        if contradiction := contradicted(prompt, typed, {each.finding: each.value for each in proposals}):
            self.talk.misread("", NotUnderstood(contradiction))
            return Questions(self.talk).ask(question.id)
        before, self.talk.interview = self.talk.interview, self.talk.interview.quote(typed)
        choices = Listening(self.talk).choices(typed)
        Listening(self.talk).say_if_cut(typed)
        if not proposals and not choices:
            self.talk.say(_NOT_USED)
        try:
            return Sentences(self.talk).take_told(proposals, choices)
        except Untold:
            self.talk.interview = before
            self.talk.say("")
            return self._begin()

    def _ask_first(self, told: Told) -> bool:
        """Ask first the lists of signs that a sentence calls for; return whether to go on.

        If the person goes back from one of them, the one before it is asked again.
        """
        said = False
        while name := next(filter(self._left_of, told.first), ""):
            if not said:
                words = named(told.uncovered)
                self.talk.say("")
                self.talk.say(_NOT_UNDERSTOOD.format(words=words) if words else _DANGERS_FIRST)
                said = True
            if not Questions(self.talk).ask(name, items=self._left_of(name)):
                return False
        return True

    def _left_of(self, name: str) -> Sequence[str]:
        """Return the open items of a list that can still change something; none in an emergency."""
        interview = self.talk.interview
        if interview.at_emergency() or name in interview.skipped or name not in interview.outlook().rests:
            return ()
        return [each for each in interview.items(name) if f"{name}.{each}" not in interview.findings]

    def _is_told(self, prompt: Prompt, typed: str) -> bool:
        """Whether a line tells something in own words, and is not an answer to the prompt."""
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
            "Type numbers (1 3), words or none; ?2 if unsure, ? explains, b back, s skip, "
            f"q {'save and quit' if self.talk.kept else 'quit'}."
        )

    def _ask_all(self) -> None:
        while (question := self.talk.interview.next()) is not None:
            together = JointLists(self.talk).together(question.id)
            if len(together) > 1:
                go_on = JointLists(self.talk).ask(together)
            elif short := ShortLists(self.talk).together(question.id):
                go_on = ShortLists(self.talk).ask(short)
            else:
                go_on = Questions(self.talk).ask(question.id, opened=self._is_opened(question.id))
            if not go_on:
                return

    def _is_opened(self, name: str) -> bool:
        """Whether something in a list is known to be so: it was chosen, or an earlier answer says so."""
        interview = self.talk.interview
        question, said = interview.knowledge.questions[name], interview.remembered.get(name)
        if question.kind == "checklist" and said is not None:
            return not {*values_of(question, said).values()} <= {NO}
        return any(name in each.names and name not in each.closed for each in self.talk.joint)

    def _ask_stale(self) -> bool:
        """Ask again what is too old; return whether to go on. The old answer counts until then."""
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
