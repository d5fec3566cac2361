"""The rules as a reader meets them: topic by topic, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.knowledge.model import KnowledgeBase, Rule


@dataclass(frozen=True, slots=True)
class Topic:
    """The rules of one folder, the most urgent first."""

    id: str
    rules: tuple[Rule, ...]


def topics_of(knowledge: KnowledgeBase) -> tuple[Topic, ...]:
    """Return a topic for each folder, in the order of the folders."""
    rules: dict[str, list[Rule]] = {}
    for rule in knowledge.rules.values():
        rules.setdefault(rule.topic, []).append(rule)
    return tuple(Topic(name, by_urgency(knowledge, those)) for name, those in rules.items())


def by_urgency(knowledge: KnowledgeBase, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules, the most urgent first and those without a disposition last; ties keep their order."""
    ranks = {"": 0, **{rung.id: rung.rank for rung in knowledge.rungs.values()}}
    return tuple(sorted(rules, key=lambda rule: (-ranks[rule.disposition], not rule.soon)))
