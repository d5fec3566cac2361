"""Whether words of change are about a medicine: "started lipitor" is, "came off a double shift" is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from triage.interview.own_words.known_words.phrases import Match
from triage.knowledge.parts.lexicon import Word

_BEFORE = 4
_AFTER = 5
_AGAIN = ("it", "them", "that", "those", "dose", "doses")
_ENDS = ".;!?"


def about_medicine(words: Sequence[Word], match: Match, remedies: Collection[int]) -> bool:
    """Whether a medicine, or a word for one, stands in the same sentence as a match."""
    return any(_is_together(words, match, place) for place in remedies)


def changes_of_medicines(
    words: Sequence[Word], changes: Iterable[Match], medicines: Iterable[Match]
) -> Iterator[Match]:
    """Yield the words that tell of a change of a medicine: "new" before it, "was doubled" behind.

    Args:
        words: the words of a text.
        changes: where it tells of a change.
        medicines: where it names a medicine.
    """
    named = list(medicines)
    for change in changes:
        near = (each for each in named if _belongs(words, change, each))
        if medicine := next(near, None):
            places = range(min(change.start, medicine.start), max(change.end, medicine.end) + 1)
            yield Match(tuple(places), change.means)


def _belongs(words: Sequence[Word], change: Match, medicine: Match) -> bool:
    if change.end < medicine.start:
        between = words[change.end + 1 : medicine.start]
        return len(between) < _BEFORE and not any(word.mark for word in between)
    if medicine.end < change.start:
        between = words[medicine.end + 1 : change.start]
        if len(between) < _AFTER and not any(word.mark for word in between):
            return True
        after = words[change.end + 1].text if change.end + 1 < len(words) else ""
        return after in _AGAIN and _is_together(words, change, medicine.start)
    return False


def _is_together(words: Sequence[Word], match: Match, place: int) -> bool:
    first, last = min(match.start, place), max(match.end, place)
    return not any(word.mark and word.text in _ENDS for word in words[first:last])
