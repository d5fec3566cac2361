"""Who is not asked: somebody whom a gate spares, wherever it spares anybody, and the plainest."""

from __future__ import annotations

import pytest
from audit.brute import FALSE, Brute
from audit.tiny import EXAMPLES, asks, base, bases, bound, intakes_of, question, rule
from hypothesis import given
from support.shipped import KNOWLEDGE

from triage.inference.grounds.spared import outsider, spared_flags
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import All, Condition, findings_of
from triage.knowledge.parts.conditions import Any as AnyOf


@EXAMPLES
@given(bases())
def test_somebody_is_spared_wherever_anybody_is(knowledge: KnowledgeBase) -> None:
    """Whoever has answered what the gate looks at; others are spared by what does not apply to them."""
    brute = Brute(knowledge)
    memories = [(intake, brute.memory(intake)) for intake in intakes_of(knowledge)]
    for _, _, gate in knowledge.gated:
        somebody = outsider(knowledge, gate)
        looked_at = findings_of(gate)
        spared = [
            intake
            for intake, memory in memories
            if looked_at <= intake.keys() and brute.truth(gate, memory) == FALSE
        ]
        assert (somebody is not None) == bool(spared)
        assert somebody is None or brute.truth(gate, brute.memory(somebody)) == FALSE


AGE, SITE = question("days", "number"), question("site", "checklist", "leg", "arm", "eyelid")


@pytest.mark.parametrize(
    ("gate", "person"),
    [
        (bound("days", at_least=2), {"days": 1}),
        (bound("days", at_most=1), {"days": 2}),
        (
            AnyOf((asks("site.leg"), asks("site.arm"))),
            {"site.leg": "no", "site.arm": "no", "site.eyelid": "yes"},
        ),
        (
            All((asks("site.leg"), bound("days", at_least=1))),
            {"site.leg": "no", "site.arm": "yes", "site.eyelid": "no"},
        ),
        (
            AnyOf(tuple(map(asks, SITE.findings))),
            {"site.leg": "no", "site.arm": "no", "site.eyelid": "no"},
        ),
        (AnyOf((bound("days", at_least=1), bound("days", at_most=1))), None),
    ],
)
def test_the_plainest_answers(gate: Condition, person: dict[str, object] | None) -> None:
    last = question("signs", "checklist", "fit", flags="fit", gate=gate)
    knowledge = base([AGE, SITE, last], rule("one", asks("signs.fit"), disposition="urgent"))
    somebody = outsider(knowledge, gate)
    assert somebody == person
    (flag,) = spared_flags(knowledge)
    assert (flag.finding, flag.person) == ("signs.fit", somebody)


def test_every_gated_red_flag_of_ours_spares_somebody() -> None:
    flags = spared_flags(KNOWLEDGE)
    assert tuple(flag.finding for flag in flags) == KNOWLEDGE.gated_red_flags
    assert [flag.finding for flag in flags if flag.person is None or not all(flag.rationales)] == []
    assert all(len(flag.gates) == len(flag.rationales) for flag in flags)
