"""Numbers, spans of time and days as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.explanation.amounts import SECONDS
from triage.interview.hearing.amounts import UNIT_OF
from triage.knowledge.parts.lexicon import DAY, NUMBER, Word

_COUNTS = {"a": 1.0, "an": 1.0, "couple": 2.0, "few": 3.0, "half": 0.5}
_UNIT = {**UNIT_OF, "decade": "year", "fortnight": "week"}
_TIMES = {"decade": 10.0, "fortnight": 2.0}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_OF = {name: place for place, name in enumerate(_WEEK)} | {
    short: place
    for place, shorts in enumerate(("mon", "tue", "wed weds", "thu thur", "fri", "sat", "sun"))
    for short in shorts.split()
}
_LAST = {"night": 1, "week": 7, "month": 30, "year": 365, "evening": 1}
_THIS = {"morning": 0, "afternoon": 0, "evening": 0, "week": 3}
_PLAIN_DAYS = {"yesterday": 1, "today": 0, "tonight": 0}
_HOURS_OF_TODAY = frozenset(("breakfast", "lunch", "lunchtime", "noon", "midday", "midnight", "teatime"))
_DAY_WORDS = frozenset(
    (*_PLAIN_DAYS, *_DAY_OF, *_HOURS_OF_TODAY, "last", "this", "on", "weekend", "day", "the")
)
_NEARLY = (
    "about around roughly maybe perhaps nearly almost over ca approx approximately some just past last the"
)
ABOUT = frozenset((*_NEARLY.split(" "), "these", "good", "at", "least", "more", "than"))
"""Words before a number that leave it as it is, more or less."""
_MORE_THAN = (["more", "than"], ["longer", "than"], ["at", "least"])
_A_LITTLE_MORE = 2
_PART_OF_DAY = frozenset(("morning", "afternoon", "evening", "night"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, with its unit where it has one, and the place behind its last word."""

    value: float
    unit: str
    end: int

    def in_unit(self, wanted: str) -> float:
        """Return the number in another unit of time."""
        return self.value * SECONDS[self.unit] / SECONDS[wanted] if self.unit in SECONDS else self.value


def may_begin_amount(word: str) -> bool:
    """Whether a number, a span of time or a day can begin with a word."""
    return word[:1].isdecimal() or word in _COUNTS or word in _DAY_WORDS or word in ABOUT


def amounts_at(slot: str, words: Sequence[Word], place: int, weekday: int | None) -> Iterator[Amount]:
    """Yield what can stand in a slot at a place, the longest first.

    Args:
        slot: which slot.
        words: the words of the text.
        place: where the amount begins.
        weekday: today, as a number from Monday (0) on; without it, names of days have no meaning.
    """
    if slot == NUMBER:
        if words[place].text.isdecimal():
            yield Amount(int(words[place].text[:9]), "", place + 1)
    elif slot == DAY:
        yield from _days(words, place, weekday)
    else:
        yield from _durations(words, place)


def _durations(words: Sequence[Word], place: int) -> Iterator[Amount]:
    while _text(words, place) in ABOUT:
        place += 1
    single = _duration(words, place)
    if single is None:
        return
    after = _text(words, single.end)
    if after in ("and", "or") and _text(words, single.end + 1) == "so":
        after = ""
    if (
        after == "and"
        and _text(words, single.end + 1) in ("a", "1")
        and _text(words, single.end + 2) == "half"
    ):
        yield Amount(single.value + 0.5, single.unit, single.end + 3)
    yield from _up_to(words, single)
    second = _duration(words, single.end + (after == "and"))
    if second is not None and SECONDS[second.unit] < SECONDS[single.unit]:
        total = single.in_unit(second.unit) + second.value
        yield Amount(total, second.unit, second.end)
    yield single


def _up_to(words: Sequence[Word], first: Amount) -> Iterator[Amount]:
    """Yield the larger of two amounts: "30 seconds to 2 minutes", "a week or two"."""
    joint = _text(words, first.end)
    if joint not in ("to", "or"):
        return
    second = _duration(words, first.end + 1)
    if second is not None and second.in_unit(first.unit) > first.value:
        yield second
    count = None if second else _count(words, first.end + 1)
    if joint == "or" and count and 0 < count[0] - first.value <= _A_LITTLE_MORE:
        yield Amount(count[0], first.unit, count[1])


def says_more(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether an amount between two places is said to be more than that: "over 10 minutes"."""
    texts = [_text(words, place) for place in range(start, end)]
    return any(
        _count(words, start + place + 1) is not None
        and (word == "over" or texts[max(0, place - 1) : place + 1] in _MORE_THAN)
        for place, word in enumerate(texts[:-1])
    )


def _duration(words: Sequence[Word], place: int) -> Amount | None:
    """Return a number and its unit."""
    number = _count(words, place)
    if number is None:
        return None
    value, at = number
    if _text(words, at) in ("to", "or") or (_text(words, at)[:1].isdecimal() and at > place):
        further = _count(words, at + (_text(words, at) in ("to", "or")))
        if further is not None:
            value, at = further
    if _text(words, at) == "and" and _text(words, at + 1) in ("a", "1") and _text(words, at + 2) == "half":
        value, at = value + 0.5, at + 3
    while _text(words, at) in ("of", "a", "an", "good", "full", "whole", "more", "long", "solid"):
        at += 1
    name = _text(words, at)
    unit = _UNIT.get(name)
    return Amount(value * _TIMES.get(name, 1.0), unit, at + 1) if unit and name != "m" else None


def _count(words: Sequence[Word], place: int) -> tuple[float, int] | None:
    word = _text(words, place)
    if word == "a" and _text(words, place + 1) in ("couple", "few", "half"):
        return _COUNTS[_text(words, place + 1)], place + 2
    if word in _COUNTS:
        return _COUNTS[word], place + 1
    try:
        return (float(word.replace(",", ".")), place + 1) if word[:1].isdecimal() else None
    except ValueError:
        return None


def _days(words: Sequence[Word], place: int, weekday: int | None) -> Iterator[Amount]:
    while _text(words, place) in ("about", "around", "roughly"):
        place += 1
    word, after = _text(words, place), _text(words, place + 1)
    if word == "the" and after == "day":
        place, word = place + 1, after
    if word == "day" and [_text(words, place + 1), _text(words, place + 2)] == ["before", "yesterday"]:
        yield Amount(2, "day", place + 3)
    elif word in _PLAIN_DAYS:
        end = place + (2 if after in _PART_OF_DAY else 1)
        yield Amount(_PLAIN_DAYS[word], "day", end)
    elif word in _HOURS_OF_TODAY:
        yield Amount(0, "day", place + 1)
    elif word.isdecimal() and after in ("am", "pm"):
        yield Amount(0, "day", place + 2)
    elif word == "last" and after in _LAST:
        yield Amount(_LAST[after], "day", place + 2)
    elif word == "this" and after in _THIS:
        yield Amount(_THIS[after], "day", place + 2)
    elif weekday is not None:
        at = place + (word in ("last", "on", "this"))
        name = _text(words, at)
        if name == "weekend":
            yield Amount((weekday - 5) % 7 or 7, "day", at + 1)
        elif name in _DAY_OF:
            end = at + (2 if _text(words, at + 1) in _PART_OF_DAY else 1)
            yield Amount((weekday - _DAY_OF[name]) % 7 or 7, "day", end)


def _text(words: Sequence[Word], place: int) -> str:
    return words[place].text if place < len(words) and not words[place].mark else ""
