"""Comparing the two evaluators on a case, and turning a difference into a case that can be run."""

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
    """The two evaluators differ on a case: `fields` names where, and `data` is the case, ready to run."""

    readers = "the two evaluators"

    def __init__(self, case: str, place: str, fields: tuple[str, ...], data: Mapping[str, Any]) -> None:
        super().__init__(case, place, fields, data)
        self.case = case
        self.place = place
        self.fields = fields
        self.data = data

    def __str__(self) -> str:
        """Name the case, its place, and the fields that differ."""
        return f'{self.place}: {self.readers} differ on case "{self.case}" in: {", ".join(self.fields)}'


class Misread(Mismatch):
    """The bulk reader and the strict reader differ on a case; `fields` names questions or findings."""

    readers = "the bulk reader and the strict reader"


def misread(place: str, line: bytes, fields: tuple[str, ...]) -> Misread:
    """Return the error for a line that the bulk reader misread; it holds the case of the line."""
    try:
        case = parse(line.decode())
    except JsonError:
        case = {"id": place, "answers": {}}
    data = {**case, "title": f"The bulk reader misreads here: {', '.join(fields)}"}
    return Misread(case["id"], place, fields, data)


def assess_by_both(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], case: str = "", place: str = ""
) -> Assessment:
    """Assess one intake with both evaluators, and return the assessment on which they agree.

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
    """Return a mismatch; its case expects what the reference found, and no other rule of `fired`."""
    expect = {**shown(reference), "silent": [rule for rule in fired if rule not in reference.fired]}
    data = {
        "id": reference.case,
        "title": f"The two evaluators differ here in: {', '.join(fields)}",
        "answers": dict(answers),
        "expect": expect,
    }
    return Mismatch(reference.case, place, fields, data)
