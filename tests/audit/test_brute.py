"""The brute force that the audit is held against agrees with the reference, and so do the columns."""

from __future__ import annotations

from audit.brute import Brute
from audit.tiny import EXAMPLES, bases, intakes_of
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.inference.assess import assess_findings
from triage.inference.columns.compiled import compiled, numbers_in
from triage.inference.columns.outcomes import outcomes
from triage.knowledge.model import KnowledgeBase


@settings(
    max_examples=max(5, EXAMPLES.max_examples // 3)
)  # an engine is built for each base, and never freed
@given(bases(), st.data())
def test_brute_force_agrees_with_the_reference(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    brute = Brute(knowledge)
    everyone = list(intakes_of(knowledge))
    for intake in data.draw(st.lists(st.sampled_from(everyone), min_size=5, max_size=12)):
        found, seen = assess_findings(knowledge, intake), brute.see(intake)
        assert set(found.fired) == seen.fired
        assert set(found.open_rules) == seen.open
        assert {entry.rule for entry in found.not_ruled_out if entry.not_sure} == seen.not_sure
        assert (found.disposition, found.soon) == (seen.disposition, seen.soon)
        assert (found.lowest, found.highest) == (seen.lowest, seen.highest)
        assert {cause.id for cause in found.causes} == seen.causes
        assert {step.id for step in found.steps} == seen.given
        assert {step.id for step in found.withheld} == seen.withheld
        assert {caution.rule for step in found.steps for caution in step.cautions} == seen.cautions


@EXAMPLES
@given(bases())
def test_the_columns_agree_with_brute_force_on_every_intake(knowledge: KnowledgeBase) -> None:
    brute = Brute(knowledge)
    everyone = list(intakes_of(knowledge))
    program = compiled(knowledge)
    columns = program.columns(everyone)
    verdicts = program.run(columns)
    found = outcomes(knowledge, columns.full, verdicts)
    seen = [brute.see(intake) for intake in everyone]

    def those(column: int) -> set[int]:
        return set(numbers_in(column))

    def where(holds: object) -> set[int]:
        return {number for number, each in enumerate(seen) if holds(each)}  # type: ignore[operator]

    for rule, fired, possible in zip(program.rules, verdicts.fired, verdicts.possible, strict=True):
        assert those(fired) == where(lambda each, name=rule.id: name in each.fired)
        assert those(possible) == where(lambda each, name=rule.id: name in each.fired | each.open)
    for key in ("disposition", "lowest", "highest"):
        for name, column in getattr(found, key).items():
            assert those(column) == where(lambda each, key=key, name=name: getattr(each, key) == name)
    for key in ("causes", "given", "withheld", "cautions"):
        for name, column in getattr(found, key).items():
            assert those(column) == where(lambda each, key=key, name=name: name in getattr(each, key))
    assert those(found.soon) == where(lambda each: each.soon)
