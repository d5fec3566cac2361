"""What does not fit a schema is told in the words of TOML, with what to write instead."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import resources

import pytest

from triage.knowledge.checking.schema_faults import FORMS
from triage.knowledge.files import Document, problems_of

RULE = """
id = "long-cramp"
title = "A long cramp"
status = "active"
[when]
{when}
[then]
{then}
[why]
reason = "it is long"
[source]
guidance = ["judgement"]
"""
WHEN = 'finding = "site.calf"\nis = "yes"'
TWO = '[{ finding = "a", is = "yes" }]'
THEN = 'causes = ["tiredness"]'


def told(name: str, text: str) -> list[str]:
    return [str(each) for each in problems_of(Document(f"{name}.toml", text, tomllib.loads(text)), name)]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ('finding = "site.calf"\nis = true', ':7 /when/is must be a text in quotes, not true; write "yes"'),
        ('finding = "age"\nat_least = 60', '/when/at_least must be a text in quotes, not 60; write "60"'),
        ('finding = "age"\natleast = "old"', ':7 /when unknown key "atleast"; did you mean "at_least"?'),
        ('finding = "age"\nis = "a"\nin = ["b"]', ":5 /when has is and in; a test compares once, so"),
        ('finding = "age"', ":5 /when a test says what the finding must be; add one of is, in, "),
        ('is = "yes"', ":5 /when a test needs a finding; add it"),
        (f"all = {TWO}\nany = {TWO}", ":5 /when has all and any side by side; put one into the other"),
        ('finding = "site"\nincludes = 3', 'must be "any" or a list in square brackets, not 3; correct it'),
    ],
)
def test_conditions(when: str, said: str) -> None:
    assert [each for each in told("rule", RULE.format(when=when, then=THEN)) if said in each]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ('causes = "tired"', '/causes must be a list in square brackets, not "tired"; write ["tired"]'),
        ("causes = []", "/then/causes is empty; fill it in, or remove the key"),
        ('causes = ["a", "a"]', '/then/causes "a" appears twice; keep one'),
        ("soon = false", "/then/soon must be true or left out, not false"),
        ('withholds = ["heat"]', '/then "withholds" goes with caution; add it, or remove "withholds"'),
        ("", "/then is empty; say at least one of disposition, soon, route, causes,"),
    ],
)
def test_consequences(then: str, said: str) -> None:
    assert [each for each in told("rule", RULE.format(when=WHEN, then=then)) if said in each]


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        (
            "meta",
            'reviewed_by_clinician = "no"',
            'must be true or false without quotes, not "no"; write false',
        ),
        (
            "meta",
            'id = "Two words"',
            '"Two words" does not fit; write small letters, digits and single hyphens',
        ),
        ("meta", "version = 2026-01-01", 'must be a text in quotes, not 2026-01-01; write "2026-01-01"'),
        ("meta", "", "/knowledge_base lacks id, version, title, reviewed_by_clinician; add it"),
    ],
)
def test_tables(table: str, text: str, said: str) -> None:
    assert [each for each in told(table, f"[knowledge_base]\n{text}\n") if said in each]


def test_a_list_of_tables_in_place_of_one() -> None:
    (said,) = told("rule", RULE.replace("[when]", "[[when]]").format(when=WHEN, then=THEN))
    assert "its name stands in single brackets" in said


def test_every_pattern_of_a_schema_has_its_words() -> None:
    schemas = resources.files("triage.knowledge").joinpath("schemas").iterdir()
    patterns = {
        json.loads(f'"{found}"')
        for schema in schemas
        for found in re.findall(r'"pattern": "(.*?)"[,}\n]', schema.read_text("utf-8"))
    }
    assert patterns == set(FORMS)
