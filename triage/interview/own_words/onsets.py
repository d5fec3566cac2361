"""Spans of time: where a text tells of two for one question, or of a vague one too, it tells none."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.explanation.amounts import SECONDS, SLACK, singular_unit
from triage.inference.truth import Value
from triage.interview.hearing.spans import amounts_at, says_more
from triage.interview.own_words.known_words.cues import Standing
from triage.interview.own_words.known_words.phrases import Match
from triage.interview.own_words.known_words.vocabulary import Vocabulary
from triage.interview.own_words.sieve import beside_any
from triage.interview.own_words.standing import Reading
from triage.knowledge.model import Question
from triage.knowledge.parts.lexicon import DURATION, Word

_SHORTEST = SECONDS["day"]


@dataclass(frozen=True)
class Spans:
    """The spans of time in a text.

    `taken` are the places of all that phrases made something of, and `complaint` those of what it feels like;
    `others` are those of what is no complaint: an illness, a medicine.
    """

    words: Sequence[Word]
    taken: Collection[int]
    complaint: Collection[int]
    others: Collection[int]

    def leave_open(self, told: Collection[Value], vague: Sequence[Match], wanted: str) -> bool:
        """Whether it stays open which span is meant, where a text tells some values in a unit."""
        if not told or any(self._is_of_complaint(each) for each in vague):
            return bool(told)
        return len({*told, *self._free(wanted)}) > 1

    def _is_of_complaint(self, match: Match) -> bool:
        """Whether a span stands with the complaint, or with nothing else: "on statins for years" does not."""
        by_complaint = beside_any(self.words, match, self.complaint)
        return by_complaint or not beside_any(self.words, match, self.others)

    def _free(self, wanted: str) -> Iterator[int]:
        """Yield, in a unit, each span of the complaint that no phrase took."""
        place = 0
        while place < len(self.words):
            amount = next(amounts_at(DURATION, self.words, place, None), None)
            if amount is None:
                place += 1
                continue
            places = range(place, amount.end)
            place = amount.end
            free = SECONDS[amount.unit] >= _SHORTEST and not any(each in self.taken for each in places)
            if free and self._is_of_complaint(Match(tuple(places), None)):
                yield round(amount.in_unit(wanted))


def left_open(
    vocabulary: Vocabulary,
    reading: Reading,
    matches: Sequence[Match],
    complaint: Collection[int],
    told: Iterable[Mapping[str, Mapping[Value, object]]],
) -> frozenset[str]:
    """Return the questions about a span of time of which a text leaves open which span it is.

    Args:
        vocabulary: the words that are understood.
        reading: the text, and how its words are meant.
        matches: the phrases in it.
        complaint: the places of what it feels like.
        told: the values that phrases give each question.
    """
    meant = [each for each in matches if vocabulary.questions_of(each.means)]
    asked = {name.partition(".")[0] for name in vocabulary.knowledge.lexicon.complained}
    others = (each for each in meant if vocabulary.questions_of(each.means).isdisjoint(asked))
    spans = Spans(reading.words, _places(meant), complaint, _places(others))
    counted = _places(each for each in matches if each.amount is not None)
    vague = [
        each
        for each in vocabulary.vague.matches(reading.words)
        if counted.isdisjoint(each.places) and not reading.standing(each) & Standing.DENIED
    ]
    values = {
        question: {value for each in told for value in each.get(question, ())}
        for question in vocabulary.knowledge.lexicon.vague
    }
    return frozenset(
        question
        for question, its in values.items()
        if spans.leave_open(
            its,
            [each for each in vague if each.means == question],
            singular_unit(vocabulary.knowledge.questions[question]),
        )
    )


def _places(matches: Iterable[Match]) -> frozenset[int]:
    return frozenset(place for match in matches for place in match.places)


def value_told(question: Question, words: Sequence[Word], match: Match) -> int | None:
    """Return the value that an amount gives a question; None where it cannot be."""
    amount = match.amount
    if amount is None:
        return None
    wanted = singular_unit(question)
    number = amount.in_unit(wanted) if amount.unit else amount.value
    whole = wanted == "year" or (wanted == "day" and number < 1)
    value = math.floor(number + SLACK) if whole else math.ceil(number - SLACK)
    value += wanted != "year" and says_more(words, match.start, amount.end)
    return value if question.minimum <= value <= question.maximum else None
