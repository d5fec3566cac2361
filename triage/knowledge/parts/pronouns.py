"""Pronouns: a text of the knowledge base, addressed to the person or about someone else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triage.knowledge.model import KnowledgeBase

_OTHER = {"you": "they", "your": "their", "yours": "theirs", "yourself": "themselves", "{you}": "them"}
_FORMS = re.compile(r"\{(?P<to>[^{}|]*)\|(?P<about>[^{}|]*)\}")
_WORDS = re.compile(rf"{_FORMS.pattern}|\{{you\}}|\b(?:yourself|yours|your|you)\b", re.IGNORECASE)


def address(text: str, *, about_other: bool = False) -> str:
    """Return a text written to "you" as addressed to the person, or about someone else.

    English "they" takes the verb forms of "you", so mostly only the pronouns change. Where "you" is an
    object, the text has `{you}`; where more must change, it has `{one form|another}`: first what is said to
    the person, then what is said about someone else.
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
