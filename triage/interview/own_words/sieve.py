"""What is left of phrases and proposals where others of the same text speak against them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from triage.interview.hearing.amounts import UNIT_OF
from triage.interview.own_words.known_words.phrases import Match
from triage.interview.own_words.told import Proposal
from triage.knowledge.parts.lexicon import Amounts, Word

_JOINTS = ("and", "but")


def without_bystanders(proposals: Sequence[Proposal], certain: Collection[str]) -> Iterator[Proposal]:
    """Yield proposals, but of one list none from the words of a danger alone where another is from others.

    "Cramp in my hand, and half my face droops" is about the hand.
    """
    sure = {each.question for each in proposals if each.finding in certain and not each.danger}
    for each in proposals:
        if each.danger or each.finding in certain or each.question not in sure:
            yield each


def beside_any(words: Sequence[Word], match: Match, places: Collection[int]) -> bool:
    """Whether a phrase stands in one part of a sentence with words at some places, itself not counted."""
    first, last = match.start, match.end
    while first > 0 and not _parts(words[first - 1]):
        first -= 1
    while last + 1 < len(words) and not _parts(words[last + 1]):
        last += 1
    return any(place in places and place not in match.places for place in range(first, last + 1))


def _parts(word: Word) -> bool:
    return word.mark or word.text in _JOINTS


def without_uncalm(proposals: Iterable[Proposal], calm: Collection[str]) -> list[Proposal]:
    """Return proposals; where one is a sign of danger, without those of which the words may tell of it.

    "Shivering every night" says how often it comes of the shivers. Where the same words tell both, both stay.
    """
    kept = list(proposals)
    dangers = [each.words.lower() for each in kept if each.danger]
    return [
        each
        for each in kept
        if each.danger
        or not {each.finding, each.question} & {*calm}
        or all(words in each.words.lower() for words in dangers)
    ]


def without_overreach(
    matches: Sequence[Match], denials: frozenset[str], words: Sequence[Word]
) -> list[Match]:
    """Return phrases without those whose denial belongs to the next: "no water" in "no water infection"."""
    return [
        match
        for match in matches
        if words[match.start].text not in denials
        or not any(
            match.start < other.start <= match.end <= other.end and not set(other.places) <= set(match.places)
            for other in matches
        )
    ]


def without_twofold_amounts(matches: Sequence[Match], named: Callable[[Match], bool]) -> list[Match]:
    """Return phrases without amounts whose very words name something: ", 28 weeks." is a pregnancy."""
    naming = {match.places for match in matches if match.amount is None and named(match)}
    return [match for match in matches if match.amount is None or match.places not in naming]


def has_fitting_unit(match: Match) -> bool:
    """Whether the unit of an amount is one that its phrase takes: "last a minute" is no course of days."""
    means, amount = match.means, match.amount
    return not isinstance(means, Amounts) or amount is None or not means.units or amount.unit in means.units


def has_other_unit(words: Sequence[Word], match: Match, measures: Collection[str] = ()) -> bool:
    """Whether a unit stands behind a bare number: "he is 5 months" or "has 40 degrees" gives no years."""
    after = words[match.end + 1].text if match.end + 1 < len(words) else ""
    if match.amount is None or match.amount.unit:
        return False
    return after in measures or UNIT_OF.get(after, "year") != "year"
