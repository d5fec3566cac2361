"""People who answered every line, also those that nobody would have asked them: the gates lose none of them.

Without the answers that do not apply, nobody falls below what the source of the case asks for.
"""

from __future__ import annotations

import pytest
from support.gates import as_asked
from support.reading_load import VIGNETTES, cases_in
from support.shipped import KNOWLEDGE

from triage.cases.case_set import Case
from triage.cases.expectations import wanted
from triage.inference.answers.intake import read_answers
from triage.inference.assess import assess_findings
from triage.inference.assessment import UNDETERMINED
from triage.inference.truth import Value

RANKS = {UNDETERMINED: 0, **{name: rank for rank, name in enumerate(KNOWLEDGE.rungs, start=1)}}


def lost(case: Case) -> str | None:
    """What a person falls to whom the gates lose; None where they do not."""
    findings = read_answers(KNOWLEDGE, case.answers)
    least = min(RANKS[name] for name in wanted(case.expect))
    asked = assess_findings(KNOWLEDGE, as_asked(findings), engine="compiled").disposition
    full = assess_findings(KNOWLEDGE, findings, engine="compiled").disposition
    return asked if RANKS[asked] < least <= RANKS[full] else None


def test_the_gates_lose_nobody() -> None:
    people = [case for case in cases_in(KNOWLEDGE, VIGNETTES) if wanted(case.expect)]
    closed = [
        case
        for case in people
        if as_asked(read_answers(KNOWLEDGE, case.answers)).keys()
        != read_answers(KNOWLEDGE, case.answers).keys()
    ]
    assert len(closed) >= 40, "too few people answered what they would not have been asked"
    assert {case.id: fallen for case in closed if (fallen := lost(case))} == {}


@pytest.mark.parametrize("site", ["calf", "eyelid"])
def test_a_gate_that_is_closed_takes_an_answer_away(site: str) -> None:
    sign = "limb_signs.one_limb_swollen"
    findings: dict[str, Value] = {"feels.twitch": "yes", f"site.{site}": "yes", sign: "yes"}
    findings |= dict.fromkeys(
        (each for each in KNOWLEDGE.questions["site"].findings if each != f"site.{site}"), "no"
    )
    assert (sign in as_asked(findings)) is (site == "calf")
