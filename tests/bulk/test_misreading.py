"""A bulk reader that goes wrong stops the run; the comparison of styles sees it too."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.bulk import as_lines, lines_of, people
from support.json_files import file_of
from support.shipped import KNOWLEDGE
from support.strict_reader import differences

from triage.bulk.decoding import answer_bits, answer_table, bit_matrix, jsonl_decoder, typed_case
from triage.bulk.decoding.answer_bits import AnswerBits
from triage.bulk.decoding.answer_table import AnswerTable
from triage.bulk.decoding.decoded import MisreadError
from triage.bulk.decoding.jsonl_decoder import JsonlDecoder
from triage.cli import main
from triage.inference.answers.reading import read_answer
from triage.inference.columns.compiled import compiled
from triage.knowledge.model import KnowledgeBase, Question

COMPILED = compiled(KNOWLEDGE)
Patch = pytest.MonkeyPatch


def items_swapped(patch: Patch) -> None:
    _of_items(
        patch, lambda answer: tuple({"calf": "foot", "foot": "calf"}.get(item, item) for item in answer)
    )


def fourth_item_lost(patch: Patch) -> None:
    _of_items(patch, lambda answer: answer[:3])


def not_sure_taken_for_present(patch: Patch) -> None:
    _of_items(
        patch, lambda answer: tuple(item.lstrip("?") if isinstance(item, str) else item for item in answer)
    )


def _of_items(patch: Patch, change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> None:
    right = AnswerBits._of_items  # noqa: SLF001 - a fault is planted inside
    patch.setattr(AnswerBits, "_of_items", lambda self, answer: right(self, change(answer)))


def edge_off_by_one(patch: Patch) -> None:
    right = AnswerBits._of_number  # noqa: SLF001 - as above
    patch.setattr(
        AnswerBits, "_of_number", lambda self, answer: right(self, min(answer + 1, self.question.maximum))
    )


def bytes_too_many(patch: Patch) -> None:
    right = AnswerBits.encode
    patch.setattr(
        AnswerBits,
        "encode",
        lambda self, answer: (
            right(self, answer) + (b"\0" if isinstance(answer, tuple) and len(answer) > 3 else b"")
        ),
    )


def another_kept_than_returned(patch: Patch) -> None:
    def wrong(self: AnswerTable, key: Any, value: bytes) -> None:
        dict.__setitem__(self, key, bytes(len(value)) if key == ("calf",) else value)

    patch.setattr(AnswerTable, "__setitem__", wrong, raising=False)


def lanes_shifted(patch: Patch) -> None:
    right = bit_matrix.columns_of
    patch.setattr(
        answer_bits, "columns_of", lambda rows, stride: [column << 1 for column in right(rows, stride)]
    )


def answers_of_another_question(patch: Patch) -> None:
    right = typed_case.case_type

    def wrong(knowledge: KnowledgeBase, questions: Sequence[Question]) -> Any:
        names = [question.id for question in questions]
        one, other = names.index("soreness_easing"), names.index("one_side")
        swapped = list(questions)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        return right(knowledge, swapped)

    patch.setattr(jsonl_decoder, "case_type", wrong)


FAULTS = [
    items_swapped,
    fourth_item_lost,
    not_sure_taken_for_present,
    edge_off_by_one,
    bytes_too_many,
    another_kept_than_returned,
    lanes_shifted,
    answers_of_another_question,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_the_run_stops_where_it_goes_wrong(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """On the very first line that is read differently, or at the end of the first block."""
    data = as_lines(
        [*people(200, seed=21), {"id": "five", "answers": {"site": ["calf", "foot", "hand", "shin"]}}]
    )
    JsonlDecoder(COMPILED).decode(lines_of(data))
    plant(monkeypatch)
    with pytest.raises(MisreadError) as stopped:
        JsonlDecoder(COMPILED).decode(lines_of(data))
    assert stopped.value.names
    assert stopped.value.line in data.splitlines()


@pytest.mark.parametrize("plant", [items_swapped, not_sure_taken_for_present, edge_off_by_one])
def test_what_is_not_remembered_is_compared_part_by_part(
    plant: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    for name in ("MOST_ITEMS", "MOST_NUMBERS"):
        monkeypatch.setattr(answer_table, name, 0)
    monkeypatch.setattr(JsonlDecoder, "_check", lambda *_: None)
    data = as_lines(people(200, seed=21))
    JsonlDecoder(COMPILED).decode(lines_of(data))
    plant(monkeypatch)
    with pytest.raises(MisreadError):
        JsonlDecoder(COMPILED).decode(lines_of(data))


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_the_comparison_of_styles_sees_it_too(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """Even where the run itself would not look."""
    monkeypatch.setattr(AnswerTable, "_as_read", lambda self, answer, _: self[answer])
    monkeypatch.setattr(JsonlDecoder, "_check", lambda *_: None)
    plant(monkeypatch)
    decoder = JsonlDecoder(COMPILED)

    def differ(number: int) -> bool:
        try:
            return bool(differences(decoder, file_of(1, number)))
        except ValueError:
            return True

    assert any(map(differ, range(60)))


def test_every_distinct_answer_is_checked_once(monkeypatch: Patch) -> None:
    checked: list[tuple[str, str]] = []

    def noting(question: Question, answer: Any) -> Any:
        checked.append((question.id, repr(answer)))
        return read_answer(question, answer)

    monkeypatch.setattr(answer_table, "read_answer", noting)
    monkeypatch.setattr(JsonlDecoder, "_check", lambda *_: None)
    cases = people(300, seed=22)
    data = as_lines(cases)
    decoder = JsonlDecoder(COMPILED)
    decoder.decode(lines_of(data))
    distinct = {(name, repr(answer)) for case in cases for name, answer in case["answers"].items()}
    assert len(checked) == len(set(checked))
    assert set(checked) == distinct
    decoder.decode(lines_of(data))
    assert len(checked) == len(distinct)


def test_the_command_stops_and_keeps_the_case(tmp_path: Path, monkeypatch: Patch) -> None:
    path = tmp_path / "people.jsonl"
    few_are_read_strictly_alone = 16
    people = [
        {"id": f"after-{number}", "answers": {"age": 40}} for number in range(few_are_read_strictly_alone)
    ]
    first = [{"id": "a", "answers": {"age": 40}}, {"id": "b", "answers": {"site": ["calf"]}}]
    path.write_bytes(as_lines([*first, *people]))
    items_swapped(monkeypatch)
    output = tmp_path / "out.jsonl"
    result = CliRunner().invoke(main, ["evaluate", str(path), "-o", str(output)])
    assert result.exit_code == 6, result.output
    assert f"{path}:2: the bulk reader and the strict reader differ" in result.stderr
    assert not output.exists()
    (case,) = json.loads((tmp_path / "mismatch-b.json").read_text())
    assert case["answers"] == {"site": ["calf"]}
