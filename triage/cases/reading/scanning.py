"""Folders of cases: which of their files hold cases, and one line about what is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from triage.cases.reading.compression import plain_name
from triage.source.diagnostic import Diagnostic, Location, printable
from triage.source.folder import Entry, Kind, counted, entries
from triage.source.text import plural

LINES = (".jsonl", ".ndjson")
_KINDS = (".json", *LINES)
_NEVER_CASES = ("node_modules", "__pycache__")


def is_case_file(name: str) -> bool:
    """Tell by its name, in small or capital letters, whether a file holds cases, plain or compressed."""
    return plain_name(name).lower().endswith(_KINDS)


def holds_lines(name: str) -> bool:
    """Tell by its name whether a file is JSONL."""
    return plain_name(name).lower().endswith(LINES)


def scan(folder: Path, say: Callable[[str], None]) -> Iterator[Path | Diagnostic]:
    """Yield the case files of a folder and its sub-folders in order, and what cannot be read.

    Hidden folders, node_modules and __pycache__ are not looked into, and hidden files are no cases. One line
    tells what is skipped, without what is plainly no case: notes (.md), and hidden files with other endings.

    Args:
        folder: where to look.
        say: gets the line.
    """
    given: list[Path | Diagnostic] = []
    passed: list[str] = []
    skipped: list[str] = []
    for entry in entries(folder, _is_looked_into):
        if entry.kind is Kind.FOLDER:
            continue
        if fault := _fault(entry):
            given.append(Diagnostic(Location(str(entry.path)), fault))
        elif entry.kind is Kind.FILE and is_case_file(entry.name) and not entry.hidden:
            given.append(entry.path)
        elif entry.kind in (Kind.NOT_LOOKED_INTO, Kind.SEEN, Kind.CIRCLE):
            skipped.append(_named(entry))
        elif _may_be_meant(entry):
            passed.append("/".join(entry.parts))
    if passed or skipped:
        say(f"{printable(str(folder))}: passed over {_listed(passed, skipped)}")
    yield from given


def _is_looked_into(name: str) -> bool:
    return not name.startswith(".") and name not in _NEVER_CASES


def _fault(entry: Entry) -> str:
    """Return why an entry that may hold cases cannot be read; "" if it can be read, or holds none."""
    if entry.hidden:
        return ""
    if entry.kind is Kind.UNREADABLE:
        return f"cannot be read: {entry.detail}; make it readable, or remove it"
    if entry.kind is Kind.NOWHERE and (is_case_file(entry.name) or not PurePath(entry.name).suffix):
        return "is a link to nothing; remove it, or bring back what it names"
    return ""


def _may_be_meant(entry: Entry) -> bool:
    """Whether somebody may have meant a skipped file as a case."""
    if entry.hidden:
        return is_case_file(entry.name)
    return not entry.name.lower().endswith(".md")


def _named(entry: Entry) -> str:
    name = "/".join(entry.parts)
    if entry.kind is Kind.SEEN:
        return f"{name} (read as {entry.detail})"
    return f"{name} (a link to {entry.detail}, which holds it)" if entry.kind is Kind.CIRCLE else name


def _listed(files: list[str], folders: list[str]) -> str:
    said = []
    if files:
        number = plural(len(files), "file that is not a case", "files that are not cases")
        said.append(f"{number}: {counted(files)}")
    if folders:
        said.append(f"{plural(len(folders), 'folder')}: {counted(folders)}")
    return "; ".join(said)
