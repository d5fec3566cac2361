"""Readers: files, folders and standard input -> raw cases in input order, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from triage.batch.places import Pointer, Refusal, parse, place_of

STDIN = "-"
SUFFIXES = (".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class RawCase:
    """Data that should be a case, with the text it came from so that faults can be placed."""

    file: str
    data: Any
    text: str
    base: Pointer
    first_line: int

    def place(self, pointer: Pointer) -> tuple[int, int]:
        """Return line and column in the file of a value inside this case."""
        line, column = place_of(self.text, (*self.base, *pointer))
        return self.first_line + line - 1, column


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that gave no case: a missing file, an empty folder, a text that is not JSON."""

    file: str
    line: int
    column: int
    pointer: str
    message: str
    empty_folder: bool = False


def read_cases(paths: Iterable[str], stdin: BinaryIO) -> Iterator[RawCase | Unreadable]:
    """Yield what stands in files, folders (sorted, with their sub-folders) and `-`, in order."""
    for name in paths:
        if name == STDIN:
            yield from _read_bytes("<stdin>", stdin.read(), lines=None)
        elif Path(name).is_dir():
            yield from _read_folder(Path(name))
        else:
            yield from _read_file(Path(name))


def _read_folder(folder: Path) -> Iterator[RawCase | Unreadable]:
    files = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    if not files:
        message = "holds no case files (.json or .jsonl); name another folder"
        yield Unreadable(str(folder), 0, 0, "", message, empty_folder=True)
    for path in sorted(files, key=lambda path: path.relative_to(folder).parts):
        yield from _read_file(path)


def _read_file(path: Path) -> Iterator[RawCase | Unreadable]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        yield Unreadable(str(path), 0, 0, "", f"cannot be read: {reason.lower()}; check the name")
        return
    yield from _read_bytes(str(path), raw, lines=path.suffix == ".jsonl")


def _read_bytes(file: str, raw: bytes, *, lines: bool | None) -> Iterator[RawCase | Unreadable]:
    """Read one text; `lines` says whether it is JSONL, None leaves it to the text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        yield Unreadable(file, line, column, "", "is not UTF-8; save it as UTF-8")
        return
    if lines is None:
        lines = _looks_like_lines(text)
    if lines:
        for number, record in enumerate(text.split("\n"), start=1):
            if record.strip():
                yield from _parse(file, record, number, spread=False)
    elif text.strip():
        yield from _parse(file, text, 1, spread=True)
    else:
        yield Unreadable(file, 1, 1, "", "is empty; give one case or a list of cases")


def _looks_like_lines(text: str) -> bool:
    """Tell JSONL from JSON on standard input: each of two or more lines is JSON by itself."""
    found = [line for line in text.splitlines() if line.strip()]
    if len(found) < 2 or not found[0].lstrip().startswith("{"):  # noqa: PLR2004 - one line is plain JSON
        return False
    return found[0].rstrip().endswith("}")


def _parse(file: str, text: str, first_line: int, *, spread: bool) -> Iterator[RawCase | Unreadable]:
    try:
        data = parse(text)
    except Refusal as refusal:
        line = first_line + refusal.line - 1
        yield Unreadable(file, line, refusal.column, refusal.pointer, refusal.message)
        return
    if not spread or not isinstance(data, list):
        yield RawCase(file, data, text, (), first_line)
        return
    if not data:
        yield Unreadable(file, 1, 1, "", "is an empty list; give at least one case")
    for index, item in enumerate(data):
        yield RawCase(file, item, text, (index,), first_line)
