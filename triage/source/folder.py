"""The entries of a folder and its sub-folders, and why some of them cannot be read.

Links are followed. A folder with several names is looked into once, under its real name where that is inside
the folder, so nothing is read twice and a circle of links ends.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from triage.source.diagnostic import printable, reason_of


class Kind(Enum):
    """What an entry is."""

    FILE = "a file"
    FOLDER = "a folder that was looked into"
    NOT_LOOKED_INTO = "a folder that the caller did not want"
    SEEN = "a link to a folder that is looked into under another name"
    CIRCLE = "a link to a folder that holds it"
    UNREADABLE = "something that cannot be looked into, or not to its end"
    NOWHERE = "a link to nothing"
    OTHER = "a pipe, a device or a socket"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its names from the folder on, its path, and what it is.

    `detail` says why it is unreadable, or to which folder a link leads.
    """

    parts: tuple[str, ...]
    path: Path
    kind: Kind
    detail: str = ""

    @property
    def name(self) -> str:
        """Its last name; "" for the folder itself."""
        return self.parts[-1] if self.parts else ""

    @property
    def hidden(self) -> bool:
        """Whether its own name is hidden; a file in a hidden folder need not be."""
        return self.name.startswith(".")


def entries(root: Path, wanted: Callable[[str], bool] = lambda _: True) -> list[Entry]:
    """Return every entry of a folder and its sub-folders, in order of their names.

    Args:
        root: the folder.
        wanted: takes the name of a sub-folder, and says whether to look into it.
    """
    return sorted(_Walk(root, wanted).all(), key=lambda entry: entry.parts)


def counted(names: Iterable[str], most: int = 5) -> str:
    """Return names as a list in one line; of many, only the first `most`."""
    listed = [printable(name) for name in names]
    return ", ".join(listed[:most]) + (", ..." if len(listed) > most else "")


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to look into: its names, its path, its real path, and the real paths of all that hold it."""

    parts: tuple[str, ...]
    path: Path
    real: str
    above: frozenset[str]

    def inside(self, name: str, real: str) -> _Folder:
        """Return a folder in it."""
        return _Folder((*self.parts, name), self.path / name, real, self.above | {real})


class _Walk:
    """Looks into real folders first, then into folders that only links lead to."""

    def __init__(self, root: Path, wanted: Callable[[str], bool]) -> None:
        self._root = root
        self._wanted = wanted
        self._seen: dict[str, Path] = {}
        self._links: list[tuple[Entry, _Folder]] = []

    def all(self) -> Iterator[Entry]:
        real = os.path.realpath(self._root)
        self._seen[real] = self._root
        yield from self._real(_Folder((), self._root, real, frozenset([real, *map(str, Path(real).parents)])))
        while self._links:
            self._links.sort(key=lambda each: each[0].parts, reverse=True)
            yield from self._through(*self._links.pop())

    def _real(self, root: _Folder) -> Iterator[Entry]:
        """Look into a folder and all real folders in it; keep links to folders for later."""
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder.path) as found:
                    for each in found:
                        if not each.is_dir(follow_symlinks=False):
                            yield from self._file(each, folder)
                        elif self._wanted(each.name):
                            inner = folder.inside(each.name, os.path.join(folder.real, each.name))  # noqa: PTH118
                            if inner.real in self._seen:  # a link has led there already
                                yield _entry(each, folder, Kind.SEEN, str(self._seen[inner.real]))
                                continue
                            self._seen[inner.real] = inner.path
                            waiting.append(inner)
                            yield Entry(inner.parts, inner.path, Kind.FOLDER)
                        else:
                            yield _entry(each, folder, Kind.NOT_LOOKED_INTO)
            except OSError as error:
                yield Entry(folder.parts, folder.path, Kind.UNREADABLE, reason_of(error))

    def _file(self, found: os.DirEntry[str], folder: _Folder) -> Iterator[Entry]:
        """Yield what an entry is that is no real folder; keep a link to a folder for later."""
        if found.is_file(follow_symlinks=False):
            yield _entry(found, folder, Kind.FILE)
            return
        try:
            mode = os.stat(found.path).st_mode  # noqa: PTH116 - as scandir has it
        except FileNotFoundError:
            yield _entry(found, folder, Kind.NOWHERE)
        except OSError as error:
            yield _entry(found, folder, Kind.UNREADABLE, reason_of(error))
        else:
            if stat.S_ISREG(mode):
                yield _entry(found, folder, Kind.FILE)
            elif not stat.S_ISDIR(mode):
                yield _entry(found, folder, Kind.OTHER)
            elif self._wanted(found.name):
                self._links.append((_entry(found, folder, Kind.FOLDER), folder))
            else:
                yield _entry(found, folder, Kind.NOT_LOOKED_INTO)

    def _through(self, link: Entry, folder: _Folder) -> Iterator[Entry]:
        """Look into the folder that a link leads to, unless that has been done."""
        real = os.path.realpath(link.path)
        if real in folder.above:
            yield replace(link, kind=Kind.CIRCLE, detail=str(self._seen.get(real, real)))
        elif real in self._seen:
            yield replace(link, kind=Kind.SEEN, detail=str(self._seen[real]))
        else:
            self._seen[real] = link.path
            yield link
            yield from self._real(folder.inside(link.name, real))


def _entry(found: os.DirEntry[str], folder: _Folder, kind: Kind, detail: str = "") -> Entry:
    return Entry((*folder.parts, found.name), folder.path / found.name, kind, detail)
