"""A knowledge base over intakes in bits: for each rule, test and outcome, the intakes where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TypeAlias

from triage.inference.columns.compiled import Columns, Compiled, Verdicts
from triage.inference.columns.outcomes import CARE, Fold, Group, Outcomes
from triage.inference.columns.standing import Bits, Look, Standing, any_of, deciding, standing, union
from triage.inference.truth import Value
from triage.knowledge.model import NO, YES, Rule
from triage.knowledge.parts.conditions import Condition, Test, tests_of

Intake: TypeAlias = Mapping[str, Value]


class World:
    """Intakes in bits, with the results of the compiled rules and of the fold."""

    def __init__(self, compiled: Compiled, columns: Columns, fold: Fold | None = None) -> None:
        """Run the rules over the intakes; `fold` is the fold of the rules, if the caller has it already."""
        self.compiled = compiled
        self.knowledge = compiled.knowledge
        self.columns = columns
        self.full: Bits = columns.full
        self.verdicts: Verdicts = compiled.run(columns)
        self.fold = fold or Fold(compiled.knowledge)
        self._tests: dict[Test, Standing] = {}
        self._deciding: dict[str, list[Bits]] = {}
        self._twice: dict[tuple[str, Group], Bits] = {}

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcomes of the intakes."""
        return self.fold.outcomes(self.full, self.verdicts)

    def fired(self, rule: str) -> Bits:
        """Where a rule fires."""
        return self.verdicts.fired[self.compiled.number_of[rule]]

    def possible(self, rule: str) -> Bits:
        """Where a rule fires or is not ruled out."""
        return self.verdicts.possible[self.compiled.number_of[rule]]

    def not_sure(self, rule: str) -> Bits:
        """Where a "not sure" keeps a rule open; filled for rules that call for care or conclude a finding."""
        return self.verdicts.not_sure[self.compiled.number_of[rule]]

    def suspected(self, rule: str) -> Bits:
        """Where a rule would fire if every red flag that the person is not sure about were present."""
        return self.verdicts.suspected[self.compiled.number_of[rule]]

    def open(self, rule: str) -> Bits:
        """Where a rule neither fires nor is ruled out."""
        return self.possible(rule) & ~self.fired(rule)

    def any_fired(self, rules: Iterable[Rule]) -> Bits:
        """Where one of these rules fires."""
        return union(self.fired(rule.id) for rule in rules)

    def test(self, test: Test) -> Standing:
        """How a test stands."""
        if test not in self._tests:
            self._tests[test] = self._look(test)
        return self._tests[test]

    def _look(self, test: Test) -> Standing:
        concluding = self.knowledge.concluders.get(test.finding)
        if concluding is not None:
            return any_of([self.rule(self.compiled.number_of[rule.id]) for rule in concluding])
        return self.look(test, self.open_finding(test.finding))

    def look(self, test: Test, missing: Bits) -> Standing:
        """Return how a test on an answer stands, if the answer is missing at `missing` and could be given."""
        finding, true = test.finding, union(self.accepted(test))
        if test.accepts_value(NO) and finding in self.knowledge.gated_items:
            true |= self.full & ~(self.known(finding) | missing)
        return self.of_test(test, true, missing)

    def of_test(self, test: Test, true: Bits, missing: Bits) -> Standing:
        """Return how a test on an answer stands, from where it is true and where its answer is missing."""
        not_sure = missing & self.unknown(test.finding)
        may_be = test.finding in self.knowledge.red_flags and test.accepts_value(YES)
        return Standing(true, true | missing, not_sure, true | not_sure if may_be else true)

    def accepted(self, test: Test) -> Iterator[Bits]:
        """Yield where a finding has each value that a test accepts."""
        place = self.compiled.place[test.finding]
        for each in self.compiled.domains[test.finding].accepted(test):
            yield self.columns.known[place + each]

    def rule(self, number: int) -> Standing:
        """How a rule stands, by its number."""
        verdicts = self.verdicts
        return Standing(
            verdicts.fired[number],
            verdicts.possible[number],
            verdicts.not_sure[number],
            verdicts.suspected[number],
        )

    def of_rule(self, rule: Rule, look: Look) -> Standing:
        """Return how a rule stands from how its tests stand, with 0 where `Verdicts` has 0."""
        stands, knowledge = standing(rule.when, look), self.knowledge
        not_sure = stands.not_sure if rule.findings or CARE in self.fold.groups(rule) else 0
        suspected = stands.suspected if rule.findings or rule.disposition in knowledge.in_doubt else 0
        return Standing(stands.true, stands.possible, not_sure, suspected)

    def is_same(self, one: Bits, other: Bits) -> bool:
        """Whether two columns are known to be the same."""
        return bool(one == other)

    def others(self, aspect: str, group: Group, numbers: AbstractSet[int]) -> Bits:
        """Where a rule of a group, other than these, has an aspect (see `Outcomes.where`)."""
        members, columns = self.fold.members.get(group, ()), getattr(self.verdicts, aspect)
        left_out = {*numbers} & {*members}
        if len(left_out) != 1:
            return union(columns[number] for number in members if number not in left_out)
        if (aspect, group) not in self._twice:
            once = twice = 0
            for number in members:
                twice, once = twice | (once & columns[number]), once | columns[number]
            self._twice[aspect, group] = twice
        alone = columns[left_out.pop()] & ~self._twice[aspect, group]
        return self.outcomes.where(aspect, group) & ~alone

    def condition(self, condition: Condition, look: Look | None = None) -> Standing:
        """Return how a condition stands, of a rule or not; `look` says how its tests stand."""
        return standing(condition, look or self.test)

    def deciding(self, rule: Rule) -> list[Bits]:
        """Where each test of a rule alone decides, in the order of the rule."""
        if rule.id not in self._deciding:
            self._deciding[rule.id] = deciding(rule.when, self.test, self.full)
        return self._deciding[rule.id]

    def near_miss(self, rule: Rule) -> Bits:
        """Where the rule fails only because of one test, which is false."""
        lanes = zip(self.deciding(rule), tests_of(rule.when), strict=True)
        return union(decides & ~self.test(test).possible for decides, test in lanes)

    def having(self, finding: str, value: int | str) -> Bits:
        """Where a finding has this value, or another of the same class."""
        domain = self.compiled.domains[finding]
        return self.columns.known[self.compiled.place[finding] + domain.class_of(value)]

    def known(self, finding: str) -> Bits:
        """Where a finding has a value."""
        place = self.compiled.place[finding]
        return union(self.columns.known[place : place + len(self.compiled.domains[finding].values)])

    def unknown(self, finding: str) -> Bits:
        """Where the person is not sure about a finding, whether or not its question applies."""
        return self.columns.unknown[self.compiled.index_of[finding]]

    def applies(self, finding: str) -> Bits:
        """Where a finding applies, or may apply."""
        gate = self.knowledge.question_of[finding].gates.get(finding)
        return self.full if gate is None else self.condition(gate).possible

    def open_finding(self, finding: str) -> Bits:
        """Where a finding has no value, and its question applies or may apply."""
        return self.verdicts.open_findings[self.compiled.index_of[finding]]


class Examples(World):
    """Known intakes, one lane each; they are tried before the solver is asked about everyone."""

    def __init__(self, compiled: Compiled, intakes: Iterable[Intake]) -> None:
        """Lay out the intakes and run the rules over them."""
        self.intakes = tuple(intakes)
        super().__init__(compiled, compiled.columns(self.intakes))
