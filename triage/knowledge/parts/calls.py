"""Whom to call: the words that texts use for a number, and the numbers that a user has set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_LETTERS = 60
_CALLABLE = re.compile(r"[\w+(][\w +()./,'-]*")


class CallsError(ValueError):
    """A setting that does not say whom to call; the message says why."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Whom to call: the words that replace each mark in a text (`{poison_line}`)."""

    words: Mapping[str, str]

    def named_in(self, text: str) -> str:
        """Return a text with the marks replaced."""
        for name, words in self.words.items():
            text = text.replace(f"{{{name}}}", words)
        return text

    def with_words(self, words: Mapping[str, str]) -> Calls:
        """Return the same with some words replaced, such as by the numbers of a country.

        Raises:
            CallsError: the rules do not know a name, or the words cannot stand in a text.
        """
        for name, each in words.items():
            if name not in self.words:
                raise CallsError(f'"{name}" is nobody to call; the names are {", ".join(self.words)}')
            if not _CALLABLE.fullmatch(each) or len(each) > _MOST_LETTERS:
                most = f"at most {_MOST_LETTERS} signs"
                raise CallsError(f"{name}: please give a number or a few words, {most}")
        return Calls({**self.words, **words})
