"""The assessments of a block in detail, as columns that are computed when a record needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from triage.evaluation.records.layouts import Found
from triage.inference.columns.column_supports import ColumnSupports, Reach
from triage.inference.columns.outcomes import CARE, questions
from triage.inference.columns.standing import union
from triage.knowledge.model import Rule


class WholeView:
    """The columns of a block by their meaning; a rule is named by its number."""

    def __init__(self, found: Found, reach: Reach) -> None:
        """Take the outcomes of the block, and what each rule can rest on."""
        self._found = found
        self._knowledge = found.compiled.knowledge
        self._rules = found.compiled.rules
        self._supports = ColumnSupports(reach, found.compiled, found.columns, found.verdicts)
        self._behind: dict[int, tuple[Mapping[str, int], Mapping[str, int]]] = {}
        self._open_on: dict[int, Mapping[str, int]] = {}
        self._raised: dict[str, Mapping[str, int]] = {}
        self.full = found.full
        self.outcomes = found.outcomes
        self.fired = found.verdicts.fired
        self.open = [
            possible & ~fired
            for fired, possible in zip(found.verdicts.fired, found.verdicts.possible, strict=True)
        ]

    def value(self, finding: str, index: int) -> int:
        """Where a finding has the value at an index of its domain."""
        return self._found.columns.known[self._found.compiled.place[finding] + index]

    @cached_property
    def about_other(self) -> int:
        """Where the case is about someone else."""
        if self._knowledge.rewording is None:
            return 0
        finding, value = self._knowledge.rewording
        return self.value(finding, self._found.compiled.domains[finding].class_of(value))

    @cached_property
    def questions(self) -> Mapping[str, int]:
        """Where each question is not asked yet, and its answer could settle or raise the disposition."""
        found = self._found
        columns = questions(found.compiled, found.columns, found.verdicts, found.outcomes)
        return dict(zip(self._knowledge.questions, columns, strict=True))

    @cached_property
    def asked_for_more(self) -> int:
        """Where the answer to some question not asked yet could settle or raise the disposition."""
        asked: int = union(self.questions.values())
        return asked

    def answers(self, rule: int, finding: str) -> int:
        """Where a rule fires and rests on the answer of a finding."""
        return self._behind_of(rule)[0].get(finding, 0)

    def through(self, rule: int, other: str) -> int:
        """Where a rule fires and rests on a conclusion of another rule."""
        return self._behind_of(rule)[1].get(other, 0)

    def _behind_of(self, rule: int) -> tuple[Mapping[str, int], Mapping[str, int]]:
        if rule not in self._behind:
            self._behind[rule] = self._supports.behind(self._rules[rule])
        return self._behind[rule]

    def asks(self, rule: int, findings: Iterable[str]) -> int:
        """Where a rule is open because of at least one of some findings."""
        lanes: int = union(self._open_on_of(rule).get(finding, 0) for finding in findings)
        return lanes

    def not_sure(self, rule: int) -> int:
        """Where a rule is open because the person is not sure about a finding."""
        index_of, unknown = self._found.compiled.index_of, self._found.columns.unknown
        unsure: int = union(lanes & unknown[index_of[name]] for name, lanes in self._open_on_of(rule).items())
        return unsure

    def _open_on_of(self, rule: int) -> Mapping[str, int]:
        if rule not in self._open_on:
            self._open_on[rule] = self._supports.open_on(self._rules[rule])
        return self._open_on[rule]

    @cached_property
    def doubtful(self) -> int:
        """Where a "not sure" keeps a reason for care open."""
        lanes: int = self.outcomes.not_sure(CARE)
        return lanes

    def raised(self, finding: str, disposition: str, resting: Sequence[Rule]) -> int:
        """Where the person is not sure about a finding, and its yes alone would bring a disposition.

        Args:
            finding: the finding.
            disposition: the disposition.
            resting: the rules for care that can rest on the finding, the most urgent first.
        """
        if finding not in self._raised:
            self._raised[finding] = self._raises(finding, resting)
        return self._raised[finding].get(disposition, 0)

    def _raises(self, finding: str, resting: Sequence[Rule]) -> Mapping[str, int]:
        left = self.doubtful & self._found.columns.unknown[self._found.compiled.index_of[finding]]
        raised: dict[str, int] = {}
        memo: dict[str, int] = {}
        for rule in resting:
            lanes = left & self.open[self._found.compiled.number_of[rule.id]]
            if lanes:
                lanes &= self._supports.fires_with_yes(rule, finding, memo)
                raised[rule.disposition] = raised.get(rule.disposition, 0) | lanes
                left &= ~lanes
        return raised
