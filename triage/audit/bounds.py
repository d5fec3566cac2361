"""The bound that a test sets on a number or on a scale, and the values around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def is_lower(test: Test, values: Sequence[int | str], cut: int | str) -> bool:
    """Whether a test with a threshold asks for at least that value, rather than at most.

    Args:
        test: the test.
        values: the values of a scale, in order; not looked at for a number.
        cut: the value of the threshold.
    """
    if test.accepts is None:
        return test.at_least is not None
    return test.accepts == set(values[values.index(cut) :])


def text_of(knowledge: KnowledgeBase, test: Test) -> str:
    """Return a test as an author would write it, on one line."""
    if test.threshold is not None:
        value = knowledge.thresholds[test.threshold].value
        lower = is_lower(test, knowledge.question_of[test.finding].values, value)
        return f"{test.finding} {'at_least' if lower else 'at_most'} {test.threshold} ({value})"
    if test.accepts is None:
        sides = (("at_least", test.at_least), ("at_most", test.at_most))
        return " ".join((test.finding, *(f"{name} {value}" for name, value in sides if value is not None)))
    if len(test.accepts) == 1:
        return f"{test.finding} is {next(iter(test.accepts))}"
    if test.finding not in knowledge.question_of:
        return f"{test.finding} in {', '.join(sorted(test.accepts))}"
    order = knowledge.question_of[test.finding].values
    return f"{test.finding} in {', '.join(sorted(test.accepts, key=order.index))}"
