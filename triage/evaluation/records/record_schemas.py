"""The JSON Schemas (2020-12) of full and of compact records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.cases.schema import DRAFT
from triage.evaluation.evaluate import EXPECTATIONS, SCHEMA_VERSION
from triage.evaluation.metadata import META
from triage.inference.assessment import UNDETERMINED
from triage.inference.record_schema import assessment_schema
from triage.knowledge.model import KnowledgeBase


def full_schema() -> dict[str, Any]:
    """Return the schema of a record with a whole assessment, as `--detail full` writes it."""
    assessment = {key: value for key, value in assessment_schema().items() if key not in ("$schema", "$id")}
    return _schema("full", "A record of one case with its whole assessment", {}, {"assessment": assessment})


def compact_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the schema of a compact record, as `--detail ids` writes it with this knowledge base."""
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
        "fired": {
            **_some(rule.id for rule in knowledge.rules.values() if rule.speaks),
            "description": "Rules that fired, without those that only conclude findings for other rules.",
        },
    }
    stamp = {
        "type": "object",
        "additionalProperties": False,
        "required": ["version", "sha256"],
        "properties": {"version": {"const": knowledge.version}, "sha256": {"const": knowledge.sha256}},
    }
    return _schema("compact", "A compact record of one case", {"knowledge_base": stamp}, decisions)


def _schema(name: str, title: str, beside: Mapping[str, Any], decisions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of records that hold `decisions`, or null for each where the case is not valid."""
    of_every = {
        "schema_version": {"const": SCHEMA_VERSION},
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 0},
        "case": {"type": "string"},
        "valid": {"type": "boolean"},
        "errors": {"type": "array", "items": _diagnostic()},
        "expectation": {"enum": list(EXPECTATIONS)},
        "missed": {"type": "array", "items": _diagnostic(), "description": "Expectations that are not met."},
        **beside,
    }
    return {
        "$schema": DRAFT,
        "$id": f"urn:cramp-triage:{name}:{SCHEMA_VERSION}",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": [*of_every, *decisions],
        "properties": {
            **of_every,
            META: {"type": "object", "description": "The meta of the case, unchanged."},
            **{key: {} for key in decisions},
        },
        "if": {"properties": {"valid": {"const": True}}},
        "then": {"properties": {"errors": {"maxItems": 0}, **decisions}},
        "else": {
            "properties": {"errors": {"minItems": 1}, **{key: {"type": "null"} for key in decisions}},
        },
    }


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
