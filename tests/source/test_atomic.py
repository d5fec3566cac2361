"""The one atomic write, where no command shows it: what goes wrong between two pieces, and special cases."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.source.atomic import write_new, write_whole
from triage.source.targets import TargetError, check_target, is_written_through

LARGE = b"x" * (1 << 20)


def breaking_off(error: BaseException) -> Iterator[bytes]:
    yield LARGE
    raise error


@pytest.mark.parametrize(
    "error", [OSError(5, "of the input"), KeyboardInterrupt(), SystemExit(143), ValueError()]
)
def test_what_the_pieces_raise_goes_through_and_the_old_file_stays(
    tmp_path: Path, error: BaseException
) -> None:
    (tmp_path / "old").write_text("old")
    for name in ("old", "new"):
        with pytest.raises(type(error)) as raised:
            write_whole(tmp_path / name, breaking_off(error))
        assert raised.value is error
    with pytest.raises(type(error)) as raised:
        write_new(tmp_path / "new", breaking_off(error))
    assert raised.value is error
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("old", "old")]


def test_an_interrupt_does_not_wait_for_what_is_still_in_the_buffer(tmp_path: Path) -> None:
    """A reader that does not read would hold up what is thrown away anyway."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def pieces() -> Iterator[bytes]:
        yield b"x" * 65_536  # as much as a pipe holds
        yield b"y" * 60_000
        raise KeyboardInterrupt

    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / "pipe", pieces())
        assert time.monotonic() - started < 5
    finally:
        os.close(reader)


def test_who_does_not_want_to_wait_gets_all_of_it_all_the_same() -> None:
    """A terminal program may leave its pipe so that a write to a full one fails."""
    out, into = os.pipe()
    os.set_blocking(into, False)
    taken = bytearray()

    def read() -> None:
        time.sleep(0.2)
        while data := os.read(out, 1 << 16):
            taken.extend(data)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    write_whole(f"/dev/fd/{into}", [LARGE, "é", memoryview(b"end")])
    os.close(into)
    reader.join(timeout=30)
    os.close(out)
    assert bytes(taken) == LARGE + "é".encode() + b"end"


def test_a_reader_that_has_gone_is_an_error_with_its_number(tmp_path: Path) -> None:
    out, into = os.pipe()
    os.close(out)
    with pytest.raises(TargetError) as raised:
        write_whole(f"/dev/fd/{into}", [LARGE])
    os.close(into)
    assert raised.value.errno == errno.EPIPE
    assert list(tmp_path.iterdir()) == []


def test_a_descriptor_that_is_not_open_is_refused() -> None:
    for name in ("/dev/fd/987654", f"/proc/{os.getpid()}/fd/987654"):
        with pytest.raises(TargetError, match="cannot be written: it is not open for writing"):
            check_target(name)


def test_a_group_that_cannot_be_kept_gets_what_everybody_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").touch()
    (tmp_path / "out").chmod(0o664)
    real = os.fstat

    def of_another_group(handle: int) -> os.stat_result:
        found = real(handle)
        return os.stat_result((*found[:5], found.st_gid + 1, *found[6:]))

    def refused(*_: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("os.fstat", of_another_group)
    monkeypatch.setattr("os.fchown", refused)
    write_whole(tmp_path / "out", ["new"])
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o644


def test_an_access_list_is_kept(tmp_path: Path) -> None:
    """Without it the mask of the list would become the rights of the group."""
    name, user = "system.posix_acl_access", 1234
    entries = ((1, 6, -1), (2, 6, user), (4, 0, -1), (16, 6, -1), (32, 0, -1))
    given = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (who % 2**32).to_bytes(4, "little")
        for tag, rights, who in entries
    )
    (tmp_path / "out").touch()
    try:
        os.setxattr(tmp_path / "out", name, given)
    except (OSError, AttributeError):
        pytest.skip("this disk keeps no access lists")
    before = (tmp_path / "out").stat().st_mode
    write_whole(tmp_path / "out", ["new"])
    assert (tmp_path / "out").read_text() == "new"
    assert os.getxattr(tmp_path / "out", name) == given
    assert (tmp_path / "out").stat().st_mode == before


def test_a_folder_may_be_named_through_links_and_dots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far" / "deep").mkdir(parents=True)
    (tmp_path / "near").symlink_to("far/deep")
    monkeypatch.chdir(tmp_path)
    write_whole("near/../out", ["text"])
    assert (tmp_path / "far" / "out").read_text() == "text"
    with pytest.raises(TargetError, match=r"^none/\.\./out: cannot be written: there is no folder"):
        write_whole("none/../out", ["text"])


def test_a_name_with_a_null_or_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="null"):
        write_whole(f"{tmp_path}/a\0b", ["text"])
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    write_whole(strange, ["text"])
    assert [os.fsencode(each.name) for each in tmp_path.iterdir()] == [b"\xff"]


def test_what_must_be_new_never_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    (tmp_path / "link").symlink_to("nothing")
    for name in ("old", "link"):
        with pytest.raises(TargetError, match="file exists"):
            write_new(tmp_path / name, ["new"])
    assert (tmp_path / "old").read_text() == "old"
    assert not (tmp_path / "nothing").exists()


def test_a_pipe_is_told_from_a_file_and_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "old").touch()
    through = {name: is_written_through(tmp_path / name) for name in ("pipe", "old", "new")}
    assert through == {"pipe": True, "old": False, "new": False}
    assert is_written_through("/dev/stdout")
    assert not is_written_through(tmp_path)


def test_an_error_travels_between_processes() -> None:
    error = TargetError(errno.ENOSPC, "no space left on device", "out")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(copy), copy.errno) == ("out: cannot be written: no space left on device", errno.ENOSPC)
