"""Sentences that other people wrote and two readers labelled: how well they are understood never falls."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from support.own_words_measure import SENTENCES, Score, measure, read_rows
from support.shipped import KNOWLEDGE

from triage import KnowledgeBase
from triage.interview.own_words.proposals import listener


@cache
def score() -> Score:
    return measure(KNOWLEDGE, read_rows(SENTENCES))


def test_no_danger_is_passed_over() -> None:
    assert score().dangers >= 320
    assert not score().dangers_missed
    assert not score().dangers_not_listed


def without_words_of_danger() -> KnowledgeBase:
    """The knowledge base, its lexicon without all that people call a sign of danger."""
    lexicon, dangers = KNOWLEDGE.lexicon, listener(KNOWLEDGE).vocabulary.dangers
    questions = {
        question.id: replace(
            question,
            options=tuple(
                replace(option, words=()) if f"{question.id}.{option.id}" in dangers else option
                for option in question.options
            ),
        )
        for question in KNOWLEDGE.questions.values()
    }
    return replace(
        KNOWLEDGE,
        questions=questions,
        lexicon=replace(
            lexicon,
            says={name: phrases for name, phrases in lexicon.says.items() if name not in dangers},
            together=tuple(row for row in lexicon.together if dangers.isdisjoint(row.options)),
            either=tuple(row for row in lexicon.either if dangers.isdisjoint(row.options)),
            hints=(),
        ),
    )


def test_in_words_that_no_phrase_knows_a_danger_still_brings_the_lists_of_signs_first() -> None:
    told = [row["text"] for row in read_rows(SENTENCES) if row.get("danger")]
    hearing = listener(without_words_of_danger())
    passed_over = [text for text in told if not hearing.hear(text).first]
    assert len(told) > 210
    assert not any(each.danger for text in told for each in hearing.hear(text).proposals)
    assert len(passed_over) <= 0.03 * len(told)


def test_few_are_asked_about_a_danger_that_they_do_not_tell_of() -> None:
    assert sum(score().needless) / len(score().needless) < 0.22
    assert sum(map(bool, score().needless)) / len(score().needless) < 0.14


def test_the_lists_of_signs_come_first_for_fewer_than_half_of_those_who_tell_of_no_danger() -> None:
    assert score().lists_first_needless < 0.5 * len(score().needless)


def test_what_is_denied_is_not_proposed() -> None:
    assert score().denied >= 200
    assert len(score().denied_proposed) <= 3


def test_what_is_proposed_is_said_and_what_is_said_is_proposed() -> None:
    assert score().precision > 0.94
    assert score().recall > 0.89
