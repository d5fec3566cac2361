"""Whom the words of a text are about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto

from triage.interview.own_words.known_words.cues import kind_at
from triage.interview.own_words.known_words.phrases import Match
from triage.knowledge.parts.lexicon import Word

_FAR = 8
_NEAR = 5
_DENYING = ("denials", "denials_after", "near_denials", "no_denials", "freedoms")
_SUBORDINATING = ("while", "when", "as", "after", "before", "because")


class Owner(Enum):
    """Whom words are about."""

    NOBODY = auto()
    WRITER = auto()
    OTHER = auto()
    BYSTANDER = auto()


def owners_of(words: Sequence[Word], found: Mapping[int, Match], writer: Collection[str] = ()) -> list[Owner]:
    """Return whom each word is about: the last who was named in its sentence.

    Who is only there ("played with the kids") is named for what "he" or "she" says later, and nothing more.
    What is said of kin ends where the sentence turns: "my dad died of a stroke, but mine is a stiff neck".

    Args:
        words: the words of a text.
        found: the longest cue that begins at each place.
        writer: the single words for the one who writes, with whom a denial may begin: "I don't have that".
    """
    owners: list[Owner] = []
    current, last_other = Owner.NOBODY, False
    main = before = Owner.NOBODY
    belongs = False
    place = 0
    others_own = _is_all_done_by_writer(words, found, writer)
    while place < len(words):
        kind, step = kind_at(found, place), 1
        if words[place].mark and words[place].text in ".;!?":
            current = main = Owner.NOBODY
            belongs = False
        elif belongs and (words[place].mark or (kind == "closers" and current is Owner.BYSTANDER)):
            current, belongs = _behind(words, found.get(place), writer, before), False
        elif words[place].mark and main is Owner.OTHER:
            current, main = main, Owner.NOBODY
        elif kind == "relations":
            step = found[place].end - place + 1
            if kind_at(found, place + step) != "sayings":
                before, belongs = current, _is_possessive(words[found[place].end])
                current, last_other = Owner.OTHER, True
        elif kind in ("company", "kin"):
            step, last_other = found[place].end - place + 1, True
            owners += [Owner.BYSTANDER] * step
            place += step
            if kind == "kin":
                before, belongs, current = current, True, Owner.BYSTANDER
            continue
        elif kind == "pronouns" and (last_other or Owner.WRITER not in owners):
            current = Owner.OTHER
        elif _names_writer(words, found, place, writer) and not (
            (others_own and current is Owner.OTHER) or _does_to_another(words, found, place)
        ):
            if current is Owner.OTHER and place and words[place - 1].text in _SUBORDINATING:
                main = current
            current = Owner.WRITER
        owners += [current] * min(step, len(words) - place)
        place += step
    return owners


def _names_writer(
    words: Sequence[Word], found: Mapping[int, Match], place: int, writer: Collection[str]
) -> bool:
    """Whether a cue for the writer begins at a place, or a denial that begins with one."""
    kind = kind_at(found, place)
    return kind == "writer" or (kind in _DENYING and words[place].text in writer)


def _is_all_done_by_writer(
    words: Sequence[Word], found: Mapping[int, Match], writer: Collection[str]
) -> bool:
    """Whether the writer stands in subordinate clauses alone: "she cries when i move her hip"."""
    writers = (place for place in found if _names_writer(words, found, place, writer))
    return all(place and words[place - 1].text in _SUBORDINATING for place in writers)


def _behind(words: Sequence[Word], turn: Match | None, writer: Collection[str], before: Owner) -> Owner:
    """Return whom words are about behind a mark or a turn: who was named before, or the writer: "so I"."""
    return Owner.WRITER if turn and any(words[each].text in writer for each in turn.places) else before


def _is_possessive(word: Word) -> bool:
    """Whether a word was written with an apostrophe and an s, which it lost when it was made comparable."""
    return word.end - word.start == len(word.text) + 2


def _does_to_another(words: Sequence[Word], found: Mapping[int, Match], place: int) -> bool:
    """Whether the writer only does something to somebody else: "I must shake her"."""
    for after in range(found[place].end + 1, min(found[place].end + 1 + _FAR, len(words))):
        if words[after].mark or kind_at(found, after) == "writer":
            return False
        if kind_at(found, after) == "pronouns":
            return len(found[place].places) == 1 and after - place < _NEAR
    return False
