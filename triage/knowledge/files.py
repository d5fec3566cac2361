"""Reading a rules folder: TOML files, their syntax and their JSON Schemas, and the hash over all of them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.knowledge.problems import KnowledgeBaseError, Problem, nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

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


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed TOML file: its path relative to the rules folder, its text and its data."""

    path: str
    text: str
    data: Mapping[str, Any]

    def line_of(self, *needles: str) -> int:
        """Return the first line that holds all of the needles in quotes, or 0."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if all(f'"{needle}"' in line for needle in needles):
                return number
        return 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A rules folder: the tables by name, the rule files in order of path, and the hash over all."""

    tables: Mapping[str, Document]
    rules: tuple[Document, ...]
    sha256: str


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
        raw = _same_line_ends(path.read_bytes())
        digest.update(_entry(name, raw))
        try:
            text = raw.decode("utf-8")
            documents[name] = Document(name, text, tomllib.loads(text))
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            problems.append(Problem(name, line, "/", "is not UTF-8; save the file as UTF-8"))
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(name, _line_in(str(error)), "/", f"is not valid TOML: {error}"))
    tables = {name: documents.pop(f"{name}.toml") for name in TABLES if f"{name}.toml" in documents}
    broken = {problem.file for problem in problems}
    problems += [
        Problem(f"{name}.toml", 0, "/", "is missing; every knowledge base needs this file")
        for name in TABLES
        if name not in tables and f"{name}.toml" not in broken
    ]
    problems += [p for name, document in tables.items() for p in _schema_problems(document, name)]
    problems += [p for document in documents.values() for p in _schema_problems(document, "rule")]
    if problems:
        raise KnowledgeBaseError(problems)
    return Folder(tables, tuple(documents.values()), digest.hexdigest())


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


def _schema_problems(document: Document, name: str) -> list[Problem]:
    return [
        Problem(document.path, *_place(document, error))
        for error in _validator(name).iter_errors(document.data)
    ]


def _place(document: Document, error: ValidationError) -> tuple[int, str, str]:
    """Return line, place and message of the fault inside a schema error that is most to the point."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

    deepest: Any = best_match([error]) or error
    place = "/" + "/".join(str(part) for part in deepest.absolute_path)
    if deepest.validator == "additionalProperties":
        known = deepest.schema.get("properties", {})
        unknown = [key for key in deepest.instance if key not in known]
        line = next((found for key in unknown if (found := _key_line(document.text, key))), 0)
        return line, place, "; ".join(f'unknown key "{key}"{nearest(key, known)}' for key in unknown)
    if deepest.validator == "required":
        missing = [key for key in deepest.validator_value if key not in deepest.instance]
        return 0, place, f"lacks {', '.join(missing)}; add it"
    line = document.line_of(deepest.instance) if isinstance(deepest.instance, str) else 0
    return line, place, f"{deepest.message}; mend it"


def _key_line(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip(" [{").startswith((f"{key} ", f"{key}=", f"{key}]")) or f" {key} = " in line:
            return number
    return 0


def _line_in(message: str) -> int:
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else 0
