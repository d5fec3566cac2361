"""Witness intakes as cases that run, so that an author can look at them, name them and keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from triage.audit.model import Witness
from triage.inference.compiled import compiled
from triage.inference.intake import as_answers
from triage.inference.outcomes import outcomes
from triage.knowledge.model import KnowledgeBase


def cases_of(knowledge: KnowledgeBase, witnesses: Sequence[Witness]) -> Mapping[str, list[dict[str, Any]]]:
    """Return witnesses as case data, by the rule they are about ("base" for the rest).

    Each expects what the rules as they are come to: its disposition, and whether its rule fires, is open or
    stays silent. Whether that is right is for its author to say.
    """
    program = compiled(knowledge)
    columns = program.columns([witness.findings for witness in witnesses])
    verdicts = program.run(columns)
    found = outcomes(knowledge, columns.full, verdicts)
    files: dict[str, list[dict[str, Any]]] = {}
    for number, witness in enumerate(witnesses):
        expect: dict[str, Any] = {
            "disposition": next(name for name, column in found.disposition.items() if column >> number & 1)
        }
        if witness.rule:
            rule = program.number_of[witness.rule]
            fired, possible = verdicts.fired[rule] >> number & 1, verdicts.possible[rule] >> number & 1
            expect["fires" if fired else "silent"] = [witness.rule]
            if possible and not fired:
                expect["open"] = [witness.rule]
        case = {
            "id": witness.name,
            "title": witness.title,
            "answers": as_answers(knowledge, witness.findings),
            "expect": expect,
        }
        files.setdefault(witness.rule or "base", []).append(case)
    return files
