"""The page for other front ends: its examples run, and they show what the program does."""

from __future__ import annotations

import doctest
from pathlib import Path


def test_the_examples_of_the_page_run(root: Path) -> None:
    page = root / "triage" / "interview" / "README.md"
    ran = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8")
    assert ran.failed == 0, "see what doctest printed"
    assert ran.attempted > 15
