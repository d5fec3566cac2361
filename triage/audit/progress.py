"""How long work tells that it goes on, without knowing who listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Progress(Protocol):
    """Passes items on, and may say how far it has come."""

    def __call__(self, items: Iterable[Item], label: str, length: int) -> Iterator[Item]:
        """Yield every item; `label` names the work, `length` is the number of items."""


def silent(items: Iterable[Item], label: str, length: int) -> Iterator[Item]:  # noqa: ARG001 - a `Progress`
    """Pass items on and say nothing."""
    yield from items
