"""What a rule rests on: answers, conclusions and open findings, through the chain."""

from __future__ import annotations

from dataclasses import dataclass

from triage.inference.truth import Missing, Truth, Value, WorkingMemory, truth_of
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import YES, KnowledgeBase, Rule


@dataclass(frozen=True, slots=True)
class Support:
    """What stands behind a rule's truth.

    `answers` are the answered findings that make it true, `rules` the rules whose conclusions it used, and
    `open` the answerable findings on which it is still open.
    """

    answers: frozenset[str]
    rules: frozenset[str]
    open: frozenset[str]


_NOTHING = Support(frozenset(), frozenset(), frozenset())


def support(knowledge: KnowledgeBase, memory: WorkingMemory, rule: Rule) -> Support:
    """Return what a rule rests on in a working memory with its conclusions (see `with_conclusions`)."""
    return _of_condition(knowledge, memory, rule.when)


def with_conclusions(knowledge: KnowledgeBase, memory: WorkingMemory) -> WorkingMemory:
    """Return a working memory of answers with every derived finding concluded, open, or not concluded."""
    complete: dict[str, Value] = dict(memory)

    def conclude(finding: str) -> None:
        if finding in complete:
            return
        truths = set()
        for rule in knowledge.concluders[finding]:
            for tested in rule.tested & knowledge.findings.keys():
                conclude(tested)
            truths.add(truth_of(rule.when, complete))
        if Truth.TRUE in truths:
            complete[finding] = YES
        else:
            complete[finding] = Missing.OPEN if Truth.OPEN in truths else Missing.NOT_CONCLUDED

    for finding in knowledge.findings:
        conclude(finding)
    return complete


def _of_condition(knowledge: KnowledgeBase, memory: WorkingMemory, condition: Condition) -> Support:
    truth = truth_of(condition, memory)
    if truth is Truth.FALSE:
        return _NOTHING
    if isinstance(condition, Test):
        return _of_test(knowledge, memory, condition, truth)
    parts = condition.parts
    if not isinstance(condition, All):
        parts = tuple(part for part in parts if truth_of(part, memory) is truth)
    return _union([_of_condition(knowledge, memory, part) for part in parts])


def _of_test(knowledge: KnowledgeBase, memory: WorkingMemory, test: Test, truth: Truth) -> Support:
    if test.finding in knowledge.findings:
        concluding = [
            rule for rule in knowledge.concluders[test.finding] if truth_of(rule.when, memory) is truth
        ]
        behind = _union([_of_condition(knowledge, memory, rule.when) for rule in concluding])
        used = frozenset(rule.id for rule in concluding) if truth is Truth.TRUE else frozenset()
        return Support(behind.answers, behind.rules | used, behind.open)
    found = frozenset({test.finding})
    if truth is Truth.TRUE:
        return Support(found, frozenset(), frozenset())
    return Support(frozenset(), frozenset(), found)


def _union(parts: list[Support]) -> Support:
    return Support(
        frozenset().union(*(part.answers for part in parts)),
        frozenset().union(*(part.rules for part in parts)),
        frozenset().union(*(part.open for part in parts)),
    )
