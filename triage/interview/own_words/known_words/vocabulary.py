"""The words that are understood: the phrases, cues and hints of a lexicon, and how words are spelt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.interview.hearing.spans import ABOUT
from triage.interview.own_words.known_words.cues import Cues
from triage.interview.own_words.known_words.hints import HintBook, hint_book
from triage.interview.own_words.known_words.medicine_names import MedicineNames
from triage.interview.own_words.known_words.phrases import Match, PhraseBook, phrase_book, sequence_of
from triage.interview.own_words.known_words.spelling import NearWords, tolerance
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.lexicon import MEDICINE, Amounts, Word, comparable

_CLEARLY_MORE = 4
_SHORTEST_STEM = 3
_ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("d", ""),
    ("ed", ""),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("er", ""),
    ("r", ""),
    ("ers", ""),
    ("est", ""),
    ("ly", ""),
    ("ily", "y"),
    ("y", ""),
    ("'s", ""),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: some answers, each as `question.option`; all, or some of them."""

    names: tuple[str, ...]
    either: bool = False


HARMLESS = Meaning((), either=True)
"""What a phrase stands for in which no hint counts."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of a knowledge base and its lexicon, ready to be looked for."""

    knowledge: KnowledgeBase

    @cached_property
    def book(self) -> PhraseBook:
        """Every phrase that stands for answers, or for nothing."""
        lexicon = self.knowledge.lexicon
        phrases: list[tuple[str, object]] = [
            (text, Meaning((name,))) for name, texts in lexicon.says.items() for text in texts
        ]
        phrases += (
            (text, Meaning((f"{question.id}.{option.id}",)))
            for question in self.knowledge.questions.values()
            for option in question.options
            if f"{question.id}.{option.id}" not in self.hints.asked
            for text in option.words
        )
        phrases += ((text, Meaning(row.options)) for row in lexicon.together for text in row.phrases)
        phrases += (
            (text, Meaning(row.options, either=True)) for row in lexicon.either for text in row.phrases
        )
        phrases += ((text, row) for row in lexicon.amounts for text in row.phrases)
        phrases += ((text, Meaning(())) for text in lexicon.ignored)
        phrases += ((text, HARMLESS) for text in lexicon.harmless)
        lists = {**lexicon.lists, MEDICINE: (*lexicon.lists.get(MEDICINE, ()), *self.knowledge.names)}
        return phrase_book(phrases, lists, lexicon.cues.get("skipped", ()), self._hides)

    @cached_property
    def vague(self) -> PhraseBook:
        """The phrases that tell a span of time without a number; each stands for its question."""
        lexicon = self.knowledge.lexicon
        phrases = ((text, question) for question, texts in lexicon.vague.items() for text in texts)
        return phrase_book(phrases, lexicon.lists, lexicon.cues.get("skipped", ()))

    def _hides(self, longer: object, inner: object) -> bool:
        """Whether a phrase takes away what one inside it stands for.

        A place inside another matter stays, and so does one sign of danger inside another.
        """
        if longer != inner and self._is_danger(longer) and self._is_danger(inner):
            return False
        outer, within = self.questions_of(longer), self.questions_of(inner)
        lexicon = self.knowledge.lexicon
        if not outer or not outer.isdisjoint(within) or not outer.isdisjoint(lexicon.closed):
            return True
        return within.isdisjoint(lexicon.kept)

    def _is_danger(self, means: object) -> bool:
        return isinstance(means, Meaning) and bool(means.names) and self.dangers.issuperset(means.names)

    @cached_property
    def dangers(self) -> frozenset[str]:
        """What is asked about and never proposed: the red flags, and what else hints ask about."""
        return self.hints.asked.union(self.knowledge.red_flags)

    def questions_of(self, means: object) -> frozenset[str]:
        """Return the questions that a phrase of this meaning answers."""
        if isinstance(means, Meaning):
            return frozenset(name.partition(".")[0] for name in means.names)
        return frozenset((means.question,)) if isinstance(means, Amounts) else frozenset()

    @cached_property
    def cues(self) -> Cues:
        """The words that tell how others are meant."""
        return Cues(self.knowledge.lexicon)

    @cached_property
    def hints(self) -> HintBook:
        """The hints at signs of danger."""
        return hint_book(self.knowledge.lexicon)

    @cached_property
    def empty(self) -> frozenset[str]:
        """The words that say nothing."""
        words = frozenset(comparable(each) for each in self.knowledge.lexicon.empty)
        return words | self.book.skipped

    def says_nothing(self, word: str) -> bool:
        """Whether a word, or the one that it is a form of, says nothing: "settles" where "settle" does not.

        A form that can be part of a danger is no such word.
        """
        if word in self.empty:
            return True
        forms = (word[: -len(end)] + stem for end, stem in _ENDINGS if word.endswith(end))
        return any(form in self.empty for form in forms if len(form) >= _SHORTEST_STEM) and not (
            word in self._of_dangers or self.hints.knows(word)
        )

    @cached_property
    def _of_dangers(self) -> frozenset[str]:
        """The words of all phrases for dangers."""
        lexicon = self.knowledge.lexicon
        texts = [text for name in self.dangers for text in lexicon.says.get(name, ())]
        for together in lexicon.together:
            texts += () if self.dangers.isdisjoint(together.options) else together.phrases
        for either in lexicon.either:
            texts += () if self.dangers.isdisjoint(either.options) else either.phrases
        return frozenset(word for text in texts for word in sequence_of(text))

    @cached_property
    def right(self) -> frozenset[str]:
        """The words that are not misspelt."""
        ordinary = frozenset(comparable(word) for word in self.knowledge.lexicon.ordinary)
        told = self.book.vocabulary | self.cues.book.vocabulary | self.vague.vocabulary
        return told | self.hints.vocabulary | ordinary | ABOUT

    @cached_property
    def _near_words(self) -> NearWords:
        words = self.book.vocabulary | self.hints.vocabulary
        return NearWords(word for word in words if word.isalpha() and word not in self.knowledge.names)

    def spelt(self, words: Sequence[Word]) -> list[Word]:
        """Return words with those that are misspelt put right."""
        return [self._put_right(word) for word in words]

    def _put_right(self, word: Word) -> Word:
        if word.mark or not word.text.isalpha() or word.text in self.right or not tolerance(word.text):
            return word
        if self.hints.knows(word.text):
            return word
        near = sorted(self._near_words.like(word.text), key=self._uses, reverse=True)
        clear = near and (len(near) == 1 or self._uses(near[0]) >= _CLEARLY_MORE * self._uses(near[1]))
        return Word(near[0], word.start, word.end) if clear else word

    def _uses(self, word: str) -> int:
        return self.book.uses.get(word, 0) or 1

    def medicines(self, text: str, words: Sequence[Word], matches: Sequence[Match]) -> list[Match]:
        """Return the names of medicines in a text, beside the matches that were found in it."""
        question = self.knowledge.named_question
        if question is None:
            return []
        naming = self.knowledge.lexicon.naming
        beside = (match for match in matches if self.questions_of(match.means).isdisjoint(naming))
        taken = {place for match in beside for place in match.places}
        return [
            Match(places, Meaning(tuple(f"{question.id}.{item}" for item in items)))
            for places, items in self._names.in_text(text, words, taken)
        ]

    @cached_property
    def _names(self) -> MedicineNames:
        return MedicineNames(self.knowledge.names, self.right)
