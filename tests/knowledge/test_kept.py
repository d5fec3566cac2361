"""What is kept of a checked knowledge base is the same knowledge base; what is odd is never trusted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest
from support.shipped import KNOWLEDGE
from support.small_base import write_base

from triage import KnowledgeBase, KnowledgeBaseError, load_knowledge_base
from triage.knowledge import kept, loader
from triage.knowledge.files import bundled_rules, read_folder, sha256_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that knowledge bases are kept in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "cramp-triage"


@pytest.fixture
def readings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every time that the rules are read and checked; they have been, so that the tests need not wait."""
    assert not folder.exists()
    found: list[Path] = []

    def read_and_check(root: Path) -> KnowledgeBase:
        found.append(root)
        return KNOWLEDGE

    monkeypatch.setattr(loader, "read_and_check", read_and_check)
    return found


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def assert_same(one: KnowledgeBase, other: KnowledgeBase) -> None:
    for field in fields(KnowledgeBase):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert mine == theirs, field.name
        if isinstance(mine, Mapping):
            assert list(mine) == list(theirs), field.name


def test_what_is_kept_is_what_was_read_and_checked(folder: Path) -> None:
    read = load_knowledge_base()
    assert only_file(folder).stat().st_mode & 0o777 == 0o600
    again = load_knowledge_base()
    assert again is not read
    assert_same(read, again)


def test_a_kept_knowledge_base_is_not_read_again(readings: list[Path]) -> None:
    load_knowledge_base()
    load_knowledge_base()
    assert readings == [bundled_rules()]


def test_the_hash_is_that_of_the_files_read() -> None:
    assert sha256_of(bundled_rules()) == read_folder(bundled_rules()).sha256 == KNOWLEDGE.sha256


def test_changed_rules_are_read_again(folder: Path, tmp_path: Path) -> None:
    rules = shutil.copytree(bundled_rules(), tmp_path / "rules")
    load_knowledge_base(rules)
    assert list(folder.iterdir())
    broken = rules / "findings.toml"
    broken.write_text(broken.read_text("utf-8").replace('id = "', 'id = "no ', 1), "utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"findings\.toml"):
        load_knowledge_base(rules)


def test_another_version_reads_again(readings: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    load_knowledge_base()
    monkeypatch.setattr(kept, "__version__", "another")
    load_knowledge_base()
    assert len(readings) == 2


def turn_a_letter(path: Path) -> None:
    raw = path.read_bytes()
    assert b'"emergency"' in raw
    path.write_bytes(raw.replace(b'"emergency"', b'"self_care"', 1))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def seal_nonsense(path: Path) -> None:
    raw = b'["Rung"]'
    path.write_bytes(kept._seal(path, raw) + raw)  # noqa: SLF001 - what a clumsy forger would do


def seal_another_thing(path: Path) -> None:
    raw = b'["tuple",1,2]'
    path.write_bytes(kept._seal(path, raw) + raw)  # noqa: SLF001 - as above


def name_it_otherwise(path: Path) -> None:
    """The bytes of another knowledge base under the name of this one."""
    other = path.with_name("other.json")
    path.rename(other)
    raw = other.read_bytes()[64:]
    path.write_bytes(kept._seal(other, raw) + raw)  # noqa: SLF001 - as above


def let_others_write(path: Path) -> None:
    path.chmod(0o666)


def let_others_write_to_the_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def link_elsewhere(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize(
    "spoil",
    [
        turn_a_letter,
        cut_short,
        empty,
        seal_nonsense,
        seal_another_thing,
        name_it_otherwise,
        let_others_write,
        let_others_write_to_the_folder,
        link_elsewhere,
    ],
)
def test_what_is_odd_is_not_trusted(
    folder: Path, readings: list[Path], spoil: Callable[[Path], None]
) -> None:
    load_knowledge_base()
    spoil(only_file(folder))
    assert load_knowledge_base() is KNOWLEDGE
    assert len(readings) == 2


def test_what_another_user_kept_is_not_trusted(readings: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    load_knowledge_base()
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert load_knowledge_base() is KNOWLEDGE
    assert len(readings) == 2


def test_without_a_place_to_keep_it_the_rules_are_read(
    readings: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    load_knowledge_base()
    assert load_knowledge_base() is KNOWLEDGE
    assert len(readings) == 2


def test_what_cannot_be_kept_is_not_kept(
    folder: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = replace(KNOWLEDGE, causes={"odd": object()})  # type: ignore[dict-item]
    monkeypatch.setattr(loader, "read_and_check", lambda _: odd)
    assert load_knowledge_base() is odd
    assert not folder.exists()
    assert readings == []


def test_the_cache_does_not_grow(folder: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for version in range(12):
        monkeypatch.setattr(kept, "__version__", str(version))
        load_knowledge_base()
    assert len(readings) == 12
    assert len(list(folder.iterdir())) == 8


def test_a_relative_cache_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert kept.cache_folder() == Path.home() / ".cache" / "cramp-triage"


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    load_knowledge_base(write_base(tmp_path / "rules"))
    assert not (tmp_path / "nobody").exists()
