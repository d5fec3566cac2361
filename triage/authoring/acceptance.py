"""Updating the expectations of cases to what the rules say now.

Only keys that a case already has are changed: a disposition and `soon` get another value, a list loses the
names that are not met. A case whose expectation comes from a source is never changed: either the rules are
wrong, or the source was misread, and an author must say which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.authoring.lint.case_files import VIGNETTES
from triage.cases.case_set import Case
from triage.cases.expectations import (
    DISPOSITION,
    KNOWN_MISS,
    NAMES,
    SOON,
    ExpectedColumns,
    Shown,
    misses,
    shown,
    wanted,
)
from triage.inference.answers.intake import read_answers
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.columns.compiled import compiled, numbers_in
from triage.inference.columns.outcomes import outcomes
from triage.knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Change:
    """One expectation before and after; `after` is None if nothing of it is left."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Takeover:
    """The changes of a case that misses something; `refusal` says why they must not be made, if so."""

    case: Case
    changes: tuple[Change, ...]
    refusal: str = ""

    def data(self) -> dict[str, Any]:
        """Return the case with the changes."""
        expect = dict(self.case.expect)
        for change in self.changes:
            if change.after is None:
                del expect[change.key]
            else:
                expect[change.key] = change.after
        return {**self.case.raw.data, "expect": expect}


def takeover(case: Case, assessment: Assessment) -> Takeover | None:
    """Return the changes that a case needs to fit its assessment; None if it meets all its expectations."""
    missed = [key for key, _ in misses(case.expect, assessment)]
    if not missed:
        return None
    changes = tuple(Change(key, case.expect[key], _after(key, case.expect, assessment)) for key in missed)
    return Takeover(case, changes, _refusal(case, changes))


def missing(knowledge: KnowledgeBase, cases: Sequence[Case]) -> list[Case]:
    """Return the cases that miss an expectation; all are evaluated at once."""
    program = compiled(knowledge)
    block = program.columns([read_answers(knowledge, case.answers) for case in cases])
    verdicts = program.run(block)
    found = outcomes(knowledge, block.full, verdicts)
    columns = Shown(list(knowledge.rules), verdicts, found)
    missed = ExpectedColumns([case.expect for case in cases]).missed_by(columns)
    return [cases[lane] for lane in numbers_in(missed)]


def is_less_urgent(knowledge: KnowledgeBase, change: Change) -> bool:
    """Tell whether a change expects less urgency; `undetermined` is below every rung but the lowest."""
    if change.key == SOON:
        return change.before is True
    if change.key not in (DISPOSITION, KNOWN_MISS) or change.after is None:
        return False
    lowest, *care = knowledge.rungs
    order = [lowest, UNDETERMINED, *care]
    return order.index(change.after) < order.index(change.before)


def _after(key: str, expect: Mapping[str, Any], assessment: Assessment) -> Any:
    if key == KNOWN_MISS:
        return None if assessment.disposition in wanted(expect) else assessment.disposition
    if key not in NAMES:
        return shown(assessment)[key]
    unmet = NAMES[key].unmet(expect, assessment)
    return [name for name in expect[key] if name not in unmet] or None


def _refusal(case: Case, changes: tuple[Change, ...]) -> str:
    if case.source:
        return f'its expectation comes from "{case.source}"'
    if VIGNETTES in Path(case.file).resolve().parts:
        return f"it is a person of the folder {VIGNETTES}, whose expectation comes from a source"
    if len(changes) == len(case.expect) and all(change.after is None for change in changes):
        return "nothing would be left that it expects; write what it should show, or remove it"
    return ""
