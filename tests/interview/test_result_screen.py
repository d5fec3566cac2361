"""The result on a real terminal: on one screen where it has 24 lines, and the verdict last on any."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest
from support.shipped import HEALTHY, KNOWLEDGE

from triage.explanation.short_result import MOST_WORDS_IN_NEED, words_in
from triage.interview.afterwards.menu import MENU
from triage.interview.interview import Interview
from triage.interview.outcome import result_lines
from triage.knowledge.parts.pronouns import address

HOME = ["1", "45", "leg", "calf", "1", "none", "none", "none", "2", "2 min", "2"]
"""Typed by someone with an ordinary night cramp."""
EMERGENCY = ["2", "70", "leg", "calf", "1", "3", "1", ""]
OUTCOMES = [(HOME, "Look after it at home"), (EMERGENCY, "Emergency: get help now")]


def talk(columns: int, rows: int, lines: list[str], *arguments: str) -> pexpect.spawn[str]:
    """Type lines on a terminal of a size, up to the menu under the result."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "triage", "intake", "--color", "never", *arguments],
        encoding="utf-8",
        timeout=30,
        env={**os.environ, "TERM": "xterm"},
        dimensions=(rows, columns),
    )
    child.setecho(False)
    for line in lines:
        child.expect("\n> ")
        child.sendline(line)
    child.expect("More\\? ")
    return child


def screen(child: pexpect.spawn[str]) -> list[str]:
    """The lines since the last prompt, with that of the prompt that waits."""
    return [line.rstrip() for line in [*(child.before or "").splitlines(), "More? "]]


@pytest.mark.parametrize(("lines", "verdict"), OUTCOMES)
def test_the_result_fits_a_screen_of_24_lines(lines: list[str], verdict: str) -> None:
    child = talk(80, 24, lines)
    shown = screen(child)
    while not shown[0]:
        shown.pop(0)
    assert shown[0] == verdict.upper()
    assert len(shown) <= 24
    assert max(map(len, shown)) < 80
    child.close(force=True)


@pytest.mark.parametrize("size", [(80, 24), (40, 20), (30, 15)])
@pytest.mark.parametrize(("lines", "verdict"), OUTCOMES)
def test_the_verdict_is_the_last_line_above_the_menu(
    size: tuple[int, int], lines: list[str], verdict: str
) -> None:
    # A small window asks the kinds of danger one after the other.
    more = ["none"] if lines == HOME and size[1] < 24 else []
    child = talk(*size, [*lines[:7], *more, *lines[7:]])
    for key in ("", "m", "w", "n"):
        if key:
            child.sendline(key)
            while child.expect(["More\\? ", "Enter for more, q to stop: "]):
                page = (child.before or "").splitlines()
                assert len(page) <= size[1], "a text stops where the window ends"
                child.sendline("")
        shown = screen(child)
        start = next(place for place, line in enumerate(shown) if line.startswith(f"m {MENU['m']}"))
        assert shown[start - 1] == verdict
        assert len(shown) - start < size[1], "verdict and menu are seen together"
        assert max(map(len, shown)) <= size[0]
    child.close(force=True)


def test_an_emergency_is_told_again_on_leaving_and_the_note_is_kept(tmp_path: Path) -> None:
    child = talk(80, 24, EMERGENCY, "--note", str(tmp_path / "note.md"))
    child.sendline("q")
    child.expect("EMERGENCY: GET HELP NOW")
    child.expect("The note for the doctor is kept in")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "Emergency: get help now" in (tmp_path / "note.md").read_text("utf-8")


UNSURE = [
    (question.id, f"?{option.id}", address(option.label, about_other=False))
    for question in KNOWLEDGE.questions.values()
    if question.kind == "checklist"
    for option in question.options
]


@pytest.mark.parametrize("place", range(0, len(UNSURE), 3))
def test_what_one_is_not_sure_about_stands_on_the_screen_where_only_that_calls_for_care(place: int) -> None:
    question, item, label = UNSURE[place]
    interview = Interview(KNOWLEDGE, {**HEALTHY, question: [item]})
    found = interview.assessment()
    text = " ".join(line.text for line in result_lines([interview]))
    explained = any(reason.disposition == found.disposition for reason in found.reasons)
    if found.disposition in ("doctor", "urgent") and not explained:
        assert label.partition(" (")[0] in text
        assert "Why: you were not sure about this" in text or "You are not sure about a sign" in text


def test_a_question_that_one_is_not_sure_about_is_named_by_what_it_asks() -> None:
    interview = Interview(KNOWLEDGE, {**HEALTHY, "frequency": "unknown"})
    assert interview.assessment().disposition == "doctor"
    text = " ".join(line.text for line in result_lines([interview]))
    assert KNOWLEDGE.questions["frequency"].ask in text


@pytest.mark.parametrize("base", [{}, HEALTHY], ids=["nothing else", "healthy"])
def test_whoever_needs_help_soon_reads_why_or_first_aid_in_its_place(base: dict[str, object]) -> None:
    flags = [name.partition(".")[::2] for name in KNOWLEDGE.red_flags]
    for question, item in flags:
        if KNOWLEDGE.questions[question].kind != "checklist":
            continue
        interview = Interview(KNOWLEDGE, {**base, question: [item]})
        if interview.assessment().disposition not in ("urgent", "emergency"):
            continue
        lines = result_lines([interview])
        why = [line for line in lines if line.text.startswith("Why: ")]
        first_aid = any(step.when == next(iter(KNOWLEDGE.moments)) for step in interview.assessment().steps)
        found = interview.assessment()
        reason = next(each.because for each in found.reasons if each.disposition == found.disposition)
        no_room = words_in(lines) + len(reason.split()) >= MOST_WORDS_IN_NEED
        assert why or first_aid or no_room, f"{question}.{item}"
        assert all(len(line.wrapped(78)) <= 2 for line in why)


@pytest.mark.parametrize("age", [3, 40])
def test_no_child_is_told_not_to_drive(age: int) -> None:
    interview = Interview(KNOWLEDGE, {"for_whom": "other", "age": age, "danger_signs": ["stroke_signs"]})
    text = " ".join(line.text for line in result_lines([interview]))
    assert "drive" not in text
    assert "Do not let them travel alone." in text
