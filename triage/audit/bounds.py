"""The bound that a test sets on a number or on a scale, and the values around it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.explanation.phrasing import is_lower
from triage.inference.domains import Domain
from triage.knowledge.conditions import Test
from triage.knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on a finding: the values accepted start (`at_least`) or end at `at`.

    `below`, `at` and `above` are the values of each side that a case may show, none where the finding cannot
    go there. The side next to the bound that is not accepted is the one value beside it; the accepted side
    beyond the bound is any value.
    """

    test: Test
    at_least: bool
    below: tuple[int | str, ...]
    at: tuple[int | str, ...]
    above: tuple[int | str, ...]


def bound_of(knowledge: KnowledgeBase, domain: Domain, test: Test) -> Bound | None:
    """Return the bound of a test, or None for one that names values.

    Args:
        knowledge: the knowledge base.
        domain: the fine domain of the test's finding (see `triage.inference.domains.domains`).
        test: the test.
    """
    if test.threshold is None:
        return None
    cut = knowledge.thresholds[test.threshold].value
    at_least = is_lower(test, domain.values, cut)
    here = domain.class_of(cut)
    lower, higher = domain.values[:here], domain.values[here + 1 :]
    if at_least:
        return Bound(test, at_least, lower[-1:], (cut,), higher)
    return Bound(test, at_least, lower, (cut,), higher[:1])
