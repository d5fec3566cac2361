"""Cases that are almost right are told what to write, and written so where that has one reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE
from support.strategies import findings

from triage.cases.plain import written_plainly
from triage.cli import main
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intended import intended_item
from triage.knowledge.parts.pronouns import address

pytestmark = pytest.mark.usefixtures("loaded")


def plain(answers: Any) -> Any:
    written, _ = written_plainly(KNOWLEDGE, {"id": "a", "answers": answers})
    return written["answers"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"age": "42"}, {"age": 42}),
        ({"age": " 42.0"}, {"age": 42}),
        ({"AGE": "Unknown"}, {"age": "unknown"}),
        ({"Site": ["Calf", "?FOOT"]}, {"site": ["calf", "?foot"]}),
        (
            {"danger_signs": {"STIFF_JAW": True, "faint": False}},
            {"danger_signs": {"stiff_jaw": "yes", "faint": "no"}},
        ),
        ({"feels": ["A cramp: a muscle tightens and hurts"]}, {"feels": ["painful_tightening"]}),
        ({"How old are you?": 4}, {"age": 4}),
        ({"for_whom": "Someone else"}, {"for_whom": "other"}),
    ],
)
def test_one_reading_is_written(before: Any, after: Any) -> None:
    assert plain(before) == after


@pytest.mark.parametrize(
    "answers",
    [
        {"age": "about 42"},
        {"age": "420"},
        {"age": True},
        {"age": None},
        {"danger_signs": None},
        {"danger_signs": "None"},
        {"danger_signs": []},
        {"site": "calf"},
        {"site": ["Calf", "calf"]},
        {"site": ["Calf", "?calf"]},
        {"site": {"Calf": "yes", "calf": "no"}},
        {"AGE": 4, "age": 5},
        {"frequency": 3},
    ],
)
def test_what_has_two_readings_or_none_stays(answers: Any) -> None:
    assert plain(answers) == answers


@settings(max_examples=60)
@given(findings(), st.randoms(use_true_random=False))
def test_capitals_and_labels_lose_nothing(given_: Any, chance: Any) -> None:
    answers = as_answers(KNOWLEDGE, given_)
    noisy = {chance.choice([name, name.upper()]): shouted(answer) for name, answer in answers.items()}
    assert plain(noisy) == plain(answers) == answers


def shouted(answer: Any) -> Any:
    if isinstance(answer, list):
        return [item.upper() for item in answer]
    if isinstance(answer, dict):
        return {item.upper(): {"yes": True, "no": False}.get(value, value) for item, value in answer.items()}
    return answer if answer == "none" else str(answer).upper()


def test_every_label_is_its_item_or_open() -> None:
    for question in KNOWLEDGE.questions.values():
        for option in question.options:
            if question.kind == "checklist":
                assert intended_item(question, address(option.label)) in (option.id, None)


def test_convert_writes_it_and_lists_each_change_and_what_is_left(tmp_path: Path) -> None:
    file = tmp_path / "clinic.jsonl"
    file.write_text(
        '{"id": 7, "answers": {"age": "42", "site": ["Calf"]}}\n{"id": "b", "answers": {"age": null}}\n',
        "utf-8",
    )
    result = CliRunner().invoke(main, ["convert", str(file)], catch_exceptions=False)
    assert result.exit_code == 1
    first, second = file.read_text("utf-8").splitlines()
    assert json.loads(first) == {"id": "7", "answers": {"age": 42, "site": ["calf"]}}
    assert json.loads(second)["answers"] == {"age": None}
    assert f'{file}:1:30 /answers/age "42" is written 42 now' in result.stdout
    assert '/answers/site/0 "Calf" is written "calf" now' in result.stdout
    assert '/id 7 is written "7" now' in result.stdout
    assert "/answers/age null says nothing" in result.stderr
