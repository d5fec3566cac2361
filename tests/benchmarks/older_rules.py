"""The same rules for an older version of the program: without the keys that its loader does not know."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.plain_rules import PlainRules

Schema = Mapping[str, Any]
_WHERE = "import triage; print(triage.__path__[0])"


def for_an_older_loader(base: PlainRules, triage: Path) -> PlainRules:
    """Return rules without the tables and keys that the schemas of another version do not know.

    What is left out are texts and words that later versions show, and names that are no longer in use;
    conditions and consequences are the same.

    Args:
        base: the rules.
        triage: the `triage` command of the other version, beside its Python.

    Raises:
        RuntimeError: a condition or a consequence would be left out, so that it would not be the same rules.
    """
    schemas = _schemas(triage)
    tables = {
        name: _allowed(schemas[name], schemas[name], data)
        for name, data in base.tables.items()
        if name in schemas
    }
    rules = {path: _allowed(schemas["rule"], schemas["rule"], data) for path, data in base.rules.items()}
    if rules != base.rules:
        raise RuntimeError(f"{triage} does not know some keys of the rules themselves")
    return PlainRules(tables, rules)


def _schemas(triage: Path) -> Mapping[str, Schema]:
    where = subprocess.run(
        [triage.parent / "python", "-c", _WHERE],
        capture_output=True,
        check=True,
        text=True,
        cwd=triage.parent,
    )
    paths = Path(where.stdout.strip()).glob("**/schemas/*.json")
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def _allowed(whole: Schema, part: Schema, data: Any) -> Any:
    """Return data without the keys that a schema does not name."""
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    if isinstance(data, list):
        return [_allowed(whole, part.get("items", {}), item) for item in data]
    if not isinstance(data, dict) or "properties" not in part:
        return data
    known = part["properties"]
    return {key: _allowed(whole, known[key], value) for key, value in data.items() if key in known}
