"""Two solvers of the package say the same of every question about the project's own rules."""

from __future__ import annotations

import pytest
from support.shipped import KNOWLEDGE

from triage.audit.laws import prove
from triage.audit.progress import silent
from triage.audit.table import Table
from triage.inference.columns.compiled import Compiled
from triage.proof.everyone import Everyone
from triage.proof.solver import Answer
from triage.proof.world import Examples

SOLVERS = ("minisat-gh", "glucose4")


@pytest.fixture(scope="module")
def everybody() -> list[Everyone]:
    compiled = Compiled(KNOWLEDGE, fine=True)
    return [Everyone(compiled, solver=solver) for solver in SOLVERS]


def test_they_prove_and_refute_the_same(everybody: list[Everyone]) -> None:
    one, other = (
        [
            (proof.id, proof.verdict, [each.subject for each in proof.exceptions])
            for proof in prove(
                Table(everyone.compiled, []), Examples(everyone.compiled, []), everyone, silent
            )
        ]
        for everyone in everybody
    )
    assert one == other


def test_they_find_whom_every_rule_and_outcome_concerns(everybody: list[Everyone]) -> None:
    """And whoever the solver finds is found by the program too, over plain bits."""
    compiled = everybody[0].compiled
    for number, rule in enumerate(compiled.rules):
        searches = [everyone.find(everyone.rule(number).true) for everyone in everybody]
        assert {search.answer for search in searches} == {Answer.FOUND}, rule.id
        for search in searches:
            assert compiled.run(compiled.columns(search.intakes)).fired[number], rule.id
    outcomes = [dict(everyone.outcomes.columns()) for everyone in everybody]
    for name in outcomes[0]:
        answers = {
            everyone.find(columns[name]).answer for everyone, columns in zip(everybody, outcomes, strict=True)
        }
        assert len(answers) == 1, name
