"""The result on one screen: few words, nothing that must stand is cut, and the verdict first and last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.antecedent import Antecedent, conditional
from support.reading_load import VIGNETTES, cases_in
from support.samples import shares, spread
from support.shipped import HEALTHY, KNOWLEDGE
from support.strategies import findings, nearly_healthy

from triage import Assessment, assess
from triage.explanation.narrative import in_doubt, render_assessment
from triage.explanation.short_result import (
    MOST_LINES,
    Line,
    lines_of,
    short_result,
    verdict,
    words_in,
)
from triage.inference.assess import assess_findings
from triage.inference.assessment import DoubtfulSign
from triage.inference.evaluators import COMPILED
from triage.inference.truth import Missing, Value
from triage.interview.afterwards.menu import menu_lines
from triage.interview.interview import Interview
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW

SHARES = shares(7)
SCREEN = 24
WORDS = {"self_care": 170, "doctor": 170, "undetermined": 170, "urgent": 90, "emergency": 90}
"""The most words of each outcome."""


@cache
def vignettes(one_in: int) -> dict[str, Assessment]:
    """The assessment of one in so many vignettes."""
    cases = spread(cases_in(KNOWLEDGE, VIGNETTES), one_in)
    return {case.id: assess(KNOWLEDGE, case.answers, case.id, COMPILED) for case in cases}


def result_of(found: Assessment) -> tuple[Line, ...]:
    return short_result(KNOWLEDGE, found)


def text(lines: Iterable[Line]) -> str:
    """All that is said, in one line: how it is wrapped does not matter."""
    return " ".join(" ".join(line.text for line in lines).split())


def room(found: Assessment) -> int:
    return WORDS[found.disposition]


@SHARES
def test_the_words_are_few_whatever_the_vignette(one_in: int) -> None:
    counted = {name: (words_in(result_of(found)), room(found)) for name, found in vignettes(one_in).items()}
    assert {name: pair for name, pair in counted.items() if pair[0] > pair[1]} == {}
    assert max(words for words, _ in counted.values()) > 150, "the room is used"


@SHARES
def test_every_vignette_fits_one_screen_with_its_menu_and_the_prompt(one_in: int) -> None:
    below = len(list(menu_lines(NARROW))) + 1
    heights = {name: lines_of(result_of(found)) + below for name, found in vignettes(one_in).items()}
    assert {name: height for name, height in heights.items() if height > SCREEN} == {}
    assert all(
        len(line) <= NARROW
        for found in vignettes(one_in).values()
        for each in result_of(found)
        for line in each.wrapped(NARROW)
    )


def assessed(answers: Mapping[str, Value]) -> Assessment:
    return assess_findings(KNOWLEDGE, answers, engine=COMPILED)


answered = st.one_of(findings(), nearly_healthy(most=4, skips=1))
people = answered.map(assessed)
signs = st.lists(st.sampled_from(list(KNOWLEDGE.red_flags)), max_size=2)
people_in_doubt = st.builds(
    lambda given, flags: assessed({**given, **dict.fromkeys(flags, Missing.UNKNOWN)}), answered, signs
)


def unsure(found: Assessment) -> Sequence[str]:
    """The signs that are not sure, beside which everything else gives way."""
    return [sign.label for sign in found.not_sure]


@conditional(at_least=0.5)
@given(people)
def test_only_what_is_never_cut_takes_more_words(antecedent: Antecedent, found: Assessment) -> None:
    lines = result_of(found)
    if antecedent(words_in(lines) <= room(found) and lines_of(lines) <= MOST_LINES):
        return
    assert found.not_sure or len(found.routes) > 1, "several signs in doubt, or several to turn to"
    assert not [step for step in found.steps if step.name in text(lines) or step.how in text(lines)]


@given(people)
def test_the_verdict_stands_first_and_last(found: Assessment) -> None:
    first, *_, last = result_of(found)
    assert first.text == verdict(found).upper()
    assert last.text == verdict(found)
    assert found.title in last.text


@conditional(at_least=0.2)  # measured: 0.61
@given(people_in_doubt)
def test_a_sign_in_doubt_is_never_cut(antecedent: Antecedent, found: Assessment) -> None:
    lines = result_of(found)
    said = {line.text for line in lines}
    doubt, _ = in_doubt(KNOWLEDGE, found)
    assert not doubt or doubt in said
    if antecedent(0 < len(found.not_sure) <= FEW):
        # Examples in brackets stand beside red flags; a list of medicines would fill the screen.
        flags = {sign.label for sign in found.not_sure if sign.finding in KNOWLEDGE.red_flags}
        others = {sign.label.partition(" (")[0] for sign in found.not_sure if sign.label not in flags}
        assert flags | others <= said | {line.partition(" (")[0] for line in said}
        assert flags <= said


FEW = 4
"""So many signs in doubt have a line each, whoever is to be called."""
MORE = re.compile(r"\b(\d+) more: press m")
every_sign = st.sets(st.sampled_from(list(KNOWLEDGE.red_flags)), min_size=FEW + 1)
people_in_many_doubts = st.builds(
    lambda given, flags: assessed({**given, **dict.fromkeys(flags, Missing.UNKNOWN)}), answered, every_sign
)


def names(sign: DoubtfulSign, found: Assessment) -> set[str]:
    """All that a sign in doubt can be named by: its label, its group, what its list is called."""
    question = KNOWLEDGE.question_of[sign.finding]
    item = sign.finding.partition(".")[2]
    groups = [each.group for each in question.options if each.id == item]
    kinds = {address(kind, about_other=found.about_other) for kind in (*groups, question.first_line)}
    return {sign.label, sign.label.partition(" (")[0], *kinds} - {""}


@conditional(at_least=0.2)
@given(people_in_many_doubts)
def test_of_many_signs_in_doubt_each_is_named_or_counted_on_one_screen(
    antecedent: Antecedent, found: Assessment
) -> None:
    lines = result_of(found)
    if not antecedent(len(found.not_sure) > FEW):
        return
    assert lines_of(lines) <= MOST_LINES
    said = text(lines)
    _, worst = in_doubt(KNOWLEDGE, found)
    unnamed = [sign for sign in found.not_sure if not any(name in said for name in names(sign, found))]
    assert len(unnamed) <= sum(map(int, MORE.findall(said)))
    if any(sign.label in worst for sign in unnamed):
        assert said.count("more: press m") == 2 or len(worst) == len(found.not_sure), "others give way first"
    every = " ".join(render_assessment(KNOWLEDGE, found).split())
    assert all(" ".join(sign.label.split()) in every for sign in found.not_sure), "all advice lists them"


def test_who_is_not_sure_of_anything_reads_the_worst_signs_on_one_screen() -> None:
    interview = Interview(KNOWLEDGE, {"for_whom": "self", "age": 45, "site": ["calf"], "feels": "unknown"})
    while (question := interview.next()) is not None:
        interview = interview.answer(question.id, "unknown")
    found = interview.assessment()
    lines = result_of(found)
    assert len(found.not_sure) > 60
    assert lines_of(lines) <= MOST_LINES
    assert "Drooping face, weak arm, muddled speech" in text(lines)
    assert "Both legs weak, numb or hurting; numb between the legs; bladder or bowel trouble" in text(lines)


@given(people)
def test_whom_to_call_is_never_cut(found: Assessment) -> None:
    said = {line.text for line in result_of(found)}
    assert found.action in said
    assert {route.words for route in found.routes} <= said
    assert found.disposition == "urgent" or KNOWLEDGE.calls.words["emergency_call"] in text(result_of(found))


SICK = {**HEALTHY, "warning_signs": ["something_worrying"], "timing": ["at_night", "in_heat"]}
"""Someone who should see a doctor, and is offered steps of several kinds."""


@conditional(at_least=0.2)  # measured: 0.44 over every choice
@given(
    st.sets(st.sampled_from(["conditions", "medicines", "lately", "timing", "feels"]), min_size=1),
    st.sampled_from(["calf", "hamstring", "hand", "lower_back"]),
)
def test_no_step_stands_without_its_cautions(antecedent: Antecedent, open_ones: set[str], site: str) -> None:
    answers = {name: answer for name, answer in SICK.items() if name not in open_ones} | {"site": [site]}
    found = assess(KNOWLEDGE, answers, engine=COMPILED)
    lines = [line.text for line in result_of(found)]
    told = [step for step in found.steps if any(line.startswith((step.name, step.how)) for line in lines)]
    assert len(told) <= 3
    for step in told:
        if antecedent(step.cautions):
            place = next(i for i, line in enumerate(lines) if line.startswith((step.name, step.how)))
            following = lines[place + 1 : place + 1 + len(step.cautions)]
            assert following == [f"Take care: {caution.text}" for caution in step.cautions]


def test_of_what_to_do_the_step_for_the_place_comes_first_or_second() -> None:
    for site, step in (("calf", "calf_in_bed"), ("hamstring", "hamstring_sit"), ("hand", "hand_open_close")):
        found = assess(KNOWLEDGE, {**HEALTHY, "site": [site], "timing": ["at_night"]})
        told = [each.id for each in found.steps]
        assert step in told
        first, second = [line.text for line in result_of(found) if line.mark == "- "][:2]
        assert KNOWLEDGE.steps[step].how in f"{first} {second}"


@SHARES
def test_whoever_needs_help_soon_reads_only_what_cannot_wait(one_in: int) -> None:
    waiting = {step.id for step in KNOWLEDGE.steps.values() if step.can_wait}
    in_need = [found for found in vignettes(one_in).values() if found.disposition in ("urgent", "emergency")]
    for found in in_need:
        first = text(result_of(found))
        sections = render_assessment(KNOWLEDGE, found).partition("\nLater, as it helps")[0]
        for step in found.steps:
            if step.id in waiting:
                assert f"- {step.name}" not in first
                assert f"- {step.name}. " not in sections
    assert any(step.id in waiting for found in in_need for step in found.steps)


STIFF = {"feels": ["stiffness"], "site": ["widespread"], "course_days": 1, "lately": ["heavy_sweating"]}
DOSES = [
    ({"medicines": ["statin"], "medicine_change": "no", "limb_signs": ["dark_urine"]}, "emergency"),
    ({**STIFF, "medicines": ["antipsychotic"], "medicine_change": "no"}, "urgent"),
]


@pytest.mark.parametrize(("answers", "disposition"), DOSES)
@pytest.mark.parametrize(("whom", "do_not"), [("self", "Do not take"), ("other", "They should not take")])
def test_a_medicine_to_ask_about_before_the_next_dose_is_named_on_the_first_screen(
    answers: Mapping[str, Value], disposition: str, whom: str, do_not: str
) -> None:
    found = assess(KNOWLEDGE, {**HEALTHY, "timing": "none", **answers, "for_whom": whom})
    assert found.disposition == disposition
    lines = [line.text for line in result_of(found)]
    said = f"{do_not} a statin, lithium, quinine or -floxacin antibiotic before that."
    assert lines[lines.index("What to do now:") + 1].endswith(said)
    assert "more thing" not in text(result_of(found))


@SHARES
def test_no_one_in_need_misses_what_is_never_cut(one_in: int) -> None:
    told = [
        (found, KNOWLEDGE.steps[step.id].in_short)
        for found in vignettes(one_in).values()
        for step in found.steps
        if found.disposition in ("urgent", "emergency") and KNOWLEDGE.steps[step.id].in_short
    ]
    assert told
    for found, words in told:
        assert address(words, about_other=found.about_other) in text(result_of(found))


def test_what_is_left_out_is_counted() -> None:
    found = assess(KNOWLEDGE, {**HEALTHY, "timing": ["at_night"]})
    said = text(result_of(found))
    steps = sum(step.how not in said and f"{step.name} " not in said for step in found.steps)
    signs = sum(sign not in said for sign in found.watch_for)
    assert steps
    assert signs
    assert f"Press m for {steps} more things to do and {signs} more things to watch for." in said


def test_the_numbers_that_were_set_are_named() -> None:
    knowledge = replace(KNOWLEDGE, calls=KNOWLEDGE.calls.with_words({"emergency_call": "112"}))
    found = assess(knowledge, {**HEALTHY, "danger_signs": ["stroke_signs"]})
    assert "Call 112 now" in text(short_result(knowledge, found))


def test_what_must_be_answered_is_told() -> None:
    found = assess(KNOWLEDGE, {"for_whom": "self"})
    lines = result_of(found)
    shown = [ask for name in found.questions if (ask := KNOWLEDGE.questions[name].ask) in text(lines)]
    assert len(shown) > 3
    assert f"Press a to answer them and {len(found.questions) - len(shown)} more." in text(lines)


def test_someone_else_is_spoken_of() -> None:
    said = text(result_of(assess(KNOWLEDGE, {"for_whom": "other", "danger_signs": ["stroke_signs"]})))
    assert "have someone take them to" in said
    assert " you " not in said


@pytest.mark.parametrize("width", [20, 38, 78])
def test_an_entry_of_the_menu_is_not_broken(width: int) -> None:
    lines = list(menu_lines(width))
    assert "  ".join(lines).split("  ") == "  ".join(menu_lines(1000)).split("  ")
    assert max(map(len, lines)) <= max(width, *map(len, "  ".join(lines).split("  ")))
