"""The line of each value of a TOML text.

`tomllib` reads the text first; a second walk through the accepted text notes the lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from triage.source.pointer import Pointer

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_VALUE = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?'{3,5}(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^,\]}#\n]+''',
    re.DOTALL,
)


def lines_of(text: str) -> Mapping[Pointer, int]:
    """Return the line (from 1) of every table, key and item of a text that `tomllib` has read."""
    walk = _Walk(text)
    walk.document()
    return walk.found


class _Walk:
    """One walk through a text; `at` is the offset, `line` the line that it stands in."""

    def __init__(self, text: str) -> None:
        self.found: dict[Pointer, int] = {(): 1}
        self._text = text
        self._at = 0
        self._line = 1
        self._rows: dict[Pointer, int] = {}

    def document(self) -> None:
        table: Pointer = ()
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()

    def _to(self, offset: int) -> None:
        self._line += self._text.count("\n", self._at, offset)
        self._at = offset

    def _skip(self) -> None:
        """Pass blanks, line ends and comments."""
        match = _BLANK.match(self._text, self._at)
        self._to(match.end() if match else self._at)

    def _header(self) -> Pointer:
        row = self._text.startswith("[[", self._at)
        line = self._line
        self._to(self._at + (2 if row else 1))
        *parents, last = self._keys()
        self._to(self._at + (2 if row else 1))
        table: Pointer = ()
        for key in parents:
            table = self._newest((*table, key), line)
        table = (*table, last)
        if row:
            self.found.setdefault(table, line)
            self._rows[table] = self._rows.get(table, -1) + 1
            table = (*table, self._rows[table])
        self.found.setdefault(table, line)
        return table

    def _newest(self, table: Pointer, line: int) -> Pointer:
        """Return the table, or its newest row where it is an array of tables."""
        self.found.setdefault(table, line)
        return (*table, self._rows[table]) if table in self._rows else table

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while match := _KEY.match(self._text, self._at):
            written = match[1]
            keys.append(next(iter(tomllib.loads(f"{written}=0"))) if written[0] in "\"'" else written)
            self._to(match.end())
            if self._text[self._at] != ".":
                break
            self._to(self._at + 1)
        return keys

    def _pair(self, table: Pointer) -> None:
        line = self._line
        for key in self._keys():
            table = (*table, key)
            self.found.setdefault(table, line)
        self._to(self._at + 1)
        self._skip()
        self._value(table)

    def _value(self, place: Pointer) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._items(place, "]")
        elif opening == "{":
            self._items(place, "}")
        else:
            match = _VALUE.match(self._text, self._at)
            self._to(match.end() if match else self._at + 1)

    def _items(self, place: Pointer, closing: str) -> None:
        self._to(self._at + 1)
        self._skip()
        index = 0
        while self._text[self._at] != closing:
            if closing == "}":
                self._pair(place)
            else:
                self.found[(*place, index)] = self._line
                self._value((*place, index))
            self._skip()
            if self._text[self._at] == ",":
                self._to(self._at + 1)
                self._skip()
            index += 1
        self._to(self._at + 1)
