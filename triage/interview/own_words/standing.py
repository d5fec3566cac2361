"""What a sentence says of the words in it: so, denied, in doubt, past, guessed, or about somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from triage.interview.own_words.known_words.cues import Cues, Standing, longest_at
from triage.interview.own_words.known_words.phrases import Match
from triage.interview.own_words.marking import (
    before_joint,
    date,
    deny,
    guess,
    is_turned,
    leave_unmade,
    mark_before,
    mark_over,
    mark_part,
    refute,
    sentences_of,
    turn,
)
from triage.interview.own_words.owners import Owner, owners_of
from triage.knowledge.parts.lexicon import Word

_ALWAYS_TELLING = (
    "writer",
    "relations",
    "pronouns",
    "subjects",
    "past",
    "lifelong",
    "asides",
    "concerns",
    "likenesses",
    "unmade",
)
_OF_OTHERS = ("company", "kin")


@dataclass(frozen=True)
class Reading:
    """A text, the phrases in it, and how each of its words is meant."""

    words: Sequence[Word]
    standings: Sequence[Standing]
    owners: Sequence[Owner]
    dates: Sequence[frozenset[int]] = ()
    concerns_another: bool = False
    names_another: bool = False

    def standing(self, match: Match) -> Standing:
        """Return how a phrase is meant: as its first word is, or as a denial inside it says.

        What tells of the past inside the phrase itself dates only the words around it.
        """
        said = self.standings[match.start] | self._inside(match) | self._likened(match)
        dates_itself = any(places.issubset(match.places) for places in self.dates)
        return said & ~Standing.PAST if dates_itself else said

    def owner(self, match: Match) -> Owner:
        """Return whom a phrase is about."""
        return self.owners[match.start]

    def _likened(self, match: Match) -> Standing:
        """Return whether any word of a phrase is only compared: "like I fell" begins before "I fell"."""
        standings = (self.standings[place] & Standing.LIKENED for place in match.places)
        return next(filter(None, standings), Standing.SO)

    def _inside(self, match: Match) -> Standing:
        between = set(range(match.start, match.end)) - set(match.places)
        said = Standing.SO
        for place in between:
            said |= self.standings[place] & (Standing.DENIED | Standing.DOUBTFUL | Standing.LISTED)
        return said


@dataclass
class Readings:
    """How the words of a text are meant, and how they are where one more match is taken.

    A cue inside a match tells nothing about other words; what is denied ends with its sentence.
    """

    cues: Cues
    words: Sequence[Word]
    matches: Sequence[Match]
    _kept: dict[frozenset[int], Reading] = field(init=False, default_factory=dict)

    @cached_property
    def plain(self) -> Reading:
        """How the words are meant where no more is taken."""
        standings = [Standing.SO] * len(self.words)
        telling = self._telling(self.found, self._taken)
        for bounds in self._sentences:
            self._mark(telling, standings, bounds)
        dates = [frozenset(cue.places) for cue in telling if cue.means == "past"]
        kinds = {cue.means for cue in telling}
        owners = owners_of(self.words, longest_at(telling), self.cues.writer)
        return Reading(self.words, standings, owners, dates, "concerns" in kinds, "relations" in kinds)

    def beside(self, match: Match) -> Reading:
        """Return how the words are meant where this match is taken too."""
        places = self._of_cues.intersection(match.places)
        if not places:
            return self.plain
        if places not in self._kept:
            begin, end = next(each for each in self._sentences if each[0] <= match.start <= each[1])
            standings = list(self.plain.standings)
            standings[begin:end] = [Standing.SO] * (end - begin)
            there = [cue for cue in self.found if begin <= cue.start < end]
            self._mark(self._telling(there, self._taken | places), standings, (begin, end))
            self._kept[places] = replace(self.plain, standings=standings)
        return self._kept[places]

    @cached_property
    def found(self) -> Sequence[Match]:
        """Every cue in the text, those inside longer ones too."""
        return self.cues.book.every_match(self.words)

    @cached_property
    def _of_cues(self) -> frozenset[int]:
        return frozenset(place for cue in self.found for place in cue.places)

    @cached_property
    def _taken(self) -> frozenset[int]:
        return frozenset(place for match in self.matches for place in match.places)

    @cached_property
    def _sentences(self) -> Sequence[tuple[int, int]]:
        return sentences_of(self.words)

    def _telling(self, cues: Sequence[Match], taken: frozenset[int]) -> Sequence[Match]:
        """Return the cues that tell something: those outside what is taken, and not inside longer ones."""
        return self.cues.book.longest([cue for cue in cues if self._tells(cue, taken)])

    def _tells(self, cue: Match, taken: frozenset[int]) -> bool:
        if cue.means == "habits":
            return False
        if cue.means in _OF_OTHERS:
            return not any(set(cue.places).issubset(match.places) for match in self.matches)
        return cue.means in _ALWAYS_TELLING or taken.isdisjoint(cue.places)

    def _mark(self, cues: Sequence[Match], standings: list[Standing], bounds: tuple[int, int]) -> None:
        """Mark the words of a sentence as its cues tell."""
        words, (begin, end) = self.words, bounds
        there = [cue for cue in cues if begin <= cue.start < end]
        found = longest_at(there)
        deny(words, found, standings, begin, end)
        date(words, found, standings, begin, end)
        guess(words, found, standings, begin, end)
        leave_unmade(words, found, standings, begin, end)
        for cue in there:
            if cue.means == "refutals":
                guesses = (each for each in self.found if each.means == "guesses")
                refute(words, guesses, cue, standings, begin)
            elif cue.means == "turns":
                turn((each for each in self.found if each.means == "guesses"), cue, standings, begin)
            elif cue.means == "overs":
                mark_over(words, cue, standings)
            elif cue.means == "denials_after":
                mark_before(words, cue, standings, Standing.DENIED)
            elif cue.means == "lifelong":
                mark_part(words, before_joint(words, cue.start), standings, Standing.WELL)
            elif cue.means == "assurances" and not is_turned(words, cue, self.cues.negations):
                mark_before(words, cue, standings, Standing.WELL)
