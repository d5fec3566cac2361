"""Progress: how long work shows that it goes on, whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[Iterable[Any], str, int], Iterator[Any]]
"""Takes items, the name of the work and the number of items; passes the items on, and may show progress."""


def silent(items: Iterable[Any], *_: object) -> Iterator[Any]:
    """Pass items on, and show nothing."""
    yield from items
