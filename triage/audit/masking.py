"""Dispositions that never decide, the rules that mask them, and whether any intake lets them decide."""

from __future__ import annotations

from collections.abc import Mapping

from triage.audit.coverage import witnesses_of
from triage.audit.model import Masked, Verdict
from triage.audit.sayings import Sayings
from triage.audit.table import Table
from triage.inference.outcomes import CARE
from triage.inference.standing import Bits
from triage.knowledge.model import Rule
from triage.proof.everyone import Everyone
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.diagnostic import Location

_VERDICTS = {
    Answer.NONE: Verdict.PROVED,
    Answer.FOUND: Verdict.REFUTED,
    Answer.UNDECIDED: Verdict.UNDECIDED,
}


def masked(cases: Table, everyone: Everyone) -> tuple[Masked, ...]:
    """Return the rules that fire in a case, but whose disposition decides in none.

    A disposition decides where its rule fires, and no other rule that calls for as much. The lowest decides
    only where every rule that calls for more is ruled out.
    """
    alone = _Alone(cases)
    rules = [rule for rule in cases.knowledge.rules.values() if rule.disposition and cases.fired(rule.id)]
    hidden = [rule for rule in rules if not alone.decides(rule)]
    asked = _Alone(everyone) if hidden else None
    return tuple(_masked(cases, everyone, rule, asked.decides(rule)) for rule in hidden if asked)


class _Alone:
    """Where the disposition of a rule decides."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sayings = Sayings(world.knowledge)
        self._twice = self._sayings.said_twice(world)

    def decides(self, rule: Rule) -> Bits:
        alone = self._world.fired(rule.id) & ~self._twice[self._sayings.of(rule)[0]]
        if rule.disposition == next(iter(self._world.knowledge.rungs)):
            return alone & ~self._world.outcomes.possible(CARE)
        return alone


def _against(world: World, rule: Rule) -> Mapping[str, Bits]:
    """Where each other rule keeps a rule's disposition from deciding."""
    rungs = world.knowledge.rungs
    lowest = next(iter(rungs))
    mine = rungs[rule.disposition].rank, rule.soon
    against = {}
    for other in world.knowledge.rules.values():
        if not other.disposition or other.id == rule.id:
            continue
        if (rungs[other.disposition].rank, other.soon) >= mine:
            must_be_ruled_out = rule.disposition == lowest != other.disposition
            against[other.id] = world.possible(other.id) if must_be_ruled_out else world.fired(other.id)
    return against


def _masked(cases: Table, everyone: Everyone, rule: Rule, decides: Bits) -> Masked:
    search = everyone.find(decides)
    title = f"{rule.title}: {rule.disposition} decides"
    fired = cases.fired(rule.id)
    return Masked(
        rule.id,
        rule.disposition,
        Location(rule.file, rule.line_of("disposition")),
        fired.bit_count(),
        _fewest(_against(cases, rule), fired),
        _VERDICTS[search.answer],
        next(iter(witnesses_of(search, f"{rule.id}.decides", title, rule.id)), None),
    )


def _fewest(beside: Mapping[str, int], fired: int) -> tuple[str, ...]:
    """Choose few rules that together mask every case: each time the one that masks most of what is left."""
    chosen = []
    while fired:
        best = max(beside, key=lambda name: (beside[name] & fired).bit_count())
        chosen.append(best)
        fired &= ~beside[best]
    return tuple(chosen)
