"""JSON Pointers (RFC 6901): the way from the top of a document to one value in it."""

from __future__ import annotations

from typing import TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as text: `/then/steps/0`, and nothing for the whole document."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in pointer)
