"""How known cases change: people whose answers to one of the two bases are already there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.comparison.acuity import Move, acuities, at
from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.world_pair import WorldPair, Worlds
from triage.inference.columns.compiled import numbers_in
from triage.inference.truth import Value


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A known intake: its id, its findings, and the base whose findings they are (0 old, 1 new)."""

    id: str
    findings: Mapping[str, Value]
    side: int = NEW


@dataclass(frozen=True)
class CaseChanges:
    """How known cases change: how many were compared, and the ids of those whose assessment differs.

    A question that only one base asks, and a case does not answer, counts as answered in the plainest way.
    `not_comparable` names cases with an answer that one base does not know. `advice` names those that get
    other advice with the same acuity.
    """

    compared: int
    not_comparable: tuple[str, ...]
    moves: Mapping[str, Move]
    advice: tuple[str, ...]


def case_changes(pair: WorldPair, cases: Sequence[KnownCase]) -> CaseChanges:
    """Compare known cases."""
    heard = [(case, pair.matching.heard(case.findings)) for case in cases]
    not_comparable = tuple(case.id for case, other in heard if other is None)
    names = [case.id for case, other in heard if other is not None]
    people = [
        (case.findings, other) if case.side == OLD else (other, case.findings)
        for case, other in heard
        if other is not None
    ]
    worlds = pair.see_answered(people)
    order = acuities(*pair.knowledge)
    before, after = (
        {lane: acuity for acuity in order for lane in numbers_in(at(world, acuity) & world.full)}
        for world in worlds
    )
    moves = {
        names[lane]: (before[lane], after[lane]) for lane in range(len(names)) if before[lane] != after[lane]
    }
    advised = tuple(names[lane] for lane in numbers_in(_other_advice(worlds)) if names[lane] not in moves)
    return CaseChanges(len(names), not_comparable, moves, advised)


def _other_advice(worlds: Worlds) -> int:
    """Return where the steps given, the steps withheld or the causes differ."""
    lanes = 0
    for field in ("given", "withheld", "causes"):
        old, new = (getattr(world.outcomes, field) for world in worlds)
        for name in {*old, *new}:
            lanes |= old.get(name, 0) ^ new.get(name, 0)
    return lanes
