"""Going through a folder: every entry once, whatever links, pipes and strange names stand there."""

from __future__ import annotations

import os
from pathlib import Path

from triage.source.diagnostic import printable
from triage.source.folder import Kind, counted, entries


def kinds(root: Path) -> dict[str, Kind]:
    return {"/".join(entry.parts): entry.kind for entry in entries(root)}


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_entries_come_in_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b/a", "b/A", "a-b/c", "a/c", "c")
    names = ["/".join(entry.parts) for entry in entries(tmp_path)]
    assert names == ["a", "a/c", "a-b", "a-b/c", "b", "b/A", "b/a", "c"]


def test_a_link_to_a_folder_outside_is_followed(tmp_path: Path) -> None:
    make(tmp_path, "far/deep/file")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "near").symlink_to("../far")
    assert kinds(tmp_path / "root") == {
        "near": Kind.FOLDER,
        "near/deep": Kind.FOLDER,
        "near/deep/file": Kind.FILE,
    }


def test_a_folder_is_read_under_its_own_name_though_a_link_comes_first(tmp_path: Path) -> None:
    make(tmp_path, "z/file")
    (tmp_path / "a").symlink_to("z")
    found = {entry.name: entry for entry in entries(tmp_path)}
    assert (found["a"].kind, found["a"].detail) == (Kind.SEEN, str(tmp_path / "z"))
    assert found["file"].parts == ("z", "file")


def test_a_folder_outside_is_read_once_however_many_links_lead_into_it(tmp_path: Path) -> None:
    make(tmp_path, "far/deep/file")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").symlink_to("../far/deep")
    (root / "b").symlink_to("../far")
    (root / "c").symlink_to("../far/deep")
    assert kinds(root) == {
        "a": Kind.FOLDER,
        "a/file": Kind.FILE,
        "b": Kind.FOLDER,
        "b/deep": Kind.SEEN,
        "c": Kind.SEEN,
    }


def test_circles_end_and_are_told_with_both_places(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "a/file")
    make(tmp_path, "far/file")
    (root / "a" / "up").symlink_to("..")
    (root / "a" / "itself").symlink_to(".")
    (root / "a" / "above-all").symlink_to(tmp_path)
    (root / "out").symlink_to("../far")
    (tmp_path / "far" / "back").symlink_to("../root")
    found = {"/".join(entry.parts): entry for entry in entries(root)}
    circles = {name: entry.detail for name, entry in found.items() if entry.kind is Kind.CIRCLE}
    assert circles == {
        "a/up": str(root),
        "a/itself": str(root / "a"),
        "a/above-all": str(tmp_path),
        "out/back": str(root),
    }
    assert {name for name, entry in found.items() if entry.kind is Kind.FILE} == {"a/file", "out/file"}


def test_what_is_no_file_and_no_folder_is_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-file").symlink_to("file")
    (tmp_path / "to-pipe").symlink_to("pipe")
    (tmp_path / "to-nothing").symlink_to("nothing")
    (tmp_path / "to-itself").symlink_to("to-itself")
    assert kinds(tmp_path) == {
        "file": Kind.FILE,
        "pipe": Kind.OTHER,
        "to-file": Kind.FILE,
        "to-pipe": Kind.OTHER,
        "to-nothing": Kind.NOWHERE,
        "to-itself": Kind.UNREADABLE,
    }


def test_a_folder_that_is_not_wanted_is_told_and_not_looked_into(tmp_path: Path) -> None:
    make(tmp_path, "yes/file", "no/file")
    (tmp_path / "yes" / "no").symlink_to("../no")
    found = {"/".join(e.parts): e.kind for e in entries(tmp_path, lambda name: name != "no")}
    assert found == {
        "yes": Kind.FOLDER,
        "yes/file": Kind.FILE,
        "yes/no": Kind.NOT_LOOKED_INTO,
        "no": Kind.NOT_LOOKED_INTO,
    }


def test_a_folder_that_is_none_is_unreadable(tmp_path: Path) -> None:
    (only,) = entries(tmp_path / "none")
    assert (only.parts, only.kind, only.detail) == ((), Kind.UNREADABLE, "no such file or directory")


def test_names_are_shown_so_that_they_steer_no_terminal() -> None:
    assert printable("a\x1b[2J\nb\udcff é") == r"a\x1b[2J\nb\udcff é"
    assert counted(["a", "b"], 2) == "a, b"
    assert counted(["a", "b", "c"], 2) == "a, b, ..."
