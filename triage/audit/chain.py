"""The chain from questions over findings and topics of rules to outcomes, counted in rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from triage.explanation.topics import topics_of
from triage.knowledge.model import KnowledgeBase, Rule

ADVICE = "advice only"
_ADVICE_KEYS = ("causes", "steps", "withholds", "explains", "watch_for")

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Chain:
    """By finding and by topic, how many rules read each thing; by topic, what its rules call for."""

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
    return Chain(*map(_most_first, (findings, topics, outcomes)))


def _read(knowledge: KnowledgeBase, rule: Rule) -> set[str]:
    """Return the questions and findings that a rule reads."""
    asked = knowledge.question_of
    return {name if name in knowledge.findings else asked[name].id for name in rule.tested}


def _most_first(counts: Mapping[str, Mapping[str, int]]) -> Counts:
    return {
        name: dict(sorted(count.items(), key=lambda each: (-each[1], each[0])))
        for name, count in counts.items()
        if count
    }
