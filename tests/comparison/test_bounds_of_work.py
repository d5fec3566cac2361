"""Where every rule differs, not all is asked and shown: the rest is named, and never called proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.plain_rules import read_rules, write_rules
from benchmarks.variants import varied
from support.shipped import KNOWLEDGE

from triage import KnowledgeBase, load_knowledge_base
from triage.comparison.difference import Difference, compare
from triage.comparison.report import record, text
from triage.comparison.transitions import Move
from triage.proof.solver import Answer


@pytest.fixture(scope="module")
def other(root: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """Our rules, of which a good many have changed."""
    folder = tmp_path_factory.mktemp("varied") / "rules"
    return load_knowledge_base(write_rules(varied(read_rules(root / "rules"), 20, seed=3), folder))


def moves(difference: Difference) -> set[Move]:
    return {move for move, answer in difference.ways.moves.items() if answer is Answer.FOUND}


def test_what_is_not_asked_is_named(other: KnowledgeBase) -> None:
    whole = compare(KNOWLEDGE, other, looks=1000)
    assert (whole.ways.unasked, whole.advice.unasked) == ((), ())
    part = compare(KNOWLEDGE, other, looks=5, people=5)
    assert part.questions < whole.questions
    assert moves(part) == moves(whole)
    assert {move for way in part.ways.ways for move in way.gone} == moves(whole)
    roots = {name for way in whole.ways.ways for name in way.roots}
    assert roots <= {name for way in part.ways.ways for name in way.roots} | {*part.ways.unasked}
    asked = [*part.advice.changes, *part.advice.unasked]
    assert {(each.kind, each.id, each.change) for each in whole.advice.changes} <= {
        (each.kind, each.id, each.change) for each in asked
    }
    assert part.without_example
    shown = text(part, ("old", "new"))
    assert f"{part.without_example} of all these changes are named without an example." in shown
    assert shown.count("NOT LOOKED AT ONE BY ONE") == 2
    assert record(part)["roots_not_asked"] == [*part.ways.unasked] != []


def test_what_is_not_asked_is_not_called_proved(other: KnowledgeBase) -> None:
    nothing = compare(KNOWLEDGE, other, looks=0, people=0)
    assert (nothing.advice.changes, nothing.examples) == ((), {})
    assert not nothing.is_same_meaning
    assert nothing.advice.unasked
    assert "(proved)" not in text(nothing, ("old", "new"))


def test_where_nothing_differs_all_is_proved_with_the_fewest_questions() -> None:
    same = compare(KNOWLEDGE, KNOWLEDGE, looks=0, people=0)
    assert same.is_same_meaning
    assert same.questions <= 1
