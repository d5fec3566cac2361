"""Where every rule differs, not all is asked and shown: the rest is named, and never called proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.variants import varied
from support.shipped import KNOWLEDGE

from triage import KnowledgeBase, load_knowledge_base
from triage.comparison.acuity import Move
from triage.comparison.difference import Difference, compare
from triage.comparison.report import record, text
from triage.proof.solver import Answer


@pytest.fixture(scope="module")
def other(root: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """Our rules, of which a good many have changed."""
    folder = tmp_path_factory.mktemp("varied") / "rules"
    return load_knowledge_base(write_rules(varied(read_rules(root / "rules"), 20, seed=3), folder))


def moves(difference: Difference) -> set[Move]:
    return {move for way in difference.ways for move in way.gone}


def undecided(difference: Difference) -> tuple[set[str], set[tuple[str, str]]]:
    """What may move somebody, or change for somebody, as far as is known."""
    ways, advice = difference.ways, difference.advice
    roots = {root for way in ways if len(way.gone) < len(way.moves) for root in way.roots}
    return roots, {(each.kind, each.id) for each in advice if each.sighting.answer is Answer.UNDECIDED}


def test_what_is_not_asked_is_named(other: KnowledgeBase) -> None:
    whole = compare(KNOWLEDGE, other, looks=1000)
    assert undecided(whole) == (set(), set())
    part = compare(KNOWLEDGE, other, looks=5, people=5)
    assert part.questions < whole.questions
    assert moves(part) == moves(whole)
    for way in whole.ways:
        named = [each for each in part.ways if each.roots == way.roots]
        assert set(way.moves) <= {move for each in named for move in each.moves}
    assert {(each.kind, each.id, each.change) for each in whole.advice} <= {
        (each.kind, each.id, each.change) for each in part.advice
    }
    assert part.without_example
    shown = text(part, ("old", "new"))
    assert f"{part.without_example} of all these changes are named without an example." in shown
    assert shown.count("UNDECIDED, may ") == 2
    roots, advice = undecided(part)
    assert roots
    assert advice
    assert {root for way in record(part)["ways"] for root in way["roots"]} >= roots


def test_what_is_not_asked_is_not_called_proved(other: KnowledgeBase) -> None:
    nothing = compare(KNOWLEDGE, other, looks=0, people=0)
    assert {each.sighting.answer for each in nothing.advice} == {Answer.UNDECIDED}
    assert nothing.examples == {}
    assert not nothing.is_same_meaning
    assert "(proved)" not in text(nothing, ("old", "new"))


def test_where_nothing_differs_all_is_proved_with_the_fewest_questions() -> None:
    same = compare(KNOWLEDGE, KNOWLEDGE, looks=0, people=0)
    assert same.is_same_meaning
    assert same.questions <= 1
