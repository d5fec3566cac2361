"""Wording: the same text said to the person, or about someone else."""

from __future__ import annotations

import re

_OTHER = {"you": "they", "your": "their", "yours": "theirs", "yourself": "themselves", "{you}": "them"}
_FORMS = re.compile(r"\{(?P<to>[^{}|]*)\|(?P<about>[^{}|]*)\}")
_WORDS = re.compile(rf"{_FORMS.pattern}|\{{you\}}|\b(?:yourself|yours|your|you)\b", re.IGNORECASE)


def word(text: str, *, about_other: bool) -> str:
    """Return a text written to "you" as said to the person, or about someone else.

    English "they" takes the verb forms of "you", so that mostly the pronouns change. Where "you" is an object
    it is written `{you}`; where more must change, `{one form|another}` holds what is said to the person and
    what is said about someone else, and each is said as it stands.
    """
    if not about_other:
        return _FORMS.sub(r"\g<to>", text).replace("{you}", "you")

    def swap(match: re.Match[str]) -> str:
        if match["about"] is not None:
            return match["about"]
        written = match.group()
        other = _OTHER[written.lower()]
        return other.capitalize() if written[0].isupper() else other

    return _WORDS.sub(swap, text)
