"""Kinds of what is wrong: messages without what differs from case to case, so that they can be counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from triage.source.diagnostic import Diagnostic

_GIVEN = re.compile(r'^(unknown \w+ |the id |)("[^"]*"|-?\d[\d.]*)')
_PLACE = re.compile(r"\S+:\d+")
_ANSWERS = "answers"
_LISTING = (": ", ", ")


def kind_of_fault(fault: Diagnostic) -> str:
    """Return of which kind a fault of an input is: the key that is concerned, and what is wrong with it."""
    return _kind(fault.message, fault.pointer)


@lru_cache(maxsize=1024)
def _kind(message: str, pointer: str) -> str:
    message, *_ = message.split("; ", 1)
    message, *_ = message.split(", not ", 1)
    message = _PLACE.sub("...", _GIVEN.sub(r"\1...", message))
    keys = [part for part in pointer.split("/") if part and not part.isdecimal()]
    if keys and keys[0] == _ANSWERS and not message.startswith("unknown "):
        keys = keys[1:] or keys
    return f"{keys[0]}: {message}" if keys else message


def kinds_of_miss(miss: Diagnostic) -> Iterator[str]:
    """Yield of which kinds a missed expectation is: one a name, where names are missed."""
    key = miss.pointer.rpartition("/")[2]
    behind, among = _LISTING
    what, divides, names = miss.message.partition(behind)
    if not divides:
        yield f"{key}: {miss.message}"
    for name in names.split(among) if divides else ():
        yield f"{key}: {what}: {name}"
