"""Says why a rule did not fire or a disposition was not reached, and which small change of answers brings it.

The search follows the conditions and the rules that conclude their findings. A new inference verifies what it
finds. The change is small, but not proved to be the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
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
_Make: TypeAlias = Callable[[WorkingMemory, Condition], Changes | None]
_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One line of a condition: its depth, what it asks, whether it holds, and what was answered."""

    depth: int
    text: str
    truth: Truth
    found: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a rule did not fire or a disposition was not reached.

    `already` says that it did fire or was reached. `checks` are the lines of the rule's condition (or of the
    nearest rule's). `against` are the fired rules that call for more than the disposition. `change` is the
    nearest change of answers that would bring it, or None if none was found.
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
    """Return answers that make a rule fire, and others that rule out what is in its way; None if none do.

    `brought` are the answers that make it fire, and `rank` is the rank of its disposition.
    """
    after = with_conclusions(knowledge, working_memory(knowledge, {**findings, **brought}))
    kept = support(knowledge, after, rule).answers
    cleared = _clear(knowledge, {**findings, **brought}, rank, kept)
    return None if cleared is None else {**brought, **cleared}


def _clear(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], rank: int, kept: frozenset[str]
) -> Changes | None:
    """Return answers, none of them to `kept`, that rule out every rule in the way of a rank; None if none do.

    Rules of a higher rank are in the way if they fire. For the lowest rank, open rules are in the way too.
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
        more = _make_each(memory, [rule.when for rule in blocking], partial(_make_false, knowledge, kept))
        if more is None or {**changes, **more} == changes:
            return None
        changes.update(more)
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
    """Return a test as an author would write it, with what its threshold means."""
    text = text_of(knowledge, test)
    return f"{text}: {knowledge.thresholds[test.threshold].means}" if test.threshold else text


def _make_true(knowledge: KnowledgeBase, memory: WorkingMemory, condition: Condition) -> Changes | None:
    """Return a small change of answers that makes a condition true; None if none does."""
    if truth_of(condition, memory) is Truth.TRUE:
        return {}
    make = partial(_make_true, knowledge)
    if isinstance(condition, Test):
        if condition.finding in knowledge.findings:
            return _make_one(memory, _concluding(knowledge, condition), make)
        return {condition.finding: _nearest_value(knowledge, condition, memory[condition.finding])}
    return (_make_each if isinstance(condition, All) else _make_one)(memory, condition.parts, make)


def _make_false(
    knowledge: KnowledgeBase, kept: frozenset[str], memory: WorkingMemory, condition: Condition
) -> Changes | None:
    """Return a small change of answers, none to `kept`, that makes a condition false; None if none does."""
    if truth_of(condition, memory) is Truth.FALSE:
        return {}
    make = partial(_make_false, knowledge, kept)
    if isinstance(condition, Test):
        if condition.finding in knowledge.findings:
            return _make_each(memory, _concluding(knowledge, condition), make)
        other = None if condition.finding in kept else _other_value(knowledge, condition)
        return None if other is None else {condition.finding: other}
    return (_make_one if isinstance(condition, All) else _make_each)(memory, condition.parts, make)


def _concluding(knowledge: KnowledgeBase, test: Test) -> list[Condition]:
    """Return the conditions of the rules that conclude the finding of a test."""
    return [rule.when for rule in knowledge.concluders[test.finding]]


def _make_one(memory: WorkingMemory, conditions: Iterable[Condition], make: _Make) -> Changes | None:
    """Return the smallest change that makes one of some conditions as wanted; None if none does."""
    options = (make(memory, condition) for condition in conditions)
    return min((option for option in options if option is not None), key=len, default=None)


def _make_each(memory: WorkingMemory, conditions: Iterable[Condition], make: _Make) -> Changes | None:
    """Return a change that makes all of some conditions as wanted, one by one; None if one fails."""
    changes: Changes = {}
    for condition in conditions:
        more = make({**memory, **changes} if changes else memory, condition)
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
    """Return the value nearest to the accepted ones that a test does not accept; None if it accepts all."""
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
