"""Making plainer who was found: answers left out, or turned to "no", as long as what is shown stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO

Person: TypeAlias = frozenset[int]
"""Somebody's answers, by their free bits."""

Shows: TypeAlias = Callable[[Sequence[Person]], Sequence[bool]]
"""Says of each of some people whether they show what they are there for."""

Change: TypeAlias = tuple[Person, Person]
"""Answers to be taken away, and answers to be put in their place."""


@dataclass(frozen=True)
class Choice:
    """The answers to one thing that is asked, by their free bits; where none is set it is not asked.

    `checklist` is the checklist that the thing is an item of, "" for none. `preset` is the free bit of an
    answer that is as good as none, 0 for none.
    """

    values: Mapping[int, Value]
    checklist: str = ""
    preset: int = 0

    def plainness(self, variable: int) -> int:
        """Order the answers: 0 preset, 1 absent, 2 other values, 3 not sure."""
        value = self.values[variable]
        if variable == self.preset:
            return 0
        return 3 if isinstance(value, Missing) else 1 if value == NO else 2


class Plainest:
    """Makes people plainer."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        """Take everything that is asked."""
        self._choice_of: dict[int, Choice] = {}
        self._lists: dict[str, list[Choice]] = {}
        for choice in choices:
            self._choice_of.update(dict.fromkeys(choice.values, choice))
            if choice.checklist:
                self._lists.setdefault(choice.checklist, []).append(choice)

    def of(self, person: Person, shows: Shows) -> Person:
        """Return the plainest answers that still show what a person shows.

        Each answer is left out or turned to a plainer one where it can be; what is absent is left out list by
        list. At the end the rest of every list that is answered in part is answered with "no" where it can
        be, since people answer lists whole.
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
        """Yield what can be left out, or turned to a plainer answer, the least plain first."""
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
        """Yield "no" to the rest of each list that is answered in part."""
        begun = {self._choice_of[variable].checklist for variable in person if self._plainness(variable)}
        for checklist in sorted(begun - {""}):
            left = [choice for choice in self._lists[checklist] if person.isdisjoint(choice.values)]
            absent = [each for choice in left for each, value in choice.values.items() if value == NO]
            if absent:
                yield frozenset(), frozenset(absent)


def _changed(person: Person, changes: Sequence[Change], shows: Shows) -> Person | None:
    """Make as many of these changes at once as can be; return None where none can."""
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
