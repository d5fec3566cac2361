"""A lean experta: forward chaining without what these rules never need. No other module imports experta.

The faults of experta, and how this module avoids them:

- It pins frozendict 1.2, which needs `collections.Mapping`: that name exists only during the import.
- It hides its own ImportError, and configures the root logger: names are checked, and handlers restored.
- Rules of equal salience fire in an order that varies: every rule has a salience of its own.
- NOT matches what was never asked: no rule uses NOT.
- OR fires once for each branch: an `any` is one predicate.
- It recognises a predicate by its address: predicates live as long as the engine.
- Rules are attributes of the engine, where one named `facts` would vanish: they are passed as a list.
- It keeps the checks of every engine for ever: each engine is built with an empty memory of checks.
"""

from __future__ import annotations

import collections
import collections.abc
import inspect
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


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
_OF_A_FACT = inspect.signature(lambda fact: fact)
_OF_AN_ENGINE_AND_WHAT_IS_BOUND = inspect.signature(lambda engine, **bound: (engine, bound))


def rule_on(
    fact: Any,
    fields: Mapping[str, Callable[[Any], bool]],
    groups: Iterable[Callable[[Mapping[str, Any]], bool]],
    salience: int,
    fires: Callable[[], None],
) -> Any:
    """Return a rule of experta on one fact.

    Args:
        fact: the type of the fact.
        fields: the predicate for each field.
        groups: predicates for the whole fact.
        salience: a different number for each rule.
        fires: called when the rule fires.
    """

    def fire(engine: Any, **bound: Any) -> None:  # noqa: ARG001 - experta binds the fact by name
        fires()

    _sign(fire, _OF_AN_ENGINE_AND_WHAT_IS_BOUND)
    pattern = fact(**{field: experta.P(accepts) for field, accepts in fields.items()})
    tests = [experta.TEST(_sign(group, _OF_A_FACT)) for group in groups]
    return experta.Rule(experta.AS.fact << pattern, *tests, salience=salience)(fire)


def _sign(function: Any, signature: inspect.Signature) -> Any:
    """Store the signature that experta asks for in a function, because finding it out takes long."""
    function.__signature__ = signature
    return function


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
    """A test of a fact, which passes on the same token."""

    def activate(self, token: Any) -> None:
        (fact,) = token.data
        match = self.matcher(fact)
        if match:
            if match is not True:
                token.context.update(match)
            for child in self.children:
                child.callback(token)


class _LeanField(_nodes.FeatureTesterNode):  # type: ignore[misc, name-defined]
    """A test of one field, which the fact is known to have; it passes on the same token."""

    def __init__(self, field: str, accepts: Callable[[Any], bool]) -> None:
        super().__init__(accepts)
        self._field = field

    def activate(self, token: Any) -> None:
        (fact,) = token.data
        if self.matcher(fact[self._field]):
            for child in self.children:
                child.callback(token)


class _LeanEnd(_nodes.ConflictSetNode):  # type: ignore[misc, name-defined]
    """The end of a rule; each fact reaches it at most once, and no activation is ever withdrawn."""

    def __init__(self, rule: Any, added: list[Any]) -> None:
        super().__init__(rule)
        self._added = added

    def activate(self, token: Any) -> None:
        self._added.append(_nodes.Activation(self.rule, token.data, token.context))


class _LeanMatcher(experta.matchers.ReteMatcher):  # type: ignore[misc, name-defined]
    """experta's network, of which only the ends are read and emptied.

    Each rule is one pattern with tests after it, all of the same fact. So it needs no normal form and no
    joins, no node before the end of a rule remembers anything, and a test of the whole fact is a node like
    any other, which rules share.
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

        def after(node: Any, test: Any, make: Callable[..., Any], *checks: Any) -> Any:
            if (id(node), test) not in nodes:
                nodes[id(node), test] = _after(node, make(*checks))
            return nodes[id(node), test]

        ends = []
        for pattern, *groups in ruleset:
            last = after(root_node, type(pattern), _LeanTest, _checks.TypeCheck(type(pattern)))
            last = after(last, "", _LeanTest, _checks.FactCapture(pattern["__bind__"]))
            for test in sorted(_tests_of(pattern), key=lambda each: (-shared[each], each[0])):
                last = after(last, test, _LeanField, *test)
            for (group,) in groups:
                last = after(last, group, _LeanTest, group)
            ends.append(last)
        return ends

    def build_beta_part(self, ruleset: Any, alpha_terminals: Any) -> None:
        for rule, end in zip(ruleset, alpha_terminals, strict=True):
            _after(end, _LeanEnd(rule, self._added))

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


def _tests_of(pattern: Any) -> list[tuple[str, Callable[[Any], bool]]]:
    """Return the fields that a pattern tests, each with its predicate."""
    return [(field, wanted.match) for field, wanted in pattern.items() if isinstance(wanted, experta.P)]


def _after(node: Any, following: Any) -> Any:
    node.add_child(following, following.activate)
    return following


class LeanEngine(experta.KnowledgeEngine):  # type: ignore[misc, name-defined]
    """experta without the work that these rules never need; each override is a method that experta offers.

    The original looks through every rule after every firing, although rules here only record, and through
    every node of its network and every attribute of the engine at every reset.
    """

    __matcher__ = _LeanMatcher
    __strategy__ = _BySalience

    def __init__(self, rules: Any) -> None:
        self._written = list(rules)
        super().__init__()

    def get_rules(self) -> Any:
        """Return the rules as they were passed in."""
        return self._written

    def get_activations(self) -> Any:
        """Return the activations that have come since the last call, and those that have gone."""
        added, deleted = self.facts.changes
        return self.matcher.changes(added, deleted) if added or deleted else ((), ())

    def run(self, steps: float = math.inf) -> None:
        """Fire all rules that are ready, but at most `steps`."""
        self.strategy.update_agenda(self.agenda, *self.get_activations())
        while steps > 0 and (activation := self.agenda.get_next()):
            activation.rule(self, **activation.context)
            steps -= 1

    def reset(self) -> None:
        """Forget all facts."""
        self.agenda = experta.agenda.Agenda()
        self.facts = _LeanFacts()
        self.matcher.reset()
        self.declare(experta.InitialFact())


class _LeanFacts(experta.factlist.FactList):  # type: ignore[misc, name-defined]
    """A list of facts; no fact is ever declared twice."""

    _get_fact_id = staticmethod(id)


class LeanFact(experta.Fact):  # type: ignore[misc, name-defined]
    """A fact of plain values under plain names, which experta need not freeze or look through."""

    def update(self, mapping: Mapping[str, Any]) -> None:
        """Take the values as they are."""
        dict.update(self, mapping)

    __hash__ = object.__hash__  # no fact is ever declared twice, and to hash every value takes long

    def has_field_constraints(self) -> bool:
        """Say that no value is a pattern."""
        return False

    def has_nested_accessor(self) -> bool:
        """Say that no name leads into a value."""
        return False


@contextmanager
def empty_memory() -> Iterator[None]:
    """Lend experta an empty memory of checks, so that the checks of an engine built meanwhile go with it."""
    memories = [check._instances for check in _REMEMBERED]  # noqa: SLF001 - it offers no other way
    try:
        for check in _REMEMBERED:
            check._instances = {}  # noqa: SLF001 - as above
        yield
    finally:
        for check, memory in zip(_REMEMBERED, memories, strict=True):
            check._instances = memory  # noqa: SLF001 - as above
