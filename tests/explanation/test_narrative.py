"""An assessment as text: the first things first, few at once, and whom to turn to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE

from triage import assess
from triage.explanation.narrative import AT_ONCE, in_order, render_assessment
from triage.inference.assessment import SelfCareStep, WithheldStep

WHEN = list(KNOWLEDGE.moments)
HEADS = ("First aid, at once", "Do this now", "Later, as it helps", "To prevent it")


def step(name: str, when: str) -> SelfCareStep:
    return SelfCareStep(name, name, when, "", "", "", (), (), (), ())


steps = st.lists(st.sampled_from(WHEN), max_size=12).map(
    lambda whens: [step(str(number), when) for number, when in enumerate(sorted(whens, key=WHEN.index))]
)


@given(steps)
def test_every_step_stands_once_and_in_order(given_steps: Sequence[SelfCareStep]) -> None:
    shown = list(in_order(KNOWLEDGE.moments.values(), given_steps))
    assert [one for _, its in shown for one in its] == given_steps
    assert [head for head, _ in shown] == [head for head in HEADS if head in dict(shown)]


@given(steps)
def test_few_things_are_to_be_done_now(given_steps: Sequence[SelfCareStep]) -> None:
    shown = dict(in_order(KNOWLEDGE.moments.values(), given_steps))
    first_aid, now = (len(shown.get(head, ())) for head in HEADS[:2])
    assert first_aid == sum(one.when == "first_aid" for one in given_steps)
    assert now == min(sum(one.when == "now" for one in given_steps), max(0, AT_ONCE - first_aid))


@given(steps, st.sets(st.integers(0, 11).map(str)))
def test_what_can_wait_comes_later_and_leaves_its_room(
    given_steps: Sequence[SelfCareStep], waiting: set[str]
) -> None:
    shown = dict(in_order(KNOWLEDGE.moments.values(), given_steps, waiting))
    assert sorted(one.id for its in shown.values() for one in its) == sorted(one.id for one in given_steps)
    first_aid, now = (shown.get(head, ()) for head in HEADS[:2])
    assert not {one.id for one in (*first_aid, *now)} & waiting
    left = [one for one in given_steps if one.when == "now" and one.id not in waiting]
    assert len(now) == min(len(left), max(0, AT_ONCE - len(first_aid)))


def test_no_step_of_prevention_is_put_off_till_later() -> None:
    given = [*(step(str(number), "now") for number in range(5)), step("shoes", "prevention")]
    shown = dict(in_order(KNOWLEDGE.moments.values(), given))
    assert [one.id for one in shown["Later, as it helps"]] == ["3", "4"]
    assert [one.id for one in shown["To prevent it"]] == ["shoes"]


CALF = {"feels": ["painful_tightening"], "site": ["calf"], "warning_signs": ["something_worrying"]}
WHOM: Mapping[str, tuple[Mapping[str, Any], bool]] = {
    "maternity_unit": ({"age": 30, "conditions": ["pregnant"], "pregnancy_signs": ["moves_less"]}, True),
    "poison_line": ({"warning_signs": ["toxin_contact"]}, True),
    "pharmacist": (CALF, False),
}


@pytest.mark.parametrize("route", WHOM)
def test_a_rule_says_whom_to_turn_to(route: str) -> None:
    answers, is_named = WHOM[route]
    found = assess(KNOWLEDGE, answers)
    assert (route in [each.id for each in found.routes]) is is_named
    words = KNOWLEDGE.calls.named_in(KNOWLEDGE.routes[route].words)
    shown = " ".join(render_assessment(KNOWLEDGE, found).split())
    for told in [each.words for each in found.routes]:
        assert told in shown
    if route == "poison_line":
        assert KNOWLEDGE.calls.words["poison_line"] in " ".join(each.words for each in found.routes)
    assert (words.split("{")[0][:20] in shown) is is_named


def test_a_route_of_a_less_urgent_rule_is_not_named() -> None:
    """In an emergency nobody is sent to a midwife first."""
    answers = {**WHOM["maternity_unit"][0], "danger_signs": ["stroke_signs"]}
    assert assess(KNOWLEDGE, answers).routes == ()


def test_the_lines_are_settings_of_the_knowledge_base() -> None:
    numbers = {"emergency_call": "555", "out_of_hours_line": "556", "poison_line": "557"}
    calls = KNOWLEDGE.calls.with_words(numbers)
    told = calls.named_in("Call {emergency_call}, {out_of_hours_line} or {poison_line}.")
    assert told == "Call 555, 556 or 557."


def test_steps_come_in_the_order_in_which_to_take_them() -> None:
    found = assess(
        KNOWLEDGE, {**CALF, "timing": ["at_night", "in_heat"], "feels": ["painful_tightening", "sore_after"]}
    )
    whens = [WHEN.index(each.when) for each in found.steps]
    assert whens == sorted(whens)
    assert len(set(whens)) == len(WHEN)


def test_nobody_who_needs_help_today_is_told_what_can_wait() -> None:
    long_cramp = {
        **CALF,
        "feels": ["painful_tightening", "sore_after"],
        "age": 40,
        "episode_seconds": 900,
        "timing": {"in_heat": "no"},
        "effects": {"gone_after_sport": "no"},
        "nerve_conditions": {"parkinsons": "no"},
    }
    found = assess(KNOWLEDGE, long_cramp)
    assert found.disposition == "urgent"
    assert {each.when for each in found.steps} <= {"first_aid", "now"}
    assert {"keep_journal", "painkiller_care"} & {each.id for each in found.withheld}


def test_a_reason_that_holds_several_steps_back_stands_once() -> None:
    held = dict.fromkeys(("Walk", "Run"), ("of the cold",)) | {"Swim": ("of the cold", "of the tide")}
    found = assess(KNOWLEDGE, {})
    withheld = tuple(WithheldStep(name, name, because, ("a-rule",)) for name, because in held.items())
    text = render_assessment(KNOWLEDGE, replace(found, withheld=withheld))
    assert "  - because of the cold: Walk; Run; Swim\n  - because of the tide: Swim\n" in text
