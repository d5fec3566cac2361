"""Evaluating cases one by one. Every case has an outcome, also an invalid one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from triage.cases.case_set import Case, InvalidCase
from triage.cases.expectations import KNOWN_MISS, misses
from triage.evaluation.crosscheck import assess_by_both
from triage.evaluation.metadata import META, meta_of
from triage.inference.assess import assess
from triage.inference.assessment import Assessment
from triage.inference.evaluators import EXPERTA, Engine
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic, encodable

SCHEMA_VERSION = "2"
"""The version of the schema of records."""
NOTHING, MET, MISSED, KNOWN = EXPECTATIONS = ("none", "met", "missed", "known miss")
"""How a case did against its expectations; "none" if it has none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one case.

    `assessment` is None for an invalid case, and `errors` say why. `missed` holds the expectations that were
    not met, `warnings` what the author of a valid case should know. `known_miss` marks a case whose outcome
    is known to be wrong. `meta` is the `meta` object of the case as JSON.
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
    meta: bytes = b""

    @property
    def expectation(self) -> str:
        """Whether the expectations were "met", "missed" or a "known miss"; "none" if there are none."""
        if not self.checked:
            return NOTHING
        if self.missed:
            return MISSED
        return KNOWN if self.known_miss else MET

    def record(self) -> dict[str, Any]:
        """Return the JSON data with which records of every detail begin."""
        return {
            "schema_version": SCHEMA_VERSION,
            "file": encodable(self.file),
            "line": self.line,
            "case": self.case,
            **({META: json.loads(self.meta)} if self.meta else {}),
            "valid": self.assessment is not None,
            "errors": [error.record() for error in self.errors],
            "expectation": self.expectation,
            "missed": [miss.record() for miss in self.missed],
        }


class Evaluator:
    """Assesses one case after another with one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, engine: Engine = EXPERTA) -> None:
        """Take the knowledge base, and the evaluator to use."""
        self._knowledge = knowledge
        self._engine = engine

    def outcome(self, case: Case | InvalidCase, *, both: bool = False) -> Outcome:
        """Return the outcome of one input.

        Args:
            case: a valid case, or an invalid one with its faults.
            both: run both evaluators and compare their whole assessments.

        Raises:
            Mismatch: with `both`, where the evaluators differ.
        """
        if isinstance(case, InvalidCase):
            return Outcome(
                case.id,
                case.file,
                case.line,
                errors=case.diagnostics,
                empty_folder=case.empty_folder,
                meta=meta_of(case.raw) if case.raw else b"",
            )
        if both:
            assessment = assess_by_both(self._knowledge, case.answers, case.id, f"{case.file}:{case.line}")
        else:
            assessment = assess(self._knowledge, case.answers, case.id, self._engine)
        missed = tuple(
            Diagnostic(case.raw.locate(("expect", key)), message)
            for key, message in misses(case.expect, assessment)
        )
        return Outcome(
            case.id,
            case.file,
            case.line,
            case.title,
            assessment,
            checked=bool(case.expect),
            missed=missed,
            warnings=case.warnings,
            known_miss=KNOWN_MISS in case.expect,
            meta=meta_of(case.raw),
        )
