"""Typed records of a case, generated from the questionnaire, into which msgspec decodes a line.

A record accepts everything that the schema of a case accepts, and a little more: a repeated key or item, any
number, any JSON as `meta`, and an expectation that contradicts itself. The decoder must look for these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

from triage.cases.expectations import expectation_schema
from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.knowledge.model import NO, YES, KnowledgeBase, Question

Text = Annotated[str, Meta(min_length=1)]


def case_type(knowledge: KnowledgeBase, questions: Sequence[Question]) -> type[Struct]:
    """Return the type of a case: `id`, `answers` and the optional keys, which are UNSET if missing.

    The fields of `answers` are named `f0`, `f1`, ... in the order of the questions, so that no text of the
    knowledge base becomes a name in the program.
    """
    answers = _record(
        "Answers",
        [(f"f{number}", _answer(question)) for number, question in enumerate(questions)],
        rename={f"f{number}": question.id for number, question in enumerate(questions)},
    )
    keys = expectation_schema(knowledge)["properties"]
    beside = {
        "title": str,
        "source": Text,
        "knowledge_base": _record("Stamp", [("version", str), ("sha256", str)]),
        "given_at": dict[str, str],
        "from_words": dict[str, str],
        "expect": _record("Expect", [(key, _expected(schema)) for key, schema in keys.items()]),
        "meta": msgspec.Raw,
    }
    return msgspec.defstruct(
        "Case",
        [("id", Text), ("answers", answers), *((name, kind, UNSET) for name, kind in beside.items())],
        forbid_unknown_fields=True,
        gc=False,
    )


def _expected(schema: Mapping[str, Any]) -> Any:
    """Return the type of an expectation of a case, from its JSON Schema."""
    if "enum" in schema:
        return _one_of(*schema["enum"])
    if schema["type"] == "boolean":
        return bool
    listed = GenericAlias(tuple, (_one_of(*schema["items"]["enum"]), ...))
    return Annotated[listed, Meta(min_length=schema.get("minItems", 0))]


def _record(name: str, fields: list[tuple[str, Any]], rename: dict[str, str] | None = None) -> type[Struct]:
    optional = [(field, kind, UNSET) for field, kind in fields]
    return msgspec.defstruct(name, optional, rename=rename, forbid_unknown_fields=True, gc=False)


def _answer(question: Question) -> Any:
    """Return the type of an answer: a text, a number, a tuple of items, or a dict of items."""
    if question.kind == "number":
        # A whole number may be written 660.0; the encoder rejects other floats.
        return int | float | _one_of(UNKNOWN)
    if question.kind != "checklist":
        return _one_of(*question.values, UNKNOWN)
    items = [option.id for option in question.options]
    listed = GenericAlias(tuple, (_one_of(*items, *(f"{NOT_SURE_MARK}{item}" for item in items)), ...))
    item_by_item = GenericAlias(dict, (_one_of(*items), _one_of(YES, NO, UNKNOWN)))
    return Annotated[listed, Meta(min_length=1)] | _one_of(NONE, UNKNOWN) | item_by_item


def _one_of(*texts: str) -> Any:
    return Literal[texts]
