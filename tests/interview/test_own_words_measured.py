"""Sentences that other people wrote and two readers labelled: how well they are understood never falls."""

from __future__ import annotations

from functools import cache

from support.own_words_measure import SENTENCES, Score, measure, read_rows
from support.shipped import KNOWLEDGE


@cache
def score() -> Score:
    return measure(KNOWLEDGE, read_rows(SENTENCES))


def test_no_danger_is_passed_over() -> None:
    assert score().dangers >= 240
    assert not score().dangers_missed


def test_few_are_asked_about_a_danger_that_they_do_not_tell_of() -> None:
    assert sum(score().needless) / len(score().needless) < 0.25
    assert sum(map(bool, score().needless)) / len(score().needless) < 0.15


def test_what_is_denied_is_not_proposed() -> None:
    assert score().denied >= 110
    assert len(score().denied_proposed) <= 3


def test_what_is_proposed_is_said_and_what_is_said_is_proposed() -> None:
    assert score().precision > 0.94
    assert score().recall > 0.88
