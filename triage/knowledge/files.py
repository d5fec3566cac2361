"""Reading a rules folder: TOML files, their syntax and their JSON Schemas, and the hash over all of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.knowledge.checking.schema_faults import fault_of
from triage.knowledge.error import KnowledgeBaseError
from triage.knowledge.gaps import gaps, is_gap
from triage.source.diagnostic import Diagnostic, printable, reason_of
from triage.source.folder import Entry, Kind, entries
from triage.source.pointer import Pointer, pointer_text
from triage.source.toml_positions import lines_of
from triage.source.toml_text import TomlError, read_toml

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema_rs import Validator

TABLES = (
    "meta",
    "questionnaire",
    "thresholds",
    "findings",
    "causes",
    "steps",
    "explanations",
    "ladder",
    "sources",
    "claims",
)
ROWS_OF = {
    "thresholds": "threshold",
    "findings": "finding",
    "causes": "cause",
    "steps": "step",
    "explanations": "explanation",
    "claims": "claim",
}
"""The tables that a knowledge base may do without, and what their rows are called."""
OPTIONAL_TABLES = ("gates", "medicines", "retired", "reviews")
LEXICON = "lexicon/"
"""The folder of the lexicon, one file a topic."""


@dataclass(frozen=True)
class Document:
    """One parsed TOML file: its path relative to the rules folder, its text and its data."""

    path: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def problems(self) -> tuple[Diagnostic, ...]:
        """The gaps that its author must still fill in, and what does not fit its schema."""
        return tuple(problems_of(self, _schema_for(self.path)))

    @cached_property
    def _lines(self) -> Mapping[Pointer, int]:
        return lines_of(self.text)

    def line_of(self, *place: str | int) -> int:
        """Return the line of a key or item; if it is missing, that of what should hold it."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]

    def rows(self) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
        """Yield the rows of a table, each with its place."""
        for name, rows in self.data.items():
            for index, row in enumerate(rows if isinstance(rows, list) else ()):
                yield (name, index), row


@dataclass(frozen=True, slots=True)
class Folder:
    """A rules folder: the tables by name, the files of rules and lexicon in order of path, the hash over all.

    `unread` are files in the folder that are no part of the knowledge base.
    """

    tables: Mapping[str, Document]
    rules: tuple[Document, ...]
    sha256: str
    unread: tuple[str, ...] = ()
    lexicon: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listing:
    """What a rules folder holds: the files to read with their names, in order, and all other entries.

    `left_over` are the unread entries that may have been meant as rules: neither notes nor hidden.
    """

    files: tuple[tuple[str, Path], ...]
    problems: tuple[Diagnostic, ...]
    unread: tuple[str, ...]
    left_over: tuple[str, ...]


def bundled_rules() -> Path:
    """Return the folder of the rules that come with this package (in a wheel or in a clone)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def read_folder(root: Path) -> Folder:
    """Read every TOML file of a rules folder.

    Raises:
        KnowledgeBaseError: a file is missing, is not UTF-8 or TOML, or does not fit its schema; or the folder
            holds something that cannot be read, or that an author may take for a rule in force.
    """
    if not os.path.isdir(root):  # noqa: PTH112 - Path.is_dir raises where a folder above may not be entered
        raise KnowledgeBaseError([Diagnostic.at(str(root), 0, "", "is not a folder of rules")])
    listing = _listing(root)
    problems = list(listing.problems)
    documents: dict[str, Document] = {}
    digest = hashlib.sha256()
    for name, path in listing.files:
        try:
            raw = _same_line_ends(path.read_bytes())
        except OSError as error:
            problems.append(Diagnostic.at(name, 0, "", f"cannot be read: {reason_of(error)}"))
            continue
        digest.update(_entry(name, raw))
        try:
            documents[name] = _document(name, raw)
        except TomlError as error:
            problems.append(Diagnostic.at(name, error.line, "", str(error)))
    tables = {
        name: documents.pop(f"{name}.toml")
        for name in (*TABLES, *OPTIONAL_TABLES)
        if f"{name}.toml" in documents
    }
    broken = {problem.file for problem in problems}
    problems += [
        Diagnostic.at(f"{name}.toml", 0, "", "is missing; every knowledge base needs this file")
        for name in TABLES
        if name not in tables and name not in ROWS_OF and f"{name}.toml" not in broken
    ]
    problems += [p for document in tables.values() for p in document.problems]
    lexicon = [documents.pop(name) for name in tuple(documents) if name.startswith(LEXICON)]
    problems += [p for document in (*lexicon, *documents.values()) for p in document.problems]
    if problems:
        raise KnowledgeBaseError(problems)
    empty = {name: Document(f"{name}.toml", "", {rows: []}) for name, rows in ROWS_OF.items()}
    rules = tuple(documents.values())
    return Folder({**empty, **tables}, rules, digest.hexdigest(), listing.unread, tuple(lexicon))


@lru_cache(maxsize=1024)
def _document(name: str, raw: bytes) -> Document:
    """Parse a file; a file that two folders share, as before and after a change, is parsed once.

    Raises:
        TomlError: it is no TOML.
    """
    return Document(name, *read_toml(raw))


def _schema_for(path: str) -> str:
    """Return the name of the schema for a file: that of its table, of the lexicon, or of a rule."""
    name = path.removesuffix(_ENDING)
    if name in TABLES or name in OPTIONAL_TABLES:
        return name
    return "lexicon" if name.startswith(LEXICON) else "rule"


def sha256_of(root: Path) -> str:
    """Return the hash over all files of a rules folder, as `read_folder` does.

    Raises:
        OSError: a file cannot be read.
        KnowledgeBaseError: the folder holds something that keeps it from loading.
    """
    listing = _listing(root)
    if listing.problems:
        raise KnowledgeBaseError(listing.problems)
    digest = hashlib.sha256()
    for name, path in listing.files:
        digest.update(_entry(name, _same_line_ends(path.read_bytes())))
    return digest.hexdigest()


def other_rules(folder: Path) -> bool:
    """Tell whether a folder holds rules other than those that come with this package."""
    if not os.path.isfile(folder / "meta.toml") or folder.resolve() == bundled_rules().resolve():  # noqa: PTH113
        return False
    try:
        return sha256_of(folder) != sha256_of(bundled_rules())
    except (OSError, KnowledgeBaseError):
        return True


def left_over(root: Path) -> tuple[str, ...]:
    """Return what a rules folder holds that is not read, except notes (.md, .txt) and hidden files."""
    return _listing(root).left_over


_ENDING = ".toml"
_NOTES = (".md", ".txt")
_VERSION_STORES = (".git", ".hg", ".svn")


def _listing(root: Path) -> _Listing:
    files: list[tuple[str, Path]] = []
    problems: list[Diagnostic] = []
    unread: list[str] = []
    remains: list[str] = []
    for entry in entries(root, lambda name: name not in _VERSION_STORES):
        name = "/".join(entry.parts)
        if fault := _fault(entry):
            problems.append(Diagnostic.at(printable(name or str(root)), 0, "", fault))
        elif entry.kind is Kind.FILE and name.endswith(_ENDING):
            files.append((name, entry.path))
        elif entry.kind is not Kind.FOLDER:
            unread.append(printable(name))
            is_note = entry.name.lower().endswith(_NOTES) and _ENDING not in entry.name.lower()
            if entry.kind is Kind.SEEN or not (entry.hidden or is_note):
                remains.append(printable(name))
    return _Listing(tuple(files), tuple(problems), tuple(unread), tuple(remains))


def _fault(entry: Entry) -> str:
    """Return why an entry keeps the folder from loading, and the remedy; "" if it does not."""
    looks_like_a_rule = entry.name.lower().endswith(_ENDING)
    if entry.kind is Kind.UNREADABLE:
        return f"cannot be read: {entry.detail}; make it readable, or remove it"
    if entry.kind is Kind.CIRCLE:
        return f"is a link to {printable(entry.detail)}, which holds it: a circle; remove the link"
    if entry.hidden:
        return _hidden_fault(entry.name) if looks_like_a_rule else ""
    if entry.kind is Kind.NOWHERE:
        return "is a link to nothing; remove it, or bring back what it names"
    return _name_fault(entry) if looks_like_a_rule else ""


def _hidden_fault(name: str) -> str:
    if name.startswith(".#"):
        return "is what an editor keeps while a file is not saved; save the file there, or remove this"
    if name.startswith("._"):
        return "is what macOS keeps beside a file, and no rule; remove it"
    return "is hidden, and is not read; remove it, or name it without the dot"


def _name_fault(entry: Entry) -> str:
    """Return what is wrong with an entry that has the name of a rule file."""
    name = entry.name
    if entry.kind is Kind.FOLDER:
        return f"is a folder; name it without {_ENDING}"
    if entry.kind is not Kind.FILE:
        return f"is {entry.kind.value}; remove it"
    if any(part.startswith(".") for part in entry.parts):
        return "is in a hidden folder, and is not read; move it, or remove it"
    if not name.endswith(_ENDING):
        ending = name[-len(_ENDING) :]
        return (
            f"ends in {ending}, and is not read; rename it to {printable(name.removesuffix(ending))}{_ENDING}"
        )
    try:
        "/".join(entry.parts).encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it"
    return ""


def _same_line_ends(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def _entry(name: str, raw: bytes) -> bytes:
    return name.encode() + b"\0" + raw + b"\0"


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of knowledge file: `rule`, `questionnaire`, ..."""
    from importlib import resources  # noqa: PLC0415 - slow to import, and only checks need it

    text = resources.files("triage.knowledge").joinpath("schemas", f"{name}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator(name: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as above

    return Draft202012Validator(schema(name))


@cache
def _quick(name: str) -> Validator:
    from jsonschema_rs import validator_for  # noqa: PLC0415 - as above

    return validator_for(schema(name))


def _accepts(name: str, data: Mapping[str, Any]) -> bool:
    """Whether jsonschema-rs accepts a document; jsonschema judges what it does not accept."""
    try:
        return _quick(name).is_valid(data)
    except ValueError:  # a date or time, which TOML has and JSON has not
        return False


def problems_of(document: Document, name: str) -> Iterator[Diagnostic]:
    """Yield the gaps that an author must still fill in, and what does not fit the schema."""
    for place, text in gaps(document.data):
        yield Diagnostic.at(
            document.path, document.line_of(*place), pointer_text(place), f"is not filled in yet: {text}"
        )
    if _accepts(name, document.data):
        return
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

    for error in _validator(name).iter_errors(document.data):
        deepest: Any = best_match([error]) or error
        if not is_gap(deepest.instance):
            yield _schema_problem(document, deepest)


def _schema_problem(document: Document, error: ValidationError) -> Diagnostic:
    place: Pointer = tuple(error.absolute_path)
    inside, message = fault_of(error)
    return Diagnostic.at(document.path, document.line_of(*place, *inside), pointer_text(place), message)
