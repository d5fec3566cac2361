"""The JSON Schemas (2020-12) of records, derived from their dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from types import NoneType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from triage.inference.assessment import SCHEMA_VERSION, Assessment

Schema: TypeAlias = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
_SIMPLE: Mapping[Any, Schema] = {
    str: TEXT,
    int: NUMBER,
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


def assessment_schema() -> Schema:
    """Return the JSON Schema of `Assessment.to_dict()`."""
    return document_schema("assessment", SCHEMA_VERSION, "An assessment", schema_of(Assessment))


def document_schema(name: str, version: str, title: str, record: Schema) -> Schema:
    """Return the schema of a document: a record together with its schema version."""
    properties = {"schema_version": {"const": version}, **record["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cramp-triage:{name}:{version}",
        "title": title,
        **object_schema(properties, record["description"]),
    }


def object_schema(properties: Mapping[str, Schema], description: str) -> Schema:
    """Return the schema of an object that has all of these properties and no others."""
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "required": list(properties),
        "properties": dict(properties),
    }


def schema_of(kind: Any, special: Mapping[Any, Schema] | None = None) -> Schema:
    """Return the schema of the values of a type; `special` overrides the schema of some types.

    Raises:
        TypeError: the type has no counterpart in JSON.
    """
    schemas = {**_SIMPLE, **(special or {})}
    if kind in schemas:
        return dict(schemas[kind])
    if isinstance(kind, type) and is_dataclass(kind):
        properties = {name: schema_of(hint, special) for name, hint in get_type_hints(kind).items()}
        return object_schema(properties, " ".join((kind.__doc__ or "").split()))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    container, arguments = get_origin(kind), get_args(kind)
    if not arguments:
        raise TypeError(f"no schema for {kind}")
    if container is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": schema_of(arguments[0], special)}
    if container is tuple:
        items = [schema_of(each, special) for each in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "items": False}
    if container is Mapping:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], special)}
    either = [schema_of(each, special) for each in arguments]
    return {"anyOf": [each for number, each in enumerate(either) if each not in either[:number]]}
