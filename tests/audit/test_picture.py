"""The chain as a picture: every rule is in it, and nothing leaves it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from support.rules import asks, rule, rule_base
from support.shipped import KNOWLEDGE

from triage.audit.report_picture import ADVICE, chain_of, in_stages, whole
from triage.explanation.phrasing import spaced
from triage.knowledge.conditions import All

CHAIN = chain_of(KNOWLEDGE)


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text


def test_every_rule_that_says_something_leads_from_its_topic_to_an_outcome() -> None:
    found = Counter(
        {
            (source.id, target.id): count
            for (source, target), count in CHAIN.edges.items()
            if target.stage == "outcomes"
        }
    )
    wanted = Counter(
        (each.topic, each.disposition or ADVICE)
        for each in KNOWLEDGE.rules.values()
        if each.disposition or any((each.causes, each.steps, each.withholds, each.explains, each.watch_for))
    )
    assert found == wanted


def test_a_rule_counts_once_for_each_question_that_it_reads() -> None:
    tight = rule(
        "tight",
        All((asks("feels.stiffness"), asks("feels.painful_tightening"))),
        findings=("cramp_or_spasm",),
    )
    seen = rule("seen", All((asks("cramp_or_spasm"), asks("site.calf"))), disposition="doctor")
    chain = chain_of(rule_base(KNOWLEDGE, tight, seen))
    assert {(source.id, target.id): count for (source, target), count in chain.edges.items()} == {
        ("feels", "cramp_or_spasm"): 1,
        ("cramp_or_spasm", "tried"): 1,
        ("site", "tried"): 1,
        ("tried", "doctor"): 1,
    }
    assert [node.id for node in chain.nodes["questions"]] == ["feels", "site"]


def test_the_whole_picture_holds_every_node_and_line() -> None:
    root = drawn(str(whole(CHAIN)))
    texts = [" ".join(part.text or "" for part in text) for text in root.iter("text")]
    nodes = [node for stage in CHAIN.nodes.values() for node in stage]
    assert sorted(texts) == sorted(node.label for node in nodes)
    assert len(list(root.iter("path"))) == len(CHAIN.edges)
    assert {spaced(name) for name in KNOWLEDGE.rungs} <= set(texts)
    assert root.get("role") == "img"
    assert root.get("aria-label")


def test_the_stages_together_hold_every_line_between_two_stages() -> None:
    lines = [
        path.findtext("title") for _, drawing in in_stages(CHAIN) for path in drawn(str(drawing)).iter("path")
    ]
    across = [edge for edge in CHAIN.edges if edge[0].stage != edge[1].stage]
    assert len(lines) == len(across)


def test_the_width_of_a_line_is_its_number_of_rules() -> None:
    for path in drawn(str(whole(CHAIN))).iter("path"):
        said = re.search(r": (\d+) rules?$", path.findtext("title") or "")
        assert said
        assert path.get("stroke-width") == said[1]


@pytest.mark.parametrize("drawing", [whole(CHAIN), *(drawing for _, drawing in in_stages(CHAIN))])
def test_nothing_is_drawn_outside_or_over_each_other(drawing: str) -> None:
    root = drawn(str(drawing))
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    bars: dict[str, list[tuple[float, float]]] = {}
    for bar in root.iter("rect"):
        top = float(bar.get("y") or -1)
        bottom = top + float(bar.get("height") or 0)
        assert 0 <= top < bottom <= height
        bars.setdefault(bar.get("x") or "", []).append((top, bottom))
    for column in bars.values():
        assert all(above[1] <= below[0] for above, below in pairwise(column))
    for span in root.iter("tspan"):
        assert 0 <= float(span.get("x") or -1) < width
        assert 0 <= float(span.get("y") or -1) <= height
