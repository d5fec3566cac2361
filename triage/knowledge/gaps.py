"""Gaps: what the author of a rule or case must still write. A file with a gap is never used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from triage.source.pointer import Pointer

_MARK = "FILL IN"


def gap(what: str) -> str:
    """Return the text that stands for something still to be written."""
    return f"{_MARK}: {what}"


def is_gap(value: Any) -> bool:
    """Tell whether a value is a gap."""
    return isinstance(value, str) and value.lstrip().startswith(_MARK)


def gaps(data: Any, place: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield every gap in nested data, among keys too, with its place and what is to be written there."""
    if is_gap(data):
        yield place, _what(data)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if is_gap(key):
                yield (*place, key), _what(key)
            else:
                yield from gaps(value, (*place, key))
    elif isinstance(data, list | tuple):
        for index, item in enumerate(data):
            yield from gaps(item, (*place, index))


def named(place: Pointer) -> Pointer:
    """Return a place without the parts that are gaps, so that it can be shown."""
    return tuple(part for part in place if not is_gap(part))


def _what(text: str) -> str:
    return text.lstrip()[len(_MARK) :].lstrip(" :") or "write what belongs here"
