"""What the vignettes take in prompts, items and words; and the interview gives what the case file gives."""

from __future__ import annotations

from functools import cache
from operator import le
from typing import Any

from support.gates import as_asked
from support.reading_load import VIGNETTES, Load, cases_in, medians, reading_load, table
from support.samples import shares, spread
from support.shipped import HEALTHY, KNOWLEDGE

from triage import assess
from triage.cases.case_set import Case
from triage.inference.answers.intake import read_answers
from triage.inference.assessment import Assessment

SHARES = shares(17)
"""An interview takes a moment, and there are thousands: more than a hundred, and by night all."""


@cache
def played(one_in: int) -> dict[str, tuple[Case, Assessment, Load]]:
    """The vignettes: what the case file gives, and its answers played through the conversation."""
    return {
        case.id: (case, assess(KNOWLEDGE, case.answers, case.id), reading_load(KNOWLEDGE, case.answers))
        for case in spread(cases_in(KNOWLEDGE, VIGNETTES), one_in)
    }


@SHARES
def test_the_interview_gives_what_the_case_file_gives(one_in: int) -> None:
    """A case is complete that speaks of all that its person was asked, and of nothing that does not apply."""
    complete = {
        name: each
        for name, each in played(one_in).items()
        if each[2].interview.findings.keys() <= read_answers(KNOWLEDGE, each[0].answers).keys()
        and as_asked(findings := read_answers(KNOWLEDGE, each[0].answers)) == findings
        and not each[2].interview.skipped
    }
    different = {
        name: (batch.disposition, load.found.disposition)
        for name, (_, batch, load) in complete.items()
        if (batch.disposition, batch.soon) != (load.found.disposition, load.found.soon)
    }
    print(f"\n{len(complete)} of {len(played(one_in))} cases are complete")  # noqa: T201 - shown with -s
    assert len(complete) > len(played(one_in)) / 2
    assert not different


@SHARES
def test_the_reading_load_of_the_vignettes(record_property: Any, one_in: int) -> None:
    loads = {name: load for name, (_, _, load) in played(one_in).items()}
    print(f"\n{table(loads)}")  # noqa: T201 - shown with -s
    prompts, items, words = medians(loads.values())
    for name, value in (("prompts", prompts), ("items", items), ("words", words)):
        record_property(name, value)
    assert prompts <= 12
    assert items <= 76
    assert words <= 765


def test_a_prompt_is_each_question_and_one_list_for_several() -> None:
    load = reading_load(KNOWLEDGE, HEALTHY)
    assert load.found.disposition == "self_care"
    way = load.interview.way
    jointly = [name for name in way if KNOWLEDGE.questions[name].first_line]
    assert len(jointly) == 6
    assert len(way) - len(jointly) + 2 <= load.prompts < len(way)
    assert load.items > load.prompts


def assert_at_most(load: Load, *most: int) -> None:
    """Assert how many prompts, items and words a person reads at most."""
    read = (load.prompts, load.items, load.words)
    assert all(map(le, read, most)), (
        f"{read} prompts, items and words, and not at most {most}. Shorten a label or another line "
        "of its lists, or ask the new line of fewer people (asked_when)"
    )


TOLD = "woke at 3 with a cramp in my left calf, I'm 45, it's gone when I stretch"
ORDINARY = {
    "for_whom": "self",
    "age": 45,
    "feels": ["painful_tightening"],
    "site": ["calf"],
    "timing": ["at_night"],
    "effects": ["stretching_helps"],
    "frequency": "rarely",
    "episode_seconds": 60,
}


def test_an_ordinary_cramp_takes_ten_prompts_and_some_sixty_lines() -> None:
    load = reading_load(KNOWLEDGE, ORDINARY)
    assert load.found.disposition == "self_care"
    assert_at_most(load, 10, 60, 593)


def test_an_eyelid_twitch_takes_nine_prompts_and_fifty_lines() -> None:
    told = {"for_whom": "self", "age": 30, "feels": ["twitch"], "site": ["eyelid"], "course_days": 7}
    load = reading_load(KNOWLEDGE, told)
    assert load.found.disposition == "self_care"
    assert_at_most(load, 9, 50, 523)


def test_hiccups_take_nine_prompts_and_fifty_lines() -> None:
    told = {"for_whom": "self", "age": 30, "feels": ["hiccups"], "site": ["chest_wall"], "course_days": 0}
    load = reading_load(KNOWLEDGE, told)
    assert load.found.disposition == "self_care"
    assert_at_most(load, 9, 48, 514)


def test_an_ordinary_cramp_told_in_one_sentence_takes_eight_prompts() -> None:
    told, by_lists = reading_load(KNOWLEDGE, ORDINARY, TOLD), reading_load(KNOWLEDGE, ORDINARY)
    assert_at_most(told, 8, 25, 568)
    assert told.items < by_lists.items
    assert told.found.disposition == by_lists.found.disposition == "self_care"
