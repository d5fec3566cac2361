"""What becomes of known cases: people who are there already, given by their answers to the new base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.comparison.acuity import Acuity, acuities, at
from triage.comparison.world_pair import NEW, OLD, WorldPair, Worlds
from triage.inference.compiled import numbers_in
from triage.inference.truth import Value


@dataclass(frozen=True, slots=True)
class KnownCase:
    """An intake that is already there: its id, and its findings in the new base."""

    id: str
    findings: Mapping[str, Value]


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
    `not_comparable` are those with an answer that the old base does not know.
    """

    compared: int
    not_comparable: tuple[str, ...]
    dispositions: tuple[CaseChange, ...]
    advice: tuple[str, ...]


def case_changes(pair: WorldPair, cases: Sequence[KnownCase]) -> CaseChanges:
    """Compare known cases."""
    known = [(case, pair.matching.old_answers(case.findings)) for case in cases]
    compared = [(case, before) for case, before in known if before is not None]
    worlds = pair.see_answered([(before, case.findings) for case, before in compared])
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
        for lane, (case, _) in enumerate(compared)
        if reached[OLD][lane] != reached[NEW][lane]
    }
    other = [compared[lane][0].id for lane in numbers_in(_other_advice(worlds))]
    return CaseChanges(
        len(compared),
        tuple(case.id for case, before in known if before is None),
        tuple(moved.values()),
        tuple(name for name in other if name not in moved),
    )


def _other_advice(worlds: Worlds) -> int:
    """Where other steps, causes or reasons to hold a step back are given."""
    lanes = 0
    for field in ("given", "withheld", "causes"):
        old, new = (getattr(world.outcomes, field) for world in worlds)
        for name in {*old, *new}:
            lanes |= old.get(name, 0) ^ new.get(name, 0)
    return lanes
