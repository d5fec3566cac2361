"""How urgent an outcome is: its disposition, and "soon" where the ladder has a time frame for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from triage.inference.assessment import UNDETERMINED
from triage.inference.columns.standing import Bits
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.world import World

Acuity: TypeAlias = tuple[str, bool]
"""A disposition, and whether it is soon."""

Move: TypeAlias = tuple[Acuity, Acuity]
"""From the acuity in the old base to that in the new one."""

Aspect: TypeAlias = Callable[[World, str], Bits]
"""What a rule can be for someone: takes a world and the rule, and says where the rule is this."""


def acuities(*bases: KnowledgeBase) -> tuple[Acuity, ...]:
    """Return every acuity of knowledge bases whose ladders have the same order, the least careful first.

    `undetermined`, outside the ladder, takes more care than its lowest rung, since nobody is sent home with
    it, and less than every other.
    """
    lowest, *rungs = bases[0].rungs
    order: list[Acuity] = [(lowest, False), (UNDETERMINED, False)]
    for rung in rungs:
        order.append((rung, False))
        if any(knowledge.rungs[rung].soon_time_frame for knowledge in bases):
            order.append((rung, True))
    return tuple(order)


def at(world: World, acuity: Acuity) -> Bits:
    """Where an intake comes to exactly an acuity."""
    disposition, soon = acuity
    outcomes = world.outcomes
    return outcomes.disposition[disposition] & (outcomes.soon if soon else ~outcomes.soon)


def calls(knowledge: KnowledgeBase) -> Iterator[tuple[Acuity, Aspect, Rule]]:
    """Yield what leads to acuities: a rule that fires or is suspected; a reason for care open or in doubt."""
    for rule in knowledge.rules.values():
        if rule.disposition:
            soon = rule.soon and bool(knowledge.rungs[rule.disposition].soon_time_frame)
            yield (rule.disposition, soon), World.fired, rule
        if rule.disposition in knowledge.in_doubt:
            yield (knowledge.in_doubt[rule.disposition], False), World.suspected, rule
    for rule in knowledge.reasons_for_care:
        yield (UNDETERMINED, False), World.possible, rule
        yield (knowledge.laws.not_sure_disposition, False), World.not_sure, rule
