"""The compact record: what an assessment decides, as ids without texts, one short line a case."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from triage.cases.expectations import shown
from triage.evaluation.evaluate import Outcome
from triage.inference.assessment import Assessment
from triage.knowledge.model import KnowledgeBase

DECISIONS = (
    "disposition",
    "soon",
    "lowest",
    "highest",
    "questions",
    "causes",
    "steps",
    "withheld",
    "cautions",
    "fired",
)
"""What an assessment decides; null in the record of a case that is not valid."""


def compact_record(knowledge: KnowledgeBase, outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as a compact record (see `compact_schema`)."""
    found = outcome.assessment
    return {
        **outcome.record(),
        **(decided(knowledge, found) if found else dict.fromkeys(DECISIONS)),
        "knowledge_base": stamp(knowledge),
    }


def stamp(knowledge: KnowledgeBase) -> dict[str, str]:
    """Return what names the knowledge base in a compact record."""
    return {"version": knowledge.version, "sha256": knowledge.sha256}


def decided(knowledge: KnowledgeBase, found: Assessment) -> dict[str, Any]:
    """Return what an assessment decides, by the names that a case expects it by."""
    expected = shown(found)
    return {
        "disposition": found.disposition,
        "soon": found.soon,
        "lowest": found.lowest,
        "highest": found.highest,
        "questions": list(found.questions),
        "causes": expected["causes"],
        "steps": expected["steps"],
        "withheld": expected["withheld"],
        "cautions": _in_order(knowledge, expected["cautions"]),
        "fired": expected["fires"],
    }


def _in_order(knowledge: KnowledgeBase, rules: Container[str]) -> list[str]:
    return [rule for rule in knowledge.rules if rule in rules]
