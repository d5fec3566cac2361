"""Intakes about rules, by the thousand: each by its seed and number alone, so that any can be made again.

Rules met, met but for one test, and left open; values at the edges of thresholds; answers to questions that
do not apply; cases of the project, changed; and people of the population, for whom no rule was looked up.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from support.edges import edges
from support.population import Crowd

from triage.cases.reading.raw_case import RawCase
from triage.cases.reading.reader import read_cases
from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.domains import domains
from triage.inference.truth import Missing, Truth, Value, truth_of
from triage.knowledge.model import NO, KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.knowledge.parts.conditions import Condition, Test, tests_of

CASES = Path(__file__).resolve().parents[2] / "cases"

Findings: TypeAlias = dict[str, Value]
Intake: TypeAlias = tuple[str, Mapping[str, Any]]
"""The name of an intake, which tells how it was made, and its answers."""

# Where little is known nearly every rule is open, which is soon the same and slow: such people are few.
_CROWDS: Sequence[Mapping[str, float]] = (
    {"item": 0.02},
    {"skips": 0.02, "not_sure": 0.02, "item": 0.05},
    {"skips": 0.05, "not_sure": 0.05, "item_by_item": 0.1, "not_sure_item": 0.3},
    {"skips": 0.05, "not_sure": 0.1, "item_by_item": 0.1, "item": 0.1},
    {"skips": 0.1, "not_sure": 0.05, "item_by_item": 0.5, "not_sure_item": 0.3, "item": 0.3},
    {"skips": 0.4, "not_sure": 0.02, "item": 0.02},
    {"skips": 0.02, "not_sure": 0.4, "item": 0.05},
)
_MOST_CHANGES = 4
_SELDOM = 0.1
_OFTEN = 0.9


@cache
def _cases_of(knowledge: KnowledgeBase) -> Sequence[Findings]:
    """What every case of the project answers."""
    cases = (raw for raw in read_cases([str(CASES)], io.BytesIO()) if isinstance(raw, RawCase))
    return [read_answers(knowledge, raw.data["answers"]) for raw in cases]


class RuleIntakes:
    """Intakes about the rules of one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.domains = domains(knowledge)
        self.near = {
            question.id: edges(knowledge, question)
            for question in knowledge.questions.values()
            if question.kind == "number"
        }
        self._crowds = [Crowd(knowledge, **shares) for shares in _CROWDS]
        self._gated = [
            (question, gate, findings)
            for question in knowledge.questions.values()
            for gate, findings in question.behind.items()
            if gate is not None
        ]
        self._tested = tuple(
            test.finding
            for rule in knowledge.rules.values()
            for test in tests_of(rule.when)
            if test.finding in knowledge.question_of
        )
        self._ways: Sequence[tuple[str, Callable[[Random], Findings]]] = (
            ("anybody", self._anybody),
            ("changed", self._changed),
            ("changed", self._changed),
            ("rule", self._about_a_rule),
            ("rule", self._about_a_rule),
            ("rule", self._about_a_rule),
            ("gate", self._behind_a_gate),
        )

    def intake(self, seed: int, number: int) -> Intake:
        """Return an intake of a seed, in one of several ways."""
        chance = Random(f"{seed} {number}")  # noqa: S311 - made-up people
        way, make = self._ways[number % len(self._ways)]
        found = make(chance)
        if way != "gate" and chance.random() < _OFTEN:
            found = self._where_it_applies(found)
        return f"{way}-{seed}-{number}", self._written(chance, found)

    @cached_property
    def turned(self) -> Sequence[Intake]:
        """Each rule met, and met but for one test: failed, or a number at, below and above an edge."""
        return self.turned_of(*self.knowledge.rules.values())

    @cached_property
    def left_open(self) -> Sequence[Intake]:
        """Each rule met but for one test, of which the person is not sure, or was not asked."""
        return self.left_open_of(*self.knowledge.rules.values())

    @cached_property
    def met(self) -> Sequence[Intake]:
        """Each rule met."""
        return self._directed(self.knowledge.rules.values(), self._met_alone)

    @cached_property
    def some_turned(self) -> Sequence[Intake]:
        """Of all rules together every twentieth test turned."""
        return self._directed(self.knowledge.rules.values(), self._turned, every=20)

    def turned_of(self, *rules: Rule) -> Sequence[Intake]:
        """Return the intakes of some rules met, and met but for one test."""
        return self._directed(rules, self._turned)

    def left_open_of(self, *rules: Rule) -> Sequence[Intake]:
        """Return the intakes of some rules met but for one test, which is left open."""
        return self._directed(rules, self._left_open)

    def _directed(
        self,
        rules: Iterable[Rule],
        ways: Callable[[Random, Rule, Test], Iterator[tuple[str, Findings]]],
        every: int = 1,
    ) -> list[Intake]:
        made: list[Intake] = []
        tested = ((rule, *each) for rule in rules for each in enumerate(tests_of(rule.when)))
        for rule, number, test in islice(tested, 0, None, every):
            chance = Random(f"{rule.id} {number}")  # noqa: S311 - made-up people
            for what, findings in ways(chance, rule, test):
                made.append((f"{rule.id}-{number}-{what}", self._written(chance, findings)))
        return made

    def _met_alone(self, chance: Random, rule: Rule, test: Test) -> Iterator[tuple[str, Findings]]:
        if test is next(tests_of(rule.when)):
            yield "met", self._met(chance, rule, test)

    def _turned(self, chance: Random, rule: Rule, test: Test) -> Iterator[tuple[str, Findings]]:
        met = self._met(chance, rule, test)
        if test is next(tests_of(rule.when)):
            yield "met", met
        if test.finding not in self.domains:
            failed = {
                each.finding: self._failing(each)
                for other in self.knowledge.concluders[test.finding]
                for each in tests_of(other.when)
                if each.finding in self.domains
            }
            yield "not-concluded", {**met, **failed}
            return
        values = [self._failing(test)]
        if test.accepts is None:
            bounds = [bound for bound in (test.at_least, test.at_most) if bound is not None]
            near = {bound + step for bound in bounds for step in (-1, 0, 1)}
            values = [value for value in self.near[test.finding] if value in near]
        for value in values:
            yield str(value), {**met, test.finding: value}

    def _left_open(self, chance: Random, rule: Rule, test: Test) -> Iterator[tuple[str, Findings]]:
        if test.finding in self.domains:
            met = self._met(chance, rule, test)
            yield "not-sure", {**met, test.finding: Missing.UNKNOWN}
            yield "not-asked", {**met, test.finding: Missing.NOT_ASKED}

    def _met(self, chance: Random, rule: Rule, test: Test) -> Findings:
        around = {} if chance.random() < _SELDOM else self._nothing_present(chance)
        return {**around, **self._meeting(chance, rule.when, test)}

    def _failing(self, test: Test) -> Value:
        """Return a value that fails a test; "not asked" where every value passes."""
        values = self.domains[test.finding].values
        return next((value for value in values[::-1] if not test.accepts_value(value)), Missing.NOT_ASKED)

    def _meeting(self, chance: Random, condition: Condition, wanted: Test | None = None) -> Findings:
        """Return answers that make a condition true, by the alternative where a wanted test stands."""
        if isinstance(condition, Test):
            return self._passing(chance, condition)
        parts: Sequence[Condition] = condition.parts
        if isinstance(condition, AnyOf):
            holding = [part for part in parts if wanted in list(tests_of(part))]
            parts = [chance.choice(holding or parts)]
        found: Findings = {}
        for part in parts:
            found = {**self._meeting(chance, part, wanted), **found}
        return found

    def _passing(self, chance: Random, test: Test) -> Findings:
        """Return answers that pass a test, so that its question applies, through the chain of rules."""
        if test.finding not in self.domains:
            concluding = self.knowledge.concluders[test.finding]
            return self._meeting(chance, chance.choice(concluding).when)
        question = self.knowledge.question_of[test.finding]
        condition = question.gates.get(test.finding)
        gate = self._meeting(chance, condition) if condition else {}
        values = self.near.get(test.finding, question.values)
        passing = [value for value in values if test.accepts_value(value)]
        return {**gate, test.finding: chance.choice(passing)}

    def _anybody(self, chance: Random) -> Findings:
        """Somebody of the population: of most much is known, of a few little."""
        return dict(read_answers(self.knowledge, chance.choice(self._crowds).answers(chance)))

    def _value(self, chance: Random, question: Question) -> Value:
        if question.kind != "number":
            return chance.choice(question.values)
        if chance.random() < _SELDOM:
            return chance.randint(question.minimum, question.maximum)
        return chance.choice(self.near[question.id])

    def _nothing_present(self, chance: Random) -> Findings:
        """Every question answered, or all but one, and nothing of any list present."""
        skipped = chance.choice(list(self.knowledge.questions)) if chance.random() < _OFTEN / 3 else ""
        return {
            finding: NO if question.kind == "checklist" else self._value(chance, question)
            for finding, question in self.knowledge.question_of.items()
            if question.id != skipped
        }

    def _changed(self, chance: Random) -> Findings:
        """A case of the project with some answers changed."""
        found = dict(chance.choice(_cases_of(self.knowledge)))
        if chance.random() < _OFTEN:
            found = {**self._nothing_present(chance), **found}
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            self._change(chance, found)
        return found

    def _change(self, chance: Random, found: Findings) -> None:
        pool = chance.choice((self._tested, tuple(self.knowledge.question_of), tuple(found) or self._tested))
        finding = chance.choice(pool)
        question = self.knowledge.question_of[finding]
        what = chance.random()
        whole = question.findings if chance.random() < 2 * _SELDOM else (finding,)
        for each in whole:
            if what < 2 * _SELDOM:
                found[each] = Missing.UNKNOWN
            elif what < 4 * _SELDOM:
                found.pop(each, None)
            else:
                found[each] = self._value(chance, question)

    def _about_a_rule(self, chance: Random) -> Findings:
        """A rule met, among other answers, with some of its tests turned or left open."""
        rule = chance.choice(list(self.knowledge.rules.values()))
        around = self._anybody(chance) if chance.random() < 2 * _SELDOM else self._nothing_present(chance)
        met = self._meeting(chance, rule.when)
        found = {**around, **met}
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            finding = chance.choice(list(met))
            found[finding] = chance.choice(
                (Missing.UNKNOWN, Missing.NOT_ASKED, self._value(chance, self.knowledge.question_of[finding]))
            )
        for _ in range(chance.choice((0, 0, 1, 2))):
            self._change(chance, found)
        return found

    def _behind_a_gate(self, chance: Random) -> Findings:
        """Answers by name to what does not apply, or of which it is not known whether it does."""
        question, gate, behind = chance.choice(self._gated)
        found = self._changed(chance) if chance.random() < 1 / 2 else self._nothing_present(chance)
        kept = chance.random() < _OFTEN
        for test in tests_of(gate):
            if test.finding in self.domains:
                found[test.finding] = self._failing(test) if kept else Missing.UNKNOWN
        for finding in behind:
            if chance.random() < 1 / 2:
                found[finding] = chance.choice((self._value(chance, question), Missing.UNKNOWN))
            else:
                found.pop(finding, None)
        return found

    def _where_it_applies(self, found: Findings) -> Findings:
        """Leave out the answers to what nobody would have asked."""
        memory = working_memory(self.knowledge, found)
        closed = {
            finding
            for _, gate, findings in self._gated
            if truth_of(gate, memory) is Truth.FALSE
            for finding in findings
        }
        return {finding: value for finding, value in found.items() if finding not in closed}

    def _written(self, chance: Random, findings: Findings) -> dict[str, Any]:
        """Return answers as a case has them.

        Now and then they are in another order, or item by item, or a list with gates is answered as a whole.
        """
        answers = as_answers(self.knowledge, findings)
        if chance.random() < _SELDOM:
            for name, answer in answers.items():
                if self.knowledge.questions[name].kind == "checklist" and not isinstance(answer, Mapping):
                    answers[name] = {
                        item.partition(".")[2]: value.value if isinstance(value, Missing) else value
                        for item, value in read_answers(self.knowledge, {name: answer}).items()
                    }
        lists = [question for question, *_ in self._gated if question.kind == "checklist"]
        if lists and chance.random() < _SELDOM:
            question = chance.choice(lists)
            item = chance.choice(question.options).id
            answers[question.id] = chance.choice(("none", "unknown", [item], [f"?{item}"]))
        names = list(answers)
        if chance.random() < _SELDOM:
            chance.shuffle(names)
        return {name: answers[name] for name in names}
