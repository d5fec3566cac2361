"""The interview gives what batch gives, asks only what matters, and stops only when nothing does."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.shipped import HEALTHY, KNOWLEDGE
from support.strategies import completed, known_values

from triage import assess
from triage.inference.assess import assess_findings
from triage.inference.assessment import Assessment
from triage.inference.truth import Missing
from triage.interview.interview import Interview
from triage.knowledge.model import Question

FEWER = settings(max_examples=max(5, settings().max_examples // 4))
"""A whole interview is a long example: a quarter as many are tried."""


def answers_to(question: Question) -> st.SearchStrategy[Any]:
    """Mostly harmless answers, so that interviews grow long."""
    if question.kind != "checklist":
        return st.one_of(known_values(question), known_values(question), st.just("unknown"))
    items = [option.id for option in question.options]
    some = st.lists(st.sampled_from(items), min_size=1, max_size=2, unique=True)
    return st.one_of(
        st.just("none"), st.just("none"), some, some.map(lambda found: [f"?{found[0]}", *found[1:]])
    )


ANSWERS = {question.id: answers_to(question) for question in KNOWLEDGE.questions.values()}


def outcome(found: Assessment) -> tuple[Any, ...]:
    """What the interview is for: the disposition, and the advice given with its cautions."""
    return (
        found.disposition,
        found.soon,
        [(step.id, [caution.rule for caution in step.cautions]) for step in found.steps],
    )


@st.composite
def interviews(draw: st.DrawFn) -> tuple[Interview, list[int]]:
    """A whole interview, with steps back, edits and skips in between, and the bounds that were shown."""
    interview = Interview(KNOWLEDGE)
    bounds: list[int] = []
    troubles = draw(st.lists(st.sampled_from(["back", "edit", "skip"]), max_size=3))
    at = {draw(st.integers(1, 12)): trouble for trouble in troubles}
    for turn in range(80):
        question = interview.next()
        if question is None or interview.at_emergency():
            break
        trouble = at.get(turn)
        if trouble == "back":
            interview = interview.back()
            bounds = []
        elif trouble == "edit" and interview.way:
            name = draw(st.sampled_from(interview.way))
            interview = interview.change(name, draw(ANSWERS[name]))
            bounds = []
        elif trouble == "skip":
            bounds.append(interview.left())
            interview = interview.skip(question.id)
        else:
            bounds.append(interview.left())
            interview = interview.answer(question.id, draw(answers_to(question)))
    return interview, bounds


@conditional(at_least=0.5)  # measured: 0.97
@conditional(at_least=0.15)  # measured: 0.44
@conditional(at_least=0.05)  # measured: 0.22
@FEWER
@given(interviews(), st.integers(0), st.data())
def test_the_laws_of_a_whole_interview(
    of_nobody: Antecedent,
    ended: Antecedent,
    long: Antecedent,
    held: tuple[Interview, list[int]],
    seed: int,
    data: st.DataObject,
) -> None:
    """Each interview is held once, as that is what takes the time, and looked at by every law."""
    interview, bounds = held
    assert_gives_what_batch_gives(interview, seed)
    if long(len(bounds) > 1):
        assert all(later < earlier for earlier, later in pairwise(bounds)), "the bound on what is left grew"
    if of_nobody(interview.answers.get("feels") == "none"):
        assert "episode_seconds" not in interview.answers, "what does not apply stayed in force"
    going_on = interview.skipped or interview.next() is not None or interview.at_emergency()
    if ended(not going_on):
        assert_nothing_could_change_the_outcome(interview, data)


def assert_gives_what_batch_gives(interview: Interview, seed: int) -> None:
    answers = list(interview.answers.items())
    shuffled = Random(seed).sample(answers, len(answers))  # noqa: S311 - an order, no secret
    record = interview.assessment().record()
    assert record["case"] == "intake"
    assert record == assess(KNOWLEDGE, dict(shuffled), "intake").record()


def assert_nothing_could_change_the_outcome(interview: Interview, data: st.DataObject) -> None:
    asked = {finding for name in interview.answers for finding in KNOWLEDGE.questions[name].findings}
    rest = data.draw(completed(interview.findings))
    full = {name: value for name, value in rest.items() if name not in asked}
    found = assess_findings(
        KNOWLEDGE, {**full, **interview.findings, "for_whom": interview.answers["for_whom"]}
    )
    assert outcome(found) == outcome(interview.assessment())


def test_an_ordinary_calf_cramp_takes_at_most_fourteen_questions() -> None:
    interview = Interview(KNOWLEDGE)
    questions = 0
    while (question := interview.next()) is not None:
        interview = interview.answer(question.id, HEALTHY[question.id])
        questions += 1
    assert questions <= 14
    assert interview.assessment().disposition == "self_care"


def test_dangers_come_as_soon_as_it_is_known_who_what_and_where() -> None:
    interview = Interview(KNOWLEDGE)
    asked = []
    while (question := interview.next()) is not None and question.id != "danger_signs":
        asked.append(question.id)
        interview = interview.answer(question.id, HEALTHY[question.id])
    assert question is not None
    assert asked == ["for_whom", "age", "site", "feels"]
    assert interview.answer("danger_signs", ["chest_tightness"]).at_emergency()


def test_going_back_keeps_the_answer_to_offer_again() -> None:
    interview = Interview(KNOWLEDGE).answer("for_whom", "self").answer("danger_signs", "none").back()
    assert "danger_signs" not in interview.answers
    assert interview.remembered["danger_signs"] == "none"
    assert Interview(KNOWLEDGE).back() == Interview(KNOWLEDGE)


def test_the_answer_to_a_part_of_a_list_leaves_the_rest_as_it_was() -> None:
    interview = Interview(KNOWLEDGE)
    for name, answer in {
        "for_whom": "self",
        "age": 60,
        "feels": ["?hard_lump"],
        "site": ["chest_wall"],
    }.items():
        interview = interview.answer(name, answer)
    part = interview.change("age", 14)
    asked = part.next()
    assert asked is not None
    assert asked.id == "feels"
    assert "hard_lump" not in {option.id for option in asked.options}
    assert part.answer("feels", "none").findings["feels.hard_lump"] is Missing.UNKNOWN
    assert part.change("feels", "none").findings["feels.hard_lump"] == "no"


def test_an_answer_that_no_longer_applies_is_put_by() -> None:
    interview = Interview(KNOWLEDGE).answer("feels", ["painful_tightening"]).answer("episode_seconds", 900)
    changed = interview.answer("feels", ["twitch"])
    assert "episode_seconds" not in changed.answers
    assert changed.remembered["episode_seconds"] == 900


def test_all_asks_everything_that_applies() -> None:
    interview = Interview(KNOWLEDGE, everything=True)
    while (question := interview.next()) is not None:
        answer = HEALTHY.get(question.id, "no" if question.kind == "yes_no" else "unknown")
        interview = interview.answer(question.id, answer)
    assert set(interview.answers) == set(HEALTHY)


TONIGHT = {**HEALTHY, "feels": ["painful_tightening", "sore_after"], "soreness_days": 0, "one_side": "yes"}


def test_what_is_asked_of_the_first_day_can_be_answered_on_it() -> None:
    told = {name: HEALTHY[name] for name in ("for_whom", "age", "site", "danger_signs", "limb_signs")}
    interview = Interview(KNOWLEDGE, {**told, "feels": TONIGHT["feels"], "soreness_days": 0})
    assert "soreness_easing" in interview.outlook().rests, "pain that grows would count"
    assert "if it began today" in KNOWLEDGE.questions["soreness_easing"].ask


def test_on_the_first_day_soreness_that_stays_counts_only_where_it_is_bad() -> None:
    stays = {**TONIGHT, "soreness_easing": "no"}
    assert Interview(KNOWLEDGE, {**stays, "effects": "none"}).assessment().disposition == "self_care"
    assert Interview(KNOWLEDGE, {**stays, "effects": ["very_bad"]}).assessment().disposition == "urgent"
    assert Interview(KNOWLEDGE, {**stays, "soreness_days": 1}).assessment().disposition == "urgent"
