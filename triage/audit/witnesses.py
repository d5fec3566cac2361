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

    Each expects what the rules as they are come to: its disposition, whether its rule fires, is open or stays
    silent, which rules that rest on it fire or are open, and what of its consequences is to be seen. Whether
    that is right is for its author to say.
    """
    program = compiled(knowledge)
    block = program.columns([witness.findings for witness in witnesses])
    verdicts = program.run(block)
    found = outcomes(knowledge, block.full, verdicts)
    open_columns = [
        possible & ~fired for possible, fired in zip(verdicts.possible, verdicts.fired, strict=True)
    ]
    files: dict[str, list[dict[str, Any]]] = {}
    for number, witness in enumerate(witnesses):
        expect: dict[str, Any] = {
            "disposition": next(name for name, column in found.disposition.items() if column >> number & 1)
        }
        if witness.rule:
            subject = knowledge.rules[witness.rule]
            fired, open_rules = (
                [rule.id for rule, column in zip(program.rules, columns, strict=True) if column >> number & 1]
                for columns in (verdicts.fired, open_columns)
            )
            about = _resting_on(knowledge, subject)
            states = {
                "fires": [rule for rule in fired if rule in about],
                "silent": [] if subject.id in fired else [subject.id],
                "open": [rule for rule in open_rules if rule in about],
            }
            expect |= {name: rules for name, rules in states.items() if rules}
            expect |= _seen_of(knowledge, subject, found, number, fired=subject.id in fired)
        case = {
            "id": witness.name,
            "title": witness.title,
            "answers": as_answers(knowledge, witness.findings),
            "expect": expect,
        }
        files.setdefault(witness.rule or "base", []).append(case)
    return files


def _resting_on(knowledge: KnowledgeBase, rule: Rule) -> set[str]:
    """Return a rule, and all that rest on what it concludes."""
    found, findings = {rule.id}, set(rule.findings)
    for other in sorted(knowledge.rules.values(), key=lambda each: knowledge.strata[each.id]):
        if not findings.isdisjoint(other.tested):
            found.add(other.id)
            findings.update(other.findings)
    return found


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
