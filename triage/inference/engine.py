"""The one module that imports experta: forward chaining over the rules, in stages.

What experta gets wrong, and how it is kept from doing so:

- It pins frozendict 1.2, which needs `collections.Mapping`: lent only while frozendict is imported.
- It swallows its own ImportError and configures the root logger: names are checked, handlers put back.
- Activations of equal salience fire in an order that varies: every rule has a salience of its own.
- NOT matches what was never asked: no NOT is generated.
- OR fires once a branch and multiplies: an `any` is one predicate, and fired rules are a set.
- It knows a predicate again by its address: predicates live as long as it does.
- Rules live in the engine's name space, where one named `facts` vanishes: they are handed over apart.
- An exception leaves the engine half run: rules only record, and an engine that raised is thrown away.
- One engine in several threads mixes cases up: a knowledge base has one, which one thread uses at a time.
- It remembers the checks of every engine for ever: it is lent an empty memory while an engine is built.
"""

from __future__ import annotations

import collections
import collections.abc
import inspect
import logging
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from triage.inference.firings import Firings
from triage.inference.truth import SETTLED, Missing, Truth, Value, WorkingMemory, truth_of_test
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule


def _import_experta() -> Any:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    lent = not hasattr(collections, "Mapping")
    if lent:
        collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
    try:
        import frozendict  # noqa: F401, PLC0415 - must be imported while the name is lent
    finally:
        if lent:
            del collections.Mapping  # type: ignore[attr-defined]
    import experta  # noqa: PLC0415 - only after frozendict

    root.handlers[:] = handlers
    root.setLevel(level)
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "experta"]:
        logging.getLogger(name).disabled = True
    missing = [
        name for name in ("Fact", "KnowledgeEngine", "Rule", "P", "TEST", "AS") if not hasattr(experta, name)
    ]
    if missing:
        raise ImportError(f"experta is installed but lacks {', '.join(missing)}; reinstall it")
    return experta


experta = _import_experta()

_nodes = experta.matchers.rete.nodes
_Token = _nodes.Token
_checks = experta.matchers.rete.check
_REMEMBERED = (_checks.TypeCheck, _checks.FactCapture, _checks.FeatureCheck, _checks.WhereCheck)
_NOT_SETTLED = frozenset(Missing) - frozenset(SETTLED)
_OF_A_FACT = inspect.signature(lambda fact: fact)
_OF_AN_ENGINE_AND_A_FACT = inspect.signature(lambda engine, fact: (engine, fact))


def infer(knowledge: KnowledgeBase, memory: WorkingMemory) -> Firings:
    """Run the rules over a working memory.

    The rules run once where what is not known satisfies nothing, which gives the rules that fire; and once
    where it satisfies everything, which gives the rules that are not ruled out. They run once more as if
    every red flag were so of which the person is not sure.
    """
    certain = {name: _certain(value) for name, value in memory.items()}
    possible = {name: _possible(value) for name, value in memory.items()}
    unsure = [flag for flag in knowledge.red_flags if memory[flag] is Missing.UNKNOWN]
    with _in_use:
        engine = _at_rest.pop(knowledge, None) or _Engine(knowledge)
        fired = engine.run(certain)
        not_ruled_out = fired if possible == certain else engine.run(possible)
        as_if_sure = engine.run({**certain, **dict.fromkeys(unsure, YES)}) if unsure else fired
        _at_rest[knowledge] = engine  # not if it raised, nor while it is in use
    suspected = (rule for rule in as_if_sure if knowledge.rules[rule].disposition in knowledge.in_doubt)
    return Firings(fired, not_ruled_out, frozenset(suspected))


# One thread at a time runs Python anyway, so that one engine serves all of them as quickly as many would. The
# same thread can take the lock twice: a signal handler that infers finds no engine at rest, and builds one.
_in_use = threading.RLock()
_at_rest: WeakKeyDictionary[KnowledgeBase, _Engine] = WeakKeyDictionary()


def _forget_other_threads() -> None:
    """Take a new lock in a forked process, where the thread that may hold the old one does not run."""
    global _in_use  # noqa: PLW0603 - nothing else could open the old one
    _in_use = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_other_threads)


def _certain(value: Value) -> Value:
    if value is Missing.ABSENT:
        return NO
    return Missing.NOT_CONCLUDED if isinstance(value, Missing) else value


def _possible(value: Value) -> Value:
    return Missing.OPEN if isinstance(value, Missing) and value in _NOT_SETTLED else _certain(value)


class _BySalience(experta.strategies.Strategy):  # type: ignore[misc, name-defined]
    """Saliences are unique, so they alone order the agenda; nothing is ever retracted."""

    def _update_agenda(self, agenda: Any, added: Any, removed: Any) -> None:  # noqa: ARG002 - experta's signature
        if added:
            agenda.activations = sorted([*agenda.activations, *added], key=lambda found: found.rule.salience)


class _LeanToken(_Token):  # type: ignore[misc, valid-type]
    """A token that all nodes share: every rule binds its one fact by the same name."""

    def copy(self) -> _LeanToken:
        return self


class _LeanTest(_nodes.FeatureTesterNode):  # type: ignore[misc, name-defined]
    """A test of a fact, which hands on the token that came."""

    def activate(self, token: Any) -> None:
        (fact,) = token.data
        match = self.matcher(fact)
        if match:
            if match is not True:
                token.context.update(match)
            for child in self.children:
                child.callback(token)


class _LeanEnd(_nodes.ConflictSetNode):  # type: ignore[misc, name-defined]
    """The end of a rule, which each fact reaches once at most, and from which nothing is ever taken back."""

    def __init__(self, rule: Any, added: list[Any]) -> None:
        super().__init__(rule)
        self._added = added

    def _activate(self, token: Any) -> None:
        self._added.append(_nodes.Activation(self.rule, token.data, token.context))


class _LeanMatcher(experta.matchers.ReteMatcher):  # type: ignore[misc, name-defined]
    """experta's network, of which only the ends are read and emptied.

    Each rule is one pattern and tests after it: that needs no normal form and no joins, and no node before a
    rule's end remembers anything.
    """

    def __init__(self, engine: Any) -> None:
        self._added: list[Any] = []
        super().__init__(engine)

    @staticmethod
    def prepare_ruleset(engine: Any) -> Any:
        return list(engine.get_rules())

    @staticmethod
    def build_alpha_part(ruleset: Any, root_node: Any) -> Any:
        """Put the tests that most rules share first, so that one node serves as many rules as it can."""
        shared = collections.Counter(test for rule in ruleset for test in _tests_of(rule[0]))
        nodes: dict[tuple[int, Any], Any] = {}

        def after(node: Any, test: Any, check: Callable[[Any], Any]) -> Any:
            if (id(node), test) not in nodes:
                nodes[id(node), test] = _after(node, _LeanTest(check))
            return nodes[id(node), test]

        ends = []
        for pattern, *_ in ruleset:
            last = after(root_node, type(pattern), _checks.TypeCheck(type(pattern)))
            for test in sorted(_tests_of(pattern), key=lambda each: (-shared[each], each[0])):
                last = after(last, test, _lean(*test))
            ends.append(after(last, "", _checks.FactCapture(pattern["__bind__"])))
        return ends

    def build_beta_part(self, ruleset: Any, alpha_terminals: Any) -> None:
        for rule, end in zip(ruleset, alpha_terminals, strict=True):
            last = end
            for test in rule[1:]:
                last = _after(last, _nodes.WhereNode(_checks.WhereCheck(test[0])))
            _after(last, _LeanEnd(rule, self._added))

    def changes(self, adding: Any = None, deleting: Any = None) -> Any:
        if deleting:
            return super().changes(adding, deleting)
        for fact in adding or ():
            token = _LeanToken.valid(fact)
            for child in self.root_node.children:
                child.callback(token)
        added = [*self._added]
        self.reset()
        return added, ()

    def reset(self) -> None:
        self._added.clear()


def _tests_of(pattern: Any) -> list[tuple[str, Callable[[Value], bool]]]:
    """Return the fields that a pattern tests, each with its predicate."""
    return [(field, wanted.match) for field, wanted in pattern.items() if isinstance(wanted, experta.P)]


def _lean(field: str, accepts: Callable[[Value], bool]) -> Callable[[Any], bool]:
    """Return the check of a field; the fact has the field, by its type."""
    return lambda fact: accepts(fact[field])


def _after(node: Any, following: Any) -> Any:
    node.add_child(following, following.activate)
    return following


class _LeanEngine(experta.KnowledgeEngine):  # type: ignore[misc, name-defined]
    """experta without the work that these rules never need; each override is a method that it offers.

    As shipped it looks through every rule after every firing, although rules here only record, and through
    every node of its network and every attribute of the engine at every reset.
    """

    __matcher__ = _LeanMatcher
    __strategy__ = _BySalience

    def __init__(self, rules: Any) -> None:
        self._written = list(rules)
        super().__init__()

    def get_rules(self) -> Any:
        return self._written

    def get_activations(self) -> Any:
        added, deleted = self.facts.changes
        return self.matcher.changes(added, deleted) if added or deleted else ((), ())

    def run(self, steps: float = math.inf) -> None:
        self.strategy.update_agenda(self.agenda, *self.get_activations())
        while steps > 0 and (activation := self.agenda.get_next()):
            activation.rule(self, **activation.context)
            steps -= 1

    def reset(self) -> None:
        self.agenda = experta.agenda.Agenda()
        self.facts = _LeanFacts()
        self.matcher.reset()
        self.declare(experta.InitialFact())


class _LeanFacts(experta.factlist.FactList):  # type: ignore[misc, name-defined]
    """A list of facts of which none is declared twice."""

    _get_fact_id = staticmethod(id)


class _LeanFact(experta.Fact):  # type: ignore[misc, name-defined]
    """A fact of plain values under plain names, which need no freezing and no looking through."""

    def update(self, mapping: Mapping[str, Any]) -> None:
        dict.update(self, mapping)

    def has_field_constraints(self) -> bool:
        return False

    def has_nested_accessor(self) -> bool:
        return False


@contextmanager
def _empty_memory() -> Iterator[None]:
    """Lend experta an empty memory of checks: those of an engine built meanwhile go when the engine goes."""
    memories = [check._instances for check in _REMEMBERED]  # noqa: SLF001 - it offers no other way
    try:
        for check in _REMEMBERED:
            check._instances = {}  # noqa: SLF001 - as above
        yield
    finally:
        for check, memory in zip(_REMEMBERED, memories, strict=True):
            check._instances = memory  # noqa: SLF001 - as above


class _Engine:
    """One experta engine, generated from the rules and reused case after case.

    A stage has one fact: what the rules that can fire in it test, answers and earlier conclusions alike. So
    each rule is one pattern on one fact, and nothing is ever joined.
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
            self._stages.append((type(f"Stage{stage}", (_LeanFact,), {}), fields))
        self._accepting: dict[frozenset[Test], Callable[[Value], bool]] = {}
        self._groups: dict[Condition, Callable[[Mapping[str, Value]], bool]] = {}
        self._fired: set[str] = set()
        with _empty_memory():
            self._engine = _LeanEngine(
                self._rule(rule, self._stages[strata[rule.id]][0], salience=index)
                for index, rule in enumerate(knowledge.rules.values(), start=1)
            )

    def run(self, memory: Mapping[str, Value]) -> frozenset[str]:
        """Fire the rules stage by stage over one lens of the working memory; return the rules fired."""
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
        fields = {
            self._fields[finding]: experta.P(self._accepts(frozenset(tests)))
            for finding, tests in wanted.items()
        }
        groups = [experta.TEST(self._group(part)) for part in parts if not isinstance(part, Test)]

        def record(engine: Any, fact: Any) -> None:  # noqa: ARG001 - experta binds the fact by name
            self._fired.add(rule.id)

        _sign(record, _OF_AN_ENGINE_AND_A_FACT)
        return experta.Rule(experta.AS.fact << fact(**fields), *groups, salience=salience)(record)

    def _accepts(self, tests: frozenset[Test]) -> Callable[[Value], bool]:
        """One predicate for the same tests in all rules: experta tries what it knows to be the same once."""
        if tests not in self._accepting:
            self._accepting[tests] = _predicate(tests)
        return self._accepting[tests]

    def _group(self, condition: Condition) -> Callable[[Mapping[str, Value]], bool]:
        """One predicate for a whole `any`, the same in all rules."""
        if condition not in self._groups:
            self._groups[condition] = self._holds(condition)
            _sign(self._groups[condition], _OF_A_FACT)
        return self._groups[condition]

    def _holds(self, condition: Condition) -> Callable[[Mapping[str, Value]], bool]:
        """Whether a condition holds; experta binds the fact by the parameter's name."""
        if isinstance(condition, Test):
            accepts, field = self._accepts(frozenset({condition})), self._fields[condition.finding]
            return lambda fact: accepts(fact[field])
        parts = [self._holds(part) for part in condition.parts]
        if isinstance(condition, All):
            return lambda fact: all(part(fact) for part in parts)
        return lambda fact: any(part(fact) for part in parts)


def _sign(function: Any, signature: inspect.Signature) -> None:
    """Keep with a function the signature that experta asks for, which takes long to find out."""
    function.__signature__ = signature


def _predicate(tests: frozenset[Test]) -> Callable[[Value], bool]:
    """Whether a value does not make any of the tests false."""
    if len(tests) == 1:
        (test,) = tests
        if test.accepts is not None:
            return (test.accepts | _NOT_SETTLED).__contains__
        return lambda value: truth_of_test(test, value) is not Truth.FALSE
    return lambda value: all(truth_of_test(test, value) is not Truth.FALSE for test in tests)
