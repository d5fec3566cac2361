"""The values of each finding, in classes: no condition tells two values of a class apart.

A finding with named values has one class for each. A number is cut at every bound that a condition tests, so
every class is a range of whole numbers, and a knowledge base has finitely many different intakes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from triage.knowledge.model import KnowledgeBase, Question
from triage.knowledge.parts.conditions import Condition, Test, tests_of


@dataclass(frozen=True)
class Domain:
    """The classes of one answerable finding.

    `values` holds one value for each class: the named value, or the lowest number of the range. `highest` is
    the highest number of the last range.
    """

    finding: str
    values: tuple[str | int, ...]
    highest: int = 0

    @cached_property
    def _index(self) -> Mapping[str | int, int]:
        return {value: index for index, value in enumerate(self.values)}

    def class_of(self, value: str | int) -> int:
        """Return the class that a known value belongs to.

        Raises:
            KeyError: the finding cannot have this value.
        """
        if isinstance(value, str):
            return self._index[value]
        found = bisect_right(self.values, value) - 1
        if found < 0 or value > self.highest:
            raise KeyError(value)
        return found

    def ends(self, index: int) -> tuple[str | int, str | int]:
        """Return the first and last value of a class; the same for a named value."""
        first = self.values[index]
        if isinstance(first, str):
            return first, first
        after = self.values[index + 1] if index + 1 < len(self.values) else self.highest + 1
        return first, int(after) - 1

    def accepted(self, test: Test) -> tuple[int, ...]:
        """Return the classes that satisfy a test on this finding."""
        return tuple(index for index, value in enumerate(self.values) if test.accepts_value(value))


def domains(
    knowledge: KnowledgeBase, *, fine: bool = False, more: Mapping[str, Iterable[int]] | None = None
) -> Mapping[str, Domain]:
    """Return the domain of every answerable finding, in the order of the questionnaire.

    Args:
        knowledge: the knowledge base.
        fine: cut a number one step before and after each bound too, so that the values next to a bound have
            classes of their own.
        more: further numbers at which a class begins, for each finding.
    """
    cuts = {finding: set(numbers) for finding, numbers in cuts_of(knowledge, fine=fine).items()}
    for finding, numbers in (more or {}).items():
        cuts.setdefault(finding, set()).update(numbers)
    return {
        finding: _domain(question, finding, cuts.get(finding, set()))
        for finding, question in knowledge.question_of.items()
    }


def cuts_of(knowledge: KnowledgeBase, *, fine: bool = False) -> Mapping[str, frozenset[int]]:
    """Return the numbers at which a class begins, for each finding; `fine` as for `domains`."""
    cuts: dict[str, set[int]] = {}
    around = (-1, 0, 1) if fine else (0,)
    for condition in conditions_of(knowledge):
        for test in tests_of(condition):
            if test.at_least is not None:
                cuts.setdefault(test.finding, set()).update(test.at_least + step for step in around)
            if test.at_most is not None:
                cuts.setdefault(test.finding, set()).update(test.at_most + 1 + step for step in around)
    return {finding: frozenset(numbers) for finding, numbers in cuts.items()}


def conditions_of(knowledge: KnowledgeBase) -> list[Condition]:
    """Return every condition: when a question is asked, and when a rule fires."""
    gates = (gate for question in knowledge.questions.values() for gate in question.gates.values())
    return [*dict.fromkeys(gates), *(rule.when for rule in knowledge.rules.values())]


def _domain(question: Question, finding: str, cuts: set[int]) -> Domain:
    if question.kind != "number":
        return Domain(finding, question.values)
    inside = {cut for cut in cuts if question.minimum < cut <= question.maximum}
    return Domain(finding, (question.minimum, *sorted(inside)), question.maximum)
