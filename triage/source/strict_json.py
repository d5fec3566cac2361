"""Read strict JSON, and say where a text is not.

The standard library reads. If it refuses a text, a walk through the text finds the first fault.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from math import isinf
from typing import Any, NoReturn

from triage.source.diagnostic import Diagnostic, Location, printable
from triage.source.json_positions import Places, skip
from triage.source.pointer import pointer_text
from triage.source.text import shortened

DEEPEST = 100
MOST_DIGITS = 640  # of a whole number; Python's own limit cannot be set lower

_WORD = re.compile(r'[^\x00-\x20,:"\[\]{}]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_LITERALS = frozenset({"true", "false", "null"})
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})
_PLAIN = re.compile(r'[^\x00-\x1f"\\]*')
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPES = re.compile(rf"\\(?:{_PAIR}|(?P<half>u[dD][89a-fA-F])|.)", re.DOTALL)
_ESCAPE = re.compile(rf'\\(?:["\\/bfnrt]|{_PAIR}|u(?![dD][89a-fA-F])[0-9a-fA-F]{{4}})')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MOST_SHOWN = 40
_DEEPEST_TRIED = 2


class JsonError(Exception):
    """A text that is not strict JSON; `diagnostic` says what is wrong and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def parse(text: str, file: str = "", first_line: int = 1) -> Any:
    """Return the data of a strict JSON text that begins at `first_line` of `file`.

    Strict means: no key twice in an object, no NaN or infinity, no half of a surrogate pair, no whole number
    of more than `MOST_DIGITS` digits, no other number that a float cannot hold, and at most `DEEPEST` lists
    and objects inside one another.

    Raises:
        JsonError: the text is not strict; the error names the first fault.
    """
    try:
        return _read_strictly(text)
    except (ValueError, RecursionError):
        _Walk(text, file, first_line).to_the_end()
        raise  # the text has no fault: the caller has left too little stack to read it


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError
    return mapping


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _whole_number(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS:
        raise ValueError
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError
    return number


_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole_number, parse_float=_number
)


def _read_strictly(text: str) -> Any:
    """Return the data of a text; any fault is a ValueError or a RecursionError."""
    data = _STRICT.decode(text)
    brackets = text.count("[") + text.count("{")
    if _holds_half(text) or (brackets > DEEPEST and _is_too_deep(data)):
        raise ValueError
    return data


def _holds_half(text: str) -> bool:
    """Tell whether a JSON text holds half of a surrogate pair."""
    half = _HALF.search(text)
    return bool(half) and any(escape["half"] for escape in _ESCAPES.finditer(text))


def _is_too_deep(data: Any) -> bool:
    level: list[Any] = [[data]]
    for _ in range(DEEPEST + 1):
        level = [
            value
            for each in level
            for value in (each.values() if isinstance(each, dict) else each)
            if isinstance(value, (dict, list))
        ]
    return bool(level)


@dataclass(slots=True)
class _Open:
    """A list or object that is not closed yet: how many values it has, and the key of the current one."""

    closing: str
    count: int = 0
    key: str | int | None = None
    keys: set[str] = field(default_factory=set)


class _Walk:
    """A walk through a text up to the first fault.

    It keeps its own stack, so no depth is too much for it, and each step moves it forward. The error points
    at the faulty value or, if a value is missing, at the list or object that should hold it.
    """

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self._text = text
        self._file = file
        self._first_line = first_line
        self._offset = 0
        self._open: list[_Open] = []

    def to_the_end(self) -> None:
        """Walk.

        Raises:
            JsonError: the walk comes to a fault.
        """
        self._value()
        while self._open:
            self._next(self._open[-1])
        if self._peek():
            self._refuse("is not JSON: more follows its end; put several cases into one list")

    def _peek(self) -> str:
        """Return the character behind the white space; "" at the end of the text."""
        self._offset = skip(self._text, self._offset)
        return self._text[self._offset : self._offset + 1]

    def _value(self) -> None:
        opening = self._peek()
        if opening == '"':
            self._string()
        elif opening and opening in "[{":
            if len(self._open) == DEEPEST:
                self._refuse("is nested too deeply to be a case")
            if not self._pass_over():
                self._open.append(_Open("]" if opening == "[" else "}"))
                self._offset += 1
        else:
            self._scalar()

    def _pass_over(self) -> bool:
        """Step over a whole list or object if it has no fault, as most; tell whether that was so.

        Only the outer levels are tried (a case in a list, and its parts), as each try reads up to the fault.
        """
        if not 1 <= len(self._open) <= _DEEPEST_TRIED:
            return False
        try:
            _, end = _STRICT.raw_decode(self._text, self._offset)
        except (ValueError, RecursionError):
            return False
        part = self._offset, end
        brackets = self._text.count("[", *part) + self._text.count("{", *part)
        if brackets > DEEPEST - len(self._open) or _HALF.search(self._text, *part):
            return False
        self._offset = end
        return True

    def _next(self, container: _Open) -> None:
        """Step over the end of a list or object, or into its next value."""
        container.key = None
        character = self._peek()
        if character == container.closing:
            self._open.pop()
            self._offset += 1
            return
        if container.count:
            if character != ",":
                self._refuse(f'is not JSON: "," or "{container.closing}" is missing')
            comma = self._offset
            self._offset += 1
            if self._peek() == container.closing:
                self._refuse('is not JSON: nothing follows the ","; remove it', comma)
        if container.closing == "}":
            container.key = self._key(container.keys)
        else:
            container.key = container.count
        container.count += 1
        self._value()

    def _key(self, keys: set[str]) -> str:
        if self._peek() != '"':
            self._refuse("is not JSON: a key in double quotes is missing")
        key = self._string()
        self._open[-1].key = key
        colon = self._peek() == ":"
        if key in keys:
            self._offset += colon
            self._peek()
            self._refuse(f'the key "{_shown(key)}" appears twice; keep one')
        keys.add(key)
        if not colon:
            self._refuse(f'is not JSON: ":" is missing after the key "{_shown(key)}"')
        self._offset += 1
        return key

    def _string(self) -> str:
        try:
            value, end = scanstring(self._text, self._offset + 1, True)
        except ValueError:
            self._refuse_string()
        if not value.isascii() and _SURROGATE.search(value):
            self._refuse_string()
        self._offset = end
        return str(value)

    def _refuse_string(self) -> NoReturn:
        """Refuse the string that begins here for its first fault."""
        offset = self._offset + 1
        while True:
            plain = _PLAIN.match(self._text, offset)
            offset = plain.end() if plain else offset
            escape = _ESCAPE.match(self._text, offset)
            if not escape:
                break
            offset = escape.end()
        if self._text[offset : offset + 1] in ("", '"'):
            self._refuse("is not JSON: the double quote that ends the text is missing")
        if self._text[offset] != "\\":
            self._refuse(
                "is not JSON: a text holds a line break or control character; write it as \\n", offset
            )
        if _HALF.match(self._text, offset):
            self._refuse("holds half a character (\\ud800 to \\udfff); write it whole", offset)
        self._refuse("is not JSON: a backslash by itself; write two for one", offset)

    def _scalar(self) -> None:
        match = _WORD.match(self._text, self._offset)
        word = match.group() if match else ""
        if word in _CONSTANTS:
            self._refuse(f"{word} is not a number; give a whole number")
        if _NUMBER.fullmatch(word):
            digits = word.lstrip("-")
            if digits.isdigit() and len(digits) > MOST_DIGITS:
                self._refuse("holds a number with far too many digits")
            if not digits.isdigit() and isinf(float(word)):
                self._refuse("holds a number that is far too large; give a whole number")
        elif word in _LITERALS:
            pass
        elif word:
            self._refuse(f"is not JSON: {_shown(word)} is not a value; put texts in double quotes")
        else:
            if self._open:
                self._open[-1].key = None
            self._refuse("is not JSON: a value is missing")
        self._offset += len(word)

    def _refuse(self, message: str, offset: int | None = None) -> NoReturn:
        line, column = Places(self._text).line_and_column(self._offset if offset is None else offset)
        pointer = tuple(each.key for each in self._open if each.key is not None)
        location = Location(self._file, self._first_line + line - 1, column, pointer_text(pointer))
        raise JsonError(Diagnostic(location, message))


def _shown(text: str) -> str:
    """Return a text, shortened and escaped for a message."""
    return printable(shortened(text, _MOST_SHOWN))
