"""Write files whole or not at all, whatever the target is and whatever interrupts.

The content of a regular or a new file goes to a temporary file, which takes the place of the target at the
end. It keeps the mode of the old file, and its owner and group where that is permitted; the umask decides the
mode of a new file. If a file has several names (hard links), only the given name gets the new content.
"""

from __future__ import annotations

import errno
import io
import os
import select
import stat
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypeAlias

from triage.source.targets import Target, place_of, told

Piece: TypeAlias = str | bytes | bytearray | memoryview

TEMPORARY = ".tmp"
"""The ending of the name of a file that is not whole yet."""

_BUFFER = 1 << 16
_PRIVATE = 0o600
_USUAL = 0o666
_ACCESS_LIST = "system.posix_acl_access"
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_OPEN_FILE = "/proc/self/fd/{}"


def write_whole(
    target: str | Path, pieces: Iterable[Piece], *, private: bool = False, aside: Path | None = None
) -> None:
    """Write a file whole or not at all; a device or a pipe gets the pieces one by one.

    If anything stops it, even an interrupt, the old file stays as it was, and no temporary file is left. What
    `pieces` raises is passed on.

    Args:
        target: the name of a file. A pipe waits for its reader.
        pieces: the content; text is written as UTF-8.
        private: open the file to its owner alone (0600), even if the old one was open to others.
        aside: a folder on the same disk for the temporary file; by default, the folder of the target.

    Raises:
        TargetError: the file cannot be written.
    """
    place = place_of(target)
    if place.is_replaced:
        _replace(place, pieces, private=private, aside=aside)
    else:
        _write_through(place, pieces)


def write_new(target: str | Path, pieces: Iterable[Piece]) -> None:
    """Write a file that must not be there yet, whole or not at all.

    Raises:
        TargetError: the file cannot be written, or already exists.
    """
    name = os.fspath(target)
    path = Path(name)
    with told(name):
        if os.path.lexists(name):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        handle, has_name = _open_new(path, _USUAL)
    try:
        with io.FileIO(handle, "w") as raw:
            _write_settled(raw, name, pieces)
            if not has_name:
                with told(name):
                    _give_name(handle, path)
    except BaseException:
        if has_name:
            path.unlink(missing_ok=True)
        raise


def set_aside(target: str | Path) -> Path:
    """Keep a file under a free name beside it, so that it can be replaced, and return that name.

    Raises:
        TargetError: the file cannot get another name.
    """
    with told(os.fspath(target)):
        path = Path(os.path.realpath(target))
        free = (path.with_name(f"{path.name}.earlier-{number}") for number in count(1))
        aside = next(name for name in free if not os.path.lexists(name))
        try:
            aside.hardlink_to(path)
        except OSError:  # the disk does not support hard links
            path.rename(aside)
        return aside


def make_folder(folder: str | Path) -> None:
    """Make a folder and those above it, where they are missing; of a broken link, make the folder it names.

    Raises:
        TargetError: the folder cannot be made.
    """
    with told(os.fspath(folder)):
        Path(os.path.realpath(folder)).mkdir(parents=True, exist_ok=True)


class _Writer:
    """Writes to an open file through a buffer, which an interrupt drops; every error names the target."""

    def __init__(self, raw: io.FileIO, name: str) -> None:
        self._raw = raw
        self._name = name
        self._held = bytearray()

    def write_all(self, pieces: Iterable[Piece]) -> None:
        """Write all pieces; collect small ones in the buffer first."""
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
        with told(self._name), memoryview(data) as view:
            written = 0
            while written < len(view):
                taken = self._raw.write(view[written:])
                if taken is None:  # the file is open in non-blocking mode and is not ready
                    select.select([], [self._raw], [])
                written += taken or 0

    def settle(self) -> None:
        """Wait until everything is on the disk."""
        with told(self._name):
            os.fsync(self._raw.fileno())


def _write_through(place: Target, pieces: Iterable[Piece]) -> None:
    with told(place.name):
        if place.descriptor is not None:
            handle = os.dup(place.descriptor)
        else:
            handle = os.open(place.path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    with io.FileIO(handle, "w") as raw:
        _Writer(raw, place.name).write_all(pieces)


def _replace(place: Target, pieces: Iterable[Piece], *, private: bool, aside: Path | None) -> None:
    mode = _USUAL if place.state is None and not private else _PRIVATE
    held = (aside or place.path.parent) / f".triage-{os.urandom(8).hex()}{TEMPORARY}"
    try:
        with told(place.name):
            handle, has_name = _open_new(held, mode)
        with io.FileIO(handle, "w") as raw:
            with told(place.name):
                _keep_looks(handle, place, private=private)
            _write_settled(raw, place.name, pieces)
            if not has_name:
                with told(place.name):
                    _give_name(handle, held)
        with told(place.name):
            held.replace(place.path)
    except BaseException:
        with suppress(OSError):
            held.unlink(missing_ok=True)
        raise


def _open_new(path: Path, mode: int) -> tuple[int, bool]:
    """Open a new file, without a name if the system can name it later, so that a kill leaves nothing behind.

    Returns:
        Its descriptor, and whether it has its name already.
    """
    if _NAMELESS:
        with suppress(OSError):  # the disk does not support this, or the open below fails with the reason
            handle = os.open(path.parent, _NAMELESS | os.O_WRONLY, mode)
            if Path(_OPEN_FILE.format(handle)).exists():
                return handle, False
            os.close(handle)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), True


def _give_name(handle: int, path: Path) -> None:
    # Python follows the link only if src_dir_fd is given; the path is absolute, so any descriptor will do.
    os.link(_OPEN_FILE.format(handle), path, src_dir_fd=handle, follow_symlinks=True)


def _write_settled(raw: io.FileIO, name: str, pieces: Iterable[Piece]) -> None:
    writer = _Writer(raw, name)
    writer.write_all(pieces)
    writer.settle()


def _keep_looks(handle: int, place: Target, *, private: bool) -> None:
    """Give a new file the owner, group, mode and access list of the file that it will replace."""
    if not hasattr(os, "fchown"):
        return
    if private:
        os.fchmod(handle, _PRIVATE)
    elif place.state is not None:
        os.fchmod(handle, _mode_for(handle, place.state))
        if hasattr(os, "getxattr"):
            with suppress(OSError):
                os.setxattr(handle, _ACCESS_LIST, os.getxattr(place.path, _ACCESS_LIST))


def _mode_for(handle: int, before: os.stat_result) -> int:
    """Give an open file the owner and group of another, as far as permitted; return the mode it may have."""
    now, mode = os.fstat(handle), stat.S_IMODE(before.st_mode)
    if (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return mode
    for owner in (before.st_uid, -1):
        with suppress(OSError):
            os.fchown(handle, owner, before.st_gid)
            return mode
    # The group has changed, so it may do no more than everybody may.
    return mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
