"""Why not: what a rule or a disposition lacks, and the nearest change of answers that would bring it.

The nearest change is searched in the rules, not guessed: conditions say which answers would make them true
or false, chains are followed, and what is found is verified by a new inference. It is small, but not proved
to be the smallest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.explanation.answers import given_text
from triage.explanation.phrasing import text_of
from triage.inference.answers.working_memory import working_memory
from triage.inference.assess import assess_findings
from triage.inference.grounds.support import support, with_conclusions
from triage.inference.truth import Truth, Value, WorkingMemory, truth_of
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test

Changes: TypeAlias = dict[str, str | int]
_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One line of a condition: how deep it is nested, what it asks, whether it holds, and on what."""

    depth: int
    text: str
    truth: Truth
    found: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a rule did not fire or a disposition was not reached.

    `already` is true when it did. `checks` show the rule's condition (or that of the nearest rule). `against`
    are rules that call for more than a disposition. `change` is the nearest change of answers that would
    bring it, None when none was found.
    """

    target: str
    already: bool
    rule: str
    checks: tuple[ConditionLine, ...]
    against: tuple[str, ...]
    change: Mapping[str, str | int] | None


def why_not_rule(knowledge: KnowledgeBase, findings: Mapping[str, Value], rule: Rule) -> WhyNot:
    """Say why a rule did not fire on an intake."""
    memory = with_conclusions(knowledge, working_memory(knowledge, findings))
    already = truth_of(rule.when, memory) is Truth.TRUE
    change = None
    if not already:
        found = _make_true(knowledge, memory, rule.when)
        after = with_conclusions(knowledge, working_memory(knowledge, {**findings, **(found or {})}))
        if found is not None and truth_of(rule.when, after) is Truth.TRUE:
            change = found
    return WhyNot(rule.id, already, rule.id, tuple(condition_lines(knowledge, memory, rule.when)), (), change)


def why_not_disposition(knowledge: KnowledgeBase, findings: Mapping[str, Value], disposition: str) -> WhyNot:
    """Say why a disposition was not reached on an intake."""
    now = assess_findings(knowledge, findings)
    if now.disposition == disposition:
        return WhyNot(disposition, already=True, rule="", checks=(), against=(), change={})
    rank = knowledge.rungs[disposition].rank
    against = tuple(
        rule.id
        for rule in knowledge.rules.values()
        if rule.disposition and knowledge.rungs[rule.disposition].rank > rank and rule.id in now.fired
    )
    memory = with_conclusions(knowledge, working_memory(knowledge, findings))
    best: Changes | None = None
    nearest_rule = ""
    for rule in (rule for rule in knowledge.rules.values() if rule.disposition == disposition):
        brought = _make_true(knowledge, memory, rule.when)
        if brought is None or (best is not None and len(brought) >= len(best)):
            continue
        attempt = _attempt(knowledge, findings, rule, brought, rank)
        if attempt is None or (best is not None and len(attempt) >= len(best)):
            continue
        if assess_findings(knowledge, {**findings, **attempt}).disposition == disposition:
            best, nearest_rule = attempt, rule.id
    lines = condition_lines(knowledge, memory, knowledge.rules[nearest_rule].when) if nearest_rule else ()
    return WhyNot(
        disposition, already=False, rule=nearest_rule, checks=tuple(lines), against=against, change=best
    )


def _attempt(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], rule: Rule, brought: Changes, rank: int
) -> Changes | None:
    """Rule out what is in the way of a rule that some answers bring about, without undoing it."""
    after = with_conclusions(knowledge, working_memory(knowledge, {**findings, **brought}))
    kept = support(knowledge, after, rule).answers
    cleared = _clear(knowledge, {**findings, **brought}, rank, kept)
    return None if cleared is None else {**brought, **cleared}


def _clear(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], rank: int, kept: frozenset[str]
) -> Changes | None:
    """Return answers that rule out every rule in the way of a rank; None if none do.

    Above self-care only rules that fire are in the way; for self-care, open ones do too.
    """
    changes: Changes = {}
    lowest = min(rung.rank for rung in knowledge.rungs.values())
    above = [rule for rule in knowledge.reasons_for_care if knowledge.rungs[rule.disposition].rank > rank]
    if not above:
        return changes
    for _ in range(_MOST_ROUNDS):
        memory = with_conclusions(knowledge, working_memory(knowledge, {**findings, **changes}))
        blocking = [
            rule
            for rule in above
            if (truth := truth_of(rule.when, memory)) is not Truth.FALSE
            and (truth is Truth.TRUE or rank == lowest)
        ]
        if not blocking:
            return changes
        before = dict(changes)
        for rule in blocking:
            more = _make_false(knowledge, {**memory, **changes}, rule.when, kept)
            if more is None:
                return None
            changes.update(more)
        if changes == before:
            return None
    return None


def condition_lines(
    knowledge: KnowledgeBase, memory: WorkingMemory, condition: Condition, depth: int = 0
) -> Iterable[ConditionLine]:
    """Yield a condition line by line, with what was found for each test."""
    truth = truth_of(condition, memory)
    if isinstance(condition, Test):
        yield ConditionLine(
            depth, describe(knowledge, condition), truth, given_text(memory[condition.finding])
        )
        return
    all_of = isinstance(condition, All)
    if depth or not all_of:
        yield ConditionLine(depth, "all of these:" if all_of else "at least one of these:", truth)
        depth += 1
    for part in condition.parts:
        yield from condition_lines(knowledge, memory, part, depth)


def describe(knowledge: KnowledgeBase, test: Test) -> str:
    """Return a test as an author would write it, and what its threshold means."""
    text = text_of(knowledge, test)
    return f"{text}: {knowledge.thresholds[test.threshold].means}" if test.threshold else text


def _make_true(knowledge: KnowledgeBase, memory: WorkingMemory, condition: Condition) -> Changes | None:
    """Return few changes of answers that make a condition true; None if no answers do."""
    if truth_of(condition, memory) is Truth.TRUE:
        return {}
    if isinstance(condition, Test):
        if condition.finding in knowledge.findings:
            options = [
                _make_true(knowledge, memory, rule.when) for rule in knowledge.concluders[condition.finding]
            ]
            return min((option for option in options if option is not None), key=len, default=None)
        return {condition.finding: _nearest_value(knowledge, condition, memory[condition.finding])}
    if not isinstance(condition, All):
        options = [_make_true(knowledge, memory, part) for part in condition.parts]
        return min((option for option in options if option is not None), key=len, default=None)
    changes: Changes = {}
    for part in condition.parts:
        more = _make_true(knowledge, {**memory, **changes} if changes else memory, part)
        if more is None:
            return None
        changes.update(more)
    return changes


def _make_false(
    knowledge: KnowledgeBase, memory: WorkingMemory, condition: Condition, kept: frozenset[str]
) -> Changes | None:
    """Return few changes of answers, none of them `kept`, that make a condition false; None if none do."""
    if truth_of(condition, memory) is Truth.FALSE:
        return {}
    if isinstance(condition, Test):
        if condition.finding in knowledge.findings:
            concluding = [rule.when for rule in knowledge.concluders[condition.finding]]
            return _make_each_false(knowledge, memory, concluding, kept)
        other = None if condition.finding in kept else _other_value(knowledge, condition)
        return None if other is None else {condition.finding: other}
    if isinstance(condition, All):
        options = [_make_false(knowledge, memory, part, kept) for part in condition.parts]
        return min((option for option in options if option is not None), key=len, default=None)
    return _make_each_false(knowledge, memory, condition.parts, kept)


def _make_each_false(
    knowledge: KnowledgeBase, memory: WorkingMemory, conditions: Iterable[Condition], kept: frozenset[str]
) -> Changes | None:
    changes: Changes = {}
    for condition in conditions:
        more = _make_false(knowledge, memory, condition, kept)
        if more is None:
            return None
        changes.update(more)
    return changes


def _nearest_value(knowledge: KnowledgeBase, test: Test, value: Value) -> str | int:
    """Return the accepted value nearest to the present one."""
    question = knowledge.question_of[test.finding]
    if test.accepts is None:
        low = question.minimum if test.at_least is None else test.at_least
        high = question.maximum if test.at_most is None else test.at_most
        if not isinstance(value, int):
            return low if test.at_least is not None else high
        return min(max(value, low), high)
    order = list(question.values)
    accepted = [name for name in order if name in test.accepts]
    present = order.index(value) if isinstance(value, str) and value in order else 0
    return min(accepted, key=lambda name: abs(order.index(name) - present))


def _other_value(knowledge: KnowledgeBase, test: Test) -> str | int | None:
    """Return a value that a test does not accept, the nearest to its edge."""
    question = knowledge.question_of[test.finding]
    if test.accepts is not None:
        order = list(question.values)
        if set(order) == {YES, NO}:
            return NO if YES in test.accepts else YES
        refused = [name for name in order if name not in test.accepts]
        edge = min(order.index(name) for name in test.accepts)
        return min(refused, key=lambda name: abs(order.index(name) - edge), default=None)
    if test.at_least is not None and test.at_least > question.minimum:
        return test.at_least - 1
    if test.at_most is not None and test.at_most < question.maximum:
        return test.at_most + 1
    return None
