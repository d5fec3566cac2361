"""The page for programs: its examples run, in threads and as a service too."""

from __future__ import annotations

import doctest
from pathlib import Path


def test_the_examples_of_the_page_run(root: Path) -> None:
    page = root / "triage" / "inference" / "README.md"
    ran = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert ran.failed == 0, "see what doctest printed"
    assert ran.attempted > 20
