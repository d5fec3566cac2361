"""Plain text: wrapped, in bullets, shortened, and with the right form of a noun.

A name is never broken at its hyphens, so that a rule's id can be copied from any line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 80
"""The columns that a line may take."""
NARROW = WIDTH - 2
"""The columns of a text that a person reads; some terminals break a line that fills the last column."""


def wrap(text: str, first: str = "", later: str | None = None, width: int = WIDTH) -> list[str]:
    """Return a text as lines, at least one.

    Args:
        text: the text; its own line breaks count as spaces.
        first: what the first line begins with.
        later: what the other lines begin with; by default the same.
        width: the most columns of a line; only a longer word takes more.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def bullets(texts: Iterable[str], indent: int = 2, width: int = WIDTH) -> list[str]:
    """Return texts as a list, each behind a dash."""
    space = " " * indent
    return [line for text in texts for line in wrap(text, f"{space}- ", f"{space}  ", width)]


def page(paragraphs: Iterable[str], width: int = WIDTH) -> str:
    """Wrap paragraphs to a width; each keeps its indentation on all of its lines."""
    return "\n".join(line for each in paragraphs for line in _hung(each, width)) + "\n"


def _hung(paragraph: str, width: int) -> list[str]:
    text = paragraph.lstrip()
    space = " " * (len(paragraph) - len(text))
    dash = "- " if text.startswith("- ") else ""
    return wrap(text.removeprefix(dash), space + dash, space + " " * len(dash), width)


def shortened(text: str, most: int = 60) -> str:
    """Return a text, or the beginning of a long one."""
    return text if len(text) <= most else f"{text[:most]}..."


def plural(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun: "1 case", "1,200 cases"; `several` is a plural that is not just an s."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
