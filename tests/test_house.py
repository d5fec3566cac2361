"""The house: one room per job, arrows one way only; the command line and the pytest plugin compose them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOMS = (
    "source",
    "knowledge",
    "inference",
    "cases",
    "interview",
    "batch",
    "audit",
    "interchange",
    "cli",
    "pytest_plugin",
)
BELOW: dict[str, set[str]] = {
    "source": set(),
    "knowledge": {"source"},
    "inference": {"knowledge"},
    "interview": {"source", "knowledge", "inference"},
    "cases": {"source", "knowledge", "inference"},
    "batch": {"source", "knowledge", "inference", "cases"},
    "audit": {"source", "knowledge", "inference", "cases"},
    "interchange": {"knowledge", "inference"},
    "cli": {"source", "knowledge", "inference", "cases", "interview", "batch", "audit", "interchange"},
    "pytest_plugin": {"source", "knowledge", "inference", "cases", "batch", "audit"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def modules(root: Path) -> list[Path]:
    found = sorted((root / "triage").rglob("*.py"))
    assert found, "the package has moved: mend this test"
    return found


def test_no_arrow_runs_back(root: Path) -> None:
    wrong = []
    for path in modules(root):
        room = path.relative_to(root / "triage").parts[0]
        if room not in BELOW:
            continue
        for name in imports(path):
            parts = name.split(".")
            other = parts[1] if parts[0] == "triage" and len(parts) > 1 else room
            if other in ROOMS and other != room and other not in BELOW[room]:
                wrong.append(f"{path.relative_to(root)} imports {name}")
    assert not wrong, f"move the code or turn the import round: {wrong}"


def test_one_module_alone_imports_experta(root: Path) -> None:
    importing = [
        path.name for path in modules(root) if any(name.split(".")[0] == "experta" for name in imports(path))
    ]
    assert importing == ["engine.py"]


def test_only_the_loader_of_knowledge_reads_files(root: Path) -> None:
    """No I/O in the core beside reading the rules folder, and keeping what was read from it.

    To take a new lock in a forked process is none.
    """
    core = [path for path in modules(root) if path.parent.name in ("knowledge", "inference")]
    reading = {
        path.name
        for path in core
        if {"pathlib", "io"} & set(imports(path))
        or re.search(r"sys\.std|from os\b|\bos\.(?!register_at_fork)", path.read_text("utf-8"))
    }
    assert reading == {"files.py", "loader.py", "checks.py", "kept.py"}


def test_no_clinical_word_in_python(root: Path) -> None:
    """Findings, causes and steps are named in the rules alone."""
    from intakes import KNOWLEDGE  # noqa: PLC0415 - only here

    words = {*KNOWLEDGE.causes, *KNOWLEDGE.findings, *KNOWLEDGE.steps, *KNOWLEDGE.question_of} - {"age"}
    named = [
        f"{path.relative_to(root)}: {node.value}"
        for path in modules(root)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words
    ]
    assert not named, f"knowledge is data; move these to rules/: {named}"


WRITING = {
    *("mkstemp", "mktemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
    *("renames", "write_text", "write_bytes", "copyfile", "copy2", "move"),
}


def writes(path: Path) -> Iterator[str]:
    """Yield the calls of a module that put a file somewhere."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = getattr(getattr(function, "value", None), "id", "")
        one_target = owner == "os" or (len(node.args) == 1 and not node.keywords)
        replaces_a_file = name in ("replace", "rename") and one_target
        constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
        constants += [each.value.value for each in node.keywords if isinstance(each.value, ast.Constant)]
        modes = {each for each in constants if isinstance(each, str) and set(each) <= set("rwxabt+")}
        opens_to_write = name in ("open", "fdopen", "FileIO") and any(
            set(each) & set("wxa+") for each in modes
        )
        flags = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        opens_raw = name == "open" and owner == "os" and flags & {"O_WRONLY", "O_RDWR", "O_CREAT"}
        if name in WRITING or replaces_a_file or opens_to_write or opens_raw:
            yield f"{ast.unparse(node)}"


def test_one_module_alone_writes_files(root: Path) -> None:
    """What writes elsewhere: to a store on the network, and to nowhere once a reader has gone."""
    writing = {
        (path.relative_to(root / "triage").as_posix(), call)
        for path in modules(root)
        for call in writes(path)
        if path.relative_to(root / "triage").as_posix() != "source/atomic.py"
    }
    assert writing == {
        ("batch/stores.py", "system.open(path, 'wb', autocommit=False)"),
        ("cli/files.py", "os.open(os.devnull, os.O_WRONLY)"),
    }
