"""Kinds of faults and misses: messages without the details of a case, so that they can be counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from triage.source.diagnostic import Diagnostic

_GIVEN = re.compile(r'^(unknown \w+ |the id |)("[^"]*"|-?\d[\d.]*)')
_PLACE = re.compile(r"\S+:\d+")
_ANSWERS = "answers"


def kind_of_fault(fault: Diagnostic) -> str:
    """Return the kind of a fault of an input: the key that is wrong, and what is wrong with it."""
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
    """Yield the kinds of a missed expectation; where its message lists names, one kind for each name."""
    key = miss.pointer.rpartition("/")[2]
    what, lists, names = miss.message.partition(": ")
    if lists:
        yield from (f"{key}: {what}: {name}" for name in names.split(", "))
    else:
        yield f"{key}: {what}"
