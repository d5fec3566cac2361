"""Line and column of the values of a JSON text, which is read only once."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from triage.source.pointer import Pointer

_SPACE = re.compile(r"[ \t\r\n]*")
_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


class Places:
    """Finds where the values of a JSON text stand.

    It reads each list or object once, and only as far as it must, so the time grows with the length of the
    text, however many places are asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._elements: dict[int, array[int]] = {}
        self._members: dict[int, dict[str | int, int]] = {}
        self._rest: dict[int, Iterator[tuple[str | int, int]]] = {}

    def of(self, pointer: Pointer) -> tuple[int, int]:
        """Return line and column (from 1) of the value at a pointer, or of its nearest parent if absent."""
        offset = skip(self._text, 0)
        for part in pointer:
            inside = self._inside(offset, part)
            if inside is None:
                break
            offset = inside
        return self.line_and_column(offset)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return line and column (from 1) of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    @cached_property
    def _line_starts(self) -> array[int]:
        breaks = re.finditer("\n", self._text) if "\n" in self._text else ()
        return array("q", [0, *(match.end() for match in breaks)])

    def _inside(self, offset: int, part: str | int) -> int | None:
        """Return the offset of one value of the list or object at an offset; None if it is missing."""
        opening = self._text[offset : offset + 1]
        if opening == "[" and isinstance(part, int):
            if offset not in self._elements:
                self._elements[offset] = array("q", (at for _, at in _values(self._text, offset)))
            elements = self._elements[offset]
            return elements[part] if part < len(elements) else None
        if opening == "{":
            members = self._members.setdefault(offset, {})
            if part not in members:
                rest = self._rest.setdefault(offset, _values(self._text, offset))
                members.update(_up_to(part, rest))
            return members.get(part)
        return None


def place_of(text: str, pointer: Pointer) -> tuple[int, int]:
    """Return line and column (from 1) of the value at a pointer, or of its nearest parent if absent."""
    return Places(text).of(pointer)


def skip(text: str, offset: int) -> int:
    """Return the offset behind the white space at an offset."""
    if text[offset : offset + 1] > " ":
        return offset
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


# Numbers stay text, because only their ends matter.
_numbers_as_text: Any = json.JSONDecoder(parse_int=str, parse_float=str)
_read: Callable[[str, int], tuple[Any, int]] = _numbers_as_text.scan_once


def _values(text: str, start: int) -> Iterator[tuple[str | int, int]]:
    """Yield key or index, and offset, of each value of the list or object at an offset, up to a fault."""
    closing = "]" if text[start] == "[" else "}"
    offset = skip(text, start + 1)
    index = 0
    try:
        while text[offset] != closing:
            key: str | int = index
            if closing == "}":
                key, offset = _key(text, offset)
            _, end = _read(text, offset)
            yield key, offset
            comma = _COMMA.match(text, end)
            offset = comma.end() if comma else end
            index += 1
    except (IndexError, ValueError, RecursionError, StopIteration):
        return


def _up_to(part: str | int, values: Iterator[tuple[str | int, int]]) -> Iterator[tuple[str | int, int]]:
    """Yield values up to that of a key, or to the end."""
    for key, offset in values:
        yield key, offset
        if key == part:
            return


def _key(text: str, offset: int) -> tuple[str, int]:
    """Return the key at an offset, and the offset of its value.

    Raises:
        ValueError: no key stands there.
    """
    plain = _KEY.match(text, offset)
    if plain:
        return plain[1], plain.end()
    if text[offset] != '"':
        raise ValueError
    key, end = scanstring(text, offset + 1)
    return key, skip(text, skip(text, end) + 1)
