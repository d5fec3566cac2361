"""How urgent an outcome is: its disposition, and "soon" if the ladder has a time frame for it."""

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
"""The acuity in the old base, and the acuity in the new one."""

Aspect: TypeAlias = Callable[[World, str], Bits]
"""A state of a rule, such as fired: takes a world and a rule's id, and returns where the rule is in it."""


def acuities(*bases: KnowledgeBase) -> tuple[Acuity, ...]:
    """Return every acuity of knowledge bases whose ladders have the same order, the least careful first.

    `undetermined` is outside the ladder. It counts as more careful than the lowest rung, since it sends
    nobody home, and as less careful than every other rung.
    """
    lowest, *rungs = bases[0].rungs
    order: list[Acuity] = [(lowest, False), (UNDETERMINED, False)]
    for rung in rungs:
        order.append((rung, False))
        if any(knowledge.rungs[rung].soon_time_frame for knowledge in bases):
            order.append((rung, True))
    return tuple(order)


def at(world: World, acuity: Acuity) -> Bits:
    """Return where an intake comes to exactly this acuity."""
    disposition, soon = acuity
    outcomes = world.outcomes
    return outcomes.disposition[disposition] & (outcomes.soon if soon else ~outcomes.soon)


def calls(knowledge: KnowledgeBase) -> Iterator[tuple[Acuity, Aspect, Rule]]:
    """Yield each acuity with a rule and the state of the rule that leads to it."""
    for rule in knowledge.rules.values():
        if rule.disposition:
            soon = rule.soon and bool(knowledge.rungs[rule.disposition].soon_time_frame)
            yield (rule.disposition, soon), World.fired, rule
        if rule.disposition in knowledge.in_doubt:
            yield (knowledge.in_doubt[rule.disposition], False), World.suspected, rule
    for rule in knowledge.reasons_for_care:
        yield (UNDETERMINED, False), World.possible, rule
        yield (knowledge.laws.not_sure_disposition, False), World.not_sure, rule
