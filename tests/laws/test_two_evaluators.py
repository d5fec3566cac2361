"""Law 10: two evaluators agree, experta and the compiled columns."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.agreement import Part, Seen, compared, comparer, directed, parts
from support.edges import edges
from support.samples import shares
from support.shipped import KNOWLEDGE

from triage.cases.case_set import CaseRegister
from triage.cases.checker import CaseChecker
from triage.cases.reading.raw_case import RawCase
from triage.evaluation.crosscheck import Mismatch
from triage.evaluation.evaluate import Evaluator
from triage.inference.answers.intake import read_answers
from triage.inference.assessment import UNDETERMINED
from triage.inference.columns.compiled import Columns, Compiled, Verdicts, compiled
from triage.inference.domains import domains
from triage.inference.firings import Firings
from triage.inference.truth import WorkingMemory
from triage.knowledge.model import NO, YES

COMPILED = compiled(KNOWLEDGE)
COMPARER = comparer()
RUN, FIRINGS = Compiled.run, Compiled.firings

SEED = int(os.environ.get("TRIAGE_SEED", "1"))
ORDINARY = 600
NIGHTLY = 200_000
NEARLY_ALL = 0.95  # a rule may ask for more than answers drawn by chance bring together


def seen_in(wanted: Sequence[Part]) -> Seen:
    seen = Seen()
    for part in compared(wanted):
        seen.add(part)
    sys.stdout.write(f"seed {SEED}: {seen}\n")
    return seen


def assert_well_represented(seen: Seen) -> None:
    assert seen.share("something not sure") > 0.4
    assert seen.share("a question skipped") > 0.2
    assert seen.share("an item left out") > 0.4
    assert seen.share("an edge of a threshold") > 0.6
    assert seen.share("an answer that does not apply") > 0.2
    assert seen.share("nothing open") > 0.2
    assert {name for name in seen.counts if name.startswith("disposition ")} == {
        f"disposition {name}" for name in (*KNOWLEDGE.rungs, UNDETERMINED)
    }
    every_edge = {
        (question.id, value)
        for question in KNOWLEDGE.questions.values()
        if question.kind == "number"
        for value in edges(KNOWLEDGE, question)
    }
    assert seen.edges == every_edge


def test_hundreds_of_generated_intakes() -> None:
    """Field by field, all that an assessment says; and what the bulk way makes of the same intakes."""
    seen = seen_in(parts(SEED, ORDINARY))
    assert seen.intakes == ORDINARY
    assert_well_represented(seen)


@pytest.mark.nightly
def test_hundreds_of_thousands_of_generated_intakes(capsys: pytest.CaptureFixture[str]) -> None:
    """With other intakes each night: `TRIAGE_SEED=$(date +%Y%m%d)`."""
    seen = Seen()
    started, step = time.monotonic(), NIGHTLY // 20
    for part in compared(parts(SEED + 1, NIGHTLY)):
        before = seen.intakes // step
        seen.add(part)
        if seen.intakes // step > before:
            with capsys.disabled():
                sys.stdout.write(f"\n{seen.intakes:,} of {NIGHTLY:,}, {time.monotonic() - started:.0f} s")
                sys.stdout.flush()
    with capsys.disabled():
        sys.stdout.write(f"\nseed {SEED + 1}: {seen}\n")
    assert seen.intakes == NIGHTLY
    assert_well_represented(seen)
    assert min(len(seen.fired), len(seen.open)) > NEARLY_ALL * len(KNOWLEDGE.rules)


def test_each_rule_met_and_every_twentieth_test_turned() -> None:
    met = seen_in([*directed("met"), *directed("some turned")])
    assert len(met.fired) > NEARLY_ALL * len(KNOWLEDGE.rules)


@pytest.mark.nightly
def test_each_test_of_each_rule_turned() -> None:
    assert len(seen_in(directed("turned")).fired) > NEARLY_ALL * len(KNOWLEDGE.rules)


@pytest.mark.nightly
def test_each_test_of_each_rule_left_open() -> None:
    assert len(seen_in(directed("left open")).open) > NEARLY_ALL * len(KNOWLEDGE.rules)


def without_a_rule(self: Compiled, columns: Columns) -> Verdicts:
    verdicts = RUN(self, columns)
    return replace(verdicts, fired=[0, *verdicts.fired[1:]])


def alone(self: Compiled, memory: WorkingMemory) -> Firings:
    found = FIRINGS(self, memory)
    return replace(found, fired=found.fired - {COMPILED.rules[0].id})


def never_sure(self: Compiled, columns: Columns) -> Verdicts:
    verdicts = RUN(self, columns)
    return replace(verdicts, not_sure=[0 for _ in verdicts.not_sure])


@pytest.mark.parametrize(
    ("method", "faulty"), [("firings", alone), ("run", without_a_rule), ("run", never_sure)]
)
def test_what_differs_is_told_as_a_case_that_can_be_run(
    method: str, faulty: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = COMPARER.intakes.turned_of(COMPILED.rules[0])
    left_open = COMPARER.intakes.left_open_of(*COMPILED.rules[:3])
    unsure = [intake for intake in left_open if intake[0].endswith("not-sure")]
    COMPARER.compare([*first[:2], *unsure[:2]])
    monkeypatch.setattr(Compiled, method, faulty)
    with pytest.raises(Mismatch) as raised:
        COMPARER.compare([*first[:2], *unsure[:2]])
    monkeypatch.undo()
    (note,) = pickle.loads(pickle.dumps(raised.value)).__notes__  # noqa: S301 - our own, as from another process
    case = json.loads(note[note.index("{") :])
    assert (case["id"], case["answers"]) in [*first, *unsure]
    raw = RawCase("case.json", case, json.dumps(case), (), 1)
    outcome = Evaluator(KNOWLEDGE).outcome(CaseRegister(CaseChecker(KNOWLEDGE)).admit(raw), both=True)
    assert not outcome.missed


def test_the_empty_intake_and_not_sure_of_everything() -> None:
    COMPARER.compare([("empty", {}), ("not-sure", dict.fromkeys(KNOWLEDGE.questions, "unknown"))])


@shares(5)
def test_lanes_of_a_block_never_touch_each_other(one_in: int) -> None:
    intakes = [
        read_answers(KNOWLEDGE, answers)
        for _, answers in [*COMPARER.intakes.met, *COMPARER.intakes.some_turned]
    ]
    block = COMPILED.run(COMPILED.columns(intakes))
    for number, intake in list(enumerate(intakes))[::one_in]:
        alone = COMPILED.run(COMPILED.columns([intake]))
        assert [column >> number & 1 for column in block.fired] == list(alone.fired)
        assert [column >> number & 1 for column in block.possible] == list(alone.possible)


def test_numbers_are_cut_at_every_bound() -> None:
    for finding, domain in domains(KNOWLEDGE, fine=True).items():
        question = KNOWLEDGE.question_of[finding]
        if question.kind == "number":
            for value in edges(KNOWLEDGE, question):
                first, last = domain.ends(domain.class_of(value))
                assert int(first) <= value <= int(last)
            assert domain.ends(0)[0] == question.minimum
            assert domain.ends(len(domain.values) - 1)[1] == question.maximum
        else:
            assert [domain.class_of(value) for value in domain.values] == list(range(len(domain.values)))


@pytest.mark.parametrize("value", [-1, 1000])
def test_a_value_that_cannot_be_is_refused(value: int) -> None:
    with pytest.raises(KeyError):
        COMPILED.columns([{"age": value}])


def test_the_source_holds_no_text_of_the_knowledge_base() -> None:
    source = Compiled(KNOWLEDGE).source
    names = {*KNOWLEDGE.question_of, *KNOWLEDGE.rules, *KNOWLEDGE.findings, YES, NO}
    assert not {name for name in names if len(name) > 4 and name in source} - {"known"}


def test_one_intake_gives_the_same_firings_as_many() -> None:
    intake = read_answers(KNOWLEDGE, {"danger_signs": "none", "site": ["calf"]})
    verdicts = COMPILED.run(COMPILED.columns([intake]))
    firings = COMPILED.firings(intake)
    assert firings.fired == {
        rule.id for rule, column in zip(COMPILED.rules, verdicts.fired, strict=True) if column
    }
    assert firings.fired <= firings.possible
