"""What rules say, and where a rule alone says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from triage.inference.standing import Bits
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.world import World

Saying: TypeAlias = tuple[str, str]
"""The key of a rule and a name in it; a disposition is named by its urgency."""

_KEYS = ("causes", "findings", "steps", "withholds", "explains", "watch_for")


class Sayings:
    """What the rules of a knowledge base say; a disposition is also said by whatever calls for more."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def of(self, rule: Rule) -> list[Saying]:
        """Return what a rule says."""
        urgency = [("disposition", str(self._urgency(rule)))] if rule.disposition else []
        return urgency + [(key, name) for key in _KEYS for name in getattr(rule, key)]

    def covered(self, rule: Rule) -> Iterator[Saying]:
        """Yield what a rule says, and every disposition that is no more urgent than its own."""
        yield from (saying for saying in self.of(rule) if saying[0] != "disposition")
        if rule.disposition:
            own = self._urgency(rule)
            yield from (("disposition", str(each)) for each in self._urgencies if each <= own)

    def _urgency(self, rule: Rule) -> tuple[int, bool]:
        return self._knowledge.rungs[rule.disposition].rank, rule.soon

    @cached_property
    def _urgencies(self) -> list[tuple[int, bool]]:
        return sorted({self._urgency(rule) for rule in self._knowledge.rules.values() if rule.disposition})

    def said_twice(self, world: World) -> Mapping[Saying, Bits]:
        """Return where two rules or more say something."""
        once: dict[Saying, Bits] = {}
        twice: dict[Saying, Bits] = {}
        for rule in self._knowledge.rules.values():
            fired = world.fired(rule.id)
            for saying in self.covered(rule):
                twice[saying] = twice.get(saying, 0) | (once.get(saying, 0) & fired)
                once[saying] = once.get(saying, 0) | fired
        return twice
