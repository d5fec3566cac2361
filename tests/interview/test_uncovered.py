"""Words of a sentence that nothing is made of: the person is told which."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE

from triage.interview.own_words.proposals import listener

LISTENER = listener(KNOWLEDGE)


def left(text: str) -> list[str]:
    return list(LISTENER.hear(text, 2).uncovered)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my left calf cramps at night and the flibber is plonking", ["flibber", "plonking"]),
        ("calf cramp. Flibber, FLIBBER and flibber again", ["Flibber"]),
        ("cramp in my calf, my grommet went zzonk and I am 45", ["grommet", "zzonk"]),
    ],
)
def test_words_that_nothing_is_made_of_are_named_as_typed(text: str, words: list[str]) -> None:
    assert left(text) == words


@pytest.mark.parametrize(
    "text",
    [
        KNOWLEDGE.lexicon.example,
        "both my thighs cramp and my urine is as dark as cola, I am 30",
        "I have no fever and no rash, only a cramp in my calf",
        "I take furosemide 40 mg and my calf cramps",
        "hello doctor, please can you help me, I've had it since yesterday evening",
        "no flibber and no grommet",
        "my flibber is fine",
        "my calff cramps at nigth",
        "",
        "1 2 3",
    ],
)
def test_what_is_understood_denied_or_empty_is_not_named(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize("text", ["I am not sure about a flibber", "flibber without pain in my calf"])
def test_what_is_in_doubt_or_stands_before_a_denial_is_named(text: str) -> None:
    assert left(text) == ["flibber"]


def test_no_word_that_says_nothing_is_part_of_a_phrase_of_one_word_for_a_danger() -> None:
    dangers = {
        phrase
        for name in KNOWLEDGE.red_flags
        for phrase in KNOWLEDGE.lexicon.says.get(name, ())
        if " " not in phrase
    }
    assert not dangers.intersection(KNOWLEDGE.lexicon.empty)
