"""The README shows what the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from showcase import README, examples, now

EXAMPLES = list(examples(README.read_text("utf-8")))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 3


@pytest.mark.parametrize("example", [each for _, each in EXAMPLES], ids=[each[0] for _, each in EXAMPLES])
def test_example(example: list[str], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    fresh = now(example)
    shown = [line.rstrip() for line in example]
    assert shown == [line.rstrip() for line in fresh], (
        "it has drifted: run `python tests/showcase.py`, read what changed"
    )
