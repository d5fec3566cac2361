"""Generated code kept beside the knowledge base: used where all is as it was, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from triage import KnowledgeBase, load_knowledge_base
from triage.knowledge import kept
from triage.knowledge.code_cache import code_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "cramp-triage"


@pytest.fixture
def generator(tmp_path: Path) -> Path:
    (tmp_path / "generator").mkdir()
    (tmp_path / "generator" / "writer.py").write_text("")
    return tmp_path / "generator"


def answer(knowledge: KnowledgeBase, generator: Path, source: str) -> int:
    """Return what the code says that is kept, or made from this source."""
    space: dict[str, int] = {}
    exec(code_of(knowledge, "code", str(generator / "writer.py"), lambda: source), space)  # noqa: S102 - our own source
    return space["answer"]


def kept_code(folder: Path) -> Path:
    (path,) = folder.glob("*.code")
    return path


@pytest.mark.usefixtures("folder")
def test_code_is_made_once(generator: Path) -> None:
    assert answer(load_knowledge_base(), generator, "answer = 1") == 1
    assert answer(load_knowledge_base(), generator, "answer = 2") == 1


@pytest.mark.usefixtures("folder")
def test_a_changed_knowledge_base_has_its_own_code(generator: Path) -> None:
    knowledge = load_knowledge_base()
    assert answer(knowledge, generator, "answer = 1") == 1
    assert answer(replace(knowledge), generator, "answer = 2") == 2
    assert answer(knowledge, generator, "answer = 3") == 1


@pytest.mark.usefixtures("folder")
def test_another_generator_makes_it_anew(generator: Path, tmp_path: Path) -> None:
    knowledge = load_knowledge_base()
    assert answer(knowledge, generator, "answer = 1") == 1
    other = generator.rename(tmp_path / "changed")
    (other / "writer.py").write_text("pass\n")
    assert answer(knowledge, other, "answer = 2") == 2


def turn_a_byte(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))


def let_others_write(path: Path) -> None:
    path.chmod(0o666)


def let_others_write_to_the_folder(path: Path) -> None:
    path.parent.chmod(0o777)


@pytest.mark.parametrize("spoil", [turn_a_byte, let_others_write, let_others_write_to_the_folder])
def test_odd_code_does_not_run(folder: Path, generator: Path, spoil: Callable[[Path], None]) -> None:
    knowledge = load_knowledge_base()
    assert answer(knowledge, generator, "answer = 1") == 1
    spoil(kept_code(folder))
    assert answer(knowledge, generator, "answer = 2") == 2


def test_code_goes_with_its_knowledge_base(
    folder: Path, generator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(9):
        monkeypatch.setattr(kept, "__version__", str(version))
        answer(load_knowledge_base(), generator, "answer = 1")
    assert len(list(folder.glob("*.json"))) == len(list(folder.glob("*.code"))) == 8
