"""People who show what changes: as plain as can be, assessed by the reference evaluator, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from triage.comparison.world_pair import Intakes, Sighting, WorldPair
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.knowledge.model import KnowledgeBase
from triage.proof.everyone import Intake
from triage.proof.solver import Answer
from triage.proof.world import World


@dataclass(frozen=True, slots=True)
class Example:
    """Someone as both bases see them: answers and assessment, the old base first."""

    findings: Intakes
    assessments: tuple[Assessment, Assessment]


class DisagreementError(RuntimeError):
    """Two ways to the same answer differ: a fault of this program, never of the rules."""


def examples(pair: WorldPair, sightings: Iterable[Sighting]) -> Mapping[Sighting, Example]:
    """Return an example for each sighting.

    Raises:
        DisagreementError: an example does not show what it is there for, or the two evaluators disagree.
    """
    shown = [sighting for sighting in sightings if sighting.answer is Answer.FOUND]
    people = [pair.plainest(sighting) for sighting in shown]
    worlds = pair.see(people)
    for lane, sighting in enumerate(shown):
        if sighting.claim is None or not sighting.claim(worlds) >> lane & 1:
            raise DisagreementError("the solver and the compiled rules disagree about someone")
    assessed: dict[tuple[int, frozenset[tuple[str, object]]], Assessment] = {}
    made = {}
    for lane, (sighting, intakes) in enumerate(zip(shown, people, strict=True)):
        old, new = (
            _assess(assessed, knowledge, side, intakes[side]) for side, knowledge in enumerate(pair.knowledge)
        )
        for world, assessment in zip(worlds, (old, new), strict=True):
            if _decided(world, lane) != _concluded(assessment):
                raise DisagreementError("the two evaluators disagree about someone")
        made[sighting] = Example(intakes, (old, new))
    return made


def _assess(
    assessed: dict[tuple[int, frozenset[tuple[str, object]]], Assessment],
    knowledge: KnowledgeBase,
    side: int,
    intake: Intake,
) -> Assessment:
    key = side, frozenset(intake.items())
    if key not in assessed:
        assessed[key] = assess_findings(knowledge, intake)
    return assessed[key]


def _decided(world: World, lane: int) -> tuple[object, ...]:
    def at_lane(columns: Iterable[tuple[str, int]]) -> set[str]:
        return {name for name, column in columns if column >> lane & 1}

    def of_rules(columns: Iterable[int]) -> Iterator[tuple[str, int]]:
        return zip((rule.id for rule in world.compiled.rules), columns, strict=True)

    outcomes = world.outcomes
    named = (outcomes.disposition, outcomes.causes, outcomes.given, outcomes.withheld, outcomes.cautions)
    return (
        *(at_lane(columns.items()) for columns in named),
        at_lane(of_rules(world.verdicts.fired)),
        at_lane(of_rules(world.verdicts.possible)),
        bool(outcomes.soon >> lane & 1),
    )


def _concluded(assessment: Assessment) -> tuple[object, ...]:
    return (
        {assessment.disposition},
        {cause.id for cause in assessment.causes},
        {step.id for step in assessment.steps},
        {step.id for step in assessment.withheld},
        {caution.rule for step in assessment.steps for caution in step.cautions},
        {*assessment.fired},
        {*assessment.fired, *assessment.open_rules},
        assessment.soon,
    )
