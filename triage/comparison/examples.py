"""People who show what changes: as plain as can be, assessed by the reference evaluator, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.comparison.world_pair import Intakes, Sighting, WorldPair, Worlds
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.proof.world import World

_QUESTIONS = 8
"""About how many questions it takes to make somebody plain."""


@dataclass(frozen=True, slots=True)
class Example:
    """Someone as both bases see them: answers and assessment, the old base first."""

    findings: Intakes
    assessments: tuple[Assessment, Assessment]


class DisagreementError(RuntimeError):
    """Two ways to the same answer differ: a fault of this program, never of the rules."""


def examples(pair: WorldPair, sightings: Iterable[Sighting]) -> Mapping[Sighting, Example]:
    """Return an example for each sighting, for as many people as are worth looking at.

    Whoever is shown for one thing stands for all that they show, so that there are fewer people to read.

    Args:
        pair: both worlds.
        sightings: what was found; who shows the first is looked for first.

    Raises:
        DisagreementError: an example does not show what it is there for, or the two evaluators disagree.
    """
    shown: dict[Sighting, Example] = {}
    left = list(sightings)
    for _ in range(pair.worth(_QUESTIONS)):
        if not left:
            break
        intakes = pair.plainest(left[0])
        worlds = pair.see([intakes])
        example = _assessed(pair, intakes, worlds)
        shown.update((each, example) for each in left if each.claim and each.claim(worlds))
        if left[0] not in shown:
            raise DisagreementError("the solver and the compiled rules disagree about someone")
        left = [each for each in left if each not in shown]
    return shown


def _assessed(pair: WorldPair, intakes: Intakes, worlds: Worlds) -> Example:
    old, new = (
        assess_findings(knowledge, intake) for knowledge, intake in zip(pair.knowledge, intakes, strict=True)
    )
    for world, assessment in zip(worlds, (old, new), strict=True):
        if _decided(world) != _concluded(assessment):
            raise DisagreementError("the two evaluators disagree about someone")
    return Example(intakes, (old, new))


def _decided(world: World) -> tuple[object, ...]:
    outcomes = world.outcomes
    named = (outcomes.disposition, outcomes.causes, outcomes.given, outcomes.withheld, outcomes.cautions)
    rules = [rule.id for rule in world.compiled.rules]
    return (
        *({name for name, column in columns.items() if column} for columns in named),
        {rule for rule in rules if world.fired(rule)},
        {rule for rule in rules if world.possible(rule)},
        bool(outcomes.soon),
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
