"""The cases of an audit as columns: what every rule and every test of every rule is on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from triage.audit.model import TestedCase
from triage.inference.compiled import Columns, Compiled, Verdicts, numbers_in, union
from triage.inference.outcomes import Outcomes, outcomes
from triage.knowledge.conditions import All, Condition, Test, tests_of
from triage.knowledge.model import Rule


@dataclass(frozen=True)
class Sight:
    """One test on every case: where it is true, and where it is true or open."""

    test: Test
    true: int
    possible: int
    not_sure: int

    @property
    def open(self) -> int:
        """The cases where the test is neither true nor false."""
        return self.possible & ~self.true


class Table:
    """Cases in columns, one bit a case, with what the rules make of them."""

    def __init__(self, compiled: Compiled, cases: Sequence[TestedCase]) -> None:
        self.compiled = compiled
        self.knowledge = compiled.knowledge
        self.cases = tuple(cases)
        self.columns: Columns = compiled.columns([case.findings for case in cases])
        self.full = self.columns.full
        self.verdicts: Verdicts = compiled.run(self.columns)
        self._sights: dict[Test, Sight] = {}

    @cached_property
    def outcomes(self) -> Outcomes:
        """What the cases come to."""
        return outcomes(self.knowledge, self.full, self.verdicts)

    def fired(self, rule: str) -> int:
        """The cases where a rule fires."""
        return self.verdicts.fired[self.compiled.number_of[rule]]

    def possible(self, rule: str) -> int:
        """The cases where a rule fires or is not ruled out."""
        return self.verdicts.possible[self.compiled.number_of[rule]]

    def sights(self, rule: Rule) -> list[Sight]:
        """Every test of a rule on the cases, in the order of the rule."""
        return [self.sight(test) for test in tests_of(rule.when)]

    def sight(self, test: Test) -> Sight:
        """One test on the cases."""
        if test not in self._sights:
            self._sights[test] = self._look(test)
        return self._sights[test]

    def _look(self, test: Test) -> Sight:
        if test.finding in self.knowledge.findings:
            numbers = [self.compiled.number_of[rule.id] for rule in self.knowledge.concluders[test.finding]]
            true = union(self.verdicts.fired[number] for number in numbers)
            not_sure = union(self.verdicts.not_sure[number] for number in numbers) & ~true
            return Sight(test, true, union(self.verdicts.possible[number] for number in numbers), not_sure)
        place = self.compiled.place[test.finding]
        index = self.compiled.index_of[test.finding]
        accepted = self.compiled.domains[test.finding].accepted(test)
        true = union(self.columns.known[place + each] for each in accepted)
        missing = self.verdicts.open_findings[index]
        return Sight(test, true, true | missing, missing & self.columns.unknown[index])

    def having(self, finding: str, value: int | str) -> int:
        """The cases where a finding has a value, or one of the same class."""
        domain = self.compiled.domains[finding]
        return self.columns.known[self.compiled.place[finding] + domain.class_of(value)]

    def names(self, column: int) -> Iterator[str]:
        """The ids of the cases in a column."""
        return (self.cases[number].id for number in numbers_in(column))


def combine(condition: Condition, leaves: Iterator[int]) -> int:
    """Evaluate a condition over columns given for its tests, in the order of `tests_of`."""
    if isinstance(condition, Test):
        return next(leaves)
    columns = [combine(part, leaves) for part in condition.parts]
    if not isinstance(condition, All):
        return union(columns)
    found = columns[0]
    for column in columns[1:]:
        found &= column
    return found


def deciding(condition: Condition, leaves: Sequence[int], full: int, number: int) -> int:
    """The cases where one test alone decides: the condition holds with it and does not without it."""
    with_it = combine(condition, iter([*leaves[:number], full, *leaves[number + 1 :]]))
    without = combine(condition, iter([*leaves[:number], 0, *leaves[number + 1 :]]))
    return with_it & ~without


def by_name(columns: Mapping[str, int]) -> Mapping[str, int]:
    """The number of cases in each named column."""
    return {name: column.bit_count() for name, column in columns.items()}
