"""The codebook: all of the questionnaire, the same in each form, and true of what a case file takes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from support.shipped import KNOWLEDGE

from triage.cli import main
from triage.inference.answers.intake import read_answers
from triage.publication.codebook import EVERYBODY, codebook, entries

pytestmark = pytest.mark.usefixtures("loaded")


def shown(form: str) -> str:
    return CliRunner().invoke(main, ["schema", "codebook", "--format", form], catch_exceptions=False).stdout


def test_every_question_option_and_range_is_in_every_form() -> None:
    rows = list(csv.DictReader(io.StringIO(codebook(KNOWLEDGE, "csv"))))
    listed = {(row["question"], row["option"]) for row in rows}
    page = codebook(KNOWLEDGE, "md")
    for question in KNOWLEDGE.questions.values():
        assert {(question.id, ""), *((question.id, option.id) for option in question.options)} <= listed
        assert f"## `{question.id}`" in page
        if question.kind == "number":
            (row,) = (row for row in rows if row["question"] == question.id)
            told = int(row["minimum"]), int(row["maximum"]), row["unit"]
            assert told == (question.minimum, question.maximum, question.unit)
            assert f"in {question.unit}, from {question.minimum} to {question.maximum}" in page
    told_again = json.loads(codebook(KNOWLEDGE, "json"))["entries"]
    texts = [{**row, "red_flag": "yes" if row["red_flag"] else "no"} for row in told_again]
    assert rows == [{key: "" if value is None else str(value) for key, value in row.items()} for row in texts]


def test_what_it_says_to_write_is_read_and_who_is_asked_is_told() -> None:
    for entry in entries(KNOWLEDGE):
        question = KNOWLEDGE.questions.get(entry.question)
        if question is None or not entry.option:
            continue
        answer: Any = json.loads(entry.written)
        read_answers(KNOWLEDGE, {question.id: [answer] if question.kind == "checklist" else answer})
        gates = question.gates.get(f"{question.id}.{entry.option}", question.asked_when)
        assert (entry.applies == EVERYBODY) == (gates is None)


def test_the_command_prints_each_form_and_refuses_it_for_a_schema() -> None:
    assert shown("json") == codebook(KNOWLEDGE, "json")
    assert shown("md").startswith("# Codebook")
    assert shown("csv").startswith("question,option,")
    refused = CliRunner().invoke(main, ["schema", "case", "--format", "csv"])
    assert refused.exit_code == 2
    assert "--format csv is for the codebook" in refused.stderr
