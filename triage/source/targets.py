"""Targets: where the name of a file to write leads, and why it cannot be written.

Links are followed: they stay, and what they lead to is the target. A device, a pipe, or a file that the
process has open (/dev/stdout, /dev/fd/3) is never replaced, only written to.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST_LINKS = 40
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
_OPEN = re.compile(r"/(?:dev|proc/(?P<process>\d+)(?:/task/\d+)?)/fd/(?P<number>\d{1,9})")
_REASONS = {
    errno.ELOOP: "it is a link, and the links lead round in a circle",
    errno.EISDIR: "it is a folder; name a file",
    errno.EBADF: "it is not open for writing",
}


class TargetError(OSError):
    """A target that cannot be written. As text it says which and why; `filename` is the name as given."""

    def __init__(self, code: int, reason: str, name: str) -> None:
        """Take the number of the system's error, the reason in words, and the name of the target."""
        super().__init__(code, reason, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass to another process."""
        return TargetError, (self.errno, self.strerror, self.filename)

    def __str__(self) -> str:
        """Say which target it is, and why it cannot be written."""
        return f"{self.filename}: cannot be written: {self.strerror}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a name leads: to something that the process has open, or to a path that is no link.

    `state` is what stands at the path, or None where nothing does.
    """

    name: str
    path: Path
    descriptor: int | None = None
    state: os.stat_result | None = None

    @property
    def is_replaced(self) -> bool:
        """Whether a new file takes its place; otherwise it is written to."""
        return self.descriptor is None and (self.state is None or stat.S_ISREG(self.state.st_mode))

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, in which files are made."""
        return self.descriptor is None and self.state is not None and stat.S_ISDIR(self.state.st_mode)


def check_target(target: str | Path) -> None:
    """Find out, before long work, whether a file could be written; nothing is written or changed.

    Raises:
        TargetError: it could not, as far as can be known in advance.
    """
    place_of(target)


def is_written_through(target: str | Path) -> bool:
    """Tell whether a target is a device, a pipe or a file that the process has open; no other file or folder.

    Raises:
        TargetError: the name cannot be followed.
    """
    name = os.fspath(target)
    with told(name):
        found = _followed(name)
    return not found.is_replaced and not found.is_folder


def check_folder(folder: str | Path) -> bool:
    """Find out, before long work, whether files could be written to a folder that may not be there yet.

    Returns:
        Whether anything already exists there.

    Raises:
        TargetError: they could not, as far as can be known in advance.
    """
    name = os.fspath(folder)
    if not name:
        raise target_error(errno.ENOENT, name)
    with told(name):
        place = Path(os.path.realpath(name))
        above = place
        while (state := _state(above)) is None:
            above = above.parent
        if not stat.S_ISDIR(state.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return above == place and any(place.iterdir())


def place_of(target: str | Path) -> Target:
    """Follow a name to the target.

    Raises:
        TargetError: nothing can be written there.
    """
    name = os.fspath(target)
    with told(name):
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
            raise target_error(
                errno.EACCES,
                name,
                "its folder takes no new file, so it cannot be replaced whole; write to another folder",
            )
        return found


def _new(found: Target) -> Target:
    """Check a target that is not there yet."""
    folder = found.path.parent
    if not folder.is_dir():
        raise target_error(errno.ENOENT, found.name, f"there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise target_error(
            errno.EACCES, found.name, f"the folder {folder} takes no new file (permission denied)"
        )
    return found


def _followed(name: str) -> Target:
    """Follow the links of a name one by one, to notice one that leads to a file the process has open."""
    if not name:
        raise target_error(errno.ENOENT, name, "the name is empty; name a file")
    path = name
    for _ in range(_MOST_LINKS):
        above, last = os.path.split(path)
        if last in ("", os.curdir, os.pardir):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        folder = _folder(name, above or os.curdir)
        path = os.path.join(folder, last)  # noqa: PTH118 - os.path keeps ".." as the system follows it
        descriptor, others = _descriptor(path)
        if descriptor is not None:
            return Target(name, Path(path), descriptor)
        try:
            link = None if others else os.readlink(path)  # noqa: PTH115 - as above
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                raise
            link = None
        if link is None:
            return Target(name, Path(path), state=_state(Path(path)))
        path = os.path.join(folder, link)  # noqa: PTH118 - as above
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _folder(name: str, above: str) -> str:
    try:
        return os.path.realpath(above, strict=True)
    except (FileNotFoundError, NotADirectoryError):
        raise target_error(errno.ENOENT, name, f"there is no folder {above}") from None


def _state(path: Path) -> os.stat_result | None:
    """Return the state of what stands at a path; None if nothing does."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _descriptor(path: str) -> tuple[int | None, bool]:
    """Return the descriptor of this process that a path names, and whether it names another process's."""
    folder, _, last = path.rpartition("/")
    if folder == "/dev" and last in _STANDARD:
        return _STANDARD[last], False
    found = _OPEN.fullmatch(path)
    if not found:
        return None, False
    if found["process"] in (None, str(os.getpid())):
        return int(found["number"]), False
    return None, True


def target_error(code: int, name: str, reason: str = "") -> TargetError:
    """Return an error with the system's number, and with the given reason, our own or the system's."""
    reason = reason or _REASONS.get(code) or os.strerror(code)
    return TargetError(code, reason[:1].lower() + reason[1:], name)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn the system's errors into a TargetError that names the target."""
    try:
        yield
    except TargetError:
        raise
    except OSError as error:
        raise target_error(error.errno or 0, name, "" if error.errno else str(error)) from None
    except ValueError as error:  # a NUL in the name
        raise target_error(errno.EINVAL, name, str(error)) from None
