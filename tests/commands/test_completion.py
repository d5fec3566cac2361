"""The shell completes commands, options, choices and names of files."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete

from triage.cli import main


def offered(*words: str) -> list[tuple[str, str]]:
    """Return what the shell is offered for the last word: kinds and values."""
    *before, last = words
    complete = BashComplete(main, {}, "triage", "_TRIAGE_COMPLETE")
    return [(each.type, each.value) for each in complete.get_completions(before, last)]


def test_a_command_an_option_and_a_choice() -> None:
    assert offered("ev") == [("plain", "evaluate")]
    assert offered("intake", "--resu") == [("plain", "--resume")]
    assert offered("schema", "codebook", "--format", "") == [
        ("plain", "md"),
        ("plain", "csv"),
        ("plain", "json"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate",),
        ("evaluate", "--rules"),
        ("evaluate", "one.json"),
        ("explain",),
        ("audit",),
        ("convert",),
        ("accept",),
        ("diff",),
        ("diff", "old"),
        ("intake", "--save"),
        ("new-rule", "topic", "id", "--cases"),
    ],
    ids=" ".join,
)
def test_the_name_of_a_file(words: tuple[str, ...]) -> None:
    ((kind, value),) = offered(*words, "ca")
    assert kind in ("file", "dir")
    assert value == "ca"
