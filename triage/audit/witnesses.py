"""Witness intakes as cases that run, so that an author can look at them, name them and keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage.audit.model import Witness
from triage.inference.compiled import compiled
from triage.inference.intake import as_answers
from triage.inference.outcomes import Outcomes, outcomes
from triage.knowledge.model import KnowledgeBase, Rule


def cases_of(knowledge: KnowledgeBase, witnesses: Sequence[Witness]) -> Mapping[str, list[dict[str, Any]]]:
    """Return witnesses as case data, by the rule they are about ("base" for the rest).

    Each expects what the rules as they are come to: its disposition, and of its rule whether it fires, is
    open or stays silent, and what of its consequences is to be seen. Whether that is right is for its author
    to say.
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
            expect |= _seen_of(knowledge, program.rules[rule], found, number, fired=bool(fired))
        case = {
            "id": witness.name,
            "title": witness.title,
            "answers": as_answers(knowledge, witness.findings),
            "expect": expect,
        }
        files.setdefault(witness.rule or "base", []).append(case)
    return files


def _seen_of(
    knowledge: KnowledgeBase, rule: Rule, found: Outcomes, lane: int, *, fired: bool
) -> dict[str, Any]:
    """Return the consequences of a rule that one lane shows, as a case expects them."""

    def shown(columns: Mapping[str, int], names: Iterable[str]) -> list[str]:
        return [name for name in names if columns.get(name, 0) >> lane & 1]

    kinds = set(rule.withholds) if fired else set()
    held_back = [
        step.id
        for step in knowledge.steps.values()
        if step.id in rule.steps or not kinds.isdisjoint(step.kinds)
    ]
    seen = {
        "causes": shown(found.causes, rule.causes),
        "steps": shown(found.given, rule.steps),
        "withheld": shown(found.withheld, held_back),
        "cautions": shown(found.cautions, [rule.id]),
    }
    consequences: dict[str, Any] = {name: names for name, names in seen.items() if names}
    return {"soon": bool(found.soon >> lane & 1), **consequences} if rule.disposition else consequences
