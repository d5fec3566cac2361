"""Loading a knowledge base, and keeping it: the same files need not be read and checked at every start.

What is kept is data, read back into the dataclasses of the model; nothing in it can run. (What can run,
`code_cache` keeps beside it.) It stands in the user's cache folder under a hash of everything it came from:
the rule files, and the code and schemas that read and check them. Where anything is odd (a byte has changed,
others may write there) the rules are read and checked as if nothing were kept. The folder is safe to delete.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from weakref import WeakKeyDictionary

import orjson

from triage import __version__
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.files import bundled_rules, sha256_of
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.packing import pack, unpack
from triage.source.atomic import write_whole

_MOST_KEPT = 8
_SEAL = 64


def load_knowledge_base(
    folder: Path | str | None = None, calls: Mapping[str, str] = MappingProxyType({})
) -> KnowledgeBase:
    """Load and check a knowledge base, or take it from the cache where these very files have been checked.

    Args:
        folder: a rules folder; without it, the rules that come with this package.
        calls: whom to call, in the place of what the rules say: `{"emergency_call": "112"}`.

    Raises:
        KnowledgeBaseError: with every problem found, each with file, line, place and remedy.
        CallsError: the rules name nobody like that to call, or the words cannot stand in a text.
    """
    loaded = _loaded(folder)
    if not calls:
        return loaded
    knowledge = replace(loaded, calls=loaded.calls.with_words(calls))
    if place := place_of(loaded):
        _places[knowledge] = place
    return knowledge


def _loaded(folder: Path | str | None) -> KnowledgeBase:
    root = Path(folder) if folder is not None else bundled_rules()
    place = _place(root)
    kept = place and _read(place)
    if place and kept:
        _places[kept] = place
        return kept
    from triage.knowledge.loader import read_and_check  # noqa: PLC0415 - brings what only checking needs

    knowledge = read_and_check(root)
    if place and place == _place(root):
        _write(place, knowledge)
        _places[knowledge] = place
    return knowledge


_places: WeakKeyDictionary[KnowledgeBase, Path] = WeakKeyDictionary()


def place_of(knowledge: KnowledgeBase) -> Path | None:
    """Return the file in the cache that holds a knowledge base as it was loaded; None for any other."""
    return _places.get(knowledge)


def cache_folder() -> Path:
    """Return the folder that checked knowledge bases are kept in."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "cramp-triage"


def _place(root: Path) -> Path | None:
    """Return the file for these rules as this code reads them; None where nothing can be kept safely."""
    if not hasattr(os, "getuid"):
        return None
    here = Path(__file__).parent
    digest = hashlib.sha256(__version__.encode())
    try:
        digest.update(sha256_of(root).encode())
        positions = here.parent / "source" / "toml_positions.py"
        for path in sorted([*here.rglob("*.py"), *here.glob("schemas/*.json"), positions]):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return cache_folder() / f"{digest.hexdigest()}.json"
    except (OSError, RuntimeError, KnowledgeBaseError):
        return None


def _read(place: Path) -> KnowledgeBase | None:
    """Return what is kept, or None where there is nothing, or anything is odd."""
    raw = read_sealed(place)
    try:
        knowledge = raw and unpack(orjson.loads(raw))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    return knowledge if isinstance(knowledge, KnowledgeBase) else None


def read_sealed(place: Path) -> bytes | None:
    """Return what a file of the cache holds; None where it is not whole, or not this user's alone."""
    try:
        if not _ours(place.parent.stat()):
            return None
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, "rb") as file:
            if not _ours(os.fstat(file.fileno())):
                return None
            raw = file.read()
    except OSError:
        return None
    return raw[_SEAL:] if raw[:_SEAL] == _seal(place, raw[_SEAL:]) else None


def _write(place: Path, knowledge: KnowledgeBase) -> None:
    """Keep a knowledge base; where that is not possible, the next start reads and checks again."""
    try:
        raw = orjson.dumps(pack(knowledge))
    except (TypeError, ValueError):
        return
    write_sealed(place, raw)


def write_sealed(place: Path, raw: bytes) -> None:
    """Write a file of the cache, where that is possible, and let the oldest knowledge bases go."""
    try:
        if not place.parent.parent.parent.is_dir():  # a home that is not there is not made
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours(place.parent.stat()):
            return
        if place.is_symlink():
            place.unlink()
        write_whole(place, [_seal(place, raw), raw], private=True)
        for old in list(_oldest_first(place.parent))[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
            for beside in place.parent.glob(f"{old.stem}-*"):
                beside.unlink(missing_ok=True)
    except (OSError, ValueError):
        return


def _ours(found: os.stat_result) -> bool:
    """Tell whether a file or folder is this user's, and nobody else may write to it."""
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _seal(place: Path, raw: bytes) -> bytes:
    return hashlib.sha256(place.name.encode() + raw).hexdigest().encode()


def _oldest_first(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
