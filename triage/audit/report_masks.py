"""Dispositions that never decide, and the rules that mask them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.audit.model import Masked, Place, TestedCase
from triage.audit.table import Table
from triage.inference.compiled import compiled, union
from triage.knowledge.model import KnowledgeBase, Rule


def masked(knowledge: KnowledgeBase, cases: Sequence[TestedCase]) -> tuple[Masked, ...]:
    """Return the rules that fire, but whose disposition decides in no case.

    Args:
        knowledge: a loaded knowledge base.
        cases: valid cases.
    """
    table = Table(compiled(knowledge), cases)
    found = []
    for rule in knowledge.rules.values():
        fired = table.fired(rule.id)
        if rule.disposition and fired:
            beside = {
                other.id: fired & table.fired(other.id)
                for other in knowledge.rules.values()
                if other.id != rule.id and _as_urgent(knowledge, other, rule)
            }
            if not fired & ~union(beside.values()):
                place = Place(rule.file, rule.line_of("disposition"))
                by = _fewest(beside, fired)
                found.append(Masked(rule.id, rule.disposition, place, fired.bit_count(), by))
    return tuple(found)


def _as_urgent(knowledge: KnowledgeBase, other: Rule, rule: Rule) -> bool:
    if not other.disposition:
        return False
    ranks = knowledge.rungs[other.disposition].rank, knowledge.rungs[rule.disposition].rank
    return ranks[0] > ranks[1] or (ranks[0] == ranks[1] and other.soon >= rule.soon)


def _fewest(beside: Mapping[str, int], fired: int) -> tuple[str, ...]:
    """Choose few rules that together mask every case: each time the one that masks most of what is left."""
    chosen = []
    while fired:
        best = max(beside, key=lambda name: (beside[name] & fired).bit_count())
        chosen.append(best)
        fired &= ~beside[best]
    return tuple(chosen)
