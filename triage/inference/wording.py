"""Wording: the same text said to the person, or about someone else."""

from __future__ import annotations

import re

_OTHER = {"you": "they", "your": "their", "yours": "theirs", "yourself": "themselves", "{you}": "them"}
_WORDS = re.compile(r"\{you\}|\b(?:yourself|yours|your|you)\b", re.IGNORECASE)


def word(text: str, *, about_other: bool) -> str:
    """Return a text written to "you" (object: "{you}") as said to the person or about someone else.

    English "they" takes the verb forms of "you", so only the pronouns change.
    """
    if not about_other:
        return text.replace("{you}", "you")

    def swap(match: re.Match[str]) -> str:
        found = match.group()
        other = _OTHER[found.lower()]
        return other.capitalize() if found[0].isupper() else other

    return _WORDS.sub(swap, text)
