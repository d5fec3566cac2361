"""Generated intakes, and small rule bases to try the engine on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import strategies as st

from triage import KnowledgeBase, load_knowledge_base
from triage.inference.intake import working_memory
from triage.inference.truth import Missing, Truth, Value, truth_of
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


ITEMS = tuple(
    finding
    for question in KNOWLEDGE.questions.values()
    if question.kind == "checklist"
    for finding in question.findings
)
SINGLES = tuple(question for question in KNOWLEDGE.questions.values() if question.kind != "checklist")


def some(names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), max_size=most, unique=True)


_PRESENT = some(ITEMS, 8)
_ANSWERS = {question.id: known_values(question) for question in SINGLES}
_NOT_SURE = some((*ITEMS, *_ANSWERS), 2)
_NOT_ASKED = some((*ITEMS, *_ANSWERS), 3)
_SKIPPED = some(tuple(KNOWLEDGE.questions), 5)


@st.composite
def findings(draw: st.DrawFn, *, complete: bool = False) -> Findings:
    """Answers finding by finding: few items present, fewer not sure or not asked, some questions skipped.

    People who tick everything prove little, so most items are absent.
    """
    given: Findings = dict.fromkeys(ITEMS, NO)
    given.update(dict.fromkeys(draw(_PRESENT), YES))
    given.update({name: draw(values) for name, values in _ANSWERS.items()})
    if complete:
        return given
    given.update(dict.fromkeys(draw(_NOT_SURE), Missing.UNKNOWN))
    skipped = {*draw(_NOT_ASKED), *draw(_SKIPPED)}
    return {
        finding: value
        for finding, value in given.items()
        if finding not in skipped and KNOWLEDGE.question_of[finding].id not in skipped
    }


@st.composite
def completed(draw: st.DrawFn, partial: Mapping[str, Value]) -> Findings:
    """One way of answering everything that applies and is unknown or was not asked."""
    chosen = draw(findings(complete=True))
    full: Findings = {name: value for name, value in partial.items() if not isinstance(value, Missing)}
    for question in KNOWLEDGE.questions.values():
        memory = working_memory(KNOWLEDGE, full)
        if question.asked_when is None or truth_of(question.asked_when, memory) is Truth.TRUE:
            full = {**{name: chosen[name] for name in question.findings}, **full}
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
