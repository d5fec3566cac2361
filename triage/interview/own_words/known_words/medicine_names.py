"""Names of medicines in a sentence, misspelt ones too, and the items of the list that they stand for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.interview.own_words.known_words.spelling import NearWords
from triage.knowledge.model import MedicineName
from triage.knowledge.parts.lexicon import Word
from triage.knowledge.parts.spelling import plain_name

_LONGEST = 3
_SHORTEST_MISSPELT = 6
_SHORTEST_OF_SEVERAL = 4
"""Of a name in several words one is longer than small words: "All I" is not "Alli"."""


@dataclass(frozen=True)
class MedicineNames:
    """The names that are known; `right` are words that are no misspelt names."""

    names: Mapping[str, MedicineName]
    right: Collection[str]

    @cached_property
    def _near(self) -> NearWords:
        return NearWords(self.names)

    def in_text(
        self, text: str, words: Sequence[Word], taken: Collection[int]
    ) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
        """Yield the places of each name and the items that it stands for; a name begins at no place taken."""
        place = 0
        while place < len(words):
            name = None if place in taken or words[place].mark else self._at(text, words, place)
            if name is not None:
                yield name
            place = name[0][-1] + 1 if name else place + 1

    def _at(
        self, text: str, words: Sequence[Word], place: int
    ) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
        for length in range(_LONGEST, 0, -1):
            part = words[place : place + length]
            if len(part) < length or any(word.mark for word in part):
                continue
            if length > 1 and max(len(word.text) for word in part) < _SHORTEST_OF_SEVERAL:
                continue
            known = self.names.get(plain_name(text[part[0].start : part[-1].end]))
            if known is not None:
                return tuple(range(place, place + length)), known.items
        word = plain_name(text[words[place].start : words[place].end])
        if len(word) < _SHORTEST_MISSPELT or words[place].text in self.right or not word.isalpha():
            return None
        items = {self.names[name].items for name in self._near.like(word)}
        return ((place,), items.pop()) if len(items) == 1 else None
