"""A rules folder as plain data: read it, change it, write it again."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlainRules:
    """The tables by name (`questionnaire`) and the rules by path in the folder, without `.toml`."""

    tables: dict[str, Data]
    rules: dict[str, Data]

    @property
    def by_id(self) -> Mapping[str, Data]:
        """The rules by id."""
        return {rule["id"]: rule for rule in self.rules.values()}


def read_rules(folder: Path) -> PlainRules:
    """Read every TOML file of a rules folder."""
    tables: dict[str, Data] = {}
    rules: dict[str, Data] = {}
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        data = tomllib.loads(path.read_text("utf-8"))
        (rules if "when" in data else tables)[name] = data
    return PlainRules(tables, rules)


def write_rules(base: PlainRules, folder: Path) -> Path:
    """Write a rules folder where none is yet, and return it."""
    for name, data in (*base.tables.items(), *base.rules.items()):
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml(data), "utf-8")
    return folder


def toml(data: Data) -> str:
    """Return data as TOML: pairs, then tables and rows in their order; what is deeper stands inline."""
    lines = _pairs(
        {key: value for key, value in data.items() if not (isinstance(value, dict) or _is_rows(value))}
    )
    for key, value in data.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *_pairs(value)]
        elif _is_rows(value):
            for row in value:
                lines += ["", f"[[{key}]]", *_pairs(row)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _pairs(table: Data) -> list[str]:
    return [f"{_key(key)} = {_inline(value)}" for key, value in table.items()]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else _inline(name)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
