"""What patients read can be read at about twelve years of age."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

import pytest
from support.reading_age import reading_age
from support.reading_load import VIGNETTES, cases_in
from support.samples import shares, spread
from support.shipped import KNOWLEDGE

from triage import assess
from triage.explanation.short_result import Line, short_result
from triage.inference.evaluators import COMPILED
from triage.knowledge.model import Question

QUESTIONS = KNOWLEDGE.questions.values()
LAWS = (
    "not_sure",
    "not_sure_emergency",
    "refused_danger",
    "withheld_until_help",
    "withheld_until_known",
    "not_reviewed",
)


def lists(question: Question) -> tuple[str, ...]:
    """A question as it is put, with all its lines."""
    return (question.ask, *(option.label for option in question.options))


def watch_for() -> Iterable[str]:
    """What to watch for, each text once."""
    of_rungs = (text for rung in KNOWLEDGE.rungs.values() for text in rung.watch_for)
    of_rules = (text for rule in KNOWLEDGE.rules.values() for text in rule.watch_for)
    return dict.fromkeys([*of_rungs, *KNOWLEDGE.undetermined.watch_for, *of_rules])


TEXTS: dict[str, tuple[list[float], float, float]] = {
    "actions": ([reading_age(rung.action) for rung in KNOWLEDGE.rungs.values()], 10, 13),
    "routes": ([reading_age(route.words) for route in KNOWLEDGE.routes.values()], 11, 12),
    "laws": ([reading_age(getattr(KNOWLEDGE.laws, name)) for name in LAWS], 10, 14),
    "steps": ([reading_age(step.name, step.how) for step in KNOWLEDGE.steps.values()], 10, 15),
    "questions": ([reading_age(question.ask) for question in QUESTIONS], 7, 15.5),
    "questions with their lines": ([reading_age(*lists(question)) for question in QUESTIONS], 10, 20),
    "meanings": ([reading_age(question.means) for question in QUESTIONS], 8, 23),
    "meanings of lines": ([reading_age(o.means) for q in QUESTIONS for o in q.options if o.means], 10, 25),
    "purposes": ([reading_age(question.why) for question in QUESTIONS], 11, 14),
    "causes": ([reading_age(cause.text) for cause in KNOWLEDGE.causes.values()], 11, 17),
    "reasons": ([reading_age(rule.reason) for rule in KNOWLEDGE.rules.values() if rule.reason], 12.5, 22),
    "signs to watch for": ([reading_age(text) for text in watch_for()], 13.5, 25),
}
"""The ages of each kind of text, and how high their median and the highest may be. These only come down."""


@pytest.mark.parametrize("kind", TEXTS)
def test_the_texts_of_a_kind_are_plain(kind: str, record_property: Any) -> None:
    ages, most_median, most = TEXTS[kind]
    print(f"\n{kind}: median {median(ages):.1f}, worst {max(ages):.1f} of {len(ages)}")  # noqa: T201 - shown with -s
    record_property("median", median(ages))
    record_property("worst", max(ages))
    assert median(ages) <= most_median
    assert max(ages) <= most


def age_of(lines: Iterable[Line]) -> float:
    """The reading age of a result, without its headings: short lines would make it seem younger."""
    return reading_age(*(line.text for line in lines if not line.strong and line.text[-1:] not in ("", ":")))


@shares(13)
def test_a_result_is_read_at_about_twelve(one_in: int, record_property: Any) -> None:
    cases = spread(cases_in(KNOWLEDGE, VIGNETTES), one_in)
    results = (short_result(KNOWLEDGE, assess(KNOWLEDGE, case.answers, "", COMPILED)) for case in cases)
    ages = {case.id: age_of(lines) for case, lines in zip(cases, results, strict=True)}
    record_property("median", median(ages.values()))
    print(f"\nresults: median {median(ages.values()):.1f}, worst {max(ages.values()):.1f}")  # noqa: T201 - as above
    assert median(ages.values()) <= 11
    assert {name: age for name, age in ages.items() if age > 14} == {}


def test_the_measure_tells_plain_from_hard() -> None:
    plain = "Call a doctor today. Rest the leg. Drink a glass of water."
    hard = "Immediate pharmacological consultation is recommended notwithstanding apparent improvement."
    assert reading_age(plain) < 9
    assert reading_age(hard) > 18
