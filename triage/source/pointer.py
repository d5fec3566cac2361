"""JSON Pointers (RFC 6901): the way from the top of a document to one value in it."""

from __future__ import annotations

from typing import TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as text: `/then/steps/0`, and nothing for the whole document."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in pointer)


def pointer_from(text: str) -> Pointer:
    """Return the pointer that a text stands for; each part is a text, also where it counts items of a list.

    Raises:
        ValueError: the text is not a JSON Pointer.
    """
    if text and not text.startswith("/"):
        raise ValueError(f'"{text}" is not a JSON Pointer; it begins with "/"')
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])
