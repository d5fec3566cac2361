"""A working memory as an engine of two values can read it: once what is certain, once what is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from triage.inference.truth import SETTLED, Missing, Value, WorkingMemory
from triage.knowledge.model import NO

Lens: TypeAlias = Mapping[str, Value]


def lenses(memory: WorkingMemory) -> tuple[Lens, Lens]:
    """Return the lens where what is not known satisfies no test, and the one where it satisfies all."""
    certain = {name: _certain(value) for name, value in memory.items()}
    possible = {
        name: Missing.OPEN if isinstance(value, Missing) and value not in SETTLED else certain[name]
        for name, value in memory.items()
    }
    return certain, possible


def _certain(value: Value) -> Value:
    if value is Missing.ABSENT:
        return NO
    return Missing.NOT_CONCLUDED if isinstance(value, Missing) else value
