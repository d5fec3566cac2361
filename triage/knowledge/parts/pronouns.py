"""Pronouns: say a text of the knowledge base to the person, or about someone else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triage.knowledge.model import KnowledgeBase

_OTHER = {"you": "they", "your": "their", "yours": "theirs", "yourself": "themselves", "{you}": "them"}
_FORMS = re.compile(r"\{(?P<to>[^{}|]*)\|(?P<about>[^{}|]*)\}")
_WORDS = re.compile(rf"{_FORMS.pattern}|\{{you\}}|\b(?:yourself|yours|your|you)\b", re.IGNORECASE)


def address(text: str, *, about_other: bool = False) -> str:
    """Return a text written to "you" as it is said to the person, or about someone else.

    English "they" takes the verb forms of "you", so usually only the pronouns change. If "you" is an object,
    the text has `{you}`. If more must change, it has `{one form|another}`: the first is said to the person,
    the second about someone else.
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


def is_about_other(knowledge: KnowledgeBase, values: Mapping[str, object]) -> bool:
    """Whether answers or findings say that the intake is about someone else."""
    rewording = knowledge.rewording
    return rewording is not None and values.get(rewording[0]) == rewording[1]
