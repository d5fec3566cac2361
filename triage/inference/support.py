"""What a rule rests on: answers, conclusions and open findings, through the chain."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from triage.inference.truth import Missing, Truth, Value, WorkingMemory, truth_of, truth_of_test
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import YES, KnowledgeBase, Rule


class Support(NamedTuple):
    """What stands behind a rule's truth.

    `answers` are the answered findings that make it true, `rules` the rules whose conclusions it used, and
    `open` the answerable findings on which it is still open.
    """

    answers: frozenset[str]
    rules: frozenset[str]
    open: frozenset[str]


_Found: TypeAlias = tuple[Truth, Support]
_NONE: frozenset[str] = frozenset()
_RULED_OUT: _Found = (Truth.FALSE, Support(_NONE, _NONE, _NONE))


def support(knowledge: KnowledgeBase, memory: WorkingMemory, rule: Rule) -> Support:
    """Return what a rule rests on in a working memory with its conclusions (see `with_conclusions`)."""
    return Supports(knowledge, memory).of(rule)


class Supports:
    """What rules rest on in one working memory; what several rest on is followed once."""

    def __init__(self, knowledge: KnowledgeBase, memory: WorkingMemory) -> None:
        """Take a working memory with its conclusions (see `with_conclusions`)."""
        self._knowledge = knowledge
        self._memory = memory
        self._rules: dict[str, _Found] = {}
        self._tests: dict[tuple[str, bool], _Found] = {}

    def of(self, rule: Rule) -> Support:
        """Return what a rule rests on."""
        return self._rule(rule)[1]

    def of_condition(self, condition: Condition) -> Support:
        """Return what a condition rests on, such as a gate."""
        return self._condition(condition)[1]

    def _rule(self, rule: Rule) -> _Found:
        found = self._rules.get(rule.id)
        if found is None:
            found = self._rules[rule.id] = self._condition(rule.when)
        return found

    def _condition(self, condition: Condition) -> _Found:
        if isinstance(condition, Test):
            return self._test(condition)
        if isinstance(condition, All):
            return self._all(condition.parts)
        found = [self._condition(part) for part in condition.parts]
        for truth in (Truth.TRUE, Truth.OPEN):
            parts = [behind for each, behind in found if each is truth]
            if parts:
                return truth, _union(parts)
        return _RULED_OUT

    def _all(self, conditions: tuple[Condition, ...]) -> _Found:
        whole = Truth.TRUE
        parts = []
        for condition in conditions:
            truth, behind = self._condition(condition)
            if truth is Truth.FALSE:
                return _RULED_OUT
            if truth is Truth.OPEN:
                whole = truth
            parts.append(behind)
        return whole, _union(parts)

    def _test(self, test: Test) -> _Found:
        truth = truth_of_test(test, self._memory[test.finding])
        if truth is Truth.FALSE:
            return _RULED_OUT
        key = (test.finding, truth is Truth.TRUE)
        found = self._tests.get(key)
        if found is None:
            found = self._tests[key] = (truth, self._behind(test.finding, truth))
        return found

    def _behind(self, finding: str, truth: Truth) -> Support:
        if self._memory[finding] is Missing.ABSENT:
            return Support(_NONE, _NONE, _NONE)
        if finding not in self._knowledge.findings:
            itself = frozenset({finding})
            return Support(itself, _NONE, _NONE) if truth is Truth.TRUE else Support(_NONE, _NONE, itself)
        concluding = [
            (rule.id, behind)
            for rule in self._knowledge.concluders[finding]
            for each, behind in [self._rule(rule)]
            if each is truth
        ]
        behind = _union([behind for _, behind in concluding])
        used = frozenset(name for name, _ in concluding) if truth is Truth.TRUE else _NONE
        return Support(behind.answers, behind.rules | used, behind.open)


def with_conclusions(knowledge: KnowledgeBase, memory: WorkingMemory) -> WorkingMemory:
    """Return a working memory of answers with every derived finding concluded, open, or not concluded."""
    complete = Conclusions(knowledge, memory)
    return {**complete, **{finding: complete[finding] for finding in knowledge.findings}}


class Conclusions(dict[str, Value]):
    """A working memory of answers that concludes a derived finding when it is first looked up."""

    def __init__(self, knowledge: KnowledgeBase, memory: WorkingMemory) -> None:
        super().__init__(memory)
        self._concluders = knowledge.concluders

    def __missing__(self, finding: str) -> Value:
        value: Value = Missing.NOT_CONCLUDED
        for rule in self._concluders[finding]:
            truth = truth_of(rule.when, self)
            if truth is Truth.TRUE:
                value = YES
                break
            if truth is Truth.OPEN:
                value = Missing.OPEN
        self[finding] = value
        return value


def _union(parts: list[Support]) -> Support:
    if len(parts) == 1:
        return parts[0]
    return Support(
        _NONE.union(*[part.answers for part in parts]),
        _NONE.union(*[part.rules for part in parts]),
        _NONE.union(*[part.open for part in parts]),
    )
