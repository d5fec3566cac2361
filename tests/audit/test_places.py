"""The audit names the line of the very test that it speaks of, in the file of the very rule."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from support.shipped import KNOWLEDGE

from triage.audit.coverage import Coverage, cover
from triage.audit.model import Name
from triage.audit.mutants import mutants
from triage.audit.table import Table
from triage.inference.answers.working_memory import working_memory
from triage.inference.columns.compiled import Compiled
from triage.inference.domains import domains
from triage.inference.truth import Truth, truth_of
from triage.knowledge.model import Gate, Rule
from triage.knowledge.parts.conditions import Test, tests_of
from triage.proof.everyone import Everyone


@cache
def covered() -> Coverage:
    """What concludes findings and every eighth of the other rules, on no case at all: everything is missing.

    Each thing that is missing is asked of every possible intake, which takes long for all rules; where it
    stands does not hang on the answer.
    """
    rules = KNOWLEDGE.rules.values()
    some = {rule.id: rule for number, rule in enumerate(rules) if rule.findings or number % 8 == 0}
    compiled = Compiled(replace(KNOWLEDGE, rules=some), fine=True)
    return cover(Table(compiled, []), Everyone(compiled))


def test_every_condition_stands_at_its_own_line(root: Path) -> None:
    for rule in KNOWLEDGE.rules.values():
        lines = (root / "rules" / rule.file).read_text("utf-8").splitlines()
        written = [number for number, line in enumerate(lines, start=1) if re.search(r"\bfinding = ", line)]
        tests = list(tests_of(rule.when))
        assert list(dict.fromkeys(test.line for test in tests)) == written, rule.id
        for test in tests:
            question = test.finding.partition(".")[0]
            assert f'finding = "{question}' in lines[test.line - 1], test


def test_a_condition_is_reported_at_its_line() -> None:
    for rule in covered().rules:
        of_rule = KNOWLEDGE.rules[rule.id]
        assert [(each.place.file, each.place.line) for each in rule.conditions] == [
            (of_rule.file, test.line) for test in tests_of(of_rule.when)
        ]


def test_every_gap_of_a_condition_stands_at_a_line_of_its_test() -> None:
    of_tests = [gap for gap in covered().gaps if isinstance(gap.subject, Test)]
    assert {gap.measure for gap in of_tests} == {"condition", "masking", "boundary"}
    for gap in of_tests:
        rule = KNOWLEDGE.rules[gap.rule]
        lines = {test.line for test in tests_of(rule.when) if test == gap.subject}
        assert (gap.place.file, gap.place.line in lines) == (rule.file, True), gap


def test_every_change_of_a_test_stands_at_a_line_of_it() -> None:
    fine = domains(KNOWLEDGE, fine=True)
    owners: list[Rule | Gate] = [*KNOWLEDGE.rules.values(), *KNOWLEDGE.every_gate]
    for owner in owners:
        for mutant in mutants(KNOWLEDGE, fine, owner):
            if isinstance(mutant.part, Test):
                lines = {test.line for test in tests_of(owner.when) if test == mutant.part}
                assert (mutant.place.file, mutant.place.line in lines) == (owner.file, True), mutant


def test_every_gate_lacks_somebody_on_each_side_where_there_is_no_case() -> None:
    gaps = [gap for gap in covered().gaps if gap.measure == "gate"]
    assert [(gap.subject.kind, gap.what) for gap in gaps if isinstance(gap.subject, Name)] == [
        ("question" if name in KNOWLEDGE.questions else "option", what)
        for name, _, _ in KNOWLEDGE.gated
        for what in ("never concerns anybody", "always concerns everybody")
    ]
    for gap in gaps:
        (witness,) = gap.witnesses
        gate = next(gate for name, _, gate in KNOWLEDGE.gated if name == str(gap.subject))
        truth = truth_of(gate, working_memory(KNOWLEDGE, witness.findings))
        assert truth is (Truth.TRUE if gap.what == "never concerns anybody" else Truth.FALSE)
