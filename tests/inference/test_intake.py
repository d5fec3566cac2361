"""Answers are read by what they say, whatever Python class they come in; what they do not say is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shipped import HEALTHY, KNOWLEDGE
from support.strategies import findings

import triage
from triage import IntakeError, assess
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.grounds.support import with_conclusions
from triage.inference.truth import Missing, Truth, Value, can_hold, truth_of


class Text(str):
    """A text that is not quite one."""

    __slots__ = ()


class Unlike(str):
    """A text that is never equal to another, and shows as another."""

    __slots__ = ()

    def __eq__(self, _: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "no"


class Alike:
    """Equal to everything, as the wildcards of test libraries are."""

    def __eq__(self, _: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def member_of(text: str) -> Any:
    """A member of a class of texts that is also an `Enum`: it is written out by its name."""
    return Enum("Choice", {"MEMBER": text}, type=str).MEMBER  # type: ignore[attr-defined]


TEXTS: tuple[Callable[[str], Any], ...] = (
    str,
    Text,
    Unlike,
    np.str_,
    member_of,
    lambda text: StrEnum("Choice", {"MEMBER": text}).MEMBER,  # type: ignore[attr-defined]
)
NUMBERS: tuple[Callable[[int], Any], ...] = (
    int,
    float,
    Fraction,
    np.int64,
    np.uint64,
    np.float32,
    np.float64,
    lambda number: IntEnum("Number", {"MEMBER": number}).MEMBER,  # type: ignore[attr-defined]
)


def typed(chance: Random, answer: Any) -> Any:
    """Return the same answer in other classes."""
    if isinstance(answer, str):
        return chance.choice(TEXTS)(answer)
    if isinstance(answer, int):
        return chance.choice(NUMBERS)(answer)
    if isinstance(answer, dict):
        return {typed(chance, item): typed(chance, value) for item, value in answer.items()}
    return chance.choice((list, tuple))([typed(chance, item) for item in answer])


@st.composite
def answers_twice(draw: st.DrawFn) -> tuple[dict[str, Any], dict[Any, Any]]:
    plain = as_answers(KNOWLEDGE, draw(findings()))
    chance = Random(draw(st.integers(0)))  # noqa: S311 - made-up answers
    return plain, typed(chance, plain)


def exact(values: Mapping[str, Value]) -> bool:
    return all(type(name) is str for name in values) and all(
        type(value) in (str, int, Missing) for value in values.values()
    )


@given(answers_twice())
def test_the_same_answers_are_read_alike_whatever_their_classes(
    answers: tuple[dict[str, Any], dict[Any, Any]],
) -> None:
    plain, other = answers
    values = read_answers(KNOWLEDGE, other)
    assert exact(values)
    assert values == read_answers(KNOWLEDGE, plain)


@settings(max_examples=30)
@given(answers_twice())
def test_the_same_answers_give_the_same_assessment_whatever_their_classes(
    answers: tuple[dict[str, Any], dict[Any, Any]],
) -> None:
    plain, other = answers
    assert assess(KNOWLEDGE, other) == assess(KNOWLEDGE, plain)


@pytest.mark.parametrize("text", TEXTS)
def test_no_class_of_texts_loses_a_red_flag(text: Callable[[str], Any]) -> None:
    for question in KNOWLEDGE.questions.values():
        for flag in question.red_flags:
            item = flag.partition(".")[2]
            if not item:
                continue
            said: tuple[Any, ...] = (
                {text(item): text("yes")},
                {text(item): text("unknown")},
                [text(item)],
                [text(f"?{item}")],
            )
            for answer in said:
                value = read_answers(KNOWLEDGE, {text(question.id): answer})[flag]
                assert value in ("yes", Missing.UNKNOWN)


@pytest.mark.parametrize("answers", [None, [], [("age", 3)], "age", 3, {"age"}, object(), Alike(), b"{}"])
def test_what_is_no_mapping_of_answers_is_refused(answers: Any) -> None:
    with pytest.raises(IntakeError, match="answers are a mapping") as caught:
        read_answers(KNOWLEDGE, answers)
    assert caught.value.question == ""
    with pytest.raises(IntakeError):
        assess(KNOWLEDGE, answers)


DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

WRONG: tuple[Any, ...] = (
    None,
    True,
    False,
    np.bool_(True),
    float("nan"),
    float("inf"),
    -float("inf"),
    np.float64("nan"),
    np.float32("inf"),
    35.5,
    Fraction(71, 2),
    Decimal(35),
    35j,
    10**5000,
    -(10**5000),
    1e308,
    b"unknown",
    "",
    "35",
    [],
    (),
    [[]],
    [{}],
    [None],
    [10**5000],
    DEEP,
    {"calf": DEEP},
    ["calf", 3],
    {"calf": None},
    {"calf": []},
    {"calf": {}},
    {"calf": True},
    {"calf": Alike()},
    {None: "yes"},
    {("calf",): "yes"},
    {"?calf": "yes"},
    {Alike(): "yes"},
    {"calf"},
    iter(["calf"]),
    object(),
    Alike(),
    [Alike()],
    np.array(["calf"]),
    np.array("unknown"),
    np.array(35),
    Enum("Choice", {"MEMBER": "unknown"}).MEMBER,  # type: ignore[attr-defined]
)


@pytest.mark.parametrize("name", ["age", "for_whom", "site", "episode_seconds", "danger_signs"])
def test_what_a_question_does_not_have_is_refused_plainly(name: str) -> None:
    for answer in WRONG:
        with pytest.raises(IntakeError) as caught:
            read_answers(KNOWLEDGE, {name: answer})
        assert caught.value.question == name
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", [None, 3, ("age",), Alike(), "ages", Text("ages"), "x" * 9_999])
def test_what_is_no_question_is_refused_plainly(name: Any) -> None:
    with pytest.raises(IntakeError, match="unknown question") as caught:
        read_answers(KNOWLEDGE, {name: 3})
    assert len(str(caught.value)) < 400


class Pairs(Mapping[Any, Any]):
    """A mapping with keys of any kind, hashable or not, and as often as they come."""

    def __init__(self, *pairs: tuple[Any, Any]) -> None:
        self._pairs = pairs

    def items(self) -> Any:
        return self._pairs

    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def test_keys_that_cannot_be_hashed_are_refused() -> None:
    with pytest.raises(IntakeError, match="unknown question"):
        read_answers(KNOWLEDGE, Pairs(([], "yes")))
    with pytest.raises(IntakeError, match="must be one of these names"):
        read_answers(KNOWLEDGE, {"site": Pairs(([], "yes"))})


def test_what_is_said_twice_in_two_classes_is_refused_not_overwritten() -> None:
    flag = KNOWLEDGE.questions["danger_signs"].options[0].id
    for items in ({flag: "yes", Unlike(flag): "no"}, {Unlike(flag): "yes", flag: "no"}):
        with pytest.raises(IntakeError, match="appears twice"):
            read_answers(KNOWLEDGE, {"danger_signs": items})
    with pytest.raises(IntakeError, match="appears twice"):
        read_answers(KNOWLEDGE, {"danger_signs": [flag, member_of(f"?{flag}")]})
    with pytest.raises(IntakeError, match="appears twice"):
        read_answers(KNOWLEDGE, {"danger_signs": [flag], Unlike("danger_signs"): "none"})


def test_the_error_is_public_and_passes_between_processes() -> None:
    assert triage.IntakeError is IntakeError
    assert "IntakeError" in triage.__all__
    with pytest.raises(IntakeError) as caught:
        assess(KNOWLEDGE, {**HEALTHY, "age": 999})
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - its own pickle
    assert (copied.question, str(copied)) == ("age", str(caught.value))


def test_every_public_name_is_there() -> None:
    assert [name for name in triage.__all__ if not hasattr(triage, name)] == []


@settings(max_examples=30)
@given(findings())
def test_a_condition_can_hold_unless_it_is_false(given: Mapping[str, Value]) -> None:
    memory = with_conclusions(KNOWLEDGE, working_memory(KNOWLEDGE, given))
    gates = [gate for question in KNOWLEDGE.questions.values() for gate in question.behind if gate]
    for condition in [*gates, *(rule.when for rule in KNOWLEDGE.rules.values())]:
        assert can_hold(condition, memory) is (truth_of(condition, memory) is not Truth.FALSE)


def test_all_that_does_not_fit_is_told_with_its_place_and_what_to_write() -> None:
    wrong = {"age": "42", "sit": "none", "site": ["Calf", "?tail"], "danger_signs": {"stiff_jaw": True}}
    with pytest.raises(IntakeError) as caught:
        assess(KNOWLEDGE, {**wrong, "frequency": None, "medicine_names": ["atorvasttin"]})
    told = {each.pointer: each.message for each in caught.value.problems}
    assert told["/age"] == 'give a whole number of years: write 42, not the text "42"'
    assert told["/sit"] == 'unknown question "sit"; did you mean "site"?'
    assert told["/site/0"] == 'write "calf", not the text "Calf"'
    assert told["/site/1"].startswith('"?tail" is not one of')
    assert told["/danger_signs/stiff_jaw"] == 'write "yes", not true'
    assert told["/frequency"].startswith("null says nothing; leave it out if it was not asked")
    assert 'did you mean "atorvastatin"' in told["/medicine_names/0"]
    assert len(told) == len(caught.value.problems) == 7
    assert str(caught.value).endswith("and 6 more (see problems)")
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - its own pickle
    assert copied.problems == caught.value.problems
