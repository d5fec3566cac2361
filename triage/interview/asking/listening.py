"""Finds what a line says in own words, beyond an answer to a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.interview.conversation import Conversation
from triage.interview.hearing.typed import named
from triage.interview.own_words.proposals import LONGEST, listener
from triage.interview.own_words.telling import Telling
from triage.interview.own_words.told import Choice, Proposal, Told
from triage.knowledge.model import Question

_FEW_WORDS = 3
_WORDS = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class Listening:
    """Listens to what the person of a talk types."""

    talk: Conversation

    def proposals(self, typed: str) -> Sequence[Proposal]:
        """Return what a line seems to say, without what is known already.

        Whom it is about is not proposed again once it is answered: "belly, i suppose" is said of others too.
        """
        if not _WORDS.search(typed):
            return ()
        known, people = self.talk.interview.findings, self.talk.interview.knowledge.lexicon.people
        whom = {name.partition(".")[0] for name in (people.writer, people.other)} if people else set()
        return [
            each
            for each in self.told(typed).proposals
            if known.get(each.finding) != each.value and not (each.question in whom and each.finding in known)
        ]

    def say_uncovered(self, typed: str) -> None:
        """Say which words of a line were not understood."""
        self.say_if_cut(typed)
        words = self.told(typed).uncovered
        if words:
            self.talk.say(f"I did not understand {named(words)}. Please answer that in the lists.")

    def say_if_cut(self, typed: str) -> None:
        """Say so if a line was too long to be read as a whole."""
        if len(typed) > LONGEST:
            read = f"only the first {LONGEST:,} letters were read"
            self.talk.say(f"That is very long: {read}. Please tell the rest again.")

    @property
    def telling(self) -> Telling:
        """What asks the person about the things they told."""
        return Telling(
            self.talk.interview.knowledge,
            self.talk.say,
            lambda: self.talk.hear("> ", ""),
            self.proposals,
            self.talk.interview.word,
            lambda misfit: self.talk.misread("", misfit),
            lambda: self.talk.leave(""),
        )

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the words of a line whose meaning the person must choose."""
        found = self.told(typed).choices
        known = self.talk.interview.findings
        return [each for each in found if not any(f"{each.question}.{item}" in known for item in each.items)]

    def short_answers(self, question: Question, typed: str) -> Sequence[Choice]:
        """Return the items that a few words may mean at a list which name none: "running" at "When?"."""
        if len(typed.split()) > _FEW_WORDS:
            return []
        leads = self.talk.interview.knowledge.lexicon.leads.get(question.id, ())
        known = self.talk.interview.findings
        found = {
            each.finding
            for lead in leads
            for each in self.told(f"{lead} {typed}").proposals
            if each.question == question.id and each.finding not in known
        }
        items = tuple(each.id for each in question.options if f"{question.id}.{each.id}" in found)
        return [Choice(question.id, items, typed)] if items else []

    def dangers(self, typed: str) -> Sequence[Proposal]:
        """Return the danger signs that a line seems to tell, without those known already."""
        return [each for each in self.proposals(typed) if each.danger]

    def told(self, typed: str) -> Told:
        """Return all that a line seems to say, whether it is known already or not."""
        return listener(self.talk.interview.knowledge).hear(typed, _today())


def _today() -> int:
    """Return the day of the week, from Monday (0) on."""
    return datetime.now().astimezone().weekday()
