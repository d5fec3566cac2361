"""The audit as JSON, and the JSON Schema of it; both follow from the dataclasses of `triage.audit.model`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
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
    """Return everything in an audit as a JSON text, in the words of an author.

    Files are named relative to the rules folder, and each witness goes by the name that it is saved by. The
    same rules and cases give the same bytes.
    """
    words = AuthorWords(knowledge)
    witnesses = iter(audit.witnesses)

    def next_witness(_: Witness) -> dict[str, Any]:
        witness = next(witnesses)
        answers = as_answers(knowledge, witness.findings)
        return {"name": witness.name, "title": witness.title, "answers": answers, "rule": witness.rule}

    def survivor(survivor: Survivor) -> dict[str, Any]:
        mutant = survivor.mutant
        return {
            "rule": mutant.rule.id,
            "operator": mutant.operator,
            "change": words_of(words, mutant),
            "place": mutant.place,
            "equivalent": survivor.equivalent,
            "witness": survivor.witness,
        }

    special: Mapping[type, Callable[[Any], Any]] = {
        Test: words.name,
        Name: words.name,
        Sentence: partial(say, words),
        Location: lambda place: {"file": place.file, "line": place.line},
        Witness: next_witness,
        Measure: lambda measure: {**_fields(measure), "percent": measure.percent},
        ConditionReport: lambda report: _renamed(_fields(report)),
        Survivor: survivor,
    }

    def plain(value: Any) -> Any:
        write: Callable[[Any], Any] = special.get(type(value), _fields)
        return write(value)

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS
    data = {"schema_version": SCHEMA_VERSION, **_fields(audit)}
    return orjson.dumps(data, plain, options).decode()


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _renamed(properties: dict[str, Any]) -> dict[str, Any]:
    """Call the test of a condition its text."""
    return {"text" if name == "test" else name: each for name, each in properties.items()}


def audit_schema() -> Schema:
    """Return the JSON Schema of `json_text()`."""
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
