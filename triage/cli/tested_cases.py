"""Reading the cases of an audit, and printing on standard error what is wrong with invalid ones."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.audit.model import TestedCase
from triage.cases.case_set import Case, read_case_set
from triage.cli.common import warn
from triage.inference.answers.intake import read_answers
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic


@dataclass(frozen=True)
class Reading:
    """The valid cases of an audit, as the audit needs them and as they were read.

    `invalid` counts the inputs that are not valid cases; `faulty` is true if anything is wrong with any file.
    """

    cases: Sequence[TestedCase]
    raws: Sequence[Case]
    invalid: int
    faulty: bool


def read_tested_cases(knowledge: KnowledgeBase, paths: Sequence[str]) -> Reading:
    """Read the valid cases of files and folders; print on stderr what is wrong with the others."""
    found = read_case_set(knowledge, paths, sys.stdin.buffer, warn)
    tell((*found.diagnostics, *found.warnings))
    if paths and not (found.cases or found.invalid):
        warn("there were no cases in what was given")
    cases = [tested_case(knowledge, case) for case in found.cases]
    return Reading(cases, found.cases, len(found.invalid) - found.empty_folders, faulty=bool(found.invalid))


def tested_case(knowledge: KnowledgeBase, case: Case) -> TestedCase:
    """Return a valid case as the audit needs it."""
    return TestedCase(case.id, case.file, case.line, read_answers(knowledge, case.answers), case.expect)


def tell(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics on stderr, one on each line."""
    for diagnostic in diagnostics:
        warn(str(diagnostic))
