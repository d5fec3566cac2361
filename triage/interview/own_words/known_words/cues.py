"""Words that tell how others are meant: that deny, date, compare, assure, and name people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from functools import cached_property

from triage.interview.own_words.known_words.phrases import Match, PhraseBook, phrase_book, sequence_of
from triage.knowledge.parts.lexicon import Lexicon


class Standing(Flag):
    """How words are meant; plainly so where none of it holds.

    What is listed stands behind a comma or "and" after something denied, and may be denied too. What is over
    is no longer so, not yet, or never was; it rules out no sign of danger. What is likened is only compared.
    What is turned was thought, and turned out to be something else; it rules out no danger either.
    """

    SO = 0
    DENIED = auto()
    DOUBTFUL = auto()
    PAST = auto()
    GUESSED = auto()
    WELL = auto()
    LISTED = auto()
    OVER = auto()
    LIKENED = auto()
    TURNED = auto()


def is_ruled_out(standing: Standing) -> bool:
    """Whether words say that a sign of danger is not there now; what is in doubt is not ruled out."""
    against = standing & (Standing.DENIED | Standing.PAST | Standing.WELL)
    return bool(against) and not standing & (Standing.DOUBTFUL | Standing.LISTED)


@dataclass(frozen=True)
class Cues:
    """The words of a lexicon that tell how others are meant, ready to be looked for."""

    lexicon: Lexicon

    @cached_property
    def book(self) -> PhraseBook:
        """All cues; each stands for its kind."""
        cues = ((text, kind) for kind, texts in self.lexicon.cues.items() for text in texts)
        kinds = ((text, kind) for text, kind in cues if kind != "skipped")
        return phrase_book(kinds, self.lexicon.lists, (), lambda longer, _: longer != "refutals")

    @cached_property
    def denials(self) -> frozenset[str]:
        """The single words that deny what follows."""
        return self._single("denials", "near_denials")

    @cached_property
    def negations(self) -> frozenset[str]:
        """The single words that deny, or that only look like it: "not", "can't"."""
        return self._single("denials", "near_denials", "no_denials")

    @cached_property
    def pronouns(self) -> frozenset[str]:
        """The single words that stand for somebody else."""
        return self._single("pronouns")

    @cached_property
    def writer(self) -> frozenset[str]:
        """The single words that stand for the one who writes."""
        return self._single("writer")

    def _single(self, *kinds: str) -> frozenset[str]:
        texts = (text for kind in kinds for text in self.lexicon.cues.get(kind, ()))
        return frozenset(sequence_of(text)[0] for text in texts if " " not in text)


def longest_at(cues: Sequence[Match]) -> Mapping[int, Match]:
    """Return the longest cue that begins at each place."""
    found: dict[int, Match] = {}
    for cue in cues:
        if cue.start not in found or len(cue.places) > len(found[cue.start].places):
            found[cue.start] = cue
    return found


def kind_at(found: Mapping[int, Match], place: int) -> str:
    """Return the kind of the cue that begins at a place; "" where none does."""
    return str(found[place].means) if place in found else ""
