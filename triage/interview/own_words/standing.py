"""What a sentence says of the words in it: so, denied, in doubt, past, guessed, or about somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, Flag, auto
from functools import cached_property

from triage.interview.own_words.phrases import Match, PhraseBook, phrase_book, sequence_of
from triage.knowledge.lexicon import Lexicon, Word

_WIDEST = 8
_NEAREST = 3
_LISTED = 3
_ALWAYS_TELLING = ("writer", "relations", "pronouns", "subjects", "past", "lifelong", "asides", "concerns")
_JOINTS = ("and", "but")
_ALL = ("all", "both")


class Standing(Flag):
    """How words are meant; plainly so where none of it holds.

    What is listed stands behind a comma or "and" after something denied, and may be denied too.
    """

    SO = 0
    DENIED = auto()
    DOUBTFUL = auto()
    PAST = auto()
    GUESSED = auto()
    WELL = auto()
    LISTED = auto()


def is_ruled_out(standing: Standing) -> bool:
    """Whether words say that a sign of danger is not there now; what is in doubt is not ruled out."""
    against = standing & (Standing.DENIED | Standing.PAST | Standing.WELL)
    return bool(against) and not standing & (Standing.DOUBTFUL | Standing.LISTED)


class Owner(Enum):
    """Whom words are about."""

    NOBODY = auto()
    WRITER = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Cues:
    """The words of a lexicon that tell how others are meant, ready to be looked for."""

    lexicon: Lexicon

    @cached_property
    def book(self) -> PhraseBook:
        """All cues; each stands for its kind."""
        cues = ((text, kind) for kind, texts in self.lexicon.cues.items() for text in texts)
        return phrase_book(((text, kind) for text, kind in cues if kind != "skipped"), self.lexicon.lists, ())

    @cached_property
    def denials(self) -> frozenset[str]:
        """The single words that deny what follows."""
        return self._single("denials", "near_denials")

    @cached_property
    def negations(self) -> frozenset[str]:
        """The single words that deny, or that only look like it: "not", "can't"."""
        return self._single("denials", "near_denials", "no_denials")

    def _single(self, *kinds: str) -> frozenset[str]:
        texts = (text for kind in kinds for text in self.lexicon.cues.get(kind, ()))
        return frozenset(sequence_of(text)[0] for text in texts if " " not in text)


@dataclass(frozen=True)
class Reading:
    """A text, the phrases in it, and how each of its words is meant."""

    words: Sequence[Word]
    standings: Sequence[Standing]
    owners: Sequence[Owner]
    dates: Sequence[frozenset[int]] = ()
    concerns_another: bool = False

    def standing(self, match: Match) -> Standing:
        """Return how a phrase is meant: as its first word is, or as a denial inside it says.

        What tells of the past inside the phrase itself dates only the words around it.
        """
        said = self.standings[match.start] | self._inside(match)
        dates_itself = any(places.issubset(match.places) for places in self.dates)
        return said & ~Standing.PAST if dates_itself else said

    def owner(self, match: Match) -> Owner:
        """Return whom a phrase is about."""
        return self.owners[match.start]

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
        telling = self._telling(self._found, self._taken)
        for bounds in self._sentences:
            self._mark(telling, standings, bounds)
        dates = [frozenset(cue.places) for cue in telling if cue.means == "past"]
        another = any(cue.means == "concerns" for cue in telling)
        return Reading(self.words, standings, _owners(self.words, _longest(telling)), dates, another)

    def beside(self, match: Match) -> Reading:
        """Return how the words are meant where this match is taken too."""
        places = self._of_cues.intersection(match.places)
        if not places:
            return self.plain
        if places not in self._kept:
            begin, end = next(each for each in self._sentences if each[0] <= match.start <= each[1])
            standings = list(self.plain.standings)
            standings[begin:end] = [Standing.SO] * (end - begin)
            there = [cue for cue in self._found if begin <= cue.start < end]
            self._mark(self._telling(there, self._taken | places), standings, (begin, end))
            self._kept[places] = replace(self.plain, standings=standings)
        return self._kept[places]

    @cached_property
    def _found(self) -> Sequence[Match]:
        return self.cues.book.every_match(self.words)

    @cached_property
    def _of_cues(self) -> frozenset[int]:
        return frozenset(place for cue in self._found for place in cue.places)

    @cached_property
    def _taken(self) -> frozenset[int]:
        return frozenset(place for match in self.matches for place in match.places)

    @cached_property
    def _sentences(self) -> Sequence[tuple[int, int]]:
        return _sentences(self.words)

    def _telling(self, cues: Sequence[Match], taken: frozenset[int]) -> Sequence[Match]:
        """Return the cues that tell something: those outside what is taken, and not inside longer ones."""
        return self.cues.book.longest(
            [cue for cue in cues if cue.means in _ALWAYS_TELLING or taken.isdisjoint(cue.places)]
        )

    def _mark(self, cues: Sequence[Match], standings: list[Standing], bounds: tuple[int, int]) -> None:
        """Mark the words of a sentence as its cues tell."""
        words, (begin, end) = self.words, bounds
        there = [cue for cue in cues if begin <= cue.start < end]
        found = _longest(there)
        _deny(words, found, standings, begin, end)
        _date(words, found, standings, begin, end)
        _guess(words, found, standings, begin, end)
        for cue in there:
            if cue.means == "denials_after":
                _mark_before(words, cue, standings, Standing.DENIED)
            elif cue.means == "lifelong":
                _mark_part(words, _before_joint(words, cue.start), standings, Standing.WELL)
            elif cue.means == "assurances" and not is_turned(words, cue, self.cues.negations):
                _mark_before(words, cue, standings, Standing.WELL)


def _longest(cues: Sequence[Match]) -> Mapping[int, Match]:
    """Return the longest cue that begins at each place."""
    found: dict[int, Match] = {}
    for cue in cues:
        if cue.start not in found or len(cue.places) > len(found[cue.start].places):
            found[cue.start] = cue
    return found


def _sentences(words: Sequence[Word]) -> list[tuple[int, int]]:
    bounds, begin = [], 0
    for place, word in enumerate(words):
        if word.mark and word.text in ".;!?":
            bounds.append((begin, place))
            begin = place + 1
    return [*bounds, (begin, len(words))]


def _kind(found: Mapping[int, Match], place: int) -> str:
    return str(found[place].means) if place in found else ""


def _deny(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark what follows a denial, as far as it reaches."""
    state, left, place = Standing.SO, 0, begin
    while place < end:
        kind, step = _kind(found, place), 1
        if kind in ("denials", "near_denials", "no_denials", "doubts", "closers"):
            step = found[place].end - place + 1
        if kind == "denials":
            state, left = Standing.DENIED, _WIDEST
        elif kind == "near_denials":
            state, left = Standing.DENIED, _NEAREST
        elif kind == "doubts":
            state, left = Standing.DOUBTFUL, _WIDEST
        elif kind in ("closers", "no_denials"):
            state = Standing.SO
        elif words[place].mark or words[place].text == "and":
            state, left = _after_joint(words, found, place, end, state, left)
        for each in range(place, min(place + step, end)):
            standings[each] |= state
        left -= not words[place].mark
        if left < 0:
            state = Standing.SO
        place += step


def _after_joint(
    words: Sequence[Word], found: Mapping[int, Match], place: int, end: int, state: Standing, left: int
) -> tuple[Standing, int]:
    """Return how far a denial reaches over a comma or "and"."""
    if state is Standing.SO or left <= _NEAREST - _WIDEST:
        return state, left
    if _begins_anew(words, found, place + 1, end):
        return Standing.SO, 0
    linked = any(
        word.text in ("or", "nor") for word in words[place + 1 : min(end, place + 1 + 2 * _WIDEST)]
    ) and not any(_kind(found, each) == "closers" for each in range(place + 1, end))
    if linked:
        return state, _WIDEST
    if words[place].mark and _length(words, place + 1, end) > _LISTED:
        return Standing.SO, 0
    return Standing.LISTED, _WIDEST


def _length(words: Sequence[Word], place: int, end: int) -> int:
    """Return how many words stand before the next mark."""
    length = 0
    while place + length < end and not words[place + length].mark:
        length += 1
    return length


def _begins_anew(words: Sequence[Word], found: Mapping[int, Match], place: int, end: int) -> bool:
    """Whether a new statement begins: a subject, perhaps after "and"."""
    if place < end and words[place].text == "and":
        place += 1
    return place < end and _kind(found, place) in ("subjects", "writer", "relations", "pronouns", "closers")


def is_turned(words: Sequence[Word], cue: Match, negations: frozenset[str]) -> bool:
    """Whether a negation stands before some words in their part: "not right", "can't lift it as usual"."""
    for back in range(cue.start - 1, -1, -1):
        if words[back].mark or words[back].text in _JOINTS:
            return False
        if words[back].text in negations:
            return True
    return False


def _mark_before(words: Sequence[Word], cue: Match, standings: list[Standing], mark: Standing) -> None:
    """Mark what stands before words that end their part of a sentence: "chest pain: none", "all is fine"."""
    after = cue.end + 1
    if after < len(words) and not words[after].mark and words[after].text not in _JOINTS:
        return
    back = cue.start - 1
    if back >= 0 and words[back].mark and words[back].text in ":?(-":
        back -= 1
    if words[cue.start].text in _ALL:
        back = _before_list(words, back, standings, mark)
    _mark_part(words, back, standings, mark)


def _before_list(words: Sequence[Word], back: int, standings: list[Standing], mark: Standing) -> int:
    """Mark the parts of a list that ends at a place, and return the place where its first part ends."""
    while True:
        joint = back
        while joint >= 0 and not words[joint].mark and words[joint].text != "and":
            joint -= 1
        if joint < 0 or back - joint > _LISTED or (words[joint].mark and words[joint].text != ","):
            return back
        for place in range(joint, back + 1):
            standings[place] |= mark
        back = joint - 1


def _mark_part(words: Sequence[Word], back: int, standings: list[Standing], mark: Standing) -> None:
    """Mark the words from a place back to where their part of the sentence begins."""
    while back >= 0 and not words[back].mark and words[back].text not in _JOINTS:
        standings[back] |= mark
        back -= 1


def _before_joint(words: Sequence[Word], start: int) -> int:
    """Return the place before some words, or before a joint that stands near them: "but that's been so"."""
    near = range(start - 1, max(-1, start - 1 - _NEAREST), -1)
    joint = next((at for at in near if words[at].mark or words[at].text in _JOINTS), start)
    return joint - 1


def _clauses(
    words: Sequence[Word], found: Mapping[int, Match], begin: int, end: int
) -> list[tuple[int, int]]:
    """Return the parts of a sentence that say one thing each: parted at marks, "but" and a new subject."""
    bounds, start = [], begin
    for place in range(begin, end):
        parts = _kind(found, place) == "closers" and words[place].text in ("but", "though", "however")
        joint = words[place].mark or (
            words[place].text == "and"
            and (_begins_anew(words, found, place + 1, end) or _kind(found, place + 1) == "present")
        )
        if (parts or joint) and place > start:
            bounds.append((start, place))
            start = place
    return [*bounds, (start, end)]


def _date(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark clauses that tell of the past, unless they tell of today too."""
    led = False
    for start, stop in _clauses(words, found, begin, end):
        kinds = {_kind(found, place) for place in range(start, stop)}
        told = "past" in kinds or led
        if not told or "present" in kinds:
            led = False
            continue
        led = led or _is_date(words, found, start, stop)
        for place in range(start, stop):
            standings[place] |= Standing.PAST


def _is_date(words: Sequence[Word], found: Mapping[int, Match], start: int, stop: int) -> bool:
    """Whether a clause does nothing but tell when: "two years ago,"."""
    first = start + words[start].mark
    return _kind(found, first) == "past" and found[first].end + 1 == stop


def _guess(
    words: Sequence[Word], found: Mapping[int, Match], standings: list[Standing], begin: int, end: int
) -> None:
    """Mark what follows a comparison or a guess, up to the next mark or turn of the sentence."""
    for place in range(begin, end):
        if _kind(found, place) != "guesses":
            continue
        for after in range(found[place].end + 1, end):
            if words[after].mark or _kind(found, after) == "closers":
                break
            standings[after] |= Standing.GUESSED


def _owners(words: Sequence[Word], found: Mapping[int, Match]) -> list[Owner]:
    """Return whom each word is about: the last who was named in its sentence."""
    owners: list[Owner] = []
    current, last_other = Owner.NOBODY, False
    place = 0
    while place < len(words):
        kind, step = _kind(found, place), 1
        if words[place].mark and words[place].text in ".;!?":
            current = Owner.NOBODY
        elif kind == "relations":
            step = found[place].end - place + 1
            if _kind(found, place + step) != "sayings":
                current, last_other = Owner.OTHER, True
        elif kind == "pronouns" and (last_other or Owner.WRITER not in owners):
            current = Owner.OTHER
        elif kind == "writer" and not _does_to_another(words, found, place):
            current = Owner.WRITER
        owners += [current] * min(step, len(words) - place)
        place += step
    return owners


def _does_to_another(words: Sequence[Word], found: Mapping[int, Match], place: int) -> bool:
    """Whether the writer only does something to somebody else: "I must shake her"."""
    for after in range(found[place].end + 1, min(found[place].end + 1 + _WIDEST, len(words))):
        if words[after].mark or _kind(found, after) == "writer":
            return False
        if _kind(found, after) == "pronouns":
            return len(found[place].places) == 1 and after - place < _NEAREST + 2
    return False
