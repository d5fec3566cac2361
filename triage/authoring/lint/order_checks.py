"""Ids, titles and the order of keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from triage.knowledge.checking.lint import Base, Check
from triage.knowledge.checking.naming import advice_in
from triage.knowledge.checking.rule_checks import first_out_of_order
from triage.knowledge.files import schema
from triage.source.diagnostic import Diagnostic
from triage.source.pointer import Pointer, pointer_text


def _advice_as_name(base: Base) -> Iterator[Diagnostic]:
    for document in base.files.rules:
        words = advice_in(document.data["id"], base.knowledge)
        if words:
            message = f'the id says what to do ("{words}"); name it for the pattern that it recognises'
            yield Diagnostic.at(document.path, document.line_of("id"), "/id", message)


def _same_title(base: Base) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for document in base.files.rules:
        title = document.data["title"]
        if title in first:
            message = f"{first[title]} has the same title; can readers tell the two apart?"
            yield Diagnostic.at(document.path, document.line_of("title"), "/title", message)
        first.setdefault(title, document.path)


def _key_order(base: Base) -> Iterator[Diagnostic]:
    documents = list(base.files.tables.items())
    documents += [("rule", document) for document in base.files.rules]
    for name, document in documents:
        for place, key, order in _disorder(schema(name), schema(name), document.data, ()):
            message = f'"{key}" comes too early; keep to {", ".join(order)}'
            yield Diagnostic.at(document.path, document.line_of(*place, key), pointer_text(place), message)


def _disorder(
    whole: Mapping[str, Any], part: Mapping[str, Any], data: Any, place: Pointer
) -> Iterator[tuple[Pointer, str, list[str]]]:
    """Yield the first key of each mapping that is not in the order in which the schema names it."""
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _disorder(whole, part.get("items", {}), item, (*place, index))
    elif isinstance(data, Mapping):
        if "oneOf" in part:
            part = _branch(whole, part["oneOf"], data)
        if "properties" not in part:  # its keys are the author's own
            return
        order = list(part["properties"])
        key = first_out_of_order(list(data), order)
        if key:
            yield place, key, [name for name in order if name in data]
        for name, value in data.items():
            yield from _disorder(whole, part["properties"][name], value, (*place, name))


def _branch(
    whole: Mapping[str, Any], branches: Iterable[Mapping[str, Any]], data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the branch of a schema that knows all keys of the data."""
    resolved: Iterator[Mapping[str, Any]] = (
        whole["$defs"][branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
        for branch in branches
    )
    return next(branch for branch in resolved if data.keys() <= branch.get("properties", {}).keys())


CHECKS: tuple[Check[Base], ...] = (
    Check("advice-as-name", "a rule named for its advice, not for its pattern", _advice_as_name),
    Check("key-order", "keys in another order than in their fellows", _key_order),
    Check("same-title", "two rules with one title", _same_title, "know"),
)
