"""The project's own rules and cases: nothing to fix, and what only this project promises."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from triage import KnowledgeBase, assess
from triage.authoring.lint.case_files import VIGNETTES, Cases
from triage.authoring.lint.checks import BASE_CHECKS, CASE_CHECKS
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases
from triage.knowledge.checking.lint import Base, Check, lint
from triage.knowledge.files import bundled_rules, read_folder

MOST_SHOWN = 20


@pytest.fixture(scope="module")
def base(knowledge: KnowledgeBase) -> Base:
    return Base(read_folder(bundled_rules()), knowledge)


@pytest.fixture(scope="module")
def cases(knowledge: KnowledgeBase, root: Path) -> Cases:
    folder = str(root / "cases")
    inputs = tuple(read_cases([folder], sys.stdin.buffer))
    return Cases(knowledge, inputs, folder, str(bundled_rules()))


def to_fix(checks: Iterable[Check[Any]]) -> list[Any]:
    return [pytest.param(check, id=check.id) for check in checks if check.level == "fix"]


def assert_nothing_is_found(subject: Base | Cases, check: Check[Any]) -> None:
    flaws = [str(flaw) for flaw in lint(subject, [check])]
    more = f"\nand {len(flaws) - MOST_SHOWN} more" if len(flaws) > MOST_SHOWN else ""
    assert not flaws, f"{check.finds}:\n" + "\n".join(flaws[:MOST_SHOWN]) + more


@pytest.mark.parametrize("check", to_fix(BASE_CHECKS))
def test_the_rules(base: Base, check: Check[Base]) -> None:
    assert_nothing_is_found(base, check)


@pytest.mark.parametrize("check", to_fix(CASE_CHECKS))
def test_the_cases(cases: Cases, check: Check[Cases]) -> None:
    assert_nothing_is_found(cases, check)


def test_a_flaw_is_shown_with_its_remedy(base: Base) -> None:
    (kind,) = (check for check in BASE_CHECKS if check.id == "unused-kind")
    with pytest.raises(AssertionError, match="see that they suit everybody"):
        assert_nothing_is_found(base, kind)


# What no other knowledge base need promise.


def test_no_product_of_the_documents_is_promoted(knowledge: KnowledgeBase) -> None:
    texts = [step.how for step in knowledge.steps.values()]
    texts += [
        text for rule in knowledge.rules.values() for text in (rule.title, rule.reason, *rule.watch_for)
    ]
    brands = re.compile(r"freezie|inferno|bfst|electromagnet|\u00ae|\u2122", re.IGNORECASE)
    assert not [text for text in texts if brands.search(text)]


def test_the_knowledge_base_says_that_no_clinician_has_reviewed_it(knowledge: KnowledgeBase) -> None:
    assert knowledge.reviewed_by_clinician is False
    assert "No clinician has reviewed" in assess(knowledge, {}).knowledge_base.notice


def test_there_are_whole_people_on_every_level(cases: Cases) -> None:
    vignettes = [
        raw.data
        for raw in cases.inputs
        if isinstance(raw, RawCase) and cases.inside(raw.file).startswith(f"{VIGNETTES}/")
    ]
    assert len(vignettes) >= 40
    for level in cases.knowledge.rungs:
        assert sum(case["expect"].get("disposition") == level for case in vignettes) >= 10, level
    assert any(case["answers"] == {} for case in vignettes), "the empty intake is a case"


def test_a_loaded_knowledge_base_cannot_be_changed(knowledge: KnowledgeBase) -> None:
    for each in fields(knowledge):
        table = getattr(knowledge, each.name)
        assert not isinstance(table, dict), f"{each.name} can be changed"
    with pytest.raises(FrozenInstanceError):
        knowledge.version = "9"  # type: ignore[misc]
