"""Hints: words that stand near one another, in any order, and so suggest that a sign be asked about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product

from triage.interview.own_words.known_words.phrases import Match, sequence_of
from triage.interview.own_words.known_words.spelling import NearWords, distance
from triage.knowledge.parts.lexicon import Hint, Lexicon, Word, alternatives, comparable

_WITHIN = 10
_BESIDE = 3
_MOST_SKIPPED = 2
_SHORTEST_FORGIVEN = 5
_ENDS = ".;!?"


@dataclass(frozen=True)
class HintBook:
    """The hints of a lexicon, ready to be looked for; `small` words may stand inside an expression."""

    lexicon: Lexicon
    small: frozenset[str]

    @cached_property
    def sets(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The alternatives of each set as written, each as its words and beginnings of words."""
        alarm = (self.lexicon.alarm.words, *self.lexicon.alarm.where.values()) if self.lexicon.alarm else ()
        written = {each for hint in self.lexicon.hints for each in (*hint.words, hint.unless) if each}
        return {each: tuple(self._alternatives(each)) for each in (*written, *alarm)}

    def _alternatives(self, written: str) -> Iterator[tuple[str, ...]]:
        for each in alternatives(written):
            if each.startswith("{"):
                yield from self._alternatives(self.lexicon.sets[each[1:-1]])
            else:
                yield stems_of(each)

    @cached_property
    def _asks(self) -> Mapping[Hint, tuple[str, ...]]:
        return {hint: tuple(self._with_look_alikes(hint)) for hint in self.lexicon.hints}

    def _with_look_alikes(self, hint: Hint) -> dict[str, None]:
        groups = (group for group in self.lexicon.look_alikes if not set(group).isdisjoint(hint.asks))
        return dict.fromkeys([*hint.asks, *(name for group in groups for name in group)])

    def asked_by(self, hint: Hint) -> tuple[str, ...]:
        """Return the findings that a hint asks about: its own, and those that look like them."""
        return self._asks[hint]

    @cached_property
    def asked(self) -> frozenset[str]:
        """The findings that hints ask about."""
        return frozenset(finding for hint in self.lexicon.hints for finding in hint.asks)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The whole words of all sets."""
        stems = {stem for each in self.sets.values() for stems in each for stem in stems}
        return frozenset(stem for stem in stems if not stem.endswith("*"))

    @cached_property
    def _beginnings(self) -> Mapping[str, tuple[str, ...]]:
        """The beginnings of words in all sets, by their first letter."""
        found: dict[str, set[str]] = {}
        for each in self.sets.values():
            for stem in (stem for stems in each for stem in stems if stem.endswith("*")):
                found.setdefault(stem[0], set()).add(stem)
        return {letter: tuple(sorted(stems)) for letter, stems in found.items()}

    def knows(self, word: str) -> bool:
        """Whether a word stands in a set, in full or by its beginning."""
        return word in self.vocabulary or any(self._begin(word))

    def _begin(self, word: str) -> Iterator[str]:
        return (stem for stem in self._beginnings.get(word[:1], ()) if word.startswith(stem[:-1]))

    def read(self, words: Sequence[Word], typed: Sequence[Word], right: frozenset[str]) -> Hinted:
        """Return a text in which hints can be looked for.

        Args:
            words: its words, those that are misspelt put right.
            typed: its words as they were typed: what is misspelt may be more than one word.
            right: words that are not misspelt.
        """
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            if not word.mark:
                raw = typed[place].text if place < len(typed) else word.text
                stems = {word.text, *self._stems(word.text, right), *self._stems(raw, right)}
                for stem in sorted(stems):
                    places.setdefault(stem, []).append(place)
        return Hinted(self, words, places)

    def _stems(self, word: str, right: frozenset[str]) -> tuple[str, ...]:
        found = tuple(self._begin(word))
        if word in right or not word.isalpha():
            return found
        begun = (stem for stem in self._beginnings.get(word[0], ()) if _begins_almost(word, stem[:-1]))
        near = (stem for other in self._near.one_off(word) for stem in (other, *self._begin(other)))
        return (*found, *begun, *near)

    @cached_property
    def _near(self) -> NearWords:
        begun = {stem[:-1] for stems in self._beginnings.values() for stem in stems}
        return NearWords(word for word in self.vocabulary | begun if word.isalpha())


def _begins_almost(word: str, stem: str) -> bool:
    """Whether a word begins with another but for one slip of the finger."""
    if min(len(word), len(stem)) < _SHORTEST_FORGIVEN:
        return False
    return any(distance(word[: len(stem) + more], stem, 1) <= 1 for more in (-1, 0, 1))


@dataclass(frozen=True)
class Hinted:
    """A text, and the places of each word and beginning of a word that stands in a set."""

    book: HintBook
    words: Sequence[Word]
    places: Mapping[str, Sequence[int]]
    _found: dict[str, list[tuple[int, ...]]] = field(init=False, default_factory=dict)

    def matches(self, counts: Callable[[Match], bool]) -> list[Match]:
        """Return where the words of a hint stand in one sentence, near one another.

        Of what begins with the same word of the first set, the first that counts is enough.
        """
        return [match for hint in self.book.lexicon.hints for match in self._of_hint(hint, counts)]

    def alarms(self) -> list[Match]:
        """Return the words of alarm."""
        alarm = self.book.lexicon.alarm
        return [Match(each, alarm) for each in self._of_set(alarm.words)] if alarm else []

    def holds(self, written: str) -> bool:
        """Whether the text holds a word of a set."""
        return bool(self._of_set(written))

    def _of_hint(self, hint: Hint, counts: Callable[[Match], bool]) -> Iterator[Match]:
        found = [self._of_set(each) for each in hint.words]
        if not all(found):
            return
        bars = {place for each in (self._of_set(hint.unless) if hint.unless else ()) for place in each}
        most = hint.within or _WITHIN
        for first in found[0]:
            near = [_between(others, first[0] - most, first[0] + most) for others in found[1:]]
            ways = (Match(places, hint) for places in self._ways([[first], *near], most, bars))
            yield from islice(filter(counts, ways), 1)

    def _ways(
        self, sets: Sequence[Sequence[tuple[int, ...]]], most: int, bars: set[int]
    ) -> Iterator[tuple[int, ...]]:
        """Yield the places of words, one of each set, that take up less than `most` words of a sentence."""
        for parts in product(*sets):
            places = tuple(sorted({place for part in parts for place in part}))
            if len(places) < sum(map(len, parts)) or places[-1] - places[0] >= most:
                continue
            around = range(places[0] - _BESIDE, places[-1] + _BESIDE + 1)
            if self._is_one_sentence(places) and bars.isdisjoint(around):
                yield places

    def _is_one_sentence(self, places: Sequence[int]) -> bool:
        between = self.words[places[0] : places[-1]]
        return not any(word.mark and word.text in _ENDS for word in between)

    def _of_set(self, written: str) -> list[tuple[int, ...]]:
        if written not in self._found:
            self._found[written] = self._search(written)
        return self._found[written]

    def _search(self, written: str) -> list[tuple[int, ...]]:
        return sorted(
            taken
            for stems in self.book.sets[written]
            if stems[0] in self.places
            for place in self.places[stems[0]]
            if (taken := self._sequence(stems, place))
        )

    def _sequence(self, stems: tuple[str, ...], place: int) -> tuple[int, ...]:
        """Return the places of words that follow one another, small words between them or none."""
        taken = [place]
        for stem in stems[1:]:
            here = self.places.get(stem, ())
            at, skipped = taken[-1] + 1, 0
            while at not in here:
                word = self.words[at] if at < len(self.words) else None
                if word is None or word.mark or word.text not in self.book.small or skipped == _MOST_SKIPPED:
                    return ()
                at, skipped = at + 1, skipped + 1
            taken.append(at)
        return tuple(taken)


def _between(found: Sequence[tuple[int, ...]], low: int, high: int) -> Sequence[tuple[int, ...]]:
    """Return, of places in order, those that begin between two places."""
    return found[bisect_left(found, (low,)) : bisect_right(found, (high,))]


def stems_of(written: str) -> tuple[str, ...]:
    """Return the words of one alternative made comparable; a beginning keeps its asterisk."""
    return tuple(
        f"{each[:-1].replace(chr(39), '').lower()}*" if each.endswith("*") else _whole(each)
        for each in written.split()
    )


def _whole(word: str) -> str:
    return next(iter(sequence_of(word)), comparable(word))


def hint_book(lexicon: Lexicon) -> HintBook:
    """Return the hints of a lexicon, ready to be looked for."""
    small: Iterable[str] = (word for text in lexicon.cues.get("skipped", ()) for word in sequence_of(text))
    return HintBook(lexicon, frozenset(small))
