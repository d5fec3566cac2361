"""People who show what changes; their answers are as plain as possible, and experta assesses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.comparison.world_pair import Intakes, Sighting, WorldPair
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.proof.world import World


@dataclass(frozen=True, slots=True)
class Example:
    """A person as both bases see them: answers and assessments, the old base first."""

    findings: Intakes
    assessments: tuple[Assessment, Assessment]


class DisagreementError(RuntimeError):
    """Two ways to the same answer differ, which is a fault of this program, never of the rules."""


def examples(pair: WorldPair, sightings: Iterable[Sighting], people: int) -> Mapping[Sighting, Example]:
    """Return an example for each sighting, with at most `people` people.

    A person is the example for every sighting that they show, so that there are fewer people to read about.

    Args:
        pair: both worlds.
        sightings: the changes that somebody shows, the most important first.
        people: the most people to show.

    Raises:
        DisagreementError: an example does not show its change, or the two evaluators disagree.
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
    """Return the names of everything that a world of one lane says and an assessment says too."""
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
