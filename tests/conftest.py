"""Fixtures that every room of the tests shares."""

from __future__ import annotations

import compileall
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from triage import KnowledgeBase, load_knowledge_base

settings.register_profile(
    "ordinary", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", max_examples=10, deadline=None)
settings.register_profile(
    "nightly", max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("TRIAGE_EXAMPLES", "ordinary"))

SURROUNDINGS = (
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "PYTEST_ADDOPTS",
    "PYTHONDONTWRITEBYTECODE",  # without the compiled code of their modules, all programs start late
)
"""What may be set around the tests, and the programs that they start would heed."""

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package before any program is started that may write no whole file, or is ended early."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(ROOT / "triage", quiet=2)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    from support.shipped import KNOWLEDGE  # noqa: PLC0415 - pytest puts its folder on the path after this is read

    return KNOWLEDGE


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _plain_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same surroundings wherever the tests run, and no knowledge base left in the user's cache."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so begins what a shell starts in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in SURROUNDINGS:
            patch.delenv(name, raising=False)
        patch.setenv("TERM", "xterm")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, knowledge: KnowledgeBase) -> None:
    """The rules of the package for every command, loaded once and with one engine."""

    def load(folder: Path | str | None = None, calls: Mapping[str, str] | None = None) -> KnowledgeBase:
        return knowledge if folder is None and not calls else load_knowledge_base(folder, calls or {})

    monkeypatch.setattr("triage.knowledge.load_knowledge_base", load)
