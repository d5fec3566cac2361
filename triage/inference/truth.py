"""Three-valued truth of conditions over a working memory: true, false, or open.

Unknown is not no: a test on a finding that is not known is open, and so is a condition that depends on it.
Since conditions have no negation, strong Kleene logic applies:
https://plato.stanford.edu/entries/logic-manyvalued/
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from triage.knowledge.model import NO
from triage.knowledge.parts.conditions import All, Condition, Test


class Truth(Enum):
    """The truth of a condition."""

    TRUE = "true"
    OPEN = "open"
    FALSE = "false"


class Missing(Enum):
    """Why a finding has no value."""

    UNKNOWN = "unknown"  # asked, and the person is not sure
    NOT_ASKED = "not asked"
    NOT_APPLICABLE = "not applicable"  # its question does not apply to this person
    ABSENT = "does not apply"  # an item of a checklist that does not apply counts as absent
    NOT_CONCLUDED = "not concluded"  # a derived finding that no rule concludes
    OPEN = "open"  # a derived finding that a rule might still conclude

    __hash__ = (
        object.__hash__
    )  # Enum's own hash is slow, and facts hash every value; members compare by identity


Value: TypeAlias = str | int | Missing
WorkingMemory: TypeAlias = Mapping[str, Value]

_TRUE, _OPEN, _FALSE = Truth
SETTLED = (Missing.NOT_APPLICABLE, Missing.ABSENT, Missing.NOT_CONCLUDED)


def truth_of_test(test: Test, value: Value) -> Truth:
    """Return the truth of one test on one value."""
    if isinstance(value, Missing):
        if value is not Missing.ABSENT:
            return _FALSE if value in SETTLED else _OPEN
        value = NO
    return _TRUE if test.accepts_value(value) else _FALSE


def truth_of(condition: Condition, memory: WorkingMemory) -> Truth:
    """Return the truth of a condition; the working memory must hold every finding that it tests."""
    if isinstance(condition, Test):
        return truth_of_test(condition, memory[condition.finding])
    decisive, result = (_FALSE, _TRUE) if isinstance(condition, All) else (_TRUE, _FALSE)
    for part in condition.parts:
        if isinstance(part, Test):
            truth = truth_of_test(part, memory[part.finding])
        else:
            truth = truth_of(part, memory)
        if truth is decisive:
            return truth
        if truth is _OPEN:
            result = truth
    return result


def can_hold(condition: Condition, memory: WorkingMemory) -> bool:
    """Tell whether a condition is not false; this is quicker than `truth_of`, as it can stop earlier."""
    if isinstance(condition, Test):
        return truth_of_test(condition, memory[condition.finding]) is not _FALSE
    enough = not isinstance(condition, All)
    for part in condition.parts:
        if isinstance(part, Test):
            held = truth_of_test(part, memory[part.finding]) is not _FALSE
        else:
            held = can_hold(part, memory)
        if held is enough:
            return enough
    return not enough
