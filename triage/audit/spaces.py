"""Spaces of intakes: from conditions of rules to formulas over what every finding can be.

A space has one variable a finding. Its options are the states a finding can be in, or pairs of states where
two intakes are compared ("before" is side 0, "after" side 1). Chains of rules are unfolded, so that a formula
speaks of answers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TypeAlias

from triage.audit.model import Witness
from triage.audit.splitting import Assignment, Formula, Leaf, Search, every, negation, search, some
from triage.inference.compiled import Compiled
from triage.inference.domains import Domain
from triage.inference.truth import Missing, Value
from triage.knowledge.conditions import All, Condition, Test, findings_of
from triage.knowledge.model import NO, Rule

State: TypeAlias = "int | Missing"
"""A class of the finding's domain, or why it has no value."""

Option: TypeAlias = tuple[State, ...]

MISSING = (Missing.NOT_ASKED, Missing.UNKNOWN)


def states(domain: Domain) -> tuple[State, ...]:
    """Return every state of a finding: not asked, not sure, and its classes."""
    return (*MISSING, *range(len(domain.values)))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a condition is true, where it is true or open, and where a "not sure" keeps it open."""

    true: Formula
    possible: Formula
    not_sure: Formula


class Space:
    """All intakes, or all pairs of intakes of some relation, as variables with options."""

    def __init__(
        self,
        compiled: Compiled,
        variables: Iterable[Iterable[Option]],
        variable_of: Mapping[str, int] | None = None,
    ) -> None:
        """Make a space.

        Args:
            compiled: the knowledge base whose rules are asked about.
            variables: the options of each variable.
            variable_of: the variable of each finding; without it there is one a finding, in their order.
        """
        self._compiled = compiled
        self._knowledge = compiled.knowledge
        self._variable_of = compiled.index_of if variable_of is None else variable_of
        self.options = tuple(tuple(options) for options in variables)
        self.sizes = tuple(len(each) for each in self.options)
        self._derived: dict[tuple[str, bool, int], Formula] = {}
        self._applies: dict[tuple[str, int], Formula] = {}
        self._rules: dict[tuple[str, bool, int], Formula] = {}
        self._unsure: dict[tuple[str, int], Formula] = {}
        self._concluding = {
            finding: tuple(rule.id for rule in rules) for finding, rules in self._knowledge.concluders.items()
        }

    def varied(self, rule: Rule, standing: Standing) -> Space:
        """Return all intakes (side 0) under rules of which one is changed.

        Args:
            rule: the changed rule; what it concludes is read from it.
            standing: where its condition is true, possible and not sure.
        """
        other = copy(self)
        other._derived = {}  # noqa: SLF001 - a copy of this very object
        other._rules = {(rule.id, False, 0): standing.true, (rule.id, True, 0): standing.possible}  # noqa: SLF001 - as above
        other._unsure = {(rule.id, 0): standing.not_sure}  # noqa: SLF001 - as above
        other._concluding = {  # noqa: SLF001 - as above
            finding: tuple(name for name in names if name != rule.id or finding in rule.findings)
            for finding, names in self._concluding.items()
        }
        return other

    def fired(self, rule: str, side: int = 0) -> Formula:
        """Where a rule fires."""
        return self._rule(rule, side, possible=False)

    def possible(self, rule: str, side: int = 0) -> Formula:
        """Where a rule fires or is not ruled out."""
        return self._rule(rule, side, possible=True)

    def _rule(self, rule: str, side: int, *, possible: bool) -> Formula:
        key = (rule, possible, side)
        if key not in self._rules:
            self._rules[key] = self.holds(self._knowledge.rules[rule].when, side, possible=possible)
        return self._rules[key]

    def holds(self, condition: Condition, side: int = 0, *, possible: bool = False) -> Formula:
        """Where a condition is true or, with `possible`, true or open."""
        if isinstance(condition, Test):
            return self._test(condition, side, possible=possible)
        join = every if isinstance(condition, All) else some
        return join(self.holds(part, side, possible=possible) for part in condition.parts)

    def _test(self, test: Test, side: int, *, possible: bool) -> Formula:
        if test.finding in self._knowledge.findings:
            return self._concluded(test.finding, side, possible=possible)
        accepted = set(self._compiled.domains[test.finding].accepted(test))
        known = self.leaf(test.finding, lambda state: state in accepted, side)
        if not possible:
            return known
        missing = self.leaf(test.finding, lambda state: isinstance(state, Missing), side)
        return some([known, every([missing, self.question_applies(test.finding, side)])])

    def leaf(self, finding: str, wanted: Callable[[State], bool], side: int = 0) -> Formula:
        """Where a finding is in a wanted state."""
        variable = self._variable_of[finding]
        mask = 0
        for number, option in enumerate(self.options[variable]):
            if wanted(option[side]):
                mask |= 1 << number
        if mask == (1 << self.sizes[variable]) - 1:
            return True
        return Leaf(variable, mask) if mask else False

    def not_sure(self, condition: Condition, side: int = 0) -> Formula:
        """Where a condition is open and an explicit "not sure" is among what keeps it open."""
        if not isinstance(condition, Test):
            behind = some(self.not_sure(part, side) for part in condition.parts)
            if isinstance(condition, All):
                return every([behind, self.holds(condition, side, possible=True)])
            return every([behind, self.no(self.holds(condition, side))])
        if condition.finding in self._knowledge.findings:
            behind = some(self.unsure(name, side) for name in self._concluding[condition.finding])
            return every([behind, self.no(self._concluded(condition.finding, side, possible=False))])
        unsure = self.leaf(condition.finding, lambda state: state is Missing.UNKNOWN, side)
        return every([unsure, self.question_applies(condition.finding, side)])

    def unsure(self, rule: str, side: int = 0) -> Formula:
        """Where a rule is open and an explicit "not sure" is among what keeps it open."""
        key = (rule, side)
        if key not in self._unsure:
            self._unsure[key] = self.not_sure(self._knowledge.rules[rule].when, side)
        return self._unsure[key]

    def standing(self, condition: Condition) -> Standing:
        """Where a condition is true, possible and not sure."""
        possible = self.holds(condition, possible=True)
        return Standing(self.holds(condition), possible, self.not_sure(condition))

    def is_concluded(self, finding: str) -> bool:
        """Whether rules conclude a finding, rather than a person answering it."""
        return finding in self._knowledge.findings

    def question_applies(self, finding: str, side: int = 0) -> Formula:
        """Where the question of a finding applies, or may."""
        question = self._knowledge.question_of[finding]
        if question.asked_when is None:
            return True
        key = (question.id, side)
        if key not in self._applies:
            self._applies[key] = self.holds(question.asked_when, side, possible=True)
        return self._applies[key]

    def _concluded(self, finding: str, side: int, *, possible: bool) -> Formula:
        key = (finding, possible, side)
        if key not in self._derived:
            self._derived[key] = some(
                self._rule(name, side, possible=possible) for name in self._concluding[finding]
            )
        return self._derived[key]

    def learned_where_it_applies(self, findings: Iterable[str]) -> Formula:
        """Where no finding goes from missing to known unless its question may apply to the second intake.

        An answer to a question that does not apply is no answer to something that was unknown.
        """
        wanted: list[Formula] = []
        waiting, seen = list(findings), set(findings)
        while waiting:
            finding = waiting.pop()
            question = self._knowledge.question_of[finding]
            if question.asked_when is None:
                continue
            kept = self.leaf(finding, lambda state: not isinstance(state, Missing), 0)
            still_missing = self.leaf(finding, lambda state: isinstance(state, Missing), 1)
            wanted.append(some([kept, still_missing, self.question_applies(finding, 1)]))
            earlier = findings_of(question.asked_when) - seen
            waiting += sorted(earlier)
            seen |= earlier
        return every(wanted)

    def read_by(self, condition: Condition) -> frozenset[str]:
        """The answerable findings that a condition reads, through the chain."""
        found: set[str] = set()
        for finding in findings_of(condition):
            if finding in self._knowledge.findings:
                for rule in self._knowledge.concluders[finding]:
                    found |= self.read_by(rule.when)
            else:
                found.add(finding)
        return frozenset(found)

    def no(self, formula: Formula) -> Formula:
        """Where a formula is not true."""
        return negation(formula, self.sizes)

    def search(self, goal: Formula, budget: int) -> Search:
        """Look for an intake (or pair) that makes a formula true."""
        return search(goal, self.sizes, budget)

    def intake(self, assignment: Assignment, side: int = 0) -> Mapping[str, Value]:
        """Return the smallest intake of an assignment: what may stay out of it does."""
        found: dict[str, Value] = {}
        for finding, domain in self._compiled.domains.items():
            variable = self._variable_of[finding]
            if variable not in assignment:
                continue
            left = assignment[variable]
            open_to = [option for number, option in enumerate(self.options[variable]) if left >> number & 1]
            state = min(open_to, key=lambda option: _plainness(option, domain))[side]
            if not isinstance(state, Missing):
                found[finding] = domain.values[state]
            elif state is Missing.UNKNOWN:
                found[finding] = state
        return found

    def witnesses(self, assignment: Assignment, name: str, title: str, rule: str = "") -> tuple[Witness, ...]:
        """Return the intake of each side of an assignment, with names to save them by."""
        if len(self.options[0][0]) == 1:
            return (Witness(name, title, self.intake(assignment), rule),)
        return tuple(
            Witness(f"{name}.{word}", f"{title} ({word})", self.intake(assignment, side), rule)
            for side, word in enumerate(("first", "second"))
        )


def _plainness(option: Option, domain: Domain) -> tuple[int, ...]:
    """Order options from the plainest: not asked, then absent, then other values, then not sure."""
    order = []
    for state in option:
        if state is Missing.NOT_ASKED:
            order.append(0)
        elif isinstance(state, Missing):
            order.append(3)
        else:
            order.append(1 if domain.values[state] == NO else 2)
    return tuple(order)


def _space(compiled: Compiled, options: Callable[[str, Domain], Iterable[Option]]) -> Space:
    return Space(compiled, [options(finding, domain) for finding, domain in compiled.domains.items()])


def single(compiled: Compiled) -> Space:
    """All intakes."""
    return _space(compiled, lambda _, domain: [(state,) for state in states(domain)])


def pairs(compiled: Compiled) -> Space:
    """All pairs of intakes, the same ones first."""

    def options(_: str, domain: Domain) -> Iterable[Option]:
        every_state = states(domain)
        yield from ((state, state) for state in every_state)
        yield from ((one, two) for one in every_state for two in every_state if one != two)

    return _space(compiled, options)


def learning_more(compiled: Compiled) -> Space:
    """All pairs where the second intake knows what the first knows, and perhaps more."""

    def options(_: str, domain: Domain) -> Iterable[Option]:
        every_state = states(domain)
        yield from ((state, state) for state in every_state)
        yield from ((gap, value) for gap in MISSING for value in range(len(domain.values)))

    return _space(compiled, options)


def turning(compiled: Compiled, flags: Iterable[str], present: str) -> Space:
    """All pairs where any of the red flags turn to present from anything else, and nothing else differs."""
    turned = frozenset(flags)

    def options(finding: str, domain: Domain) -> Iterable[Option]:
        every_state = states(domain)
        yield from ((state, state) for state in every_state)
        if finding in turned:
            yes = domain.class_of(present)
            yield from ((state, yes) for state in every_state if state != yes)

    return _space(compiled, options)
