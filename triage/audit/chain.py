"""The chain from questions over findings and topics of rules to outcomes, counted in rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.explanation.topics import topics_of
from triage.knowledge.model import KnowledgeBase, Rule

ADVICE = "advice only"
_ADVICE_KEYS = ("causes", "steps", "withholds", "explains", "watch_for")

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
"""By name, how many rules stand between it and each of some others, most rules first."""


@dataclass(frozen=True)
class Chain:
    """What stands behind findings and behind topics of rules, and what the rules of topics call for."""

    behind_findings: Counts
    behind_topics: Counts
    outcomes: Counts


def chain_of(knowledge: KnowledgeBase) -> Chain:
    """Count the rules of a knowledge base; one that only concludes findings belongs to no topic here."""
    findings: dict[str, Counter[str]] = {name: Counter() for name in knowledge.findings}
    topics: dict[str, Counter[str]] = {topic.id: Counter() for topic in topics_of(knowledge)}
    outcomes: dict[str, Counter[str]] = {topic: Counter() for topic in topics}
    for rule in knowledge.rules.values():
        read = _read(knowledge, rule)
        for finding in rule.findings:
            findings[finding].update(read)
        if rule.disposition or any(getattr(rule, key) for key in _ADVICE_KEYS):
            topics[rule.topic].update(read)
            outcomes[rule.topic][rule.disposition or ADVICE] += 1
    tables = (
        {name: dict(count.most_common()) for name, count in table.items() if count}
        for table in (findings, topics, outcomes)
    )
    return Chain(*tables)


def _read(knowledge: KnowledgeBase, rule: Rule) -> list[str]:
    """Return the questions and findings that a rule reads, each once."""
    asked = knowledge.question_of
    return sorted({name if name in knowledge.findings else asked[name].id for name in rule.tested})
