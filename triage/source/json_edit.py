"""Change the values of a JSON text and nothing else: order, indentation and line ends stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from triage.source.json_positions import skip

_read = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a list or object: its key or index, its start, and the start and end of its value."""

    key: str | int
    start: int
    value: int
    end: int


def rewritten(text: str, before: Any, after: Any) -> str:
    """Return a JSON text with new data, changed as little as possible.

    A missing key is taken out, a new key is put at the end, and a renamed key keeps its place. A list that
    has lost items loses only these.

    Args:
        text: strict JSON.
        before: the data that it holds.
        after: the data that the new text holds.
    """
    start = skip(text, 0)
    _, end = _read(text, start)
    return f"{text[:start]}{_value(text[start:end], before, after)}{text[end:]}"


def _value(text: str, before: Any, after: Any) -> str:
    """Return the new text of a value, without white space around it."""
    if _same(before, after):
        return text
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        return _object(text, before, after)
    if isinstance(before, list) and isinstance(after, list) and before and after:
        return _list(text, before, after)
    return _written(after)


def _object(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = _renamed(before, after)
    pieces: list[str] = []
    kept: list[bool] = []
    for entry in _entries(text):
        old = str(entry.key)
        key = names.get(old, old)
        kept.append(key in after)
        if key in after:
            head = text[entry.start : entry.value] if key == old else f"{_written(key)}{_colon(text, entry)}"
            pieces.append(f"{head}{_value(text[entry.value : entry.end], before[old], after[key])}")
    known = {names.get(key, key) for key in before}
    pieces += [f"{_written(key)}: {_written(value)}" for key, value in after.items() if key not in known]
    return _joined(text, pieces, kept)


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Return the new name of each key that has another name at the same place."""
    if len(before) != len(after):
        return {}
    pairs = {old: new for old, new in zip(before, after, strict=True) if old != new}
    if any(old in after or new in before for old, new in pairs.items()):
        return {}
    return pairs


def _colon(text: str, entry: _Entry) -> str:
    """Return what stands between the key of an entry and its value."""
    _, end = scanstring(text, entry.start + 1)
    return text[end : entry.value]


def _list(text: str, before: Sequence[Any], after: Sequence[Any]) -> str:
    entries = _entries(text)
    if len(before) == len(after):
        pieces = [
            _value(text[entry.value : entry.end], old, new)
            for entry, old, new in zip(entries, before, after, strict=True)
        ]
        return _joined(text, pieces, [True] * len(entries))
    kept: list[bool] = []
    left = list(after)
    for item in before:
        kept.append(bool(left) and _same(item, left[0]))
        left = left[1:] if kept[-1] else left
    if left:
        return _written(after)
    pieces = [text[entry.value : entry.end] for entry, stays in zip(entries, kept, strict=True) if stays]
    return _joined(text, pieces, kept)


def _joined(text: str, pieces: Sequence[str], kept: Sequence[bool]) -> str:
    """Replace the entries of a list or object by pieces; additional pieces go behind the last one.

    An entry that is not kept takes the gap before it along; the first entry takes the gap behind it.
    """
    entries = _entries(text)
    gaps = [text[one.end : other.start] for one, other in pairwise(entries)]
    opening, closing = text[: entries[0].start], text[entries[-1].end :]
    between = [gap for gap, stays in zip(["", *gaps], kept, strict=True) if stays][1:]
    usual = gaps[-1] if gaps else _gap_like(opening)
    between += [usual] * (len(pieces) - 1 - len(between))
    rest = "".join(f"{gap}{piece}" for gap, piece in zip(between, pieces[1:], strict=True))
    return f"{opening}{pieces[0]}{rest}{closing}"


def _gap_like(opening: str) -> str:
    """Return a separator for entries where there was only one: with a line break if it had its own line."""
    white = opening[1:]
    return f",{white}" if "\n" in white else ", "


def _entries(text: str) -> list[_Entry]:
    """Return the entries of a text that is one list or object."""
    found: list[_Entry] = []
    offset = skip(text, 1)
    while text[offset] not in "]}":
        start, key = offset, len(found)
        name: str | int = key
        if text[0] == "{":
            name, offset = scanstring(text, offset + 1)
            offset = skip(text, skip(text, offset) + 1)
        _, end = _read(text, offset)
        found.append(_Entry(name, start, offset, end))
        offset = skip(text, end)
        if text[offset] == ",":
            offset = skip(text, offset + 1)
    return found


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; unlike in `==`, true is not 1."""
    return one == other and _written(one) == _written(other)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
