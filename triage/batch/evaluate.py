"""Evaluating cases: one outcome a case, in input order, invalid ones included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from triage.batch.crosscheck import assess_by_both
from triage.cases.case_set import Case, CaseRegister, InvalidCase
from triage.cases.checker import CaseChecker
from triage.cases.expectations import KNOWN_MISS, misses
from triage.cases.reader import RawCase, Unreadable
from triage.inference.assess import assess
from triage.inference.assessment import Assessment
from triage.inference.evaluators import EXPERTA, Engine
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    `assessment` is None for an invalid one, whose `errors` say why. `missed` are expectations not met,
    `warnings` what the author of a valid case should know. `known_miss` says that the case is known to come
    to something else than is right.
    """

    case: str
    file: str
    line: int
    title: str = ""
    assessment: Assessment | None = None
    errors: tuple[Diagnostic, ...] = ()
    checked: bool = False
    missed: tuple[Diagnostic, ...] = ()
    empty_folder: bool = False
    warnings: tuple[Diagnostic, ...] = ()
    known_miss: bool = False

    @property
    def expectation(self) -> str:
        """Whether what the case expects was "met", "missed" or a "known miss"; else "none"."""
        if not self.checked:
            return "none"
        if self.missed:
            return "missed"
        return "known miss" if self.known_miss else "met"

    def record(self) -> dict[str, Any]:
        """Return the outcome as JSON data, one record a case."""
        return {
            "case": self.case,
            "file": self.file,
            "line": self.line,
            "valid": self.assessment is not None,
            "errors": [error.record() for error in self.errors],
            "expectation": self.expectation,
            "missed": [miss.record() for miss in self.missed],
            "assessment": self.assessment.record() if self.assessment else None,
        }


def evaluate(
    knowledge: KnowledgeBase,
    inputs: Iterable[RawCase | Unreadable],
    engine: Engine = EXPERTA,
    *,
    both: bool = False,
) -> Iterator[Outcome]:
    """Assess each case and check what it expects; yield one outcome an input, in order.

    Args:
        knowledge: a loaded knowledge base.
        inputs: what was read.
        engine: which evaluator runs the rules.
        both: run both, and compare the whole assessments.

    Raises:
        Mismatch: with `both`, where the evaluators differ.
    """
    evaluator = Evaluator(knowledge, engine)
    register = CaseRegister(CaseChecker(knowledge))
    for given in inputs:
        yield evaluator.outcome(register.admit(given), both=both)


class Evaluator:
    """Assesses one case after another with one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, engine: Engine = EXPERTA) -> None:
        """Take the rules, and which evaluator runs them."""
        self._knowledge = knowledge
        self._engine = engine

    def outcome(self, case: Case | InvalidCase, *, both: bool = False) -> Outcome:
        """Return what came of one input.

        Args:
            case: a valid case, or what is wrong with it.
            both: run both evaluators, and compare the whole assessments.

        Raises:
            Mismatch: with `both`, where the evaluators differ.
        """
        if isinstance(case, InvalidCase):
            return Outcome(
                case.id, case.file, case.line, errors=case.diagnostics, empty_folder=case.empty_folder
            )
        line = case.line
        if both:
            assessment = assess_by_both(self._knowledge, case.answers, case.id, f"{case.file}:{line}")
        else:
            assessment = assess(self._knowledge, case.answers, case.id, self._engine)
        missed = tuple(
            Diagnostic(case.raw.locate(("expect", key)), message)
            for key, message in misses(case.expect, assessment)
        )
        checked = bool(case.expect)
        return Outcome(
            case.id,
            case.file,
            line,
            case.title,
            assessment,
            checked=checked,
            missed=missed,
            warnings=case.warnings,
            known_miss=KNOWN_MISS in case.expect,
        )
