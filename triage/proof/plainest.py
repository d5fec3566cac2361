"""Make a person plainer: leave answers out or turn them to "no", as long as the person shows the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO

Person: TypeAlias = frozenset[int]
"""Somebody's answers, by their free bits."""

Shows: TypeAlias = Callable[[Sequence[Person]], Sequence[bool]]
"""Says for each of some people whether they still show what they were found for."""

Change: TypeAlias = tuple[Person, Person]
"""Answers to take away, and answers to put in their place."""


@dataclass(frozen=True)
class Choice:
    """The possible answers to one question or item, by their free bits; if none is set, it was not asked.

    `checklist` is the checklist of an item, "" for a question. `preset` is the free bit of an answer that is
    as good as none; 0 if there is no such answer.
    """

    values: Mapping[int, Value]
    checklist: str = ""
    preset: int = 0

    def plainness(self, variable: int) -> int:
        """Return how plain an answer is: 0 preset, 1 absent, 2 other values, 3 not sure."""
        value = self.values[variable]
        if variable == self.preset:
            return 0
        return 3 if isinstance(value, Missing) else 1 if value == NO else 2


class Plainest:
    """Makes people plainer."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        """Take every question and item."""
        self._choice_of: dict[int, Choice] = {}
        self._lists: dict[str, list[Choice]] = {}
        for choice in choices:
            self._choice_of.update(dict.fromkeys(choice.values, choice))
            if choice.checklist:
                self._lists.setdefault(choice.checklist, []).append(choice)

    def of(self, person: Person, shows: Shows) -> Person:
        """Return the plainest answers that still show what a person shows.

        Each answer is left out or turned to a plainer one if possible; absent items are left out list by
        list. At the end, the rest of every list that is answered in part becomes "no" if possible, since
        people answer whole lists.
        """
        for changes in (self._plainer, self._fuller):
            changed: Person | None = person
            while changed is not None:
                person = changed
                changed = _changed(person, list(changes(person)), shows)
        return person

    def _plainness(self, variable: int) -> int:
        return self._choice_of[variable].plainness(variable)

    def _plainer(self, person: Person) -> Iterator[Change]:
        """Yield the changes that leave an answer out or make it plainer, the least plain answer first."""
        absent: dict[str, set[int]] = {}
        for variable in sorted(person, key=lambda each: (-self._plainness(each), each)):
            choice, plainness = self._choice_of[variable], self._plainness(variable)
            if plainness == 1 and choice.checklist:
                absent.setdefault(choice.checklist, set()).add(variable)
            elif plainness:
                alone = frozenset({variable})
                yield alone, frozenset()
                for other in sorted(choice.values, key=choice.plainness):
                    if choice.plainness(other) < plainness:
                        yield alone, frozenset({other})
        yield from ((frozenset(variables), frozenset()) for variables in absent.values())

    def _fuller(self, person: Person) -> Iterator[Change]:
        """Yield the changes that answer "no" to the rest of each list that is answered in part."""
        begun = {self._choice_of[variable].checklist for variable in person if self._plainness(variable)}
        for checklist in sorted(begun - {""}):
            left = [choice for choice in self._lists[checklist] if person.isdisjoint(choice.values)]
            absent = [each for choice in left for each, value in choice.values.items() if value == NO]
            if absent:
                yield frozenset(), frozenset(absent)


def _changed(person: Person, changes: Sequence[Change], shows: Shows) -> Person | None:
    """Make as many of these changes at once as possible; return None if none is possible."""
    alone = shows([_with(person, [change]) for change in changes])
    good: dict[Person, Change] = {}
    for change, is_good in zip(changes, alone, strict=True):
        if is_good:
            good.setdefault(change[0] or change[1], change)
    many = list(good.values())
    together = []
    while many:
        together.append(_with(person, many))
        many = many[: len(many) // 2]
    return next((each for each, is_good in zip(together, shows(together), strict=True) if is_good), None)


def _with(person: Person, changes: Iterable[Change]) -> Person:
    for taken, put in changes:
        person = person - taken | put
    return person
