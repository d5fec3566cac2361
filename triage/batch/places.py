"""Strict JSON with places: duplicate keys and NaN are refused, and every value can be found again.

The standard library reads; this walks the text a second time, only when something has to be pointed at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):  # noqa: N818 - a refusal is what it is
    """A text that is not strict JSON: what is wrong and where (line and column from 1)."""

    line: int
    column: int
    pointer: str
    message: str


class _NotStrict(Exception):  # noqa: N818 - internal signal
    pass


def parse(text: str) -> Any:
    """Return the data of a strict JSON text.

    Raises:
        Refusal: a syntax error, a duplicate key, NaN or infinity, or nesting beyond all reason.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        half = _HALF.search(text)
        if half:
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise Refusal(error.lineno, error.colno, "", f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise Refusal(1, 1, "", "is nested too deeply to be a case") from None
    except UnicodeEncodeError:
        line, column = _line_and_column(text, half.start() if half else 0)
        raise Refusal(
            line, column, "", "holds half a character (\\ud800 to \\udfff); write it whole"
        ) from None
    except _NotStrict:
        raise _first_refusal(text) from None
    except ValueError:
        raise Refusal(1, 1, "", "holds a number with far too many digits") from None
    return data


def place_of(text: str, pointer: Pointer) -> tuple[int, int]:
    """Return line and column (from 1) of the value at a pointer, or of its nearest parent if absent."""
    best = 0
    try:
        for found, offset, _ in _walk(text):
            if found == pointer[: len(found)]:
                best = offset
                if found == pointer:
                    break
    except RecursionError:
        pass  # what lies that deep is not pointed at; its parent is
    return _line_and_column(text, best)


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 text."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _NotStrict
    return mapping


def _refuse(_: str) -> NoReturn:
    raise _NotStrict


def _first_refusal(text: str) -> Refusal:
    try:
        return _first_not_strict(text)
    except RecursionError:
        return Refusal(1, 1, "", "is nested too deeply to be a case")


def _first_not_strict(text: str) -> Refusal:
    seen: set[Pointer] = set()
    for pointer, offset, value in _walk(text):
        line, column = _line_and_column(text, offset)
        if pointer in seen:
            return Refusal(
                line, column, pointer_text(pointer), f'the key "{pointer[-1]}" stands twice; keep one'
            )
        if value in _CONSTANTS:
            return Refusal(
                line, column, pointer_text(pointer), f"{value} is not a number; give a whole number"
            )
        seen.add(pointer)
    raise AssertionError("a text refused by the reader holds a duplicate key or a constant")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _walk(text: str) -> Iterator[tuple[Pointer, int, str]]:
    """Yield pointer, offset and (for a bare scalar) its text for every value, parents first."""
    yield from _value(text, _skip(text, 0), (), [0])


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _value(text: str, start: int, pointer: Pointer, end: list[int]) -> Iterator[tuple[Pointer, int, str]]:
    """Walk one value; `end[0]` is set to the offset behind it."""
    opening = text[start]
    if opening == '"':
        yield pointer, start, ""
        end[0] = scanstring(text, start + 1, False)[1]
    elif opening in "{[":
        yield pointer, start, ""
        yield from _members(text, start, pointer, end)
    else:
        match = _SCALAR.match(text, start)
        found = match.group() if match else ""
        yield pointer, start, found
        end[0] = start + len(found)


def _members(text: str, start: int, pointer: Pointer, end: list[int]) -> Iterator[tuple[Pointer, int, str]]:
    closing = "}" if text[start] == "{" else "]"
    offset = _skip(text, start + 1)
    index = 0
    while text[offset] != closing:
        key: str | int = index
        if closing == "}":
            key, offset = scanstring(text, offset + 1, False)
            offset = _skip(text, _skip(text, offset) + 1)
        yield from _value(text, offset, (*pointer, key), end)
        offset = _skip(text, end[0])
        if text[offset] == ",":
            offset = _skip(text, offset + 1)
        index += 1
    end[0] = offset + 1
