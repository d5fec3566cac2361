"""Brings what was typed into one spelling, and quotes it in messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from triage.source.text import shortened

_SAME = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
    | {"\uff1f": "?", "\u061f": "?", "\u00bf": "?"}
)
_UNSEEN = re.compile("[\ufeff\u200b\u00ad]")
_MARKS = re.compile(r"""[,;:.!()"]""")
_LONGEST_QUOTE = 40
_MOST_NAMED = 4


def tidy(typed: str) -> str:
    """Return a line in lower case with single spaces, straight quotes and one kind of question mark."""
    return " ".join(_UNSEEN.sub("", typed).translate(_SAME).lower().split())


def plain(text: str) -> str:
    """Return only the words of a text, so that two ways to punctuate it compare equal."""
    return " ".join(_MARKS.sub(" ", tidy(text)).replace("&", " and ").split())


def readable(typed: str) -> bool:
    """Whether a line has only characters that a person types: no stray keys, no broken bytes."""
    return " ".join(_UNSEEN.sub("", typed).split()).isprintable()


def quoted(text: str) -> str:
    """Return a text in quotes for a message: short, and safe to print."""
    return f'"{legible(text, _LONGEST_QUOTE)}"'


def legible(text: str, most: int) -> str:
    """Return a text that is safe to print, cut after `most` characters."""
    return shortened("".join(letter if letter.isprintable() else "?" for letter in text), most)


def named(words: Sequence[str]) -> str:
    """Return words in quotes for a message, only the first few of many; "" if there are none."""
    shown = [quoted(each) for each in words[:_MOST_NAMED]]
    if len(words) > _MOST_NAMED:
        shown.append("more")
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)


def holds(text: str, phrase: str) -> bool:
    """Whether a plain text holds a phrase as whole words."""
    return f" {phrase} " in f" {text} "
