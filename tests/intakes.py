"""Generated intakes, and small rule bases to try the engine on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import strategies as st

from triage import KnowledgeBase, load_knowledge_base
from triage.inference.truth import Missing, Value
from triage.knowledge.conditions import All, Test
from triage.knowledge.conditions import Any as AnyOf
from triage.knowledge.model import NO, YES, Provenance, Question, Rule

KNOWLEDGE = load_knowledge_base()
Findings: TypeAlias = dict[str, Value]


def edges(knowledge: KnowledgeBase, question: Question) -> list[int]:
    """The values of a number just below, at and just above each threshold, and its ends."""
    cuts = {
        threshold.value for threshold in knowledge.thresholds.values() if threshold.finding == question.id
    }
    near = {cut + step for cut in cuts if isinstance(cut, int) for step in (-1, 0, 1)}
    return sorted(
        value
        for value in near | {question.minimum, question.maximum}
        if question.minimum <= value <= question.maximum
    )


def known_values(question: Question) -> st.SearchStrategy[str | int]:
    if question.kind == "number":
        return st.sampled_from(edges(KNOWLEDGE, question))
    return st.sampled_from(question.values)


@st.composite
def findings(draw: st.DrawFn, *, complete: bool = False) -> Findings:
    """Answers finding by finding: mostly absent, some present, some not sure, some not asked.

    People who tick everything prove little, so each intake draws how often an item is present at all.
    """
    given: Findings = {}
    lack = [] if complete else [Missing.UNKNOWN, None]
    often = draw(st.sampled_from([0, 0, 1, 3]))
    for question in KNOWLEDGE.questions.values():
        if not complete and draw(st.integers(0, 9)) == 0:
            continue
        for finding in question.findings:
            value: Any
            if question.kind == "checklist":
                present = draw(st.integers(0, 11)) < often
                value = YES if present else NO
                if lack and draw(st.integers(0, 60)) == 0:
                    value = draw(st.sampled_from(lack))
            else:
                value = draw(known_values(question))
                if lack and draw(st.integers(0, 9)) == 0:
                    value = draw(st.sampled_from(lack))
            if value is not None:
                given[finding] = value
    return given


@st.composite
def completed(draw: st.DrawFn, partial: Mapping[str, Value]) -> Findings:
    """One way of answering everything that is unknown or was not asked."""
    full: Findings = {}
    for question in KNOWLEDGE.questions.values():
        for finding in question.findings:
            value = partial.get(finding, Missing.NOT_ASKED)
            full[finding] = draw(known_values(question)) if isinstance(value, Missing) else value
    return full


HEALTHY: dict[str, Any] = {
    "for_whom": "self",
    "age": 35,
    "danger_signs": "none",
    "limb_signs": "none",
    "warning_signs": "none",
    "feels": ["painful_tightening", "sudden_onset", "hard_lump"],
    "site": ["calf"],
    "frequency": "first_time",
    "episode_seconds": 90,
    "timing": ["after_exercise"],
    "lately": "none",
    "conditions": "none",
    "nerve_conditions": "none",
    "medicines": "none",
}
"""An ordinary calf cramp in a healthy adult, with every question that applies answered."""


def asks(finding: str, *values: str) -> Test:
    return Test(finding, accepts=frozenset(values or (YES,)))


def rule(name: str, when: Test | All | AnyOf, **then: Any) -> Rule:
    """A rule for trying the engine."""
    return Rule(
        id=name,
        title=name,
        topic="tried",
        file=f"tried/{name}.toml",
        when=when,
        provenance=Provenance(guidance=("project-judgement",)),
        **then,
    )


def rule_base(knowledge: KnowledgeBase, *rules: Rule) -> KnowledgeBase:
    """The knowledge base with other rules; conclusions that none of them makes are dropped."""
    concluded = {finding for each in rules for finding in each.findings}
    return replace(
        knowledge,
        rules={each.id: each for each in rules},
        findings={name: entry for name, entry in knowledge.findings.items() if name in concluded},
    )
