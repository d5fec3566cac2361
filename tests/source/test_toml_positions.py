"""The line of every value in a TOML text, whatever way it is written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from triage.knowledge.files import bundled_rules
from triage.source.pointer import Pointer
from triage.source.toml_positions import lines_of

ODD = '''\
a.b."c d".'e' = 1 # [no table]
basic = """several
lines "quoted" \\""" and a # that is text
""" # the end
literal = \'\'\'several
''lines\'\'\'\'
nested = [ # ] no end
  1, [2,
  3], { key = "}", dotted.key = ["#"] },
]
[table.inner]
date = 1979-05-27 07:32:00
"two words" = ""
[[row]]
key = 1
[[row.part]]
key = 1
[[row.part]]
[row.part.end]
text = 'a#b'
[[row]]
  [[row.part]]
  key = 2'''


def everything(data: Any, place: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    yield place, data
    pairs = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from everything(value, (*place, key))


def test_every_way_of_writing_has_its_line() -> None:
    found = lines_of(ODD)
    assert set(found) == {place for place, _ in everything(tomllib.loads(ODD))}
    expected: dict[Pointer, int] = {
        (): 1,
        ("a", "b", "c d", "e"): 1,
        ("basic",): 2,
        ("literal",): 5,
        ("nested",): 7,
        ("nested", 0): 8,
        ("nested", 1, 0): 8,
        ("nested", 1, 1): 9,
        ("nested", 2, "key"): 9,
        ("nested", 2, "dotted", "key", 0): 9,
        ("table", "inner"): 11,
        ("table", "inner", "date"): 12,
        ("table", "inner", "two words"): 13,
        ("row",): 14,
        ("row", 0, "key"): 15,
        ("row", 0, "part", 0, "key"): 17,
        ("row", 0, "part", 1): 18,
        ("row", 0, "part", 1, "end", "text"): 20,
        ("row", 1): 21,
        ("row", 1, "part", 0, "key"): 23,
    }
    assert {place: found[place] for place in expected} == expected


def test_every_text_of_the_knowledge_base_stands_in_its_line() -> None:
    for path in bundled_rules().rglob("*.toml"):
        text = path.read_text("utf-8")
        lines, found = text.splitlines(), lines_of(text)
        for place, value in everything(tomllib.loads(text)):
            if isinstance(value, str):
                assert json.dumps(value, ensure_ascii=False) in lines[found[place] - 1], (path, place)
