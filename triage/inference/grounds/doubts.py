"""Signs that a person is not sure about: what a yes to each of them alone would bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.inference.grounds.support import Conclusions, Supports
from triage.inference.truth import Missing, Truth, WorkingMemory, truth_of
from triage.knowledge.model import YES, KnowledgeBase, Rule


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sign that the person is not sure about, and the disposition that its yes alone would bring."""

    finding: str
    disposition: str


def doubts(
    knowledge: KnowledgeBase, memory: WorkingMemory, supports: Supports, open_rules: Iterable[Rule]
) -> tuple[Doubt, ...]:
    """Return every sign that was answered "not sure", and whose yes alone would call for more than self-care.

    Args:
        knowledge: the knowledge base.
        memory: the working memory of the answers, without conclusions.
        supports: what the rules rest on in this memory.
        open_rules: the rules that are open; only these can still fire.
    """
    lowest = next(iter(knowledge.rungs))
    deciding = [rule for rule in open_rules if rule.disposition not in ("", lowest)]
    unsure = [
        finding
        for finding, question in knowledge.question_of.items()
        if memory[finding] is Missing.UNKNOWN and question.kind in ("checklist", "yes_no")
    ]
    waiting: dict[str, list[Rule]] = {finding: [] for finding in unsure}
    for rule in deciding:
        for finding in waiting.keys() & supports.of(rule).open:
            waiting[finding].append(rule)
    return tuple(
        Doubt(finding, max(raised, key=lambda name: knowledge.rungs[name].rank))
        for finding in unsure
        if (raised := list(_raised(knowledge, {**memory, finding: YES}, waiting[finding])))
    )


def emergencies_in_doubt(knowledge: KnowledgeBase, all_doubts: Iterable[Doubt]) -> tuple[str, ...]:
    """Return the findings whose yes alone would be an emergency."""
    top = list(knowledge.rungs)[-1]
    return tuple(doubt.finding for doubt in all_doubts if doubt.disposition == top)


def _raised(knowledge: KnowledgeBase, memory: WorkingMemory, rules: Iterable[Rule]) -> Iterator[str]:
    complete = Conclusions(knowledge, memory)
    for rule in rules:
        if truth_of(rule.when, complete) is Truth.TRUE:
            yield rule.disposition
