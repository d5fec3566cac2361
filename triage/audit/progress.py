"""How long work tells that it goes on, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[Iterable[Any], str, int], Iterator[Any]]
"""Passes items on, told what the work is called and how many there are; it may say how far it has come."""


def silent(items: Iterable[Any], *_: object) -> Iterator[Any]:
    """Pass items on and say nothing."""
    yield from items
