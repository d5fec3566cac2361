"""The audit as JSON, and the JSON Schema of it; both follow from the dataclasses of `triage.audit.model`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from triage.audit.model import Audit, ConditionReport, Measure, Name, Sentence, Survivor, Verdict, Witness
from triage.audit.mutants import words_of
from triage.audit.wording import AuthorWords, say
from triage.inference.intake import as_answers
from triage.knowledge.conditions import Test
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location

SCHEMA_VERSION = "2"

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    Test: _TEXT,
    Name: _TEXT,
    Sentence: _TEXT,
    int: _NUMBER,
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Location: {
        "type": "object",
        "additionalProperties": False,
        "required": ["file", "line"],
        "properties": {"file": _TEXT, "line": _NUMBER},
    },
}
_PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
_ANSWERS = {
    "type": "object",
    "description": "The answers of a case file; `triage schema intake` prints what they hold.",
}
_CALLED = {(Witness, "findings"): "answers", (ConditionReport, "test"): "text"}
"""The fields that go by another name in JSON."""


@dataclass(frozen=True)
class _Survivor:
    """A change of a rule in words; no case notices it.

    `equivalent` says whether it is proved that no case can notice it; `witness` is an intake that would.
    """

    rule: str
    operator: str
    change: str
    place: Location
    equivalent: Verdict
    witness: Witness | None


def json_text(knowledge: KnowledgeBase, audit: Audit) -> str:
    """Return an audit as a JSON text; the same rules and cases give the same bytes."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(record(knowledge, audit), option=options).decode()


def record(knowledge: KnowledgeBase, audit: Audit) -> dict[str, Any]:
    """Return everything in an audit as JSON data, in the words of an author.

    Files are named relative to the rules folder.
    """
    data: dict[str, Any] = _Plain(knowledge, audit).of(audit)
    return {"schema_version": SCHEMA_VERSION, **data}


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
        self._words = AuthorWords(knowledge)
        self._witnesses = iter(audit.witnesses)
        self._writers: Mapping[type, Callable[[Any], Any]] = {
            Test: self._words.name,
            Name: self._words.name,
            Sentence: partial(say, self._words),
            Location: lambda place: {"file": place.file, "line": place.line},
            Witness: lambda _: self._witness(next(self._witnesses)),
            Survivor: self._survivor,
        }

    def of(self, value: Any) -> Any:
        write = self._writers.get(type(value))
        if write:
            return write(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        if isinstance(value, tuple):
            return [self.of(each) for each in value]
        return self._fields(value) if is_dataclass(value) else value

    def _fields(self, value: Any) -> dict[str, Any]:
        kind = type(value)
        data = {_name(kind, field.name): self.of(getattr(value, field.name)) for field in fields(value)}
        return {**data, "percent": value.percent} if kind is Measure else data

    def _witness(self, witness: Witness) -> dict[str, Any]:
        answers = as_answers(self._knowledge, witness.findings)
        return {"name": witness.name, "title": witness.title, "answers": answers, "rule": witness.rule}

    def _survivor(self, survivor: Survivor) -> dict[str, Any]:
        mutant = survivor.mutant
        change = words_of(self._words, mutant)
        written = _Survivor(
            mutant.rule.id, mutant.operator, change, mutant.place, survivor.equivalent, survivor.witness
        )
        return self._fields(written)


def _name(kind: type, field: str) -> str:
    return _CALLED.get((kind, field), field)


def _of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; that of a dataclass goes into the definitions."""
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # holds the place, and so the order
            definitions[kind.__name__] = _object(_Survivor if kind is Survivor else kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[-1] is not Ellipsis:
        items = [_of(each, definitions) for each in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "items": False}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if get_origin(kind) is UnionType:
        schemas = [_of(each, definitions) for each in arguments]
        unlike = [schema for number, schema in enumerate(schemas) if schema not in schemas[:number]]
        return {"anyOf": unlike} if len(unlike) > 1 else unlike[0]
    if get_origin(kind) is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    raise TypeError(f"no schema for {kind}")


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {
        _name(kind, field): _ANSWERS if (kind, field) == (Witness, "findings") else _of(hint, definitions)
        for field, hint in get_type_hints(kind).items()
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
