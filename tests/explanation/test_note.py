"""The note for the doctor: one page, all that was answered, and what is not ruled out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from support.reading_load import VIGNETTES, cases_in
from support.samples import shares, spread
from support.shipped import HEALTHY, KNOWLEDGE
from support.strategies import Findings, findings

from triage import assess
from triage.explanation.answers import NOTHING, answers_in_words
from triage.explanation.note import FIRST_LINES, note_markdown, note_of, note_text
from triage.inference.answers.intake import read_answers
from triage.inference.truth import Missing

PAGE = 60
"""The lines of a sheet of paper."""


def note(answers: dict[str, Any]) -> str:
    return note_text(note_of(KNOWLEDGE, read_answers(KNOWLEDGE, answers)))


def flat(text: str) -> str:
    return " ".join(text.split())


@shares(17)
def test_the_note_of_a_vignette_fits_one_page(one_in: int) -> None:
    cases = spread(cases_in(KNOWLEDGE, VIGNETTES), one_in)
    lines = {case.id: len(note(dict(case.answers)).splitlines()) for case in cases}
    assert {name: count for name, count in lines.items() if count > PAGE} == {}


@given(findings())
def test_every_answer_stands_in_it(given_findings: Findings) -> None:
    written = note_of(KNOWLEDGE, given_findings)
    shown = flat(note_text(written))
    about_other = given_findings.get("for_whom") == "other"
    told = answers_in_words(KNOWLEDGE, given_findings, about_other=about_other, in_brief=True)
    expected = [flat(text) for question, text in told if question.id != "for_whom" and text != NOTHING]
    assert [text for text in expected if text not in shown] == []


def test_it_tells_the_outcome_the_reasons_and_the_doubts() -> None:
    answers = {**HEALTHY, "warning_signs": ["?fever"], "frequency": "daily"}
    found = assess(KNOWLEDGE, answers)
    shown = flat(note(answers))
    assert "Outcome: - See a doctor, within" in shown
    for reason in found.reasons:
        assert (reason.because in shown) is (reason.disposition == found.disposition)
    assert f"Not sure, so not ruled out: - {KNOWLEDGE.label_of('warning_signs.fever')}" in shown
    assert f"Asked, and nothing of it is so: - {KNOWLEDGE.questions['danger_signs'].ask} -" in shown


def test_it_says_what_was_not_answered() -> None:
    shown = flat(note({"age": 40}))
    assert "Not answered: - Where is it? - What does it feel like?" in shown
    assert "more questions" in shown
    assert "Nothing was answered." in flat(note({}))


def test_it_says_who_answered_and_when() -> None:
    other = note_of(KNOWLEDGE, {"for_whom": "other", "timing.at_night": "yes"}, "28.11.2026")
    assert other.about.endswith("given for someone else, 28.11.2026.")
    assert "At night, waking them" in note_text(other)
    assert note_of(KNOWLEDGE, {"for_whom": "self"}).about.endswith("given by the person.")


def test_it_is_text_or_markdown() -> None:
    written = note_of(KNOWLEDGE, read_answers(KNOWLEDGE, HEALTHY))
    text, marked = note_text(written), note_markdown(written)
    assert (text.splitlines()[0], marked.splitlines()[0]) == FIRST_LINES
    assert max(map(len, text.splitlines())) <= 78
    assert "#" not in text
    assert [line[3:] for line in marked.splitlines() if line.startswith("## ")] == list(written.sections)


def test_it_says_that_it_is_no_more_than_rules() -> None:
    assert KNOWLEDGE.laws.not_reviewed in flat(note(HEALTHY))


def test_it_says_which_answers_came_from_words() -> None:
    findings = read_answers(KNOWLEDGE, {**HEALTHY, "site": ["calf"]})
    words = {"site.calf": "left calf\x1b", "age": "I'm 45", "danger_signs.breathless": "can't breathe"}
    shown = flat(note_text(note_of(KNOWLEDGE, findings, words=words)))
    assert 'years (told in own words: "I\'m 45")' in shown
    assert f'{KNOWLEDGE.label_of("site.calf")} (told in own words: "left calf?")' in shown
    denied = KNOWLEDGE.questions["danger_signs"].ask
    assert f'{denied} (told in own words: "can\'t breathe")' in shown, "asked because of the words"
    assert shown.count("own words") == 3


def test_what_is_denied_of_a_part_of_a_list_is_counted() -> None:
    """Told in a sentence, every list is one of which a part was asked."""
    site = KNOWLEDGE.questions["site"]
    denied = dict.fromkeys(site.findings[1:9], "no")
    shown = flat(note_text(note_of(KNOWLEDGE, {site.findings[0]: "yes", **denied})))
    assert f"{site.ask} {site.options[0].label}; 8 others asked about: none; the rest not asked" in shown
    assert site.options[1].label not in shown
    doubtful = flat(note_text(note_of(KNOWLEDGE, {site.findings[0]: Missing.UNKNOWN, **denied})))
    assert f"not sure about: {site.options[0].label}; 8 others" in doubtful
    assert f"{site.ask} 8 others asked about: none" in flat(note_text(note_of(KNOWLEDGE, denied)))
