"""The README shows what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from showcase import CUT, README, examples, whole

_NUMBER = re.compile(r"\b(?:[0-9a-f]{12}|\d[\d.,]*\d|\d)\b")
EXAMPLES = list(examples(README.read_text("utf-8")))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 3


@pytest.mark.parametrize("example", [each for _, each in EXAMPLES], ids=[each[0] for _, each in EXAMPLES])
def test_example(example: list[str], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert is_shown(example, whole(example)), (
        "it has drifted: run `python tests/showcase.py`, which writes the README anew, and read what changed"
    )


def is_shown(example: list[str], fresh: list[str]) -> bool:
    """Whether an example says what is printed now, up to numbers, which change with every rule and case."""
    shown, printed = _words(example), _words(fresh)
    if CUT not in shown:
        return shown == printed
    left = iter(printed)
    return all(word in left for word in shown if word != CUT)


def _words(lines: list[str]) -> list[str]:
    """Return the words of lines, with one mark for each number or hash."""
    return [_NUMBER.sub("#", word) for word in " ".join(lines).split()]


@pytest.mark.parametrize(
    ("example", "fresh", "is_one"),
    [
        (["$ a", "12,345 cases, sha256 7a509a04eea9"], ["$ a", "9 cases,", "sha256 0123456789ab"], True),
        (["$ a", "12 cases"], ["$ a", "12 rules"], False),
        (["$ a", "12 cases"], ["$ a", "12 cases", "more"], False),
        (
            ["$ a", "...", "12 cases", "done"],
            ["$ a", "begun", "one line more", "13 cases", "seen, done"],
            True,
        ),
        (["$ a", "...", "12 cases", "done"], ["$ a", "begun", "done", "12 cases"], False),
    ],
)
def test_numbers_may_drift_and_words_may_not(example: list[str], fresh: list[str], *, is_one: bool) -> None:
    assert is_shown(example, fresh) is is_one
