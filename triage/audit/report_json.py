"""The audit as JSON, and the JSON Schema of it; both follow from the dataclasses of `triage.audit.model`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Any

import orjson

from triage.audit.model import (
    Audit,
    ConditionReport,
    Measure,
    Name,
    Sentence,
    Survivor,
    Verdict,
    Witness,
)
from triage.audit.mutants import words_of
from triage.audit.wording import AuthorWords, say
from triage.inference.intake import as_answers
from triage.inference.record_schema import (
    NUMBER,
    TEXT,
    Schema,
    document_schema,
    object_schema,
    schema_of,
)
from triage.knowledge.conditions import Test
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location

SCHEMA_VERSION = "2"


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


class _Plain:
    """Turns an audit into JSON data; each witness goes by the name that it is saved by."""

    def __init__(self, knowledge: KnowledgeBase, audit: Audit) -> None:
        self._knowledge = knowledge
        self._words = AuthorWords(knowledge)
        self._witnesses = iter(audit.witnesses)
        self._special: Mapping[type, Callable[[Any], Any]] = {
            Test: self._words.name,
            Name: self._words.name,
            Sentence: partial(say, self._words),
            Location: lambda place: {"file": place.file, "line": place.line},
            Witness: lambda _: self._witness(next(self._witnesses)),
            Measure: lambda measure: {**self._fields(measure), "percent": measure.percent},
            ConditionReport: lambda report: _renamed(self._fields(report)),
            Survivor: self._survivor,
        }

    def of(self, value: Any) -> Any:
        special = self._special.get(type(value))
        if special:
            return special(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        if isinstance(value, tuple):
            return [self.of(each) for each in value]
        return self._fields(value) if is_dataclass(value) else value

    def _fields(self, value: Any) -> dict[str, Any]:
        return {field.name: self.of(getattr(value, field.name)) for field in fields(value)}

    def _witness(self, witness: Witness) -> dict[str, Any]:
        answers = as_answers(self._knowledge, witness.findings)
        return {"name": witness.name, "title": witness.title, "answers": answers, "rule": witness.rule}

    def _survivor(self, survivor: Survivor) -> dict[str, Any]:
        mutant = survivor.mutant
        return {
            "rule": mutant.rule.id,
            "operator": mutant.operator,
            "change": words_of(self._words, mutant),
            "place": self.of(mutant.place),
            "equivalent": survivor.equivalent.value,
            "witness": self.of(survivor.witness),
        }


def _renamed(properties: dict[str, Any]) -> dict[str, Any]:
    """Call the test of a condition its text."""
    return {"text" if name == "test" else name: each for name, each in properties.items()}


def audit_schema() -> Schema:
    """Return the JSON Schema of `record()`."""
    place = object_schema({"file": TEXT, "line": NUMBER}, "A place in a file of the rules folder.")
    answers = {
        "type": "object",
        "description": "The answers of a case file; `triage schema intake` prints what they hold.",
    }
    special: dict[Any, Schema] = {Test: TEXT, Name: TEXT, Sentence: TEXT, Location: place}
    witness = {"name": TEXT, "title": TEXT, "answers": answers, "rule": TEXT}
    special[Witness] = object_schema(witness, "An intake that shows something.")
    survivor = {
        "rule": TEXT,
        "operator": TEXT,
        "change": TEXT,
        "place": place,
        "equivalent": schema_of(Verdict),
        "witness": schema_of(Witness | None, special),
    }
    special[Survivor] = object_schema(survivor, "A change of a rule that no case notices.")
    measure, condition = schema_of(Measure), schema_of(ConditionReport, special)
    percent = {"type": "number", "minimum": 0, "maximum": 100}
    special[Measure] = object_schema({**measure["properties"], "percent": percent}, measure["description"])
    special[ConditionReport] = object_schema(_renamed(condition["properties"]), condition["description"])
    return document_schema("audit", SCHEMA_VERSION, "An audit of a knowledge base", schema_of(Audit, special))
