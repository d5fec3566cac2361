"""The compact record: what an assessment decides, as ids without texts, one short line a case."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from triage.batch.evaluate import EXPECTATIONS, SCHEMA_VERSION, Outcome
from triage.batch.metadata import META
from triage.cases.expectations import shown
from triage.cases.schema import DRAFT
from triage.inference.assessment import UNDETERMINED, Assessment
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


def compact_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a compact record of this knowledge base."""
    rules, steps = _some(knowledge.rules), list(knowledge.steps)
    ends = {"enum": [*knowledge.rungs, ""]}
    decisions: Mapping[str, Any] = {
        "disposition": {"enum": [*knowledge.rungs, UNDETERMINED]},
        "soon": {"type": "boolean"},
        "lowest": ends,
        "highest": ends,
        "questions": {
            **_some(knowledge.questions),
            "description": "Not asked yet; could settle or raise the disposition.",
        },
        "causes": {**_some(knowledge.causes), "description": "Most urgent first."},
        "steps": _some(steps),
        "withheld": {**_some(steps), "description": "Steps held back."},
        "cautions": {**rules, "description": "Rules not ruled out that speak against a step given."},
        "fired": rules,
    }
    of_every = {
        "schema_version": {"const": SCHEMA_VERSION},
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 0},
        "case": {"type": "string"},
        "valid": {"type": "boolean"},
        "errors": {"type": "array", "items": _diagnostic()},
        "expectation": {"enum": list(EXPECTATIONS)},
        "missed": {"type": "array", "items": _diagnostic(), "description": "Expectations that are not met."},
        "knowledge_base": {
            "type": "object",
            "additionalProperties": False,
            "required": ["version", "sha256"],
            "properties": {"version": {"const": knowledge.version}, "sha256": {"const": knowledge.sha256}},
        },
    }
    return {
        "$schema": DRAFT,
        "$id": f"urn:cramp-triage:compact:{SCHEMA_VERSION}",
        "title": "A compact record of one case",
        "type": "object",
        "additionalProperties": False,
        "required": [*of_every, *decisions],
        "properties": {
            **of_every,
            META: {"type": "object", "description": "What the case carries along, as it stands there."},
            **{key: {} for key in decisions},
        },
        "if": {"properties": {"valid": {"const": True}}},
        "then": {"properties": {"errors": {"maxItems": 0}, **decisions}},
        "else": {
            "properties": {"errors": {"minItems": 1}, **{key: {"type": "null"} for key in decisions}},
        },
    }


def _in_order(knowledge: KnowledgeBase, rules: Container[str]) -> list[str]:
    return [rule for rule in knowledge.rules if rule in rules]


def _some(names: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"enum": list(names)}, "uniqueItems": True}


def _diagnostic() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["line", "column", "pointer", "message"],
        "properties": {"line": number, "column": number, "pointer": text, "message": text},
    }
