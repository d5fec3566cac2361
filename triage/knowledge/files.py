"""Reading a rules folder: TOML files, their syntax and their JSON Schemas, and the hash over all of them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.knowledge.gaps import gaps, is_gap
from triage.knowledge.places import Pointer, lines_of, pointer
from triage.knowledge.problems import KnowledgeBaseError, Problem, nearest

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


@dataclass(frozen=True)
class Document:
    """One parsed TOML file: its path relative to the rules folder, its text and its data."""

    path: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def _lines(self) -> Mapping[Pointer, int]:
        return lines_of(self.text)

    def line_of(self, *place: str | int) -> int:
        """Return the line of a key or item, or of the nearest thing around it where it is missing."""
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
    """A rules folder: the tables by name, the rule files in order of path, and the hash over all.

    `unread` are the files that stand there and are no part of the knowledge base.
    """

    tables: Mapping[str, Document]
    rules: tuple[Document, ...]
    sha256: str
    unread: tuple[str, ...] = ()


def bundled_rules() -> Path:
    """Return the folder of the rules that come with this package (in a wheel or in a clone)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def read_folder(root: Path) -> Folder:
    """Read every TOML file of a rules folder.

    Raises:
        KnowledgeBaseError: a file is missing, is not UTF-8 or TOML, or does not fit its schema.
    """
    if not root.is_dir():
        raise KnowledgeBaseError([Problem(str(root), 0, "/", "is not a folder of rules")])
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    digest = hashlib.sha256()
    for name, path in _toml_files(root):
        try:
            raw = _same_line_ends(path.read_bytes())
        except OSError as error:
            reason = (error.strerror or "no reason given").lower()
            problems.append(Problem(name, 0, "/", f"cannot be read: {reason}"))
            continue
        digest.update(_entry(name, raw))
        try:
            text = raw.decode("utf-8")
            documents[name] = Document(name, text, tomllib.loads(text))
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            problems.append(Problem(name, line, "/", "is not UTF-8; save the file as UTF-8"))
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(name, _line_in(str(error), text), "/", f"is not valid TOML: {error}"))
    tables = {name: documents.pop(f"{name}.toml") for name in TABLES if f"{name}.toml" in documents}
    broken = {problem.file for problem in problems}
    problems += [
        Problem(f"{name}.toml", 0, "/", "is missing; every knowledge base needs this file")
        for name in TABLES
        if name not in tables and f"{name}.toml" not in broken
    ]
    problems += [p for name, document in tables.items() for p in problems_of(document, name)]
    problems += [p for document in documents.values() for p in problems_of(document, "rule")]
    if problems:
        raise KnowledgeBaseError(problems)
    return Folder(tables, tuple(documents.values()), digest.hexdigest(), _unread(root))


def _unread(root: Path) -> tuple[str, ...]:
    files = (path for path in root.rglob("*") if path.suffix != ".toml" and path.is_file())
    return tuple(sorted(path.relative_to(root).as_posix() for path in files))


def sha256_of(root: Path) -> str:
    """Return the hash over all files of a rules folder, as `read_folder` does."""
    digest = hashlib.sha256()
    for name, path in _toml_files(root):
        digest.update(_entry(name, _same_line_ends(path.read_bytes())))
    return digest.hexdigest()


def _toml_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every TOML file, in order of path."""
    names = {path.relative_to(root).parts: path for path in root.rglob("*.toml")}
    for parts in sorted(names):
        yield "/".join(parts), names[parts]


def _same_line_ends(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def _entry(name: str, raw: bytes) -> bytes:
    return name.encode() + b"\0" + raw + b"\0"


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of knowledge file: `rule`, `questionnaire`, ..."""
    from importlib import resources  # noqa: PLC0415 - brings much that a start without checks does not need

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
    """Whether jsonschema-rs accepts a document; what it does not accept, jsonschema decides."""
    try:
        return _quick(name).is_valid(data)
    except ValueError:  # a date or time, which TOML has and JSON has not
        return False


def problems_of(document: Document, name: str) -> Iterator[Problem]:
    """Yield what is not filled in yet, and what does not fit the schema."""
    for place, text in gaps(document.data):
        yield Problem(
            document.path, document.line_of(*place), pointer(place), f"is not filled in yet: {text}"
        )
    if _accepts(name, document.data):
        return
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

    for error in _validator(name).iter_errors(document.data):
        deepest: Any = best_match([error]) or error
        if not is_gap(deepest.instance):
            yield _schema_problem(document, deepest)


def _schema_problem(document: Document, error: ValidationError) -> Problem:
    place: Pointer = tuple(error.absolute_path)
    instance: Any = error.instance
    at = place
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        unknown = [key for key in instance if key not in known]
        at = (*place, unknown[0])
        message = "; ".join(f'unknown key "{key}"{nearest(key, known)}' for key in unknown)
    elif error.validator == "required":
        wanted: Any = error.validator_value
        message = f"lacks {', '.join(key for key in wanted if key not in instance)}; add it"
    else:
        message = f"{error.message}; mend it"
    return Problem(document.path, document.line_of(*at), pointer(place), message)


def _line_in(message: str, text: str) -> int:
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else text.rstrip("\n").count("\n") + 1
