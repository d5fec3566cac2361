"""Words of when and how often: whether they tell it of the trouble, or of a danger or a habit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.interview.own_words.known_words.phrases import Match
from triage.interview.own_words.known_words.vocabulary import Meaning, Vocabulary
from triage.interview.own_words.sieve import beside_any
from triage.knowledge.parts.lexicon import Amounts, Word

_WHEN = ("when", "whenever", "while", "as", "if", "once", "after", "before", "since", "because", "time")


@dataclass(frozen=True)
class Hours:
    """What a vocabulary knows of when and how often something comes, and of what people come for."""

    vocabulary: Vocabulary

    def complains(self, match: Match) -> bool:
        """Whether a match says what it feels like."""
        return not self._feelings.isdisjoint(self.vocabulary.questions_of(match.means))

    def without_habits(
        self, words: Sequence[Word], matches: Sequence[Match], cues: Iterable[Match]
    ) -> list[Match]:
        """Return matches without those that tell of a habit: "I drink at weekends, cramps"."""
        habits = {place for cue in _habits(words, cues) for place in cue.places}
        trouble = {place for each in matches if self._is_trouble(each) for place in each.places}
        others = self._of_others(words, matches, habits, trouble)
        return [match for match in matches if match not in others]

    def of_signs(
        self,
        words: Sequence[Word],
        matches: Sequence[Match],
        signs: Collection[int],
        complaint: Collection[int],
    ) -> Collection[Match]:
        """Return the matches that tell when a danger comes, and not the complaint: "shivers at night"."""
        return self._of_others(words, matches, signs, complaint) if complaint else ()

    def _of_others(
        self,
        words: Sequence[Word],
        matches: Sequence[Match],
        others: Collection[int],
        trouble: Collection[int],
    ) -> frozenset[Match]:
        """Return the words of when that share a part of a sentence with others, not with the trouble."""
        return frozenset(
            match
            for match in matches
            if self._tells_when(match)
            and beside_any(words, match, others)
            and not beside_any(words, match, trouble)
        )

    def _tells_when(self, match: Match) -> bool:
        """Whether a match says when or how often something comes."""
        means = match.means
        names = means.names if isinstance(means, Meaning) else ()
        weak = isinstance(means, Amounts) and means.weak
        told = {*names, *self.vocabulary.questions_of(means)} if names or weak else set()
        return not told.isdisjoint(self.vocabulary.knowledge.lexicon.hours)

    def _is_trouble(self, match: Match) -> bool:
        """Whether a match says what it feels like, or where it is."""
        lexicon = self.vocabulary.knowledge.lexicon
        places = set(lexicon.kept).intersection(lexicon.complained)
        return self.complains(match) or not places.isdisjoint(self.vocabulary.questions_of(match.means))

    @cached_property
    def _feelings(self) -> frozenset[str]:
        complained = self.vocabulary.knowledge.lexicon.complained
        return frozenset(name.partition(".")[0] for name in complained if "." in name)


def _habits(words: Sequence[Word], cues: Iterable[Match]) -> Iterator[Match]:
    """Yield the words of habits that say what somebody does, and not when the trouble comes: "when I run"."""
    for cue in cues:
        if cue.means == "habits" and (not cue.start or words[cue.start - 1].text not in _WHEN):
            yield cue
