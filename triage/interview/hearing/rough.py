"""Rough amounts: two values of which the larger counts, an amount and more, an amount at most."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.interview.hearing.amounts import UNIT_OF

_FROM_TO = re.compile(r"(?<=\d)\s*[-\u2013\u2014]\s*(?=\d)")
_RANGE = re.compile(r"[a-z0-9]\s+(?:to|or) [a-z0-9]")
_AT_MOST = re.compile(
    r"^(?:up to|at most|less than|under|no more than|not more than|no longer than|within) "
    r"|[, ]+(?:max|maximum|at (?:the )?most|tops|or less|on and off|off and on)$"
    r"|^(?:on and off|off and on) (?=for |since |\d)"
)
_MORE = re.compile(
    r"^(?P<before>for )?(?:more than|over(?! (?:the|these|this|last) )|longer than|at least) "
    r"|[, ]+(?:or more|or longer|plus|at least|and counting)$"
)
_TIMES = "|".join(sorted((unit for unit in UNIT_OF if unit.endswith("s") and len(unit) > 1), key=len))
_PLURAL = re.compile(rf"\b(?P<unit>{_TIMES}|decades)\b")


@dataclass(frozen=True, slots=True)
class Rough:
    """A text without the words that make its amount a rough one.

    `more` says that it is more than that, and `is_range` that two values stand in it.
    """

    text: str
    more: bool
    is_range: bool


def rough(typed: str) -> Rough:
    """Return a text without "at most" and its like; "2-3" stands as "2 to 3"."""
    text = _AT_MOST.sub("", _FROM_TO.sub(" to ", typed)).strip()
    bare = _MORE.sub(lambda match: match["before"] or "", text).strip()
    return Rough(bare, bare != text, bool(_RANGE.search(bare)))


def unit_without_number(text: str) -> str:
    """Return the unit of a text that gives no number, in the singular: "for years"; "" if there is none."""
    match = None if any(map(str.isdecimal, text)) else _PLURAL.search(text)
    return UNIT_OF.get(match["unit"], "year") if match else ""
