"""What is left of phrases and proposals where others of the same text speak against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from triage.interview.own_words.phrases import Match
from triage.interview.own_words.told import Proposal
from triage.knowledge.lexicon import Word


def without_bystanders(proposals: Sequence[Proposal], certain: Collection[str]) -> Iterator[Proposal]:
    """Yield proposals, but of one list none from the words of a danger alone where another is from others.

    "Cramp in my hand, and half my face droops" is about the hand.
    """
    sure = {each.question for each in proposals if each.finding in certain and not each.danger}
    for each in proposals:
        if each.danger or each.finding in certain or each.question not in sure:
            yield each


def without_uncalm(proposals: Iterable[Proposal], calm: Collection[str]) -> list[Proposal]:
    """Return proposals; where one is a sign of danger, without those that may tell of it and not of the complaint.

    "Shivering every night" says how often it comes of the shivers.
    """
    kept = list(proposals)
    if not any(each.danger for each in kept):
        return kept
    return [each for each in kept if each.danger or not {each.finding, each.question} & {*calm}]


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
