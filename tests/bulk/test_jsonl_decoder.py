"""Bulk reading takes what the strict reader takes, and nothing else; every record says the same."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.bulk import ONE_BY_ONE, REGISTER, STYLES, as_lines, block, expected, people, records, trained
from support.shipped import KNOWLEDGE
from support.strategies import written_cases

from triage.bulk.blocks import BlockEvaluator, Settings
from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases
from triage.evaluation.records.compact import compact_record
from triage.evaluation.records.record_schemas import compact_schema, full_schema
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.truth import Truth, truth_of

BULK = trained()
CASES = Path(__file__).resolve().parents[2] / "cases"


@given(st.lists(written_cases(), min_size=1, max_size=2), st.sampled_from(STYLES))
def test_however_a_case_is_written(cases: list[dict[str, Any]], style: dict[str, Any]) -> None:
    data = "".join(json.dumps(case, **style) + "\n" for case in cases).encode(errors="surrogatepass")
    assert records(BULK, data) == expected(data)


def ways(answers: dict[str, Any]) -> Iterator[str]:
    """Yield in which ways a case answers."""
    memory = working_memory(KNOWLEDGE, read_answers(KNOWLEDGE, answers))
    for name, answer in answers.items():
        gate = KNOWLEDGE.questions[name].asked_when
        applies = gate is None or truth_of(gate, memory) is not Truth.FALSE
        by_name = isinstance(answer, dict)
        yield f"{type(answer).__name__} {'applies' if applies else 'does not apply'}"
        if answer == "unknown" or (by_name and "unknown" in answer.values()):
            yield "not sure by name" if by_name else "not sure of the whole"
        if isinstance(answer, list) and any(item.startswith("?") for item in answer):
            yield "not sure in a list"


def test_the_cases_answer_in_every_way() -> None:
    seen: set[str] = set()

    @settings(max_examples=200, database=None)
    @given(written_cases())
    def look(case: dict[str, Any]) -> None:
        seen.update(ways(case["answers"]))

    look()
    kinds = ("str", "int", "float", "list", "dict")
    assert seen == {
        *(f"{kind} {applies}" for kind in kinds for applies in ("applies", "does not apply")),
        *("not sure by name", "not sure of the whole", "not sure in a list"),
    }


@pytest.mark.parametrize("step", [43, pytest.param(1, marks=pytest.mark.nightly)])
def test_cases_of_the_project(step: int) -> None:
    cases = [raw for raw in read_cases([str(CASES)], io.BytesIO()) if isinstance(raw, RawCase)][::step]
    lines = as_lines({"id": raw.data["id"], "answers": raw.data["answers"]} for raw in cases)
    found = records(BULK, lines)
    assert len(found) == len(cases)
    assert found == expected(lines)


def test_a_population() -> None:
    data = as_lines(people(150, seed=4))
    found = records(BULK, data)
    assert found == expected(data)
    assert len({record["disposition"] for record in found}) > 3


@pytest.mark.parametrize("full", [False, True])
def test_records_fit_their_schema(*, full: bool) -> None:
    expecting = {"id": "e", "answers": {}, "expect": {"soon": True}, "meta": {"a": 1}}
    data = as_lines([*people(30, seed=5), expecting, {"id": "bad", "answers": {"age": -1}}])
    validator = Draft202012Validator(full_schema() if full else compact_schema(KNOWLEDGE))
    found = records(BlockEvaluator(KNOWLEDGE, Settings(full=full)), data)
    for record in found:
        validator.validate(record)
    assert [record["valid"] for record in found[-2:]] == [True, False]
    assert not validator.is_valid({**found[0], "valid": False})


GOOD = (
    '{"id":"a","answers":{"for_whom":"self","age":40,"danger_signs":"none",'
    '"feels":["hard_lump"],"lately":"none"}}'
)
STRANGE = [
    GOOD,
    GOOD.replace(":", ": ").replace(",", ", "),
    GOOD.replace(":", " :"),
    GOOD.replace("{", "{ ").replace("}", " }"),
    GOOD + " \t\r",
    GOOD + "}",
    GOOD + "x",
    GOOD[:-1],
    GOOD + GOOD,
    "[" + GOOD + "]",
    GOOD.replace('"a"', '"b","id":"c"'),
    GOOD.replace('"a"', '""'),
    GOOD.replace('"a"', "5"),
    GOOD.replace('"a"', '["a"'),
    GOOD.replace('"a"', '"b","c"'),
    GOOD.replace('"a"', '"\\u0041\\"\\\\"'),
    GOOD.replace('"a"', '"\\ud83d\\ude00 é"'),
    GOOD.replace('"a"', '"\\ud800"'),
    GOOD.replace('"a"', '"x\\":\\"y:z"'),
    GOOD.replace('"a"', '"a","title":"one: two"'),
    GOOD.replace('"a"', '"a","title":"say \\"age\\":5"'),
    GOOD.replace('"a"', '"a","title":"x","title":"y"'),
    GOOD.replace('"a"', '"a","knowledge_base":{"version":"1","version":"2"}'),
    GOOD.replace('"age":40', '"age":40,"age":41'),
    GOOD.replace('"age":40', '"age":40,"for_whom":"self"'),
    GOOD.replace('"lately":"none"', '"lately":"none","age":40'),
    GOOD.replace('"lately":"none"', '"lately":"none","lately":"none"'),
    GOOD.replace('["hard_lump"]', '["hard_lump"],"feels":["hard_lump"]'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes","hard_lump":"yes"}'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes","twitch":"unknown"}'),
    GOOD.replace('["hard_lump"]', '{"hard_lump" :"yes","hard_lump" :"no"}'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes","hard_lump":"no"}'),
    GOOD.replace(":", ": ")
    .replace(",", ", ")
    .replace('["hard_lump"]', '{"hard_lump":"yes","hard_lump":"no"}'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes"},"hard_lump":"no"'),
    GOOD.replace('["hard_lump"]', '["hard_lump","twitch":"yes"]'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes","twitch"}'),
    GOOD.replace('["hard_lump"]', '{"hard_lump":"yes"]'),
    GOOD.replace('["hard_lump"]', '["hard_lump"}'),
    GOOD.replace('"none"}}', '{"heavy_sweating":"yes"}}}'),
    GOOD.replace('"none"}}', '{"heavy_sweating":"yes"}}'),
    GOOD.replace('"none"}}', '{"heavy_sweating":"yes"}}}}'),
    GOOD.replace('"none"}}', '["heavy_sweating"}}'),
    GOOD.replace('["hard_lump"]', '["hard_lump","hard_lump"]'),
    GOOD.replace('["hard_lump"]', '["hard_lump","?hard_lump"]'),
    GOOD.replace('["hard_lump"]', '["hard_lump",]'),
    GOOD.replace('["hard_lump"]', '["hard_lump"'),
    GOOD.replace('["hard_lump"]', "[]"),
    GOOD.replace('["hard_lump"]', "{}"),
    GOOD.replace('["hard_lump"]', "null"),
    GOOD.replace('["hard_lump"]', '"hard_lump"'),
    GOOD.replace('["hard_lump"]', '["calf"]'),
    GOOD.replace("40", "40.0"),
    GOOD.replace("40", "4e1"),
    GOOD.replace("40", "4.5"),
    GOOD.replace("40", "-0"),
    GOOD.replace("40", "040"),
    GOOD.replace("40", "+40"),
    GOOD.replace("40", "121"),
    GOOD.replace("40", "1e999"),
    GOOD.replace("40", "NaN"),
    GOOD.replace("40", "-Infinity"),
    GOOD.replace("40", "9" * 30),
    GOOD.replace("40", "9" * 309),
    GOOD.replace('"age":40', '"age":%s,"age":5' % ("9" * 310)),
    GOOD.replace(
        '"age":40,"danger_signs":"none"', '"danger_signs":["faint","?stiff_jaw"],"age":%s' % ("9" * 400)
    ),
    GOOD.replace("40", "9" * 5000),
    GOOD.replace("40", '"40"'),
    GOOD.replace("40", "true"),
    GOOD.replace("40", '"unknown"'),
    GOOD.replace('"age":40', '"age":40,'),
    GOOD.replace('"age":40,', ""),
    GOOD.replace('"age"', '"aged"'),
    GOOD.replace('"age"', '"\\u0061ge"'),
    GOOD.replace('"lately":"none"', '"effects":["limp"]'),
    GOOD.replace('"lately":"none"', '"lately":"none","feels":"none"'),
    GOOD.replace("}}", '},"expect":{"disposition":"undetermined"}}'),
    GOOD.replace("}}", '},"expect":{"disposition":"urgent"}}'),
    GOOD.replace("}}", '},"answers":{}}'),
    GOOD.replace("}}", '},"more":1}'),
    GOOD.replace("}}", "}\x00}"),
    '{"id":"a","answers":{}}',
    '{"id":"a", "answers": { } }',
    '{"answers":{"age":40},"id":"a"}',
    '{"answers":{"age":40}}',
    '{"id":"a"}',
    '{"id":"a","answers":[]}',
    "{}",
    "[]",
    "null",
    "hello",
    '"' + "x" * 100_000,
    "[" * 3000,
    "\ufeff" + GOOD,
    "   ",
    "\u00a0",
    "",
]


@pytest.mark.parametrize("alone", [True, False])
def test_strange_lines(alone: bool) -> None:  # noqa: FBT001 - pytest passes it
    """Each by itself, and all in one block, where none disturbs the next."""
    blocks = [[line] for line in STRANGE] if alone else [STRANGE]
    for lines in blocks:
        data = "\n".join(lines).encode(errors="surrogatepass")
        assert records(BULK, data, 7) == expected(data, 7), lines[0][:200]


EDITS = st.tuples(
    st.integers(0, 400), st.sampled_from([0, 0, 1, 1, 2, 9]), st.text('"{}[],: \\?.0ae', max_size=3)
)


@given(st.integers(0, 99), st.lists(EDITS, min_size=1, max_size=3), st.sampled_from(STYLES[:2]))
def test_damaged_lines(number: int, edits: list[tuple[int, int, str]], style: dict[str, Any]) -> None:
    text = json.dumps(PEOPLE[number], **style)
    for at, cut, put in edits:
        place = at % len(text)
        text = text[:place] + put + text[place + cut :]
    data = text.encode()
    assert records(BULK, data) == expected(data)


PEOPLE = people(100, seed=6)


def test_odd_lines_stay_in_their_places() -> None:
    lines = as_lines(people(40, seed=7)).splitlines()
    lines[0:0] = [b"", b"nonsense"]
    lines[20:20] = [b"", b"\xff\xfe", b'{"id":"bad","answers":{"age":-1}}', b"   "]
    lines += [b"{}"]
    data = b"\n".join(lines)
    done = BULK(block(data, 5))
    assert [json.loads(line) for line in done.output.splitlines()] == expected(data, 5)
    assert (done.tally.cases, done.tally.invalid) == (44, 4)
    assert [message.split(" ")[0] for message in done.messages] == [
        "x.jsonl:6:1",
        "x.jsonl:26:1",
        "x.jsonl:27:30",
        "x.jsonl:51:1",
        "x.jsonl:51:1",
    ]


def test_a_mark_of_byte_order_is_passed_over_at_the_beginning_of_a_file_only() -> None:
    data = b"\xef\xbb\xbf" + GOOD.encode()
    assert [record["valid"] for record in records(BULK, data)] == [True]
    assert [record["valid"] for record in records(BULK, data, 2)] == [False]


def test_full_records_are_those_of_an_ordinary_run() -> None:
    data = as_lines(people(5, seed=8))
    evaluator = BlockEvaluator(KNOWLEDGE, Settings(full=True))
    outcomes = [
        ONE_BY_ONE.outcome(REGISTER.admit(raw))
        for line in enumerate(data.splitlines(), 1)
        for raw in [RawCase("x.jsonl", json.loads(line[1]), line[1].decode(), (), line[0])]
    ]
    output = evaluator(block(data)).output
    whole = [
        {**each.record(), "assessment": each.assessment.to_dict()} for each in outcomes if each.assessment
    ]
    ordinary = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in whole]
    assert output.decode().splitlines() == ordinary
    assert [record["case"] for record in records(BULK, data)] == [
        compact_record(KNOWLEDGE, outcome)["case"] for outcome in outcomes
    ]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for next to nothing, the records are the same."""
    for name in ("MOST_ITEMS", "MOST_NUMBERS"):
        monkeypatch.setattr(f"triage.bulk.decoding.answer_table.{name}", 3)
    data = as_lines(people(100, seed=9))
    evaluator = trained()
    assert records(evaluator, data) == expected(data)
