"""Rules for trying the engine, and knowledge bases that hold only them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from triage import KnowledgeBase
from triage.knowledge.model import YES, Provenance, Rule
from triage.knowledge.parts.conditions import All, Test
from triage.knowledge.parts.conditions import Any as AnyOf


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
