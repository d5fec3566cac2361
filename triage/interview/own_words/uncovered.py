"""The words of a text that nothing was made of: they are named, and the signs of danger come first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from triage.interview.own_words.known_words.cues import Standing, is_ruled_out
from triage.knowledge.parts.lexicon import Word

_SHORTEST = 3


def left_over(
    text: str,
    raw: Sequence[Word],
    standings: Sequence[Standing],
    taken: Collection[int],
    says_nothing: Callable[[str], bool],
) -> tuple[str, ...]:
    """Return the words of a text that say something and that nothing was made of, as typed, each once.

    Left out are the words of phrases, hints and cues, names of medicines, what is denied or well, numbers,
    and words that say nothing by themselves.

    Args:
        text: what the person typed.
        raw: its words, as they were typed.
        standings: how each of them is meant.
        taken: the places of those that something was made of.
        says_nothing: whether a word says nothing by itself.
    """
    left = [text[word.start : word.end] for word in _left(raw, standings, taken, says_nothing)]
    return tuple({each.lower(): each for each in reversed(left)}.values())[::-1]


def _left(
    raw: Sequence[Word],
    standings: Sequence[Standing],
    taken: Collection[int],
    says_nothing: Callable[[str], bool],
) -> Iterator[Word]:
    for place, (word, standing) in enumerate(zip(raw, standings, strict=False)):
        denied = standing & (Standing.DENIED | Standing.WELL) and is_ruled_out(standing)
        says_something = not word.mark and sum(map(str.isalpha, word.text)) >= _SHORTEST
        if says_something and place not in taken and not denied and not says_nothing(word.text):
            yield word
