"""What is wrong, and where: one location and one diagnostic for everything that this package reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: line and column from 1 (0 where unknown), and the JSON Pointer of the value.

    As text it is `file:line:column /pointer`; unknown parts are left out.
    """

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        place = ":".join([self.file, *numbers]) if self.line else self.file
        return f"{place} {self.pointer}" if self.pointer else place


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """What is wrong at a location, and what to do about it; as text `file:line:column /pointer message`.

    The text is one line that is safe on a terminal: characters that are not printable are escaped.
    """

    location: Location
    message: str

    @classmethod
    def at(cls, file: str, line: int, pointer: str, message: str) -> Diagnostic:
        """Return a diagnostic about a value whose column is not known."""
        return cls(Location(file, line, pointer=pointer), message)

    def __str__(self) -> str:
        root = "" if self.location.pointer else " /"
        return printable(f"{self.location}{root} {self.message}")

    @property
    def file(self) -> str:
        """The file that holds the value."""
        return self.location.file

    @property
    def line(self) -> int:
        """The line of the value, 0 where it is not known."""
        return self.location.line

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the value."""
        return self.location.pointer

    def in_file(self, file: str) -> Diagnostic:
        """Return the same diagnostic under another name of its file."""
        return replace(self, location=replace(self.location, file=file))

    def record(self) -> dict[str, Any]:
        """Return the diagnostic as JSON data; the record that holds it names the file."""
        return {
            "line": self.location.line,
            "column": self.location.column,
            "pointer": self.location.pointer,
            "message": encodable(self.message),
        }


def printable(text: str) -> str:
    """Escape what is not printable: it could move the cursor, break a line or turn the reading direction."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def encodable(text: str) -> str:
    """Escape what UTF-8 cannot encode: the bytes of a file name that are not UTF-8."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def reason_of(error: OSError) -> str:
    """Return the system's reason for an error, with a small first letter."""
    reason = error.strerror or "no reason given"
    return reason[:1].lower() + reason[1:]


def nearest(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean "..."?` for the closest of `names`, or nothing when none is close."""
    return _nearest(name, tuple(names)) if len(name) <= _LONGEST_NAME else ""


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    close = get_close_matches(name, names, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
