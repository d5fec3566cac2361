"""The examples of rules/README.md fit their schemas, and those that name a file load beside the rest."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from triage.knowledge.files import OPTIONAL_TABLES, TABLES, Document, bundled_rules, problems_of, schema
from triage.knowledge.loader import read_and_check

README = bundled_rules() / "README.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
NAMED = {
    named[1]: example for example in EXAMPLES if (named := re.match(r"# (\S+\.toml)\n", example)) is not None
}
BARE = [example for example in EXAMPLES if example not in NAMED.values()]
SCHEMAS = {name: schema(name) for name in (*TABLES, *OPTIONAL_TABLES, "lexicon")}


def test_every_table_is_documented() -> None:
    text = README.read_text("utf-8")
    shown = {key for example in EXAMPLES for key in tomllib.loads(example)}
    for name in (*TABLES, *OPTIONAL_TABLES):
        assert f"`{name}.toml`" in text, name
        assert shown & SCHEMAS[name]["properties"].keys(), name


@pytest.mark.parametrize("example", BARE, ids=[example.splitlines()[0] for example in BARE])
def test_an_example_without_a_file_fits_its_schema(example: str) -> None:
    data = tomllib.loads(example)
    if "when" in data:
        assert [*problems_of(Document("rule.toml", example, data), "rule")] == []
        return
    for key, value in data.items():
        fitting = [whole for whole in SCHEMAS.values() if key in whole["properties"]]
        assert any(_fits(whole, key, value) for whole in fitting), key


def _fits(whole: dict[str, Any], key: str, value: Any) -> bool:
    part = whole["properties"][key]
    validator = jsonschema.Draft202012Validator({**part.get("items", part), "$defs": whole.get("$defs", {})})
    return all(map(validator.is_valid, value if "items" in part else [value]))


def test_the_others_load_together(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(bundled_rules(), rules)
    for name, example in NAMED.items():
        with (rules / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{example}")
    knowledge = read_and_check(rules)
    assert "toe-turned-black" in knowledge.rules
    assert knowledge.questions["walk_signs"].red_flags == ("walk_signs.black_toe",)


def test_every_key_of_a_question_is_told() -> None:
    (section,) = re.findall(r"\n### Questions.*?\n### ", README.read_text("utf-8"), re.DOTALL)
    row = SCHEMAS["questionnaire"]["properties"]["question"]["items"]["properties"]
    keys = {*row, *row["options"]["items"]["properties"]} - {"id"}
    assert {key for key in keys if not re.search(rf"\b{key}\b", section)} == set()
