"""Writing files: whole or not at all, whatever stands at the target and whoever interrupts.

A regular file, or one that is not there yet, is written beside its place and put there at the end. It keeps
its mode, its owner and its group as far as that is permitted; a new one gets what the umask leaves. Links are
followed: they stay, and what they lead to is replaced. Of a file with several names (hard links) the one
that was named gets the new text; the others keep the old one, as what is put there whole is a new file.

What is no regular file (a device, a pipe) is never replaced: it is opened and written to, and so is what the
process has open (/dev/stdout, /dev/fd/3).
"""

from __future__ import annotations

import errno
import io
import os
import re
import select
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

Piece: TypeAlias = str | bytes | bytearray | memoryview

TEMPORARY = ".tmp"
"""How the name of a file ends that is not whole yet."""

_BUFFER = 1 << 16
_MOST_LINKS = 40
_PRIVATE = 0o600
_USUAL = 0o666
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
_OPEN = re.compile(r"/(?:dev|proc/(?P<process>\d+)(?:/task/\d+)?)/fd/(?P<number>\d{1,9})")
_ACCESS_LIST = "system.posix_acl_access"
_REASONS = {
    errno.ELOOP: "it is a link, and the links lead round in a circle",
    errno.EISDIR: "it is a folder; name a file",
    errno.EBADF: "it is not open for writing",
}


class TargetError(OSError):
    """A target that cannot be written. As text it says which and why; `filename` is the name as given."""

    def __init__(self, code: int, reason: str, name: str) -> None:
        """Take the number of the system's error, its reason in words, and the name of the target."""
        super().__init__(code, reason, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass to another process."""
        return TargetError, (self.errno, self.strerror, self.filename)

    def __str__(self) -> str:
        """Say which target it is, and why it cannot be written."""
        return f"{self.filename}: cannot be written: {self.strerror}"


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a name leads: to something that the process has open, or to a path that is no link.

    `state` is what stands at the path, or None where nothing does.
    """

    name: str
    path: Path
    descriptor: int | None = None
    state: os.stat_result | None = None

    @property
    def is_replaced(self) -> bool:
        """Whether a new file takes its place; otherwise it is written through."""
        return self.descriptor is None and (self.state is None or stat.S_ISREG(self.state.st_mode))

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, in which files are made."""
        return self.descriptor is None and self.state is not None and stat.S_ISDIR(self.state.st_mode)


def write_whole(
    target: str | Path, pieces: Iterable[Piece], *, private: bool = False, aside: Path | None = None
) -> None:
    """Write a file whole or not at all; a device or a pipe gets piece after piece.

    Whatever ends it early, an interrupt too, leaves the old file as it was and nothing beside it. What the
    pieces raise goes through as it is.

    Args:
        target: the name of a file. A pipe waits for its reader.
        pieces: the content; text is written as UTF-8.
        private: the file is for its owner alone (0600), even where the one it replaces was open to others.
        aside: a folder on the same disk where the file may stand until it is whole; else beside its target.

    Raises:
        TargetError: it cannot be written.
    """
    place = _place(target)
    if place.is_replaced:
        _replace(place, pieces, private=private, aside=aside)
    else:
        _write_through(place, pieces)


def write_new(target: str | Path, pieces: Iterable[Piece]) -> None:
    """Write a file that must not be there yet, whole or not at all.

    Raises:
        TargetError: it cannot be written, or something stands there.
    """
    name = os.fspath(target)
    with _told(name):
        raw = io.FileIO(name, "x")
    try:
        with raw:
            writer = _Writer(raw, name)
            writer.write_all(pieces)
            writer.settle()
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def set_aside(target: str | Path) -> Path:
    """Give a file a free name beside it, under which it stays when it is replaced, and return that name.

    Raises:
        TargetError: that cannot be.
    """
    with _told(os.fspath(target)):
        path = Path(os.path.realpath(target))
        free = (path.with_name(f"{path.name}.earlier-{number}") for number in count(1))
        aside = next(name for name in free if not os.path.lexists(name))
        try:
            aside.hardlink_to(path)
        except OSError:  # a disk that knows no second names
            path.rename(aside)
        return aside


def check_target(target: str | Path) -> None:
    """Find out, before long work, whether a file could be written; nothing is written or changed.

    Raises:
        TargetError: it could not, as far as that can be known before.
    """
    _place(target)


def is_written_through(target: str | Path) -> bool:
    """Tell a device, a pipe or something that the process has open from a file or a folder.

    Raises:
        TargetError: that cannot be found out.
    """
    name = os.fspath(target)
    with _told(name):
        found = _followed(name)
    return not found.is_replaced and not found.is_folder


def make_folder(folder: str | Path) -> None:
    """Make a folder, with those above it, where it is not there; a link to nothing gets what it names.

    Raises:
        TargetError: that cannot be.
    """
    with _told(os.fspath(folder)):
        Path(os.path.realpath(folder)).mkdir(parents=True, exist_ok=True)


def check_folder(folder: str | Path) -> bool:
    """Find out, before long work, whether files could be written to a folder that may not be there yet.

    Returns:
        Whether anything already exists there.

    Raises:
        TargetError: they could not, as far as that can be known before.
    """
    name = os.fspath(folder)
    if not name:
        raise _error(errno.ENOENT, name)
    with _told(name):
        place = Path(os.path.realpath(name))
        above = place
        while (state := _state(above)) is None:
            above = above.parent
        if not stat.S_ISDIR(state.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return above == place and any(place.iterdir())


def _place(target: str | Path) -> _Target:
    """Follow a name to what would be written.

    Raises:
        TargetError: nothing can be written there.
    """
    name = os.fspath(target)
    with _told(name):
        found = _followed(name)
        if found.descriptor is not None:
            os.fstat(found.descriptor)
            return found
        if found.state is None:
            return _new(found)
        if found.is_folder:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(found.path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if found.is_replaced and not os.access(found.path.parent, os.W_OK | os.X_OK):
            raise _error(
                errno.EACCES,
                name,
                "its folder takes no new file, so it cannot be replaced whole; write to another folder",
            )
        return found


def _new(found: _Target) -> _Target:
    """Check a target that is not there yet."""
    folder = found.path.parent
    if not folder.is_dir():
        raise _error(errno.ENOENT, found.name, f"there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _error(errno.EACCES, found.name, f"the folder {folder} takes no new file (permission denied)")
    return found


def _followed(name: str) -> _Target:
    """Follow links one by one, to see those that lead to what the process has open."""
    if not name:
        raise _error(errno.ENOENT, name, "the name is empty; name a file")
    path = name
    for _ in range(_MOST_LINKS):
        above, last = os.path.split(path)
        if last in ("", os.curdir, os.pardir):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        folder = _folder(name, above or os.curdir)
        path = os.path.join(folder, last)  # noqa: PTH118 - os.path keeps ".." as the system follows it
        descriptor, others = _descriptor(path)
        if descriptor is not None:
            return _Target(name, Path(path), descriptor)
        try:
            link = None if others else os.readlink(path)  # noqa: PTH115 - as above
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                raise
            link = None
        if link is None:
            return _Target(name, Path(path), state=_state(Path(path)))
        path = os.path.join(folder, link)  # noqa: PTH118 - as above
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _folder(name: str, above: str) -> str:
    try:
        return os.path.realpath(above, strict=True)
    except (FileNotFoundError, NotADirectoryError):
        raise _error(errno.ENOENT, name, f"there is no folder {above}") from None


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _descriptor(path: str) -> tuple[int | None, bool]:
    """Return the number of what this process has open under a path, and whether another process has it."""
    folder, _, last = path.rpartition("/")
    if folder == "/dev" and last in _STANDARD:
        return _STANDARD[last], False
    found = _OPEN.fullmatch(path)
    if not found:
        return None, False
    if found["process"] in (None, str(os.getpid())):
        return int(found["number"]), False
    return None, True


class _Writer:
    """Writes to an open file; every error names the target. An interrupt throws away what waits."""

    def __init__(self, raw: io.FileIO, name: str) -> None:
        self._raw = raw
        self._name = name
        self._held = bytearray()

    def write_all(self, pieces: Iterable[Piece]) -> None:
        """Write all pieces, small ones together."""
        for piece in pieces:
            data = piece.encode(errors="backslashreplace") if isinstance(piece, str) else piece
            if len(self._held) + len(data) < _BUFFER:
                self._held += data
                continue
            self._flush()
            self._write(data)
        self._flush()

    def _flush(self) -> None:
        self._write(self._held)
        self._held = bytearray()

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        with _told(self._name), memoryview(data) as view:
            written = 0
            while written < len(view):
                taken = self._raw.write(view[written:])
                if taken is None:  # whoever opened it does not want to wait
                    select.select([], [self._raw], [])
                written += taken or 0

    def settle(self) -> None:
        """Wait until the disk has it all."""
        with _told(self._name):
            os.fsync(self._raw.fileno())


def _write_through(place: _Target, pieces: Iterable[Piece]) -> None:
    with _told(place.name):
        if place.descriptor is not None:
            handle = os.dup(place.descriptor)
        else:
            handle = os.open(place.path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    with io.FileIO(handle, "w") as raw:
        _Writer(raw, place.name).write_all(pieces)


def _replace(place: _Target, pieces: Iterable[Piece], *, private: bool, aside: Path | None) -> None:
    mode = _USUAL if place.state is None and not private else _PRIVATE
    held = (aside or place.path.parent) / f".triage-{os.urandom(8).hex()}{TEMPORARY}"
    try:
        with _told(place.name):
            raw = io.FileIO(str(held), "x", opener=lambda file, flags: os.open(file, flags, mode))
        with raw:
            with _told(place.name):
                _keep_looks(raw.fileno(), place, private=private)
            writer = _Writer(raw, place.name)
            writer.write_all(pieces)
            writer.settle()
        with _told(place.name):
            held.replace(place.path)
    except BaseException:
        with suppress(OSError):
            held.unlink(missing_ok=True)
        raise


def _keep_looks(handle: int, place: _Target, *, private: bool) -> None:
    """Give a new file the owner, group, mode and access list of the one that it will replace."""
    if not hasattr(os, "fchown"):
        return
    before = place.state
    mode = _PRIVATE if private else None
    if before is not None:
        mode = _mode_for(handle, before) if mode is None else mode
    if mode is not None:
        os.fchmod(handle, mode)
    if before is not None and not private and hasattr(os, "getxattr"):
        with suppress(OSError):
            os.setxattr(handle, _ACCESS_LIST, os.getxattr(place.path, _ACCESS_LIST))


def _mode_for(handle: int, before: os.stat_result) -> int:
    """Hand an open file to the owner and group of another, and return the mode that this leaves it."""
    now, mode = os.fstat(handle), stat.S_IMODE(before.st_mode)
    if (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return mode
    for owner in (before.st_uid, -1):
        with suppress(OSError):
            os.fchown(handle, owner, before.st_gid)
            return mode
    # Another group than before may do no more than everybody may.
    return mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3


def _error(code: int, name: str, reason: str = "") -> TargetError:
    reason = reason or _REASONS.get(code) or os.strerror(code)
    return TargetError(code, reason[:1].lower() + reason[1:], name)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Name the target in what the system says."""
    try:
        yield
    except TargetError:
        raise
    except OSError as error:
        raise _error(error.errno or 0, name, "" if error.errno else str(error)) from None
    except ValueError as error:  # a NUL in the name
        raise _error(errno.EINVAL, name, str(error)) from None
