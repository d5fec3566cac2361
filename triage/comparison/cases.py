"""What becomes of known cases: people who are there already, given by their answers to one of the bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.comparison.acuity import Acuity, acuities, at
from triage.comparison.world_pair import NEW, OLD, Intakes, WorldPair, Worlds
from triage.inference.compiled import numbers_in
from triage.inference.truth import Value


@dataclass(frozen=True, slots=True)
class KnownCase:
    """An intake that is already there: its id, its findings, and the base (0 old, 1 new) of these."""

    id: str
    findings: Mapping[str, Value]
    side: int = NEW


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A known case that comes to another acuity."""

    id: str
    before: Acuity
    after: Acuity


@dataclass(frozen=True)
class CaseChanges:
    """What becomes of known cases: how many were compared, and which are not as before.

    What only one base asks, and a case does not answer, counts as answered in the plainest way.
    `not_comparable` are those with an answer that one base does not know.
    """

    compared: int
    not_comparable: tuple[str, ...]
    dispositions: tuple[CaseChange, ...]
    advice: tuple[str, ...]


def case_changes(pair: WorldPair, cases: Sequence[KnownCase]) -> CaseChanges:
    """Compare known cases."""
    intakes = [_both(pair, case) for case in cases]
    compared = [case for case, both in zip(cases, intakes, strict=True) if both is not None]
    worlds = pair.see_answered([both for both in intakes if both is not None])
    reached = [
        {
            lane: acuity
            for acuity in acuities(*pair.knowledge)
            for lane in numbers_in(at(world, acuity) & world.full)
        }
        for world in worlds
    ]
    moved = {
        case.id: CaseChange(case.id, reached[OLD][lane], reached[NEW][lane])
        for lane, case in enumerate(compared)
        if reached[OLD][lane] != reached[NEW][lane]
    }
    other = [compared[lane].id for lane in numbers_in(_other_advice(worlds))]
    return CaseChanges(
        len(compared),
        tuple(case.id for case, both in zip(cases, intakes, strict=True) if both is None),
        tuple(moved.values()),
        tuple(name for name in other if name not in moved),
    )


def _both(pair: WorldPair, case: KnownCase) -> Intakes | None:
    """Return the answers of a case to both bases; None where one of them lacks an answer."""
    other = pair.matching.answers(case.findings, case.side)
    if other is None:
        return None
    return (case.findings, other) if case.side == OLD else (other, case.findings)


def _other_advice(worlds: Worlds) -> int:
    """Where other steps, causes or reasons to hold a step back are given."""
    lanes = 0
    for field in ("given", "withheld", "causes"):
        old, new = (getattr(world.outcomes, field) for world in worlds)
        for name in {*old, *new}:
            lanes |= old.get(name, 0) ^ new.get(name, 0)
    return lanes
