"""Spelling of names as people and records write them: made plain, without the dose, and taken apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LONGEST = 200
_PASSED_OVER = re.compile(r"[\s.,'’‘`´®™©‐‑‒–—-]+")  # noqa: RUF001 - quotes and dashes as people type them
_UNITS = (
    "mg|mgs|milligrams?|mcg|ug|µg|μg|micrograms?|g|grams?|ml|mls|millilitres?|milliliters?|mmol|iu|units?|u|%"
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_AMOUNT = rf"{_NUMBER}\s*(?:{_UNITS})?"
_PER = r"(?:ml|l|litre|liter|dose|puff|h|hr|hour|day|week|month)"
_FORMS = (
    "tablets?|tabs?|capsules?|caps?|pills?|caplets?|sachets?|puffs?|inhaler|patch|patches|injections?|"
    "daily|weekly|monthly|once|twice|three|four|times?|a|per|day|week|month|every|each|in|the|at|night|"
    "morning|evening|bedtime|as|needed|od|bd|tds|qds|nocte|mane|prn|mr|sr|xl|la|cr|er|ec"
)
_DOSE = re.compile(
    rf"(?:(?:^|(?<=[\s,;]))(?:{_FORMS})|(?<![\d.,]){_AMOUNT}(?:\s*[/x-]\s*(?:{_AMOUNT}|{_PER}))*)[\s.,;]*$",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*(?:[+&()]|/(?=\s*[^\W\d])|\b(?:and|with)\b)\s*", re.IGNORECASE)


def plain_name(text: str) -> str:
    """Return a name so that two spellings of it compare equal.

    Case, blanks, hyphens, stops and accents do not count. Marks that could change what is meant, such as a
    question mark, stay.
    """
    letters = unicodedata.normalize("NFKD", _PASSED_OVER.sub("", text)).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def shorter(text: str) -> Iterator[str]:
    """Yield a text as it is, then without the dose behind the name, one part of the dose less each time."""
    left = text[:_LONGEST].strip()
    while left:
        yield left
        without = _DOSE.sub("", left).rstrip(" \t,;")
        if without == left:
            return
        left = without


def parts(text: str) -> list[str]:
    """Return the names that are joined in a text: "a/b", "a + b", "a with b", "a (b)"."""
    return [part for part in _JOINTS.split(text[:_LONGEST]) if part]
