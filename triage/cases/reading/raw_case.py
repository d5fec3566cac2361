"""Cases as they were read, with their places, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from triage.source.diagnostic import Diagnostic, Location
from triage.source.json_positions import Places
from triage.source.pointer import Pointer, pointer_text


@dataclass(frozen=True, slots=True)
class RawCase:
    """Data that should be a case, with the text that it came from, so that a fault can be located.

    The text begins at `first_line` and `first_column` of its file; `base` is the place of the case in the
    list that holds it, if there is one.
    """

    file: str
    data: Any
    text: str
    base: Pointer
    first_line: int
    first_column: int = 1
    _places: list[Places] = field(default_factory=list, compare=False, repr=False)

    def locate(self, pointer: Pointer = ()) -> Location:
        """Return the place in the file of a value of this case, or of its nearest parent if absent."""
        if not self._places:
            self._places.append(Places(self.text))
        line, column = self._places[0].of(pointer)
        column += self.first_column - 1 if line == 1 else 0
        whole = pointer_text((*self.base, *pointer))
        return Location(self.file, self.first_line + line - 1, column, whole)

    @property
    def line(self) -> int:
        """The line in which the case begins."""
        return self.locate().line

    @property
    def id(self) -> str:
        """The id of the case; "" if it has no id that is a text."""
        name = self.data.get("id") if isinstance(self.data, dict) else None
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that holds no case: a missing file, an empty folder, a text that is not JSON."""

    diagnostic: Diagnostic
    empty_folder: bool = False

    @property
    def file(self) -> str:
        """The file or folder."""
        return self.diagnostic.file

    @property
    def line(self) -> int:
        """The line in it; 0 if the fault is about the whole."""
        return self.diagnostic.line
