"""The JSON Schema of an assessment, derived from its dataclasses."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from triage.inference.assessment import SCHEMA_VERSION, Assessment

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
}


def assessment_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `Assessment.record()`."""
    schema = _of(Assessment)
    schema["properties"] = {"schema_version": {"const": SCHEMA_VERSION}, **schema["properties"]}
    schema["required"] = ["schema_version", *schema["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cramp-triage:assessment:{SCHEMA_VERSION}",
        "title": "An assessment",
        **schema,
    }


def _of(kind: Any) -> dict[str, Any]:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        return {
            "type": "object",
            "additionalProperties": False,
            "required": names,
            "properties": {name: _of(hints[name]) for name in names},
        }
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0])}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    return {"anyOf": [_of(option) for option in get_args(kind)]}
