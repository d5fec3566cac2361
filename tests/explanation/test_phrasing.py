"""Conditions in plain words say what the conditions test, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator

from support.rules import asks
from support.shipped import KNOWLEDGE

from triage.explanation.phrasing import EVERY, SOME, Asked, Concluded, Group, Phrase, phrase, value_of
from triage.knowledge.model import NO, YES
from triage.knowledge.parts.conditions import All, Condition, Test, tests_of
from triage.knowledge.parts.conditions import Any as AnyOf

CONDITIONS = {
    **{rule.id: rule.when for rule in KNOWLEDGE.rules.values()},
    **{
        question.id: question.asked_when
        for question in KNOWLEDGE.questions.values()
        if question.asked_when is not None
    },
}


def said(condition: Condition) -> Phrase:
    return phrase(KNOWLEDGE, condition)


def leaves(spoken: Phrase) -> Iterator[tuple[str, str]]:
    """What a condition in words names: each finding with each value or bound."""
    if isinstance(spoken, Group):
        for part in spoken.parts:
            yield from leaves(part)
    elif isinstance(spoken, Concluded):
        yield spoken.finding.id, YES
    elif spoken.question.kind == "checklist":
        value = NO if spoken.manner == "answered no" else YES
        for option in spoken.answers or spoken.question.options:
            yield f"{spoken.question.id}.{option.id}", value
    elif spoken.question.kind == "number":
        yield spoken.question.id, spoken.limit.removesuffix(f" {spoken.question.unit}")
    elif spoken.answers:
        yield from ((spoken.question.id, option.id) for option in spoken.answers)
    else:
        yield from ((spoken.question.id, value) for value in spoken.manner.split(" or "))


def tested(condition: Condition) -> Iterator[tuple[str, str]]:
    for test in tests_of(condition):
        yield from ((test.finding, value) for value in test.accepts or ())
        if test.at_least is not None:
            yield test.finding, f"at least {test.at_least}"
        if test.at_most is not None:
            yield test.finding, f"at most {test.at_most}"


def test_every_condition_is_said_whole() -> None:
    wrong = [
        name
        for name, when in CONDITIONS.items()
        if sorted(set(leaves(said(when)))) != sorted(set(tested(when)))
    ]
    assert not wrong, f"these conditions are not said as they are tested: {wrong}"


def test_all_and_any_stay_apart() -> None:
    first, second = asks("danger_signs.faint"), asks("warning_signs.fever")
    both = said(All((first, second)))
    either = said(AnyOf((first, second)))
    assert isinstance(both, Group)
    assert isinstance(either, Group)
    assert (both.manner, either.manner) == (EVERY, SOME)
    assert both.parts == either.parts
    assert said(All((first,))) == said(AnyOf((first,))) == said(first)


def test_items_of_one_list_are_said_together_in_an_any_alone() -> None:
    calf, foot, twitch = asks("site.calf"), asks("site.foot"), asks("feels.twitch")
    either = said(AnyOf((calf, twitch, AnyOf((foot,)))))
    assert isinstance(either, Group)
    site, feels = either.parts
    assert isinstance(site, Asked)
    assert isinstance(feels, Asked)
    assert (site.manner, [option.id for option in site.answers]) == ("at least one of", ["calf", "foot"])
    assert feels.question.id == "feels"
    both = said(All((calf, foot)))
    assert isinstance(both, Group)
    assert len(both.parts) == 2


def test_an_absent_item_is_never_said_with_present_ones() -> None:
    either = said(AnyOf((asks("site.calf"), asks("site.foot", NO))))
    assert isinstance(either, Group)
    assert [part.manner for part in either.parts if isinstance(part, Asked)] == ["", "answered no"]


def test_a_whole_list_is_said_in_short() -> None:
    question = KNOWLEDGE.questions["medicines"]
    any_item = said(AnyOf(tuple(asks(finding) for finding in question.findings)))
    assert any_item == Asked(question, "at least one item of the list")


def test_thresholds_are_said_with_their_number_and_meaning() -> None:
    brief = said(Test("episode_seconds", at_most=600, threshold="brief"))
    assert isinstance(brief, Asked)
    assert brief.limit == "at most 600 seconds"
    assert brief.threshold == KNOWLEDGE.thresholds["brief"]
    often = said(Test("frequency", accepts=frozenset({"daily", "weekly"}), threshold="often"))
    assert isinstance(often, Asked)
    assert [option.id for option in often.answers] == ["weekly", "daily"]
    assert value_of(KNOWLEDGE, KNOWLEDGE.thresholds["brief"]) == "600 seconds"
    assert value_of(KNOWLEDGE, KNOWLEDGE.thresholds["often"]) == "One or two days a week"


def test_a_concluded_finding_names_the_rules_that_conclude_it() -> None:
    concluded = said(asks("possible_clot"))
    assert isinstance(concluded, Concluded)
    assert concluded.rules == KNOWLEDGE.concluders["possible_clot"]
