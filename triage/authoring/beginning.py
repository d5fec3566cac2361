"""The knowledge base that an author begins with: a small one on another topic, with cases that pass."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable


def starting_files() -> Iterator[tuple[str, bytes]]:
    """Yield each file of the starting knowledge base: its name from the folder on, and its bytes."""
    yield from _files_in(resources.files("triage.authoring") / "starter", "")


def _files_in(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _files_in(entry, f"{name}/")
        elif entry.name.endswith((".toml", ".json")):
            yield name, entry.read_bytes()
