"""The audit as JSON, and its JSON Schema; both follow from the dataclasses of `triage.audit.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from triage.audit.model import Audit, Measure, Mutant, Name, Named, Sentence, Witness
from triage.audit.mutants import words_of
from triage.audit.wording import AuthorWords, say
from triage.inference.answers.case_answers import as_answers
from triage.inference.record_schema import NUMBER, TEXT, Schema, document_schema, object_schema, schema_of
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import Test
from triage.source.diagnostic import Location

SCHEMA_VERSION = "4"


def json_text(knowledge: KnowledgeBase, audit: Audit) -> str:
    """Return a whole audit as a JSON text, worded for the authors of rules.

    Files are named relative to the rules folder, and each witness has the name of the case it is saved as.
    The same rules and cases give the same bytes.
    """
    words = AuthorWords(knowledge)
    witnesses = iter(audit.witnesses)

    def plain(value: Any) -> Any:
        """Turn a value that orjson cannot write into one that it can, as `audit_schema()` describes it."""
        if isinstance(value, Named):
            return words.name(value)
        match value:
            case Sentence():
                return say(words, value)
            case Location():
                return {"file": value.file, "line": value.line}
            case Measure():
                return {**_fields(value), "percent": value.percent}
            case Mutant():
                change = words_of(words, value)
                rule, operator = value.rule, value.operator
                return {"rule": rule, "operator": operator, "change": change, "place": value.place}
            case Witness():
                witness = _fields(next(witnesses))
                del witness["change"], witness["shows"]
                answers = as_answers(knowledge, witness.pop("findings"))
                return {**witness, "answers": answers}
        return _fields(value)

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps({"schema_version": SCHEMA_VERSION, **_fields(audit)}, plain, options).decode()


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def audit_schema() -> Schema:
    """Return the JSON Schema of `json_text()`."""
    place = object_schema({"file": TEXT, "line": NUMBER}, "A place in a file of the rules folder.")
    measure = schema_of(Measure)
    percent = {"type": "number", "minimum": 0, "maximum": 100}
    answers = {
        "type": "object",
        "description": "The answers of a case file; `triage schema intake` prints what they hold.",
    }
    mutant = {"rule": TEXT, "operator": TEXT, "change": TEXT, "place": place}
    witness = {"name": TEXT, "title": TEXT, "answers": answers, "rule": TEXT}
    special = {
        Test: TEXT,
        Name: TEXT,
        Sentence: TEXT,
        Location: place,
        Measure: object_schema({**measure["properties"], "percent": percent}, measure["description"]),
        Mutant: object_schema(mutant, "A small change of a rule, or of a gate if no rule is named."),
        Mapping[str, Any]: answers,
        Witness: object_schema(witness, "An intake that shows something."),
    }
    return document_schema("audit", SCHEMA_VERSION, "An audit of a knowledge base", schema_of(Audit, special))
