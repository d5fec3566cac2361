"""The compact record: the decisions of an assessment as ids without texts, one short line for each case."""

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
"""The decisions of an assessment; each is null in the record of an invalid case."""


def compact_record(knowledge: KnowledgeBase, outcome: Outcome) -> dict[str, Any]:
    """Return the compact record of an outcome (see `compact_schema`)."""
    found = outcome.assessment
    return {
        **outcome.record(),
        **(recorded(knowledge, found) if found else dict.fromkeys(DECISIONS)),
        "knowledge_base": stamp(knowledge),
    }


def recorded(knowledge: KnowledgeBase, found: Assessment) -> dict[str, Any]:
    """Return the decisions as a compact record names them: of the rules that fired, those that speak."""
    speaking = [rule for rule in found.fired if knowledge.rules[rule].speaks]
    return {**decided(knowledge, found), "fired": speaking}


def stamp(knowledge: KnowledgeBase) -> dict[str, str]:
    """Return the version and the hash that name the knowledge base in a compact record."""
    return {"version": knowledge.version, "sha256": knowledge.sha256}


def decided(knowledge: KnowledgeBase, found: Assessment) -> dict[str, Any]:
    """Return the decisions of an assessment by their names in `DECISIONS`, with every rule that fired."""
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
