"""The two evaluators by name, and how two assessments differ."""

from __future__ import annotations

from dataclasses import fields
from typing import Literal, TypeAlias

from triage.inference.assessment import Assessment
from triage.inference.firings import Firings
from triage.inference.truth import WorkingMemory
from triage.knowledge.model import KnowledgeBase

Engine: TypeAlias = Literal["experta", "compiled"]
EXPERTA: Engine = "experta"
COMPILED: Engine = "compiled"


def firings_of(knowledge: KnowledgeBase, memory: WorkingMemory, engine: Engine) -> Firings:
    """Run the rules over a working memory with one of the evaluators."""
    if engine == COMPILED:
        from triage.inference.columns.compiled import compiled  # noqa: PLC0415 - only the evaluator that is asked for

        return compiled(knowledge).firings(memory)
    from triage.inference.engine import infer  # noqa: PLC0415 - as above

    return infer(knowledge, memory)


def differences(one: Assessment, other: Assessment) -> tuple[str, ...]:
    """Return the names of the fields in which two assessments differ."""
    return tuple(
        field.name for field in fields(Assessment) if getattr(one, field.name) != getattr(other, field.name)
    )
