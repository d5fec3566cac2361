"""Phrases of the lexicon, made ready to be looked for, and where they stand in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from triage.interview.hearing.spans import Amount, amounts_at, may_begin_amount
from triage.knowledge.parts.lexicon import GAP, SLOTS, Word, comparable, words_of

_MOST_SKIPPED = 3
_LONGEST_GAP = 5
_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)*(?: [a-z]+(?:'[a-z]+)*)*")

Sequences: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A part of a phrase for which one of several sequences of words can stand, by their first word."""

    by_first: Mapping[str, Sequences]


_Part: TypeAlias = "_Choice | str"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in parts: words or lists of words, gaps, slots for amounts; `means` is what it stands for."""

    parts: tuple[_Part, ...]
    means: object

    def may_stand_in(self, words: frozenset[str]) -> bool:
        """Whether a text with these words holds one that the phrase can end with."""
        last = self.parts[-1]
        return isinstance(last, str) or not words.isdisjoint(last.by_first)


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase in a text: the places of the words that it takes, and the amount in its slot."""

    places: tuple[int, ...]
    means: object
    amount: Amount | None = None

    @property
    def start(self) -> int:
        """The place of its first word."""
        return self.places[0]

    @property
    def end(self) -> int:
        """The place of its last word."""
        return self.places[-1]


@dataclass(frozen=True)
class PhraseBook:
    """Phrases by their first word, and the words between those of a phrase that do not matter."""

    by_first: Mapping[str, tuple[Phrase, ...]]
    of_amounts: tuple[Phrase, ...]
    skipped: frozenset[str]
    vocabulary: frozenset[str]
    uses: Mapping[str, int]
    hides: Callable[[Any, Any], bool]

    def matches(self, words: Sequence[Word], weekday: int | None = None) -> list[Match]:
        """Return every phrase in a text, in order, but for those that a longer one hides."""
        return self.longest(self.every_match(words, weekday))

    def every_match(self, words: Sequence[Word], weekday: int | None = None) -> list[Match]:
        """Return every phrase in a text, in order, those inside longer ones too."""
        search = _Search(self, words, weekday, frozenset(word.text for word in words))
        return [match for place in range(len(words)) for match in search.at(place)]

    def longest(self, found: Sequence[Match]) -> list[Match]:
        """Return some phrases of a text, but for those that a longer one hides."""
        by_place: dict[int, list[tuple[Match, frozenset[int]]]] = {}
        sets = [(match, frozenset(match.places)) for match in found]
        for match, places in sets:
            for place in places:
                by_place.setdefault(place, []).append((match, places))
        return [
            match
            for match, places in sets
            if not any(
                places < others and self.hides(other.means, match.means)
                for other, others in by_place[match.start]
            )
        ]


def phrase_book(
    phrases: Iterable[tuple[str, object]],
    lists: Mapping[str, Iterable[str]],
    skipped: Iterable[str],
    hides: Callable[[Any, Any], bool] = lambda longer, inner: True,  # noqa: ARG005 - by default always
) -> PhraseBook:
    """Return phrases ready to be looked for.

    Args:
        phrases: each phrase as written, with what it stands for.
        lists: the words that can stand for `{name}` in a phrase.
        skipped: words that may stand between those of any phrase.
        hides: whether a longer phrase takes away what a phrase inside it stands for.
    """
    sequences = {f"{{{name}}}": tuple(map(sequence_of, words)) for name, words in lists.items()}
    by_first: dict[str, list[Phrase]] = {}
    of_amounts: list[Phrase] = []
    known: dict[str, _Part] = {}
    times: dict[str, int] = {}
    for text, means in phrases:
        words = sequence_of(text)
        for word in words:
            times[word] = times.get(word, 0) + 1
            if word not in known:
                known[word] = _part(word, sequences)
        parts = tuple(known[word] for word in words)
        phrase = Phrase(parts, means)
        if isinstance(parts[0], _Choice):
            for first in parts[0].by_first:
                by_first.setdefault(first, []).append(phrase)
        else:
            of_amounts.append(phrase)
    uses = _uses(known, times)
    small = frozenset(word for text in skipped for word in sequence_of(text))
    return PhraseBook(
        {first: tuple(each) for first, each in by_first.items()},
        tuple(of_amounts),
        small,
        frozenset((*uses, *small)),
        uses,
        hides,
    )


def _uses(known: Mapping[str, _Part], times: Mapping[str, int]) -> Mapping[str, int]:
    """Return how often each word can stand in phrases, by the parts and how often each part does."""
    uses: Counter[str] = Counter()
    for name, part in known.items():
        for each in part.by_first.values() if isinstance(part, _Choice) else ():
            for word in (word for sequence in each for word in sequence):
                uses[word] += times[name]
    return uses


def sequence_of(text: str) -> tuple[str, ...]:
    """Return the words of a phrase; of marks, only commas, full stops, brackets and slashes count."""
    if _PLAIN.fullmatch(text):  # most are; there are tens of thousands
        plain = tuple(map(comparable, text.split(" ")))
        if not any(map(str.isdecimal, plain)):
            return plain
    return tuple(word.text for word in words_of(text) if not word.mark or word.text in ",.()/")


def _part(word: str, sequences: Mapping[str, Sequences]) -> _Part:
    if word == GAP or word in SLOTS:
        return word
    return _Choice(_by_first(sequences.get(word, ((word,),))))


def _by_first(sequences: Sequences) -> Mapping[str, Sequences]:
    by_first: dict[str, Sequences] = {}
    for sequence in sorted(sequences, key=len, reverse=True):
        by_first[sequence[0]] = (*by_first.get(sequence[0], ()), sequence)
    return by_first


@dataclass(frozen=True, slots=True)
class _Search:
    """A search of one text."""

    book: PhraseBook
    words: Sequence[Word]
    weekday: int | None
    present: frozenset[str]

    def at(self, place: int) -> Iterator[Match]:
        """Yield the phrases that begin at a place."""
        word = self.words[place].text
        of_amounts = self.book.of_amounts if may_begin_amount(word) else ()
        for phrase in (*self.book.by_first.get(word, ()), *of_amounts):
            if not phrase.may_stand_in(self.present):
                continue
            found = self._rest(phrase.parts, 0, place, first=True)
            if found is not None:
                yield Match(found[0], phrase.means, found[1])

    def _rest(
        self, parts: tuple[_Part, ...], number: int, place: int, *, first: bool = False
    ) -> tuple[tuple[int, ...], Amount | None] | None:
        """Return the places of the words of the parts from a number on, and the amount among them."""
        if number == len(parts):
            return (), None
        part = parts[number]
        if part == GAP:
            return self._after_gap(parts, number + 1, place)
        skips = range(1) if first else range(_MOST_SKIPPED + 1)
        for skip in skips:
            at = place + skip
            if at >= len(self.words):
                return None
            if found := self._here(parts, number, at):
                return found
            if self.words[at].mark or self.words[at].text not in self.book.skipped:
                return None
        return None

    def _after_gap(
        self, parts: tuple[_Part, ...], number: int, place: int
    ) -> tuple[tuple[int, ...], Amount | None] | None:
        for at in range(place, min(place + _LONGEST_GAP + 1, len(self.words))):
            if self.words[at].mark:
                return None
            if found := self._here(parts, number, at):
                return found
        return None

    def _here(
        self, parts: tuple[_Part, ...], number: int, place: int
    ) -> tuple[tuple[int, ...], Amount | None] | None:
        part = parts[number]
        if isinstance(part, str):
            for amount in amounts_at(part, self.words, place, self.weekday):
                rest = self._rest(parts, number + 1, amount.end)
                if rest is not None:
                    return (*range(place, amount.end), *rest[0]), amount
            return None
        for sequence in part.by_first.get(self.words[place].text, ()):
            taken = self._sequence(sequence, place)
            rest = self._rest(parts, number + 1, taken[-1] + 1) if taken else None
            if taken and rest is not None:
                return (*taken, *rest[0]), rest[1]
        return None

    def _sequence(self, sequence: tuple[str, ...], place: int) -> tuple[int, ...]:
        """Return the places of the words of a sequence that begins at a place; () where it does not."""
        places = [place]
        at = place + 1
        for word in sequence[1:]:
            skipped = 0
            while at < len(self.words) and self.words[at].text != word:
                if self.words[at].mark or self.words[at].text not in self.book.skipped:
                    return ()
                skipped += 1
                at += 1
                if skipped > _MOST_SKIPPED:
                    return ()
            if at >= len(self.words):
                return ()
            places.append(at)
            at += 1
        return tuple(places)
