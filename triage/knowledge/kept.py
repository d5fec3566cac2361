"""Load a knowledge base, and cache it, so that the same files are not read and checked at every start.

The cache holds data, which is read back into the dataclasses of the model; nothing in it can run.
(`code_cache` keeps generated code beside it.) The name of a file in the user's cache folder is a hash of all
that it came from: the rule files, and the code and schemas that read and check them. If anything is odd (a
byte has changed, others may write there), the rules are read and checked as if there were no cache. The
folder is safe to delete.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
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
    """Load and check a knowledge base, or take it from the cache if the same files have been checked before.

    Args:
        folder: a rules folder; without it, the rules that come with this package.
        calls: whom to call, instead of what the rules say: `{"emergency_call": "112"}`.

    Raises:
        KnowledgeBaseError: with every problem found, each with file, line, place and remedy.
        CallsError: the rules do not know a name, or the words cannot stand in a text.
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
    """Return the cache file of a knowledge base that was loaded; None if it has none."""
    return _places.get(knowledge)


def cache_folder() -> Path:
    """Return the folder of the cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "cramp-triage"


def _place(root: Path) -> Path | None:
    """Return the cache file for these rules and this code; None if nothing can be kept safely."""
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
    """Return the knowledge base in a cache file; None if there is none, or anything is odd."""
    raw = read_sealed(place)
    try:
        knowledge = raw and unpack(orjson.loads(raw))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    return knowledge if isinstance(knowledge, KnowledgeBase) else None


def read_sealed(place: Path) -> bytes | None:
    """Return the content of a cache file; None if it is not whole, or others may write to it."""
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
    """Cache a knowledge base; if that is not possible, the next start reads and checks again."""
    try:
        raw = orjson.dumps(pack(knowledge))
    except (TypeError, ValueError):
        return
    write_sealed(place, raw)


def write_sealed(place: Path, raw: bytes) -> None:
    """Write a cache file, if that is possible, and remove the oldest knowledge bases."""
    try:
        if not place.parent.parent.parent.is_dir():  # never make the home folder
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours(place.parent.stat()):
            return
        if place.is_symlink():
            place.unlink()
        write_whole(place, [_seal(place, raw), raw], private=True)
        oldest_first = sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in oldest_first[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
            for beside in place.parent.glob(f"{old.stem}-*"):
                beside.unlink(missing_ok=True)
    except (OSError, ValueError):
        return


def _ours(found: os.stat_result) -> bool:
    """Tell whether a file or folder belongs to this user, and nobody else may write to it."""
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _seal(place: Path, raw: bytes) -> bytes:
    return hashlib.sha256(place.name.encode() + raw).hexdigest().encode()
