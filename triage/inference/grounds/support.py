"""What a rule rests on, directly or through other rules: answers, conclusions and open findings."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from triage.inference.truth import SETTLED, Missing, Truth, Value, WorkingMemory, truth_of
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test


class Support(NamedTuple):
    """What a rule rests on.

    `answers` are the answered findings that make it true, `rules` the rules whose conclusions it used, and
    `open` the answerable findings that keep it open.
    """

    answers: frozenset[str]
    rules: frozenset[str]
    open: frozenset[str]


_Found: TypeAlias = tuple[Truth, Support]
_TRUE, _OPEN, _FALSE = Truth
_NONE: frozenset[str] = frozenset()
_RULED_OUT: _Found = (_FALSE, Support(_NONE, _NONE, _NONE))


def support(knowledge: KnowledgeBase, memory: WorkingMemory, rule: Rule) -> Support:
    """Return what a rule rests on in a working memory with its conclusions (see `with_conclusions`)."""
    return Supports(knowledge, memory).of(rule)


class Supports:
    """What rules rest on in one working memory; results that several rules share are worked out once."""

    def __init__(self, knowledge: KnowledgeBase, memory: WorkingMemory) -> None:
        """Take a working memory with its conclusions (see `with_conclusions`)."""
        self._knowledge = knowledge
        self._memory = memory
        self._rules: dict[str, _Found] = {}
        self._seen: dict[str, str | int | _Found] = {}
        self._true: dict[str, _Found] = {}

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
        return self._any(condition.parts)

    def _any(self, conditions: tuple[Condition, ...]) -> _Found:
        certain: list[Support] = []
        possible: list[Support] = []
        for condition in conditions:
            truth, behind = self._condition(condition)
            if truth is _TRUE:
                certain.append(behind)
            elif truth is _OPEN:
                possible.append(behind)
        if certain:
            return _TRUE, _union(certain)
        return (_OPEN, _union(possible)) if possible else _RULED_OUT

    def _all(self, conditions: tuple[Condition, ...]) -> _Found:
        whole = _TRUE
        parts = []
        for condition in conditions:
            truth, behind = self._condition(condition)
            if truth is _FALSE:
                return _RULED_OUT
            if truth is _OPEN:
                whole = truth
            parts.append(behind)
        return whole, _union(parts)

    def _test(self, test: Test) -> _Found:
        finding = test.finding
        value = self._seen.get(finding)
        if value is None:
            value = self._seen[finding] = self._look_at(finding)
        if isinstance(value, tuple):
            return value
        accepted = test.accepts
        if not (test.accepts_value(value) if accepted is None else value in accepted):
            return _RULED_OUT
        found = self._true.get(finding)
        if found is None:
            found = self._true[finding] = (_TRUE, self._behind(finding, _TRUE))
        return found

    def _look_at(self, finding: str) -> str | int | _Found:
        """Return the value of a finding; if it has none, the result of every test on it."""
        value = self._memory[finding]
        if value is Missing.ABSENT:
            return NO
        if not isinstance(value, Missing):
            return value
        return _RULED_OUT if value in SETTLED else (_OPEN, self._behind(finding, _OPEN))

    def _behind(self, finding: str, truth: Truth) -> Support:
        if self._memory[finding] is Missing.ABSENT:
            return Support(_NONE, _NONE, _NONE)
        if finding not in self._knowledge.findings:
            itself = frozenset({finding})
            return Support(itself, _NONE, _NONE) if truth is _TRUE else Support(_NONE, _NONE, itself)
        concluding = [
            (rule.id, behind)
            for rule in self._knowledge.concluders[finding]
            for each, behind in [self._rule(rule)]
            if each is truth
        ]
        behind = _union([behind for _, behind in concluding])
        used = frozenset(name for name, _ in concluding) if truth is _TRUE else _NONE
        return Support(behind.answers, behind.rules | used, behind.open)


def with_conclusions(knowledge: KnowledgeBase, memory: WorkingMemory) -> WorkingMemory:
    """Return a working memory with every derived finding added: concluded, open, or not concluded."""
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
            if truth is _TRUE:
                value = YES
                break
            if truth is _OPEN:
                value = Missing.OPEN
        self[finding] = value
        return value


def _union(parts: list[Support]) -> Support:
    first, *others = parts
    if not others:
        return first
    return Support(
        first.answers.union(*[part.answers for part in others]),
        first.rules.union(*[part.rules for part in others]),
        first.open.union(*[part.open for part in others]),
    )
