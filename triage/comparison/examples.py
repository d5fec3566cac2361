"""People who show what changes: as plain as can be, assessed by the reference evaluator, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.comparison.world_pair import Intakes, Sighting, WorldPair
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.proof.world import World


@dataclass(frozen=True, slots=True)
class Example:
    """Someone as both bases see them: answers and assessment, the old base first."""

    findings: Intakes
    assessments: tuple[Assessment, Assessment]


class DisagreementError(RuntimeError):
    """Two ways to the same answer differ: a fault of this program, never of the rules."""


def examples(pair: WorldPair, sightings: Iterable[Sighting], people: int) -> Mapping[Sighting, Example]:
    """Return an example for each sighting, as long as no more people are needed than wanted.

    Whoever is shown for one thing stands for all that they show, so that there are fewer people to read.

    Args:
        pair: both worlds.
        sightings: what was found; who shows the first is looked for first.
        people: how many people to show.

    Raises:
        DisagreementError: an example does not show what it is there for, or the two evaluators disagree.
    """
    shown: dict[Sighting, Example] = {}
    left = list(sightings)
    while left and people:
        people -= 1
        intakes = pair.plainest(left[0])
        worlds = pair.see([intakes])
        before, after = map(assess_findings, pair.knowledge, intakes)
        example = Example(intakes, (before, after))
        for world, assessment in zip(worlds, example.assessments, strict=True):
            if _decided(world) != _concluded(assessment):
                raise DisagreementError("the two evaluators disagree about someone")
        shown.update((each, example) for each in left if each.claim(worlds))
        if left[0] not in shown:
            raise DisagreementError("the solver and the compiled rules disagree about someone")
        left = [each for each in left if each not in shown]
    return shown


def _decided(world: World) -> set[str]:
    """Return what a world of one lane says, as far as an assessment says it."""
    columns = dict(world.outcomes.columns())
    for rule in world.compiled.rules:
        columns[f"fired.{rule.id}"] = world.fired(rule.id)
        columns[f"open.{rule.id}"] = world.open(rule.id)
    return {name for name, column in columns.items() if column}


def _concluded(assessment: Assessment) -> set[str]:
    names = {
        "disposition": [assessment.disposition],
        "lowest": [assessment.lowest],
        "highest": [assessment.highest],
        "causes": [cause.id for cause in assessment.causes],
        "given": [step.id for step in assessment.steps],
        "withheld": [step.id for step in assessment.withheld],
        "cautions": [caution.rule for step in assessment.steps for caution in step.cautions],
        "fired": assessment.fired,
        "open": assessment.open_rules,
    }
    concluded = {f"{field}.{name}" for field, its_names in names.items() for name in its_names}
    return concluded | ({"soon"} if assessment.soon else set())
