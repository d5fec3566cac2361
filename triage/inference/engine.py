"""The reference evaluator: forward chaining by experta, in stages.

- An `any` is one predicate, and fired rules are a set, so a rule fires once, whatever part of it holds.
- An exception leaves an engine half run, so rules only record, and an engine that raised is thrown away.
- An engine would mix up the cases of several threads, so only one thread uses it at a time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from triage.inference.firings import Firings
from triage.inference.lean_experta import LeanEngine, LeanFact, empty_memory, rule_on
from triage.inference.truth import SETTLED, Missing, Truth, Value, WorkingMemory, truth_of_test
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test

_NOT_SETTLED = frozenset(Missing) - frozenset(SETTLED)
_CERTAIN: Mapping[Missing, Value] = {**dict.fromkeys(Missing, Missing.NOT_CONCLUDED), Missing.ABSENT: NO}
"""What stands for each missing value where unknown values satisfy no test."""
_POSSIBLE: Mapping[Missing, Value] = {**_CERTAIN, **dict.fromkeys(_NOT_SETTLED, Missing.OPEN)}
"""What stands for it where unknown values satisfy every test."""


def infer(knowledge: KnowledgeBase, memory: WorkingMemory) -> Firings:
    """Run the rules over a working memory.

    The rules run with unknown values satisfying no test, which gives the rules that fire, and with unknown
    values satisfying every test, which gives the rules that are not ruled out. They run once more as if every
    red flag that the person is not sure about were present.
    """
    certain, possible = _standing_for(memory, _CERTAIN), _standing_for(memory, _POSSIBLE)
    unsure = [flag for flag in knowledge.red_flags if memory[flag] is Missing.UNKNOWN]
    with _in_use:
        engine = _at_rest.pop(knowledge, None) or _Engine(knowledge)
        fired = engine.run(certain)
        not_ruled_out = fired if possible == certain else engine.run(possible)
        as_if_sure = engine.run({**certain, **dict.fromkeys(unsure, YES)}) if unsure else fired
        _at_rest[knowledge] = engine  # not if it raised, nor while it is in use
    suspected = (rule for rule in as_if_sure if knowledge.rules[rule].disposition in knowledge.in_doubt)
    return Firings(fired, not_ruled_out, frozenset(suspected))


def _standing_for(memory: WorkingMemory, missing: Mapping[Missing, Value]) -> dict[str, Value]:
    """Return the values of a working memory, and for each that is missing what stands for it."""
    return {name: missing[value] if isinstance(value, Missing) else value for name, value in memory.items()}


# Only one thread runs Python at a time, so one engine is as quick for all threads as many would be. The same
# thread can take the lock twice: then a signal handler that infers finds no engine at rest, and builds one.
_in_use = threading.RLock()
_at_rest: WeakKeyDictionary[KnowledgeBase, _Engine] = WeakKeyDictionary()


def _forget_other_threads() -> None:
    """Take a new lock in a forked process: the thread that may hold the old one does not run there."""
    global _in_use  # noqa: PLW0603 - nothing else could open the old one
    _in_use = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_other_threads)


class _Engine:
    """One experta engine, generated from the rules and reused for case after case.

    Each stage has one fact. It holds all that the rules of the stage test, both answers and earlier
    conclusions. So each rule is one pattern on one fact, and experta never joins facts.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        strata = knowledge.strata
        self._derived = tuple(knowledge.findings)
        self._concluded_in: dict[int, list[str]] = {}
        for finding, concluding in knowledge.concluders.items():
            last = max((strata[rule.id] for rule in concluding), default=-1)
            self._concluded_in.setdefault(last, []).append(finding)
        self._concludes = {rule.id: rule.findings for rule in knowledge.rules.values()}
        names = [*knowledge.question_of, *knowledge.findings]
        self._fields = {name: f"finding_{index}" for index, name in enumerate(names)}
        self._stages: list[tuple[Any, list[tuple[str, str]]]] = []
        for stage in range(1 + max(strata.values(), default=0)):
            tested = {
                name for rule in knowledge.rules.values() if strata[rule.id] == stage for name in rule.tested
            }
            fields = [(field, name) for name, field in self._fields.items() if name in tested]
            self._stages.append((type(f"Stage{stage}", (LeanFact,), {}), fields))
        self._accepting: dict[frozenset[Test], Callable[[Value], bool]] = {}
        self._groups: dict[Condition, Callable[[Mapping[str, Value]], bool]] = {}
        self._fired: set[str] = set()
        with empty_memory():
            self._engine = LeanEngine(
                self._rule(rule, self._stages[strata[rule.id]][0], salience=index)
                for index, rule in enumerate(knowledge.rules.values(), start=1)
            )

    def run(self, memory: Mapping[str, Value]) -> frozenset[str]:
        """Fire the rules stage by stage over a working memory; return the rules that fired."""
        self._fired.clear()
        self._engine.reset()
        values = {**memory, **dict.fromkeys(self._derived, Missing.NOT_CONCLUDED)}
        for stage, (fact, fields) in enumerate(self._stages):
            self._engine.declare(fact(**{field: values[name] for field, name in fields}))
            self._engine.run()
            concluded = {finding for rule in self._fired for finding in self._concludes[rule]}
            for finding in self._concluded_in.get(stage, ()):
                if finding in concluded:
                    values[finding] = YES
        return frozenset(self._fired)

    def _rule(self, rule: Rule, fact: Any, salience: int) -> Any:
        parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
        wanted: dict[str, list[Test]] = {}
        for part in parts:
            if isinstance(part, Test):
                wanted.setdefault(part.finding, []).append(part)
        return rule_on(
            fact,
            {self._fields[finding]: self._accepts(frozenset(tests)) for finding, tests in wanted.items()},
            [self._group(part) for part in parts if not isinstance(part, Test)],
            salience,
            fires=partial(self._fired.add, rule.id),
        )

    def _accepts(self, tests: frozenset[Test]) -> Callable[[Value], bool]:
        """Return one predicate for the same tests in all rules, so that experta tries them only once."""
        if tests not in self._accepting:
            self._accepting[tests] = _predicate(tests)
        return self._accepting[tests]

    def _group(self, condition: Condition) -> Callable[[Mapping[str, Value]], bool]:
        """Return one predicate for a whole `any`, the same in all rules."""
        if condition not in self._groups:
            self._groups[condition] = self._holds(condition)
        return self._groups[condition]

    def _holds(self, condition: Condition) -> Callable[[Mapping[str, Value]], bool]:
        """Return a predicate that says whether a condition holds for a fact."""
        parts = (condition,) if isinstance(condition, Test) else condition.parts
        tests = [
            (self._fields[part.finding], self._accepts(frozenset({part})))
            for part in parts
            if isinstance(part, Test)
        ]
        groups = [self._holds(part) for part in parts if not isinstance(part, Test)]
        enough = not isinstance(condition, All)

        def holds(fact: Mapping[str, Value]) -> bool:
            for field, accepts in tests:
                if accepts(fact[field]) is enough:
                    return enough
            for group in groups:
                if group(fact) is enough:
                    return enough
            return not enough

        return holds


def _predicate(tests: frozenset[Test]) -> Callable[[Value], bool]:
    """Return a predicate that says whether a value makes none of the tests false."""
    if len(tests) == 1:
        (test,) = tests
        if test.accepts is not None:
            return (test.accepts | _NOT_SETTLED).__contains__
        return lambda value: truth_of_test(test, value) is not Truth.FALSE
    return lambda value: all(truth_of_test(test, value) is not Truth.FALSE for test in tests)
