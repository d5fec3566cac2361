"""The words of a text that nothing was made of, so that the person can be told which they are."""

from __future__ import annotations

from collections.abc import Sequence

from triage.interview.own_words.cues import Standing, is_ruled_out
from triage.interview.own_words.phrases import Match
from triage.interview.own_words.proposals import LONGEST, Listener
from triage.interview.own_words.standing import Readings
from triage.knowledge.lexicon import Word, comparable, words_of

_SHORTEST = 3


def uncovered(listener: Listener, text: str, weekday: int | None = None) -> tuple[str, ...]:
    """Return the words of a text that say something and that nothing was made of, as typed, each once.

    Left out are the words of phrases, hints and cues, names of medicines, what is denied, numbers, and words
    that say nothing by themselves.

    Args:
        listener: what understands the text.
        text: what the person typed.
        weekday: today, from Monday (0) on.
    """
    typed = text[:LONGEST]
    raw = words_of(typed)
    words = listener.spelt(raw)
    taken = _taken(listener, typed, raw, weekday)
    standings = Readings(listener.cues, words, listener.book.matches(words, weekday)).plain.standings
    silent = {comparable(each) for each in listener.knowledge.lexicon.empty} | listener.book.skipped
    left = [
        typed[word.start : word.end]
        for place, word in enumerate(words)
        if place not in taken
        and not (standings[place] & Standing.DENIED and is_ruled_out(standings[place]))
        and _says_something(raw[place], silent)
    ]
    return tuple({each.lower(): each for each in reversed(left)}.values())[::-1]


def _taken(listener: Listener, typed: str, raw: Sequence[Word], weekday: int | None) -> set[int]:
    """Return the places of the words that something was made of."""
    words = listener.spelt(raw)
    phrases = listener.book.every_match(words, weekday)
    hinted = listener.hints.read(words, raw, listener.right)
    found: Sequence[Match] = (
        *phrases,
        *listener.cues.book.every_match(words),
        *listener.medicines(typed, words, phrases),
        *hinted.matches(lambda _: True),
        *hinted.alarms(),
    )
    return {place for each in found for place in each.places}


def _says_something(word: Word, silent: frozenset[str] | set[str]) -> bool:
    letters = sum(map(str.isalpha, word.text))
    return not word.mark and letters >= _SHORTEST and word.text not in silent
