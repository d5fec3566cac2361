"""Comparing the two evaluators on a case, and keeping the case where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.cases.expectations import shown
from triage.inference.assess import assess_by_each
from triage.inference.assessment import Assessment
from triage.inference.evaluators import COMPILED, EXPERTA, differences
from triage.knowledge.model import KnowledgeBase
from triage.source.strict_json import JsonError, parse


class Mismatch(Exception):  # noqa: N818 - a mismatch is what it is
    """The evaluators differ on a case: in which fields, and the case as a file that can be run."""

    def __init__(self, case: str, place: str, fields: tuple[str, ...], data: Mapping[str, Any]) -> None:
        super().__init__(case, place, fields, data)
        self.case = case
        self.place = place
        self.fields = fields
        self.data = data

    def __str__(self) -> str:
        """Say which case, where it stands, and what differs."""
        return f'{self.place}: the two evaluators differ on case "{self.case}" in: {", ".join(self.fields)}'


class Misread(Mismatch):
    """The bulk reader read a case differently from the strict reader: in which questions or findings."""

    def __str__(self) -> str:
        """Say which case, where it stands, and what differs."""
        return (
            f'{self.place}: the bulk reader and the strict reader differ on case "{self.case}" in: '
            f"{', '.join(self.fields)}"
        )


def misread(place: str, line: bytes, fields: tuple[str, ...]) -> Misread:
    """Return what stands for a line that the bulk reader misreads, with its case as one that can be run."""
    try:
        case = parse(line.decode())
    except JsonError:
        case = {"id": place, "answers": {}}
    data = {**case, "title": f"The bulk reader misreads here: {', '.join(fields)}"}
    return Misread(case["id"], place, fields, data)


def assess_by_both(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], case: str = "", place: str = ""
) -> Assessment:
    """Assess one intake with both evaluators, and return what they agree on.

    Raises:
        Mismatch: they differ in a field of the assessment.
    """
    reference, other = assess_by_each(knowledge, answers, case, (EXPERTA, COMPILED))
    fields = differences(reference, other)
    if fields:
        raise mismatch(reference, answers, place, fields, other.fired)
    return reference


def mismatch(
    reference: Assessment,
    answers: Mapping[str, Any],
    place: str,
    fields: tuple[str, ...],
    fired: tuple[str, ...] = (),
) -> Mismatch:
    """Return a mismatch whose case expects what the reference found, and not what fired beyond it."""
    expect = {**shown(reference), "silent": [rule for rule in fired if rule not in reference.fired]}
    data = {
        "id": reference.case,
        "title": f"The two evaluators differ here in: {', '.join(fields)}",
        "answers": dict(answers),
        "expect": expect,
    }
    return Mismatch(reference.case, place, fields, data)
