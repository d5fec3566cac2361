"""Evaluating cases: one outcome a case, in input order, invalid ones included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.batch.cases import Case, CaseChecker
from triage.batch.crosscheck import assess_by_both
from triage.batch.places import pointer_text
from triage.batch.readers import RawCase, Unreadable
from triage.inference.assess import assess
from triage.inference.assessment import Assessment
from triage.inference.evaluators import EXPERTA, Engine
from triage.knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Placed:
    """A message about a place in an input, printed as `file:line:column /json/pointer message`."""

    file: str
    line: int
    column: int
    pointer: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return " ".join(part for part in (where, self.pointer or "/", self.message) if part)

    def record(self) -> dict[str, Any]:
        """Return the message as JSON data; the record that holds it names the file."""
        return {
            "line": self.line,
            "column": self.column,
            "pointer": self.pointer,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    `assessment` is None for an invalid one, whose `errors` say why. `missed` are expectations not met.
    """

    case: str
    file: str
    line: int
    title: str = ""
    assessment: Assessment | None = None
    errors: tuple[Placed, ...] = ()
    checked: bool = False
    missed: tuple[Placed, ...] = ()
    empty_folder: bool = False

    @property
    def expectation(self) -> str:
        """Whether what the case expects was "met" or "missed", or "none" where it expects nothing."""
        if not self.checked:
            return "none"
        return "missed" if self.missed else "met"

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
    first_seen: dict[str, str] = {}
    for raw in inputs:
        yield evaluator.outcome(raw, first_seen, both=both)


class Evaluator:
    """Checks and assesses one case after another with one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, engine: Engine = EXPERTA) -> None:
        """Build the checks; `engine` runs the rules."""
        self._knowledge = knowledge
        self._engine = engine
        self._checker = CaseChecker(knowledge)

    def outcome(
        self, raw: RawCase | Unreadable, first_seen: dict[str, str] | None = None, *, both: bool = False
    ) -> Outcome:
        """Return what came of one input.

        Args:
            raw: what was read.
            first_seen: from each id to where it stood first, kept up to date; None lets ids appear twice.
            both: run both evaluators, and compare the whole assessments.

        Raises:
            Mismatch: with `both`, where the evaluators differ.
        """
        if isinstance(raw, Unreadable):
            error = Placed(raw.file, raw.line, raw.column, raw.pointer, raw.message)
            return Outcome("", raw.file, raw.line, errors=(error,), empty_folder=raw.empty_folder)
        line, _ = raw.place(())
        named = raw.data.get("id") if isinstance(raw.data, Mapping) else None
        name = named if isinstance(named, str) else ""
        errors = [
            Placed(
                raw.file, *raw.place(fault.pointer), pointer_text((*raw.base, *fault.pointer)), fault.message
            )
            for fault in self._checker.faults(raw.data)
        ]
        if name and first_seen is not None:
            if name in first_seen:
                place = raw.place(("id",))
                message = f'the id "{name}" is also used at {first_seen[name]}; give one of them another'
                errors.append(Placed(raw.file, *place, pointer_text((*raw.base, "id")), message))
            else:
                first_seen[name] = f"{raw.file}:{line}"
        if errors:
            return Outcome(name, raw.file, line, errors=tuple(errors))
        case = Case(name, raw.data["answers"], raw.data.get("expect", {}), raw.data.get("title", ""))
        return self._assessed(raw, case, line, both=both)

    def _assessed(self, raw: RawCase, case: Case, line: int, *, both: bool) -> Outcome:
        if both:
            found = assess_by_both(self._knowledge, case.answers, case.id, f"{raw.file}:{line}")
        else:
            found = assess(self._knowledge, case.answers, case.id, self._engine)
        missed = tuple(
            Placed(raw.file, *raw.place(("expect", key)), pointer_text((*raw.base, "expect", key)), message)
            for key, message in misses(case.expect, found)
        )
        checked = bool(case.expect)
        return Outcome(case.id, raw.file, line, case.title, found, checked=checked, missed=missed)


def misses(expect: Mapping[str, Any], assessment: Assessment) -> list[tuple[str, str]]:
    """Return the expectations that an assessment does not meet, each with what was found instead."""
    found = [
        (key, f"expected {expect[key]}, got {getattr(assessment, key)}")
        for key in ("disposition", "soon")
        if key in expect and expect[key] != getattr(assessment, key)
    ]
    present = {
        "fires": set(assessment.fired),
        "open": set(assessment.open_rules),
        "causes": {cause.id for cause in assessment.causes},
        "steps": {step.id for step in assessment.steps},
        "withheld": {step.id for step in assessment.withheld},
        "cautions": {caution.rule for step in assessment.steps for caution in step.cautions},
    }
    for key, there in present.items():
        lacking = [name for name in expect.get(key, ()) if name not in there]
        if lacking:
            found.append((key, f"expected but not found: {', '.join(lacking)}"))
    for key, there in (("silent", present["fires"]), ("not_steps", present["steps"])):
        extra = [name for name in expect.get(key, ()) if name in there]
        if extra:
            found.append((key, f"found but not expected: {', '.join(extra)}"))
    return found
