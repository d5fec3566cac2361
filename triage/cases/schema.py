"""JSON Schemas of an intake and of a case, derived from the questionnaire."""

from __future__ import annotations

from typing import Any

from triage.cases.expectations import expectation_schema
from triage.knowledge.model import NO, YES, KnowledgeBase, Question

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def intake_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the JSON Schema of the answers of one person."""
    return {
        "$schema": DRAFT,
        "$id": f"urn:cramp-triage:intake:{knowledge.version}",
        "title": "An intake",
        "description": "Answers to the questionnaire. A question that is left out was not asked.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{question.id: _answer(question) for question in knowledge.questions.values()},
            **_names(knowledge),
        },
    }


def case_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the JSON Schema of a case: an intake with an id, and what is expected of its assessment."""
    intake = {key: value for key, value in intake_schema(knowledge).items() if not key.startswith("$")}
    return {
        "$schema": DRAFT,
        "$id": f"urn:cramp-triage:case:{knowledge.version}",
        "title": "A case",
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "answers"],
        "properties": {
            "id": {"type": "string", "minLength": 1, "description": "Unique among all cases of a run."},
            "title": {"type": "string", "description": "The person in one plain sentence."},
            "source": {
                "type": "string",
                "minLength": 1,
                "description": "Where its expectation comes from; then it is never taken over from a run.",
            },
            "knowledge_base": {
                "type": "object",
                "description": "Which rules an interview was held with; told, not checked.",
                "additionalProperties": False,
                "properties": {"version": {"type": "string"}, "sha256": {"type": "string"}},
            },
            "given_at": {
                "type": "object",
                "description": "When the answers of an interview were given; told, not checked.",
                "additionalProperties": {"type": "string"},
            },
            "from_words": {
                "type": "object",
                "description": "Which answers an interview took from the person's own words; told, not used.",
                "additionalProperties": {"type": "string"},
            },
            "meta": {
                "type": "object",
                "description": "Whatever is to stand in the record of the case too; not used.",
            },
            "answers": intake,
            "expect": expectation_schema(knowledge),
        },
    }


def _names(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the schema of the names that fill a list, under their key, if there is such a list."""
    question = knowledge.named_question
    if question is None:
        return {}
    description = (
        f'Names of medicines, generic or brand, that fill the list "{question.id}". Without that list, they '
        "are all there is. Whoever reads the case tells of a name that is not known."
    )
    name = {"type": "string", "minLength": 1}
    schema = {"title": question.ask, "description": description, "type": "array", "minItems": 1}
    return {question.names: {**schema, "items": name}}


def _answer(question: Question) -> dict[str, Any]:
    schema = _checklist(question) if question.kind == "checklist" else _single(question)
    return {"title": question.ask, "description": question.means, **schema}


def _single(question: Question) -> dict[str, Any]:
    if question.kind == "number":
        number = {"type": "integer", "minimum": question.minimum, "maximum": question.maximum}
        return {"anyOf": [number, {"const": "unknown"}], "$comment": f"in {question.unit}"}
    return {"enum": [*question.values, "unknown"]}


def _checklist(question: Question) -> dict[str, Any]:
    items = [option.id for option in question.options]
    listed = {"enum": [*items, *(f"?{item}" for item in items)]}
    return {
        "anyOf": [
            {"const": "none", "description": "Gone through; nothing is present."},
            {"const": "unknown", "description": "Not sure about any of it."},
            {
                "description": "Gone through: these are present (with ?: not sure), the rest is absent.",
                "type": "array",
                "items": listed,
                "minItems": 1,
                "uniqueItems": True,
            },
            {
                "description": "Item by item; an item that is left out was not asked.",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    option.id: {"enum": [YES, NO, "unknown"], "description": option.label}
                    for option in question.options
                },
            },
        ]
    }
