"""Functions that return columns. A column takes the view of a block, and returns the lanes where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.evaluation.records.layouts import Piece
from triage.evaluation.records.rows import Column, Leaf, Row
from triage.evaluation.records.whole_view import WholeView
from triage.inference.columns.standing import union
from triage.knowledge.model import Rule


def asked_for_more(view: WholeView) -> int:
    """Return the lanes where a question is left to ask."""
    return view.asked_for_more


def yes_or_no(column: Column) -> Sequence[Row]:
    """Return rows that write true where a column holds, and false elsewhere."""
    return [Leaf(Piece.PLAIN, b"true", column), Leaf(Piece.PLAIN, b"false", but_not(full, [column]))]


def full(view: WholeView) -> int:
    """Return every lane."""
    return view.full


def both(one: Column, other: Column) -> Column:
    """Return where both columns hold."""
    return lambda view: one(view) & other(view)


def any_of(columns: Sequence[Column]) -> Column:
    """Return where at least one column holds."""
    return lambda view: union(column(view) for column in columns)


def but_not(column: Column, others: Sequence[Column]) -> Column:
    """Return where a column holds and none of the others does."""

    def but_not(view: WholeView) -> int:
        lanes = column(view)
        for other in others if lanes else ():
            lanes &= ~other(view)
        return lanes

    return but_not


def comes_to(dispositions: Iterable[str]) -> Column:
    """Return where the disposition is one of these."""
    names = tuple(dispositions)
    return lambda view: union(view.outcomes.disposition[name] for name in names)


def told(disposition: str, *, soon: bool) -> Column:
    """Return where this is the disposition, with the shorter or the longer time frame."""

    def told(view: WholeView) -> int:
        wanted: int = view.outcomes.soon if soon else ~view.outcomes.soon
        return wanted & int(view.outcomes.disposition[disposition])

    return told


def of(end: str, name: str) -> Column:
    """Return where an end of the range ("lowest" or "highest") is a disposition."""
    return lambda view: int(getattr(view.outcomes, end)[name])


def asked(name: str) -> Column:
    """Return where a question is asked."""
    return lambda view: view.questions[name]


def asks(rule: int, findings: Iterable[str]) -> Column:
    """Return where an open rule asks for one of these findings."""
    names = tuple(findings)
    return lambda view: view.asks(rule, names)


def not_sure(rule: int) -> Column:
    """Return where a "not sure" keeps a rule open."""
    return lambda view: view.not_sure(rule)


def raised(finding: str, disposition: str, resting: Sequence[Rule]) -> Column:
    """Return where the doubt about a finding raises the case to this disposition."""
    return lambda view: view.raised(finding, disposition, resting)


def through(rule: int, other: str) -> Column:
    """Return where a rule rests on a conclusion of another rule."""
    return lambda view: view.through(rule, other)


def rests(rule: int, finding: str) -> Column:
    """Return where a rule rests on a finding."""
    return lambda view: view.answers(rule, finding)


def has(finding: str, index: int) -> Column:
    """Return where a finding has the value at an index of its domain."""
    return lambda view: view.value(finding, index)


def given(step: str) -> Column:
    """Return where a step is given."""
    return lambda view: view.outcomes.given_step(step)


def kept(step: str) -> Column:
    """Return where a step is withheld."""
    return lambda view: view.outcomes.withheld_step(step)
