"""Dispositions that never decide, the rules that mask them, and whether any intake lets them decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.audit.coverage import filed
from triage.audit.model import Gap, Name, Sentence
from triage.audit.table import Table
from triage.inference.standing import Bits, union
from triage.knowledge.model import Rule
from triage.proof.everyone import Everyone
from triage.proof.world import World
from triage.source.diagnostic import Location

DECIDING = "deciding"
"""What the gaps go by; it is not counted as a measure."""


def masked(cases: Table, everyone: Everyone) -> Iterator[Gap]:
    """Yield the dispositions of rules that fire in a case, but decide in none.

    A disposition decides where its rule fires, and no other rule that calls for as much. The lowest decides
    only where every rule that calls for more is ruled out.
    """
    for rule in cases.knowledge.rules.values():
        if rule.disposition and cases.fired(rule.id) and not _decides(cases, rule):
            gap = Gap(
                DECIDING,
                Name("disposition", rule.disposition),
                "never decides",
                _reason(cases, rule),
                Location(rule.file, rule.line_of("disposition")),
                rule.id,
            )
            yield filed(cases.knowledge, gap, [everyone.find(_decides(everyone, rule))])


def _decides(world: World, rule: Rule) -> Bits:
    return world.fired(rule.id) & ~union(_against(world, rule).values())


def _against(world: World, rule: Rule) -> Mapping[str, Bits]:
    """Where each other rule keeps a rule's disposition from deciding."""
    rungs = world.knowledge.rungs
    mine = rungs[rule.disposition].rank, rule.soon
    against = {}
    for other in world.knowledge.rules.values():
        if other.disposition and other.id != rule.id and (rungs[other.disposition].rank, other.soon) >= mine:
            must_be_ruled_out = _is_lowest(world, rule) and not _is_lowest(world, other)
            against[other.id] = world.possible(other.id) if must_be_ruled_out else world.fired(other.id)
    return against


def _is_lowest(world: World, rule: Rule) -> bool:
    return rule.disposition == next(iter(world.knowledge.rungs))


def _reason(cases: Table, rule: Rule) -> Sentence:
    """Name the rules that mask a disposition: one, or some of which one does in each case."""
    fired = cases.fired(rule.id)
    by = _fewest(_against(cases, rule), fired)
    number = fired.bit_count()
    where = "the one case" if number == 1 else f"all {number} cases"
    which = "{}" if len(by) == 1 else "one of {}"
    calls = "calls, or may call," if _is_lowest(cases, rule) else "calls"
    words = f"in {where} where it fires, {which} {calls} for as much or more"
    return Sentence.listing(words, (Name("rule", name) for name in by))


def _fewest(beside: Mapping[str, int], fired: int) -> tuple[str, ...]:
    """Choose few rules that together mask every case: each time the one that masks most of what is left."""
    chosen = []
    while fired:
        best = max(beside, key=lambda name: (beside[name] & fired).bit_count())
        chosen.append(best)
        fired &= ~beside[best]
    return tuple(chosen)
