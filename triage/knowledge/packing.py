"""Turn the dataclasses of the model into plain data, and back.

The data is a table that holds each value once; other values refer to it by its place. Many parts of a
knowledge base are equal, such as tests, so the table is a third as long as it would be otherwise, and one
loop reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from triage.knowledge import model
from triage.knowledge.parts import advice, conditions, lexicon, provenance, questionnaire, rule

_CLASSES: Mapping[str, Any] = {
    each.__name__: each
    for module in (advice, conditions, lexicon, model, provenance, questionnaire, rule)
    for each in vars(module).values()
    if isinstance(each, type) and is_dataclass(each)
}


def pack(value: Any) -> dict[str, Any]:
    """Return frozen data as JSON holds it.

    Returns:
        `plain`: the strings, numbers and the like. `kinds`: the names of classes, or `tuple`, `set` or `map`.
        `made`: a row for each value that is made of others: its kind, then the places of its parts. Places
        count through `plain` first, then through `made`. The last row is the value.

    Raises:
        TypeError: a part is neither frozen data nor plain.
    """
    table = _Table()
    table.place(value)
    return {"plain": table.plain, "kinds": list(table.kinds), "made": table.rows()}


def unpack(packed: Mapping[str, Any]) -> Any:
    """Return what was packed; equal parts are one object.

    Raises:
        IndexError, KeyError, TypeError: this is not what `pack` returns.
    """
    makers = [_COLLECTIONS.get(kind) or _CLASSES[kind] for kind in packed["kinds"]]
    values = list(packed["plain"])
    value_at = values.__getitem__
    for kind, *places in packed["made"]:
        values.append(makers[kind](*map(value_at, places)))
    return values[-1]


_COLLECTIONS: Mapping[str, Callable[..., Any]] = {
    "tuple": lambda *parts: parts,
    "set": lambda *parts: frozenset(parts),
    "map": lambda *parts: dict(zip(parts[::2], parts[1::2], strict=True)),
}


class _Table:
    """The values so far. The places of plain values count down from -1, those of others up from 0."""

    def __init__(self) -> None:
        self.plain: list[Any] = []
        self.kinds: dict[str, int] = {}
        self._made: list[list[int]] = []
        self._places: dict[Any, int] = {}

    def place(self, value: Any) -> int:
        """Return the place of a value; put it into the table if it is new."""
        if value is None or isinstance(value, (str, int, float)):
            key: Any = (type(value), value)
            if key not in self._places:
                self.plain.append(value)
                self._places[key] = -len(self.plain)
            return self._places[key]
        kind, parts = _parts(value)
        row = [self.kinds.setdefault(kind, len(self.kinds)), *map(self.place, parts)]
        key = tuple(row)
        if key not in self._places:
            self._made.append(row)
            self._places[key] = len(self._made) - 1
        return self._places[key]

    def rows(self) -> list[list[int]]:
        """Return the rows of `made`, with all places counted from the first plain value."""
        before = len(self.plain)
        return [
            [kind, *(~place if place < 0 else before + place for place in places)]
            for kind, *places in self._made
        ]


def _parts(value: Any) -> tuple[str, Iterator[Any]]:
    """Return the kind of a value that is made of others, and its parts."""
    if is_dataclass(value):
        return type(value).__name__, (getattr(value, field.name) for field in fields(value))
    if isinstance(value, tuple):
        return "tuple", iter(value)
    if isinstance(value, frozenset):
        return "set", iter(sorted(value))
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return "map", (part for item in value.items() for part in item)
    raise TypeError(f"{type(value).__name__} cannot be kept")
