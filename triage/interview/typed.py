"""What was typed, made plain: one spelling of blanks, quotes and question marks, and how to quote it back."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SAME = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
    | {"\uff1f": "?", "\u061f": "?", "\u00bf": "?"}
)
_UNSEEN = re.compile("[\ufeff\u200b\u00ad]")
_MARKS = re.compile(r"""[,;:.!()"]""")
_LONGEST_QUOTE = 40
_MOST_NAMED = 4


def tidy(typed: str) -> str:
    """Return a line in small letters with single blanks, straight quotes and one kind of question mark."""
    return " ".join(_UNSEEN.sub("", typed).translate(_SAME).lower().split())


def plain(text: str) -> str:
    """Return a text as its words alone, so that two spellings of it compare equal."""
    return " ".join(_MARKS.sub(" ", tidy(text)).replace("&", " and ").split())


def readable(typed: str) -> bool:
    """Whether a line holds nothing but characters that a person types: no stray keys, no broken bytes."""
    return " ".join(_UNSEEN.sub("", typed).split()).isprintable()


def quoted(text: str) -> str:
    """Return a text to repeat in a message: short, and safe to print."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return f'"{shown[:_LONGEST_QUOTE]}..."' if len(shown) > _LONGEST_QUOTE else f'"{shown}"'


def named(words: Sequence[str]) -> str:
    """Return words to repeat in a message, the first few where there are many; "" where there are none."""
    shown = [quoted(each) for each in words[:_MOST_NAMED]]
    if len(words) > _MOST_NAMED:
        shown.append("more")
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)


def holds(text: str, phrase: str) -> bool:
    """Whether a plain text holds a phrase as whole words."""
    return f" {phrase} " in f" {text} "
