"""What rules rest on, in columns, for a block; `triage.inference.grounds.support` does it for one intake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from triage.inference.columns.compiled import Columns, Compiled, Verdicts
from triage.inference.columns.standing import intersection, union
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test, fold, tests_of


class Reach:
    """The tests that decide each rule: its own, and those of the rules whose conclusions it tests."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Take the rules."""
        self._knowledge = knowledge
        self._tests: dict[str, Mapping[str, Collection[Test]]] = {}
        self._behind: dict[str, frozenset[str]] = {}

    def tests(self, rule: Rule) -> Mapping[str, Collection[Test]]:
        """Return the tests of a rule, and of the rules that conclude the findings it tests, by finding."""
        found = self._tests.get(rule.id)
        if found is None:
            collected: dict[str, dict[Test, None]] = {}
            for test in tests_of(rule.when):
                collected.setdefault(test.finding, {})[test] = None
                for other in self._knowledge.concluders.get(test.finding, ()):
                    for finding, tests in self.tests(other).items():
                        collected.setdefault(finding, {}).update(dict.fromkeys(tests))
            found = self._tests[rule.id] = collected
        return found

    def behind(self, finding: str) -> frozenset[str]:
        """Return the findings that a derived finding can rest on."""
        if finding not in self._behind:
            concluding = self._knowledge.concluders[finding]
            self._behind[finding] = frozenset[str]().union(*map(self.tests, concluding))
        return self._behind[finding]

    def rules(self, rule: Rule) -> list[Rule]:
        """Return the rules that conclude the findings in `tests`, in the order of the knowledge base."""
        derived = self.tests(rule).keys() & self._knowledge.findings.keys()
        concluding = {each.id: each for finding in derived for each in self._knowledge.concluders[finding]}
        return [self._knowledge.rules[name] for name in self._knowledge.rules if name in concluding]


class ColumnSupports:
    """What the rules of a block rest on."""

    def __init__(self, reach: Reach, compiled: Compiled, columns: Columns, verdicts: Verdicts) -> None:
        """Take a block, and the verdicts of the rules on it."""
        self._reach = reach
        self._compiled = compiled
        self._concluders = compiled.knowledge.concluders
        self._columns = columns
        self._verdicts = verdicts
        self._known: dict[str, int] = {}
        self._true: dict[int, int] = {}
        self._open: dict[int, int] = {}

    def known(self, finding: str) -> int:
        """Where a finding has a value."""
        if finding not in self._known:
            first = self._compiled.place[finding]
            classes = len(self._compiled.domains[finding].values)
            self._known[finding] = union(self._columns.known[first : first + classes])
        return self._known[finding]

    def behind(self, rule: Rule) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Return the answers and the rules that a rule rests on where it fires: columns by name."""
        answers: dict[str, int] = defaultdict(int)
        rules: dict[str, int] = defaultdict(int)
        self._follow(rule.when, self._verdicts.fired[self._compiled.number_of[rule.id]], answers, rules)
        return answers, rules

    def _follow(
        self, condition: Condition, lanes: int, answers: dict[str, int], rules: dict[str, int]
    ) -> None:
        if not lanes:
            return
        if not isinstance(condition, Test):
            for part in condition.parts:
                each = lanes if isinstance(condition, All) else lanes & self._where_true(part)
                self._follow(part, each, answers, rules)
        elif condition.finding not in self._concluders:
            answers[condition.finding] |= lanes & self.known(condition.finding)
        else:
            for rule in self._concluders[condition.finding]:
                fired = lanes & self._verdicts.fired[self._compiled.number_of[rule.id]]
                rules[rule.id] |= fired
                self._follow(rule.when, fired, answers, rules)

    def open_on(self, rule: Rule) -> Mapping[str, int]:
        """Return the answerable findings that keep a rule open: columns by name."""
        found: dict[str, int] = defaultdict(int)
        self._ask(rule.when, self._open_lanes(rule), found)
        return found

    def _open_lanes(self, rule: Rule) -> int:
        number = self._compiled.number_of[rule.id]
        return self._verdicts.possible[number] & ~self._verdicts.fired[number]

    def _ask(self, condition: Condition, lanes: int, found: dict[str, int]) -> None:
        if not lanes:
            return
        if not isinstance(condition, Test):
            for part in condition.parts:
                self._ask(part, lanes & self._where_open(part), found)
        elif condition.finding not in self._concluders:
            found[condition.finding] |= lanes
        else:
            for rule in self._concluders[condition.finding]:
                self._ask(rule.when, lanes & self._open_lanes(rule), found)

    def fires_with_yes(self, rule: Rule, finding: str, memo: dict[str, int]) -> int:
        """Where a rule would fire if a finding that the person is not sure about were present.

        Args:
            rule: the rule.
            finding: the finding.
            memo: earlier results for this finding; begin with an empty one.
        """
        unsure = self._columns.unknown[self._compiled.index_of[finding]]

        def look(test: Test) -> int:
            if test.finding == finding:
                return self._test_true(test) | (unsure if test.accepts_value(YES) else 0)
            if test.finding not in self._concluders or finding not in self._reach.behind(test.finding):
                return self._test_true(test)
            if test.finding not in memo:
                concluding = self._concluders[test.finding]
                memo[test.finding] = union(fold(each.when, look, intersection, union) for each in concluding)
            return memo[test.finding]

        found: int = unsure & fold(rule.when, look, intersection, union)
        return found

    def _where_true(self, condition: Condition) -> int:
        if isinstance(condition, Test):
            return self._test_true(condition)
        found = self._true.get(id(condition))
        if found is None:
            found = self._true[id(condition)] = fold(condition, self._test_true, intersection, union)
        return found

    def _where_open(self, condition: Condition) -> int:
        found = self._open.get(id(condition))
        if found is None:
            possible: int = fold(condition, self._test_possible, intersection, union)
            found = self._open[id(condition)] = possible & ~self._where_true(condition)
        return found

    def _test_true(self, test: Test) -> int:
        found = self._true.get(id(test))
        if found is None:
            found = self._true[id(test)] = self._truth_of_test(test)
        return found

    def _truth_of_test(self, test: Test) -> int:
        if test.finding in self._concluders:
            return self._concluded(test.finding, self._verdicts.fired)
        first = self._compiled.place[test.finding]
        accepted = self._compiled.domains[test.finding].accepted(test)
        true: int = union(self._columns.known[first + each] for each in accepted)
        if test.accepts_value(NO) and test.finding in self._compiled.knowledge.gated_items:
            true |= self._columns.full & ~(self._missing(test.finding) | self.known(test.finding))
        return true

    def _test_possible(self, test: Test) -> int:
        if test.finding in self._concluders:
            return self._concluded(test.finding, self._verdicts.possible)
        return self._test_true(test) | self._missing(test.finding)

    def _missing(self, finding: str) -> int:
        return self._verdicts.open_findings[self._compiled.index_of[finding]]

    def _concluded(self, finding: str, columns: Sequence[int]) -> int:
        found: int = union(columns[self._compiled.number_of[rule.id]] for rule in self._concluders[finding])
        return found
