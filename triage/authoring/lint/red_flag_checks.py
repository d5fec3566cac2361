"""Finds items that call for care by themselves but are not marked as red flags."""

from __future__ import annotations

from collections.abc import Iterator

from triage.inference.columns.compiled import compiled
from triage.knowledge.checking.lint import Base, Check
from triage.knowledge.model import YES, Rung
from triage.proof.world import Examples
from triage.source.diagnostic import Diagnostic


def _unmarked(base: Base) -> Iterator[tuple[Rung, Diagnostic]]:
    """Yield a problem for each unmarked item whose yes alone calls for care, with the rung it calls for."""
    knowledge = base.knowledge
    items = [
        finding
        for question in knowledge.questions.values()
        if question.kind == "checklist"
        for finding in question.findings
        if finding not in question.red_flags
    ]
    alone = Examples(compiled(knowledge), [{item: YES} for item in items])
    calling = sorted(knowledge.reasons_for_care, key=lambda rule: -knowledge.rungs[rule.disposition].rank)
    for lane, item in enumerate(items):
        rule = next((rule for rule in calling if alone.fired(rule.id) >> lane & 1), None)
        if rule is not None:
            line = knowledge.line_of("questionnaire", item)
            message = (
                f'alone it fires "{rule.id}" ({rule.disposition}), and is no red flag; mark it with '
                "red_flag = true, or let the rule ask for more"
            )
            place = f"/question/{item.replace('.', '/')}"
            yield knowledge.rungs[rule.disposition], Diagnostic.at("questionnaire.toml", line, place, message)


def _above_not_sure(base: Base, *, above: bool) -> Iterator[Diagnostic]:
    least = base.knowledge.rungs[base.knowledge.laws.not_sure_disposition]
    return (problem for rung, problem in _unmarked(base) if (rung.rank > least.rank) is above)


CHECKS: tuple[Check[Base], ...] = (
    Check(
        "lost-red-flag",
        "an item that alone calls for help today, and no red flag",
        lambda base: _above_not_sure(base, above=True),
    ),
    Check(
        "unmarked-sign",
        "an item that alone calls for care, and no red flag",
        lambda base: _above_not_sure(base, above=False),
        "know",
    ),
)
