"""Files by path or by URL, through fsspec: reading them, writing them whole, and noticing their changes.

A path is opened as a local file. Anything with `://` goes to the file system of its protocol (`s3://` needs
the package s3fs where the command runs and where the workers run).
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from triage.cases.reading.raw_case import Unreadable
from triage.cases.reading.reader import files_of, unreadable, unsaid
from triage.cases.reading.scanning import is_case_file
from triage.source.atomic import write_whole
from triage.source.diagnostic import Diagnostic, Location, encodable

_MARKS = ("ETag", "etag", "md5Hash", "generation", "LastModified", "last_modified", "modified", "created")
_PIECE = 1 << 20
_BETWEEN = "://"


class StoreError(Exception):
    """A path or URL cannot be opened here."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name as given, the path or URL for workers, and a mark that differs after a change.

    `fault` says why it cannot be read, if it cannot.
    """

    file: str
    url: str
    size: int = 0
    mark: str = ""
    fault: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """The size and the sha256 of a file."""

    size: int
    sha256: str


def is_url(name: str) -> bool:
    """Tell a URL from a path."""
    return _BETWEEN in name


def absolute(name: str) -> str:
    """Return a name that means the same from any folder."""
    return name if is_url(name) else str(Path(name).absolute())


def joined(folder: str, *names: str) -> str:
    """Return the place of a file in a folder."""
    return "/".join((folder.rstrip("/"), *names))


def opened(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it.

    Raises:
        StoreError: nothing here knows the protocol.
    """
    if not is_url(url):
        return LocalFileSystem(), url
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise StoreError(f"{url}: cannot be opened here: {error}") from None
    return found


def sources_of(paths: Iterable[str], say: Callable[[str], None] = unsaid) -> Iterator[Source]:
    """Yield the files that paths and URLs name, in order; a folder stands for all its case files.

    `say` gets a line for each folder with files that are passed over.

    Raises:
        StoreError: a file cannot be read piece by piece, or not by workers.
    """
    for name in paths:
        if is_url(name):
            yield from _behind_url(name)
            continue
        for found in files_of([name], say):
            if isinstance(found, Path):
                yield _source(str(found), str(found.absolute()))
            elif found is not None:
                yield Source(found.file, "", fault=found)


def _behind_url(url: str) -> Iterator[Source]:
    system, path = opened(url)
    system.invalidate_cache()
    if any(sign in path for sign in "*?["):
        found = sorted(system.glob(path))
    elif system.isdir(path):
        found = sorted(each for each in system.find(path) if is_case_file(each))
    else:
        yield _source(url, url)
        return
    if not found:
        message = "holds no case files (.json, .jsonl or .ndjson); name another folder"
        yield Source(url, url, fault=Unreadable(Diagnostic(Location(url), message), empty_folder=True))
    for each in found:
        full = system.unstrip_protocol(each)
        yield _source(full, full)


def _source(file: str, url: str) -> Source:
    if encodable(file) != file:
        raise StoreError(f"{encodable(file)}: its name is not UTF-8; give the file another name")
    try:
        size, mark = state_of(url)
        system, path = opened(url)
        system.cat_file(path, start=0, end=1)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not error.strerror:
            error = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return Source(file, url, fault=unreadable(file, error))
    return Source(file, url, size, mark)


def state_of(url: str) -> tuple[int, str]:
    """Return the size of a file, and a mark that differs once the file has changed.

    Raises:
        OSError: it cannot be read.
        StoreError: it is a pipe or a device.
    """
    system, path = opened(url)
    if not isinstance(system, LocalFileSystem):
        system.invalidate_cache()
    info = system.info(path)
    if info["type"] == "other":
        raise StoreError(f"{url}: is not a file that can be read in pieces; save it as a file first")
    if isinstance(system, LocalFileSystem):
        found = Path(info["name"]).stat()
        return found.st_size, f"mtime_ns={found.st_mtime_ns}"
    return int(info["size"] or 0), " ".join(f"{name}={info[name]}" for name in _MARKS if info.get(name))


def read(url: str, start: int | None = None, end: int | None = None) -> bytes:
    """Return the bytes of a file from `start` to `end`, by default all."""
    system, path = opened(url)
    return bytes(system.cat_file(path, start=start, end=end))


def read_if_there(url: str) -> bytes | None:
    """Return the bytes of a file, or None if there is no file."""
    try:
        return read(url)
    except FileNotFoundError:
        return None


def stream(url: str) -> BinaryIO:
    """Open a file for reading from its beginning."""
    system, path = opened(url)
    return cast("BinaryIO", system.open(path, "rb"))


def sha256_at(url: str) -> Stored | None:
    """Return the size and the sha256 of a file, or None if there is no file."""
    digest, size = hashlib.sha256(), 0
    try:
        with stream(url) as file:
            while data := file.read(_PIECE):
                digest.update(data)
                size += len(data)
    except FileNotFoundError:
        return None
    return Stored(size, digest.hexdigest())


def names_in(folder: str) -> list[str]:
    """Return the sorted names of everything in a folder; none if there is no folder."""
    system, path = opened(folder)
    if not isinstance(system, LocalFileSystem):
        system.invalidate_cache()
    try:
        return sorted(name.rstrip("/").rpartition("/")[2] for name in system.ls(path, detail=False))
    except FileNotFoundError:
        return []


def make_folder(folder: str) -> None:
    """Make a folder, with those above it."""
    system, path = opened(folder)
    system.makedirs(path, exist_ok=True)


def remove(url: str) -> None:
    """Remove a file, if it is there."""
    system, path = opened(url)
    try:
        system.rm_file(path)
    except FileNotFoundError:
        return


def store(url: str, pieces: Iterable[bytes], aside: str) -> Stored:
    """Write a file whole or not at all, even if the process is killed.

    Args:
        url: the file.
        pieces: its bytes.
        aside: a folder for a local file while it is incomplete.
    """
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece

    system, path = opened(url)
    if isinstance(system, LocalFileSystem):
        write_whole(path, counted(), aside=Path(opened(aside)[1]))
    else:
        _upload(system, path, counted())
    return Stored(size, digest.hexdigest())


def _upload(system: Any, path: str, pieces: Iterable[bytes]) -> None:
    """Upload an object; the store shows it only when the upload is complete."""
    upload = system.open(path, "wb", autocommit=False)
    try:
        for piece in pieces:
            upload.write(piece)
        upload.close()
    except BaseException:
        upload.discard()
        raise
    upload.commit()
