"""What rules say, and where only one rule says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from triage.inference.columns.standing import Bits
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.world import World

Saying: TypeAlias = tuple[str, str]
"""A key of a rule and a name under it; a disposition is named by its urgency."""

_KEYS = ("causes", "findings", "steps", "withholds", "explains", "watch_for")


class Sayings:
    """What rules say. A rule also says every disposition that is less urgent than its own."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._rules = knowledge.rules.values()
        ranks = {rung.id: rung.rank for rung in knowledge.rungs.values()}
        calling = (rule for rule in self._rules if rule.disposition)
        self._urgency = {rule.id: (ranks[rule.disposition], rule.soon) for rule in calling}
        self._urgencies = sorted(set(self._urgency.values()))

    def of(self, rule: Rule) -> list[Saying]:
        """Return what a rule says."""
        own = self._urgency.get(rule.id)
        return [*([("disposition", str(own))] if own else []), *_names(rule)]

    def covered(self, rule: Rule) -> list[Saying]:
        """Return what a rule says, and every disposition that is no more urgent than its own."""
        own = self._urgency.get(rule.id)
        urgencies = [each for each in self._urgencies if own and each <= own]
        return [*_names(rule), *(("disposition", str(each)) for each in urgencies)]

    def said_twice(self, world: World) -> Mapping[Saying, Bits]:
        """Return, by saying, where two or more rules say it."""
        once: dict[Saying, Bits] = {}
        twice: dict[Saying, Bits] = {}
        for rule in self._rules:
            fired = world.fired(rule.id)
            for saying in self.covered(rule):
                twice[saying] = twice.get(saying, 0) | (once.get(saying, 0) & fired)
                once[saying] = once.get(saying, 0) | fired
        return twice


def _names(rule: Rule) -> list[Saying]:
    return [(key, name) for key in _KEYS for name in getattr(rule, key)]
