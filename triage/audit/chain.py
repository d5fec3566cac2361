"""The chain from questions over findings and topics of rules to outcomes, counted in rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.knowledge.model import KnowledgeBase

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
    findings, topics, outcomes = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    asked = knowledge.question_of
    for rule in knowledge.rules.values():
        read = sorted({asked[name].id if name in asked else name for name in rule.tested})
        for finding in rule.findings:
            findings[finding].update(read)
        if rule.disposition or any(getattr(rule, key) for key in _ADVICE_KEYS):
            topics[rule.topic].update(read)
            outcomes[rule.topic][rule.disposition or ADVICE] += 1
    return Chain(*map(_most_first, (findings, topics, outcomes)))


def _most_first(counts: Mapping[str, Counter[str]]) -> Counts:
    return {name: dict(count.most_common()) for name, count in counts.items()}
