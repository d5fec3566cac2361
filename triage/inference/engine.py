"""The one module that imports experta: forward chaining over the rules, in stages.

What experta gets wrong, and how it is kept from doing so:

- It pins frozendict 1.2, which needs `collections.Mapping`: lent only while frozendict is imported.
- It swallows its own ImportError and configures the root logger: names are checked, handlers put back.
- Activations of equal salience fire in an order that varies: every rule has a salience of its own.
- NOT matches what was never asked: no NOT is generated.
- OR fires once a branch and multiplies: an `any` is one predicate, and fired rules are a set.
- Rules live in the engine's name space: attribute names carry a prefix.
- An exception leaves the engine half run: rules only record, and an engine that raised is thrown away.
- One engine in several threads mixes cases up, and engines are never freed: one engine a thread and
  knowledge base, reused.
"""

from __future__ import annotations

import collections
import collections.abc
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from triage.inference.firings import Firings
from triage.inference.truth import SETTLED, Missing, Truth, Value, WorkingMemory, truth_of, truth_of_test
from triage.knowledge.conditions import All, Condition, Test, findings_of
from triage.knowledge.model import YES, KnowledgeBase, Rule


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


def infer(knowledge: KnowledgeBase, memory: WorkingMemory) -> Firings:
    """Run the rules over a working memory.

    The rules run twice: once where what is not known satisfies nothing, which gives the rules that fire; and
    once where it satisfies everything, which gives the rules that are not ruled out.
    """
    engines = _engines()
    engine = engines.get(knowledge)
    if engine is None:
        engine = engines[knowledge] = _Engine(knowledge)
    try:
        fired = engine.run({name: _certain(value) for name, value in memory.items()}, Missing.NOT_CONCLUDED)
        possible = engine.run(
            {name: _possible(value) for name, value in memory.items()}, Missing.NOT_CONCLUDED
        )
    except BaseException:
        engines.pop(knowledge, None)
        raise
    return Firings(fired, possible)


_local = threading.local()


def _engines() -> WeakKeyDictionary[KnowledgeBase, _Engine]:
    if not hasattr(_local, "engines"):
        _local.engines = WeakKeyDictionary()
    engines: WeakKeyDictionary[KnowledgeBase, _Engine] = _local.engines
    return engines


def _certain(value: Value) -> Value:
    return Missing.NOT_CONCLUDED if isinstance(value, Missing) else value


def _possible(value: Value) -> Value:
    return Missing.OPEN if isinstance(value, Missing) and value not in SETTLED else value


class _BySalience(experta.strategies.Strategy):  # type: ignore[misc, name-defined]
    """Saliences are unique, so they alone order the agenda; nothing is ever retracted."""

    def _update_agenda(self, agenda: Any, added: Any, removed: Any) -> None:  # noqa: ARG002 - experta's signature
        if added:
            agenda.activations = sorted([*agenda.activations, *added], key=lambda found: found.rule.salience)


class _LeanEngine(experta.KnowledgeEngine):  # type: ignore[misc, name-defined]
    """experta without the work that these rules never need; each override is a method that it offers.

    As shipped it looks through every rule after every firing, although rules here only record, and through
    every attribute of the engine at every reset.
    """

    __strategy__ = _BySalience

    def get_activations(self) -> Any:
        added, deleted = self.facts.changes
        return self.matcher.changes(added, deleted) if added or deleted else ((), ())

    def reset(self) -> None:
        self.agenda = experta.agenda.Agenda()
        self.facts = experta.factlist.FactList()
        self.matcher.reset()
        self.declare(experta.InitialFact())


class _Engine:
    """One experta engine, generated from the rules and reused case after case."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        strata = knowledge.strata
        self._stages = 1 + max(strata.values(), default=0)
        self._level = {
            finding: max((strata[rule.id] for rule in concluding), default=0)
            for finding, concluding in knowledge.concluders.items()
        }
        self._concludes = {rule.id: rule.findings for rule in knowledge.rules.values()}
        names = [*knowledge.question_of, *knowledge.findings]
        self._fields = {name: f"finding_{index}" for index, name in enumerate(names)}
        self._answers = type("Answers", (experta.Fact,), {})
        self._conclusions = [
            type(f"Conclusions{stage}", (experta.Fact,), {}) for stage in range(self._stages)
        ]
        self._fired: set[str] = set()
        attributes = {
            f"rule_{index}": self._rule(rule, salience=index)
            for index, rule in enumerate(knowledge.rules.values(), start=1)
        }
        self._engine = type("Triage", (_LeanEngine,), attributes)()

    def run(self, memory: Mapping[str, Value], absent: Value) -> frozenset[str]:
        """Fire the rules stage by stage over one lens of the working memory; return the rules fired."""
        self._fired.clear()
        self._engine.reset()
        self._engine.declare(self._answers(**{self._fields[name]: value for name, value in memory.items()}))
        for stage in range(self._stages):
            self._engine.run()
            concluded = {finding for rule in self._fired for finding in self._concludes[rule]}
            level = {
                self._fields[finding]: YES if finding in concluded else absent
                for finding, at in self._level.items()
                if at == stage
            }
            self._engine.declare(self._conclusions[stage](**level))
        return frozenset(self._fired)

    def _rule(self, rule: Rule, salience: int) -> Any:
        parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
        tests = [part for part in parts if isinstance(part, Test)]
        groups = [part for part in parts if not isinstance(part, Test)]
        facts = {self._fact_of(finding) for finding in rule.tested}
        patterns = []
        for number, fact in enumerate([self._answers, *self._conclusions]):
            if fact in facts:
                fields: dict[str, Any] = {}
                for finding in sorted({test.finding for test in tests}):
                    if self._fact_of(finding) is fact:
                        wanted = tuple(test for test in tests if test.finding == finding)
                        fields[self._fields[finding]] = experta.P(_predicate(wanted))
                patterns.append(getattr(experta.AS, f"fact{number}") << fact(**fields))
        patterns += [experta.TEST(self._group_predicate(group)) for group in groups]

        def record(engine: Any, **facts: Any) -> None:  # noqa: ARG001 - experta binds the facts by name
            self._fired.add(rule.id)

        return experta.Rule(*patterns, salience=salience)(record)

    def _fact_of(self, finding: str) -> Any:
        return self._conclusions[self._level[finding]] if finding in self._level else self._answers

    def _group_predicate(self, group: Condition) -> Callable[..., bool]:
        """One predicate for a whole `any`, reading the facts that it was bound to by name."""
        facts = [self._answers, *self._conclusions]
        place = {
            finding: (facts.index(self._fact_of(finding)), self._fields[finding])
            for finding in findings_of(group)
        }
        names = sorted({f"fact{number}" for number, _ in place.values()})

        def holds(**bound: Mapping[str, Value]) -> bool:
            memory = {name: bound[f"fact{number}"][field] for name, (number, field) in place.items()}
            return truth_of(group, memory) is not Truth.FALSE

        return _with_parameters(holds, names)


def _predicate(tests: tuple[Test, ...]) -> Callable[[Value], bool]:
    return lambda value: all(truth_of_test(test, value) is not Truth.FALSE for test in tests)


def _with_parameters(function: Callable[..., bool], names: list[str]) -> Callable[..., bool]:
    """Give a function the named parameters by which experta knows what to bind."""
    import inspect  # noqa: PLC0415 - only to build an engine

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function
