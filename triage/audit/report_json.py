"""The audit as JSON, and the JSON Schema of it; both follow from the dataclasses of `triage.audit.model`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from triage.audit.model import Audit, Measure, Witness
from triage.inference.intake import as_answers
from triage.knowledge.model import KnowledgeBase

SCHEMA_VERSION = "1"

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}
_PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
_ANSWERS = {
    "type": "object",
    "description": "The answers of a case file; `triage schema intake` prints what they hold.",
}


def json_text(knowledge: KnowledgeBase, audit: Audit) -> str:
    """Return an audit as a JSON text; the same rules and cases give the same bytes."""
    return json.dumps(record(knowledge, audit), ensure_ascii=False, indent=2) + "\n"


def record(knowledge: KnowledgeBase, audit: Audit) -> dict[str, Any]:
    """Return everything in an audit as JSON data.

    Files are named relative to the rules folder.
    """
    found: dict[str, Any] = _Plain(knowledge, audit).of(audit)
    return {"schema_version": SCHEMA_VERSION, **found}


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `record()`."""
    definitions: dict[str, Any] = {}
    _of(Audit, definitions)
    schema = definitions.pop(Audit.__name__)
    schema["properties"] = {"schema_version": {"const": SCHEMA_VERSION}, **schema["properties"]}
    schema["required"] = ["schema_version", *schema["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cramp-triage:audit:{SCHEMA_VERSION}",
        "title": "An audit of a knowledge base on cases",
        **schema,
        "$defs": definitions,
    }


class _Plain:
    """Turns an audit into JSON data; each witness goes by the name that it is saved by."""

    def __init__(self, knowledge: KnowledgeBase, audit: Audit) -> None:
        self._knowledge = knowledge
        self._witnesses = iter(audit.witnesses)

    def of(self, value: Any) -> Any:
        if isinstance(value, Witness):
            return self._witness(next(self._witnesses))
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        if isinstance(value, tuple):
            return [self.of(each) for each in value]
        if is_dataclass(value):
            found = {field.name: self.of(getattr(value, field.name)) for field in fields(value)}
            return {**found, "percent": value.percent} if isinstance(value, Measure) else found
        return value

    def _witness(self, witness: Witness) -> dict[str, Any]:
        answers = as_answers(self._knowledge, witness.findings)
        return {"name": witness.name, "title": witness.title, "answers": answers, "rule": witness.rule}


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; that of a dataclass goes into the definitions."""
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # holds the place, and so the order
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[-1] is not Ellipsis:
        items = [_of(each, definitions) for each in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "items": False}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if get_origin(kind) is UnionType:
        return {"anyOf": [_of(each, definitions) for each in arguments]}
    if get_origin(kind) is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    raise TypeError(f"no schema for {kind}")


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {
        ("answers" if (kind, name) == (Witness, "findings") else name): (
            _ANSWERS if (kind, name) == (Witness, "findings") else _of(hint, definitions)
        )
        for name, hint in hints.items()
    }
    if kind is Measure:
        properties["percent"] = _PERCENT
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }
