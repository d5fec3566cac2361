"""Whatever way cases come, a run gives each the same record; what stands beside answers is told too."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bulk import as_lines, expected, lines_of, people, records, trained
from support.shipped import KNOWLEDGE

from triage.bulk.blocks import FIRST_CHECKED, Settings
from triage.bulk.decoding.jsonl_decoder import JsonlDecoder
from triage.bulk.repeated_ids import IdRegister
from triage.bulk.stream import Run
from triage.bulk.tasks import Done
from triage.cases.expectations import NAMES
from triage.evaluation.records.formats import FORMATS
from triage.inference.assess import assess
from triage.inference.columns.compiled import compiled

BULK = trained()
CROWD = people(60, seed=50)


def output(*paths: Path | str, **more: Any) -> bytes:
    settings = Settings(
        **{name: more.pop(name) for name in ("form", "full", "meta", "check", "engine") if name in more}
    )
    run = Run(KNOWLEDGE, settings, tuple(map(str, paths)), io.BytesIO(), **more)
    return b"".join(bytes(piece) for piece in run.pieces())


def without_places(data: bytes) -> list[dict[str, Any]]:
    return [{**json.loads(line), "file": "", "line": 0} for line in data.splitlines()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_lines_lists_and_single_files_give_the_same(tmp_path: Path, jobs: int) -> None:
    lines, several, single = tmp_path / "a.jsonl", tmp_path / "list.JSON", tmp_path / "many"
    lines.write_bytes(as_lines(CROWD))
    several.write_text(json.dumps(CROWD, indent=2))
    single.mkdir()
    for number, case in enumerate(CROWD):
        (single / f"{number:03}.json").write_text(json.dumps(case))
    wanted = without_places(output(lines))
    assert len(wanted) == 60
    for path in (several, single):
        for size in (1 << 21, 3_000):
            assert without_places(output(path, jobs=jobs, block_size=size)) == wanted
    last = [json.loads(line) for line in output(single).splitlines()][-1]
    assert (last["file"], last["line"]) == (str(single / "059.json"), 1)
    place = [json.loads(line)["line"] for line in output(several).splitlines()][1]
    assert json.loads("{" + several.read_text().split("\n", place)[-1].split("\n")[0].strip(" ,") + "}") == {
        "id": "p1"
    }


EXPECTS = st.fixed_dictionaries(
    {},
    optional={
        "disposition": st.sampled_from([*KNOWLEDGE.rungs, "undetermined", "never"]),
        "acceptable": st.lists(st.sampled_from([*KNOWLEDGE.rungs]), max_size=2),
        "known_miss": st.sampled_from([*KNOWLEDGE.rungs]),
        "soon": st.sampled_from([True, False, 1]),
        **{
            key: st.lists(st.sampled_from([*each.table(KNOWLEDGE)][:40]), max_size=2)
            for key, each in NAMES.items()
        },
    },
)
METAS = st.dictionaries(
    st.text("a:\\é", max_size=3),
    st.recursive(
        st.none() | st.integers() | st.floats(allow_nan=False) | st.text(': ,"', max_size=3),
        lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text("k:", max_size=2), inside),
        max_leaves=4,
    ),
    max_size=3,
)
BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(":a", max_size=3),
        "source": st.text(":a", max_size=2),
        "given_at": st.dictionaries(st.text("a:", max_size=2), st.text("b:", max_size=2), max_size=2),
        "from_words": st.dictionaries(st.text("a:", max_size=2), st.text("b:", max_size=2), max_size=2),
        "expect": EXPECTS,
        "meta": METAS | st.none() | st.lists(st.integers(), max_size=1),
    },
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(CROWD), BESIDE), min_size=1, max_size=3))
def test_what_stands_beside_answers_is_read_as_the_strict_reader_does(
    cases: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    """Expectations on the bits are those that an assessment meets or misses, word by word."""
    data = as_lines({**case, **beside} for case, beside in cases)
    assert records(BULK, data) == expected(data)


def test_no_case_that_is_plainly_valid_is_left_to_the_strict_reader() -> None:
    """What makes a run slow: each kind of thing beside the answers is taken on the quick way."""
    beside: list[dict[str, Any]] = [
        {"title": "a: b"},
        {"source": "x"},
        {"given_at": {"age": "2026-11-28T03:15:00"}},
        {"from_words": {"age": "I am 40"}},
        {"knowledge_base": {"version": "1"}},
        {"expect": {"disposition": "doctor", "acceptable": ["urgent"], "soon": False, "fires": []}},
        {"meta": {"ward": "B 12", "at": "2026-11-28T03:15:00", "more": [1, {"x": None}]}},
    ]
    decoder = JsonlDecoder(compiled(KNOWLEDGE))
    decoded = decoder.decode(lines_of(as_lines({**CROWD[0], **each} for each in beside)))
    assert not decoded.rejected


@pytest.mark.parametrize(
    "meta",
    ['{"a":1,"a":2}', '{"a":{"b":1,"b":2}}', '{"a":[{"b":":","b":1}]}', '{"a":1e999}', '{"a":NaN}', "[]"],
)
def test_a_meta_that_is_no_strict_json_is_refused(meta: str) -> None:
    data = b'{"id":"x","answers":{},"meta":%b}\n' % meta.encode()
    (record,) = records(BULK, data)
    assert not record["valid"]
    assert [record] == expected(data)


def test_meta_stands_in_the_record_as_it_was_written_and_in_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    meta = '{ "ward": "B 12", "n": 1.50,\n "more": [1, {"x": null}], "big": 123456789012345678901234567890 }'
    spoilt = f'{{"id": "bad", "meta": {meta}, "answers": {{"age": -1}}}}'
    path.write_text(
        f'[{{"id": "one", "meta": {meta}, "answers": {{}}}}, {{"id": "two", "answers": {{}}}}, {spoilt}]'
    )
    first, second, third = output(path).splitlines()
    kept = b'"meta":{"ward":"B 12","n":1.50,"more":[1,{"x":null}],"big":123456789012345678901234567890}'
    assert kept in first
    assert kept in third
    assert not json.loads(third)["valid"]
    assert b'"meta"' not in second
    rows = [*csv.DictReader(io.StringIO(output(path, form="csv", meta=("ward", "more")).decode()))]
    assert [(row["ward"], row["more"]) for row in rows] == [
        ("B 12", '[1, {"x": null}]'),
        ("", ""),
        ("B 12", '[1, {"x": null}]'),
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_what_columns_write_is_what_experta_writes_one_by_one(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.jsonl"
    expects = [{"soon": True}, {"disposition": "doctor"}, {"disposition": "urgent", "known_miss": "doctor"}]
    cases = [{**case, "expect": expects[number % 3]} for number, case in enumerate(CROWD[:15])]
    path.write_bytes(as_lines([*cases, {"id": "none", "answers": {}}, {"id": "=bad"}]))
    assert output(path, form=form, engine="experta") == output(path, form=form)


@pytest.mark.parametrize("jobs", [1, 2])
def test_ids_that_stand_twice_are_found_wherever_they_stand(tmp_path: Path, jobs: int) -> None:
    one, other = tmp_path / "a.jsonl", tmp_path / "b.json"
    one.write_bytes(as_lines([*CROWD[:30], CROWD[3]]))
    other.write_text(json.dumps([CROWD[40], CROWD[5], {"id": "p3", "answers": {"age": -1}}]))
    said: list[str] = []
    found = output(one, other, jobs=jobs, block_size=2_000, say=said.append).splitlines()
    valid = [json.loads(line)["valid"] for line in found]
    assert valid == [True] * 30 + [False, True, False, False]
    assert f'{one}:31:7 /id the id "p3" is also used at {one}:4; give one of them another' in said
    assert any(f'/1/id the id "p5" is also used at {one}:6' in message for message in said)
    assert len(said) == 4


def test_as_many_ids_are_remembered_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.bulk.repeated_ids._RECENT", 10)
    register = IdRegister(most=50)

    def repeated(first: int, last: int) -> dict[int, str]:
        names = [f"n{number}" for number in range(first, last)]
        places = range(len(names))
        files = [("x", 3), ("y", len(names) - 3)]
        return register.repeated(
            Done(ids=names, places=places, numbers=[*range(1, 1 + len(names))], files=files)
        )

    assert not repeated(0, 25)
    assert not repeated(25, 45)
    assert repeated(20, 26) == {0: "y:21", 1: "y:22", 2: "y:23", 3: "y:24", 4: "y:25", 5: "x:1"}
    assert not repeated(45, 60)
    assert register.left_out == 10
    assert not repeated(57, 60)


def test_experta_checks_the_first_hundred_and_one_in_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_lines(people(1, first=number)[0] for number in range(FIRST_CHECKED + 250)))
    checked: list[str] = []

    def noting(knowledge: Any, answers: Any, case: str, _: Any) -> Any:
        checked.append(case)
        return assess(knowledge, answers, case, "compiled")

    monkeypatch.setattr("triage.bulk.blocks.assess", noting)
    output(path, check=120, block_size=20_000)
    assert checked == [*(f"p{number}" for number in range(FIRST_CHECKED)), "p120", "p240"]


def test_the_first_fault_can_be_the_last_record(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([*CROWD[:3], {"id": "bad"}, *CROWD[4:]]))
    for jobs in (1, 2):
        found = output(path, jobs=jobs, fail_fast=True).splitlines()
        assert [json.loads(line)["valid"] for line in found] == [True, True, True, False]


def test_whole_assessments_of_a_block_are_those_of_the_fold(tmp_path: Path) -> None:
    """Side by side in one block: whoever is unsure of what another answered, about themselves or another."""
    path, cases = tmp_path / "a.jsonl", people(100, seed=6)
    path.write_bytes(as_lines(cases))
    found = [json.loads(line)["assessment"] for line in output(path, full=True).splitlines()]
    wanted = [assess(KNOWLEDGE, case["answers"], case["id"], "compiled").to_dict() for case in cases]
    assert found == wanted
    assert sum(bool(each["not_sure"]) for each in found) > 10
    assert {each["about_other"] for each in found} == {True, False}


def test_a_whole_assessment_from_columns_is_what_experta_and_the_fold_make_of_the_case(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    odd = [{"id": "none", "answers": {}}, {"id": "n", "answers": {"age": 40.0}, "meta": {"a": 1}}]
    cases = [*CROWD[:25], {"id": "bad", "answers": {"age": -1}}, *odd]
    path.write_bytes(as_lines(cases))
    found = [json.loads(line) for line in output(path, full=True).splitlines()]
    for case, record in zip(cases, found, strict=True):
        wanted = None if case["id"] == "bad" else assess(KNOWLEDGE, case["answers"], case["id"]).to_dict()
        assert record["assessment"] == wanted
    assert found[-1]["meta"] == {"a": 1}
