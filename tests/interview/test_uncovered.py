"""Words of a sentence that nothing is made of: the person is told which."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE
from support.typist import talk

from triage.interview.own_words.proposals import listener
from triage.interview.own_words.uncovered import uncovered

LISTENER = listener(KNOWLEDGE)


def left(text: str) -> list[str]:
    return list(uncovered(LISTENER, text, 2))


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


def test_the_person_is_told_which_words_were_not_understood() -> None:
    _, typist = talk("my left calf cramps at night, the flibber zzonkt", "y")
    assert "I did not understand: flibber, zzonkt. Please answer that in the lists." in typist.text
    assert typist.text.index("I did not understand") < typist.text.index("This is what I understood")


def test_at_most_six_words_are_named() -> None:
    _, typist = talk("flibber grommet zzonkt frobble wibble quibbo snark are with me", "1", "45")
    assert "I did not understand: flibber, grommet, zzonkt, frobble, wibble, quibbo, ..." in " ".join(
        typist.text.split()
    )


def test_nothing_is_said_where_all_was_understood() -> None:
    _, typist = talk(KNOWLEDGE.lexicon.example, "y")
    assert "I did not understand" not in typist.text


def test_a_sentence_at_a_later_question_is_heard_out_too() -> None:
    _, typist = talk("1", "45", "it is a cramp in my calf and a flibber zzonkt", "y")
    assert "I did not understand: flibber, zzonkt." in typist.text
