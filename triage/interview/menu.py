"""The menu under the result: one key for each thing that can be asked."""

from __future__ import annotations

from collections.abc import Iterator

MENU = {
    "m": "all advice",
    "w": "why",
    "c": "possible causes",
    "n": "why not sooner or later",
    "i": "what if",
    "a": "change an answer",
    "o": "another complaint",
    "p": "a note for the doctor",
    "q": "leave",
}
"""From each key to what it gives."""

_GAP = "  "


def menu_lines(width: int) -> Iterator[str]:
    """Yield the menu in lines of a width; a key and what it gives stand on one line."""
    line = ""
    for key, label in MENU.items():
        entry = f"{key} {label}"
        longer = f"{line}{_GAP}{entry}" if line else entry
        if line and len(longer) > width:
            yield line
            longer = entry
        line = longer
    yield line
