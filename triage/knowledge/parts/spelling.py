"""Names of medicines as people and records write them: compare them, drop the dose, divide joined ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LONGEST = 200
_MOST_JOINTS = 12
_PASSED_OVER = re.compile(r"[\s.,'’‘`´®™©‐‑‒–—-]+")  # noqa: RUF001 - quotes and dashes as people type them
_UNITS = (
    "mg|mgs|milligrams?|mcg|ug|\u00b5g|\u03bcg|micrograms?|g|grams?|ml|mls|millilitres?|milliliters?|"
    "mmol|iu|units?|u"
)
_FORMS = (
    "tablets?|tabs?|capsules?|caps?|pills?|caplets?|sachets?|puffs?|inhaler|patch|patches|injections?|doses?|"
    "daily|weekly|monthly|once|twice|x|one|two|three|four|times?|a|per|hours?|days?|weeks?|months?|every|each|in|the|at|"
    "night|morning|evening|bedtime|as|needed|od|bd|tds|qds|nocte|mane|prn|mr|sr|xl|la|cr|er|ec"
)
_WORD = re.compile(rf"(?<=[\s\d,;/(])(?:{_UNITS}|{_FORMS})$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{1,6}(?:[.,]\d{1,6})?$")
_BETWEEN = " \t\n\r.,;()/%"
_JOINTS = re.compile(r"\s*(?:[+&()]|/(?=\s*[^\W\d])|\b(?:and|with)\b)\s*", re.IGNORECASE)


def plain_name(text: str) -> str:
    """Return a name so that two spellings of it compare equal.

    Case, blanks, hyphens, stops and accents do not count. Marks that could change what is meant, such as a
    question mark, stay.
    """
    letters = unicodedata.normalize("NFKD", _PASSED_OVER.sub("", text)).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def shorter(text: str) -> Iterator[str]:
    """Yield a text as it is, then with one part less of the dose behind the name each time.

    A text that is too long for a name is only yielded as it is.
    """
    left = text.strip()
    if len(left) > _LONGEST:
        yield left
        return
    while left:
        yield left
        end = left.rstrip(_BETWEEN)
        without = _NUMBER.sub("", _WORD.sub("", end)).rstrip(_BETWEEN)
        if without == end:
            return
        left = without


def joints(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each joint between names in a text ("a/b", "a + b", "a with b", "a (b)").

    A text that is too long, or has too many joints, is no name; the list is empty then.
    """
    spans = [found.span() for found in _JOINTS.finditer(text)] if len(text) <= _LONGEST else []
    return spans if len(spans) <= _MOST_JOINTS else []
