"""Making plainer who was found: answers left out, or turned to "no", as long as what is shown stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO
from triage.proof.circuit import Bit, Circuit


@dataclass(frozen=True)
class Choice:
    """The answers to one thing that is asked, by their free bits; where none is set it is not asked.

    `checklist` is the checklist that the thing is an item of, "" for none.
    """

    values: Mapping[int, Value]
    checklist: str = ""

    def plainness(self, variable: int) -> int:
        """Order the answers: 1 absent, 2 other values, 3 not sure."""
        value = self.values[variable]
        return 3 if isinstance(value, Missing) else 1 if value == NO else 2

    def absent(self) -> list[int]:
        """Return the free bit of "no", if it is an answer."""
        return [variable for variable in self.values if self.plainness(variable) == 1]


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

        No answer can be left out, or turned to a plainer one. At the end the rest of every list that is
        answered in part is answered with "no" where it can be, since people answer lists whole.

        Args:
            wanted: bits that are set together where exactly `free` are.
            free: the free bits that are set, by their variables.
        """
        kept = self._circuit.needed(wanted, self._plainest_first(free))
        while (plainer := self._plainer(wanted, kept)) != kept:
            kept = plainer
        return self._complete(wanted, kept)

    def _plainest_first(self, free: Iterable[int]) -> list[int]:
        return sorted(free, key=lambda variable: (self._plainness(variable), variable))

    def _plainness(self, variable: int) -> int:
        """Order the free bits; what is no answer to anything asked stands first, and stays."""
        choice = self._choice_of.get(variable)
        return 0 if choice is None else choice.plainness(variable)

    def _plainer(self, wanted: Collection[Bit], kept: frozenset[int]) -> frozenset[int]:
        for variable in filter(self._plainness, reversed(self._plainest_first(kept))):
            rest = kept - {variable}
            plainer = next(
                (each for each in self._instead(rest, variable) if self._circuit.holds(wanted, each)), None
            )
            kept = kept if plainer is None else plainer
        return kept

    def _instead(self, rest: frozenset[int], variable: int) -> Iterable[frozenset[int]]:
        """Yield the others without this answer, and then with a plainer one."""
        choice = self._choice_of[variable]
        yield rest
        plainness = choice.plainness
        for other in sorted(choice.values, key=plainness):
            if plainness(other) < plainness(variable):
                yield rest | {other}

    def _complete(self, wanted: Collection[Bit], kept: frozenset[int]) -> frozenset[int]:
        answered = (self._choice_of[variable] for variable in sorted(kept) if self._plainness(variable))
        begun = dict.fromkeys(choice.checklist for choice in answered)
        for checklist in begun:
            rest = [
                absent
                for choice in self._lists.get(checklist, ())
                if kept.isdisjoint(choice.values)
                for absent in choice.absent()
            ]
            if rest and self._circuit.holds(wanted, kept.union(rest)):
                kept = kept.union(rest)
        return kept
