"""The menu below the result: one key for each thing that a person can ask for."""

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
"""What each key gives, in a few words."""

HELP = {
    "m": "everything there is to do, and what to watch for",
    "w": "the reasons for this result",
    "c": "what may be behind it; no diagnosis",
    "n": "why it is not more urgent, and not less",
    "i": "what the result would be if one answer were another; nothing is changed",
    "a": "your answers with their numbers",
    "o": "questions about a second complaint; the more urgent result holds",
    "p": "your answers on one page, to show or read out",
    "q": "ends the program",
}
"""What each key gives, explained."""

_GAP = "  "


def menu_lines(width: int) -> Iterator[str]:
    """Yield the menu in lines of a width; no line breaks between a key and what it gives."""
    line = ""
    for key, label in MENU.items():
        entry = f"{key} {label}"
        longer = f"{line}{_GAP}{entry}" if line else entry
        if line and len(longer) > width:
            yield line
            longer = entry
        line = longer
    yield line
