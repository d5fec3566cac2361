"""How old a reader must be, by the Automated Readability Index: letters a word, and words a sentence.

It needs neither a word list nor the network. Its grade is a year at school; a child begins at five.
"""

from __future__ import annotations

import textstat
from support.shipped import KNOWLEDGE

from triage.knowledge.parts.pronouns import address

_FIRST_YEAR = 5


def reading_age(*texts: str) -> float:
    """Return the age at which some texts are understood; each of them ends a sentence."""
    return float(textstat.automated_readability_index(" ".join(map(_sentence, texts)))) + _FIRST_YEAR


def _sentence(text: str) -> str:
    told = KNOWLEDGE.calls.named_in(address(text))
    return told if told.endswith((".", "?", "!")) else f"{told}."
