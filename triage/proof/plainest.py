"""Making plainer who was found: answers left out, or turned to "no", as long as what is shown stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO
from triage.proof.circuit import Bit, Circuit


@dataclass(frozen=True)
class Choice:
    """The answers to one thing that is asked, by their free bits; where none is set it is not asked.

    `checklist` is the checklist that the thing is an item of, "" for none. `preset` is the free bit of an
    answer that is as good as none, 0 for none: it is not looked at one by one.
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

    def absent(self) -> list[int]:
        """Return the free bit of "no", if it is an answer."""
        return [variable for variable, value in self.values.items() if value == NO]


class Plainest:
    """Makes plainer what a circuit was asked for."""

    def __init__(self, circuit: Circuit, choices: Iterable[Choice]) -> None:
        """Take the circuit, and everything that is asked."""
        self._circuit = circuit
        self._choice_of: dict[int, Choice] = {}
        self._lists: dict[str, list[Choice]] = {}
        for choice in choices:
            self._choice_of.update(dict.fromkeys(choice.values, choice))
            if choice.checklist:
                self._lists.setdefault(choice.checklist, []).append(choice)

    def of(self, wanted: Collection[Bit], free: Collection[int]) -> frozenset[int]:
        """Return the plainest way to have the wanted bits set.

        Each answer in its turn, the least plain first, is left out or turned to a plainer one where it can
        be; what is absent is left out list by list. At the end the rest of every list that is answered in
        part is answered with "no" where it can be, since people answer lists whole.

        Args:
            wanted: bits that are set together where exactly `free` are.
            free: the free bits that are set, by their variables.
        """
        kept = self._circuit.needed(wanted, sorted(free, key=self._order))
        settled = self._settle(wanted, kept, [each for each in sorted(kept) if self._preset(each)])
        return self._complete(wanted, self._plainer(wanted, settled))

    def _preset(self, variable: int) -> int:
        """Return the preset answer in whose place another stands, 0 if there is none."""
        choice = self._choice_of.get(variable)
        return 0 if choice is None or variable == choice.preset else choice.preset

    def _settle(
        self, wanted: Collection[Bit], kept: frozenset[int], variables: Sequence[int]
    ) -> frozenset[int]:
        """Put preset answers in the place of all of these, or of as many of each half as can be."""
        if not variables:
            return kept
        settled = kept.difference(variables).union(map(self._preset, variables))
        if self._circuit.holds(wanted, settled):
            return settled
        half = len(variables) // 2
        if half:
            for part in (variables[:half], variables[half:]):
                kept = self._settle(wanted, kept, part)
        return kept

    def _order(self, variable: int) -> tuple[int, int]:
        return self._plainness(variable), variable

    def _plainness(self, variable: int) -> int:
        """Order the free bits; what is preset, or no answer at all, stands first, and stays."""
        choice = self._choice_of.get(variable)
        return 0 if choice is None else choice.plainness(variable)

    def _plainer(self, wanted: Collection[Bit], kept: frozenset[int]) -> frozenset[int]:
        for answers in self._groups(kept):
            instead = self._instead(kept - answers, answers)
            kept = next((each for each in instead if self._circuit.holds(wanted, each)), kept)
        return kept

    def _groups(self, kept: frozenset[int]) -> list[frozenset[int]]:
        """Return the answers that are looked at together, the least plain first: what is absent of a list."""
        groups: dict[object, set[int]] = {}
        for variable in sorted(kept, key=self._order, reverse=True):
            plainness = self._plainness(variable)
            if plainness:
                alone = plainness > 1 or not self._choice_of[variable].checklist
                groups.setdefault(variable if alone else self._choice_of[variable].checklist, set()).add(
                    variable
                )
        return [frozenset(group) for group in groups.values()]

    def _instead(self, rest: frozenset[int], answers: frozenset[int]) -> Iterator[frozenset[int]]:
        """Yield the others without these answers, and with a plainer one in the place of one."""
        yield rest
        for variable in answers:
            choice = self._choice_of[variable]
            for other in sorted(choice.values, key=self._order):
                if choice.plainness(other) < choice.plainness(variable):
                    yield rest | {other}

    def _complete(self, wanted: Collection[Bit], kept: frozenset[int]) -> frozenset[int]:
        answered = (self._choice_of[variable] for variable in sorted(kept) if self._plainness(variable))
        begun = dict.fromkeys(choice.checklist for choice in answered)
        rests = [frozenset(self._rest(checklist, kept)) for checklist in begun]
        everything = kept.union(*rests)
        if self._circuit.holds(wanted, everything):
            return everything
        for rest in rests:
            if rest and self._circuit.holds(wanted, kept | rest):
                kept |= rest
        return kept

    def _rest(self, checklist: str, kept: frozenset[int]) -> Iterator[int]:
        """Yield "no" to each item of a list that is not answered."""
        for choice in self._lists.get(checklist, ()):
            if kept.isdisjoint(choice.values):
                yield from choice.absent()
