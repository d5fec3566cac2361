"""Every possible intake as a world of one symbolic lane, and pairs of intakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from triage.inference.columns.compiled import Columns, Compiled
from triage.inference.columns.standing import Bits, intersection, union
from triage.inference.truth import Missing, Value
from triage.knowledge.model import YES
from triage.proof.circuit import Bit, Circuit, Found
from triage.proof.solver import SOLVER, Answer
from triage.proof.world import Intake, World

BUDGET = 20_000
"""The most conflicts of the solver for one question; a question that needs more is undecided."""


@dataclass(frozen=True, slots=True)
class Search:
    """The answer to a question about everyone, with the intake that was found (two for a pair)."""

    answer: Answer
    intakes: tuple[Intake, ...] = ()


class Everyone(World):
    """Every possible intake: every finding is not asked, not sure, or in one of its classes."""

    def __init__(self, compiled: Compiled, *, budget: int = BUDGET, solver: str = SOLVER) -> None:
        """Build the circuit of every intake.

        Args:
            compiled: the compiled rules.
            budget: the most conflicts for one question.
            solver: the name of the solver.

        Raises:
            SolverMissingError: the package of the solver is not installed.
        """
        self.circuit = Circuit(solver)
        self.budget = budget
        self.questions = 0
        self._owner: dict[int, tuple[int, str, Value]] = {}
        super().__init__(compiled, self._free(compiled, 0))

    def _free(self, compiled: Compiled, side: int) -> Columns:
        known: list[Bits] = []
        unknown: list[Bits] = []
        for finding, domain in compiled.domains.items():
            *classes, unsure = self.circuit.choice(len(domain.values) + 1)
            known += classes
            unknown.append(unsure)
            for bit, value in zip((*classes, unsure), (*domain.values, Missing.UNKNOWN), strict=True):
                self._owner[bit.literal] = side, finding, value
        return Columns(self.circuit.true, known, unknown)  # type: ignore[arg-type]

    def find(self, *bits: Bits, pair: bool = False) -> Search:
        """Look for an intake that sets all these bits; for a `pair`, look for one of `other` too."""
        answer, free = self._ask(bits)
        sides = [side for side in range(1 + pair) if answer is Answer.FOUND]
        return Search(answer, tuple(self._intake(free, side) for side in sides))

    def _ask(self, bits: Iterable[Bits], lemmas: Iterable[Bit] = ()) -> Found:
        self.questions += 1
        wanted = [bit if isinstance(bit, Bit) else self.circuit.true & bit for bit in bits]
        return self.circuit.ask(wanted, self.budget, lemmas)

    def _intake(self, free: Iterable[int], side: int) -> Intake:
        owned = (self._owner[variable] for variable in sorted(free) if variable in self._owner)
        return {finding: value for its_side, finding, value in owned if its_side == side}

    def is_same(self, one: Bits, other: Bits) -> bool:
        """Whether two bits are proved to be the same."""
        return bool(one == other) or self.find(one ^ other).answer is Answer.NONE

    @cached_property
    def other(self) -> World:
        """Every possible intake once more, as the second of a pair."""
        return World(self.compiled, self._free(self.compiled, 1))


class Sequel:
    """Every possible intake, and the same intake after some answers change.

    `changed` has, for each finding that may change, a free bit for each new value. `relation` says whether a
    change is allowed, given the finding, whether it changes, and the world after the change.
    """

    def __init__(
        self,
        first: Everyone,
        changed: Mapping[str, Mapping[str | int, Bit]],
        relation: Callable[[str, Bits, World], Bits] = lambda *_: -1,
    ) -> None:
        """Take the intakes before the change, and what may change."""
        compiled, self.first = first.compiled, first
        known: list[Bits] = list(first.columns.known)
        unknown: list[Bits] = list(first.columns.unknown)
        for finding, bits in changed.items():
            stays = ~union(bits.values())
            for number, value in enumerate(compiled.domains[finding].values):
                at = compiled.place[finding] + number
                known[at] = (known[at] & stays) | bits.get(value, 0)
            unknown[compiled.index_of[finding]] &= stays
        self._values = {
            bit.literal: (name, each) for name, bits in changed.items() for each, bit in bits.items()
        }
        self.second = World(compiled, Columns(first.full, known, unknown))
        self._relation = {
            finding: relation(finding, union(bits.values()), self.second) for finding, bits in changed.items()
        }
        rules = self._rule_by_rule()
        self._lemmas = [bit for bit in rules if bit and first.find(bit).answer is Answer.NONE]
        """What is proved about single rules; it makes questions about all rules quick."""

    def _rule_by_rule(self) -> Iterator[Bit]:
        """Yield what should be false for every rule.

        It fires or is not sure without being possible, it stops firing, or it becomes possible again.
        """
        first, second = self.first, self.second
        reads = first.knowledge.read_by
        for number, rule in enumerate(first.compiled.rules):
            before, after = first.rule(number), second.rule(number)
            related = [
                self._relation[finding] for finding in sorted(reads[rule.id]) if finding in self._relation
            ]
            for stands in (before, after):
                yield from (stands.true & ~stands.possible, stands.not_sure & ~stands.possible)
            for differs in (before.true & ~after.true, ~before.possible & after.possible):
                yield intersection([differs, *related])

    def find(self, *bits: Bits) -> Search:
        """Look for an intake, and the same after the change, that set all these bits."""
        first = self.first
        related = (*bits, *self._relation.values())
        answer, free = first._ask(related, self._lemmas)  # noqa: SLF001 - of this module
        if answer is not Answer.FOUND:
            return Search(answer)
        before = first._intake(free, 0)  # noqa: SLF001 - as above
        after = {**before, **dict(self._values[bit] for bit in sorted(free & self._values.keys()))}
        return Search(answer, (before, after))


def turning(first: Everyone, flags: Iterable[str]) -> Sequel:
    """Return all pairs in which some of these findings turn to yes, and nothing else differs."""
    return Sequel(first, {flag: {YES: first.circuit.free()} for flag in flags})


def learning(first: Everyone) -> Sequel:
    """Return all pairs in which the second intake knows what the first does, and maybe more that applies."""
    choices = {
        finding: dict(zip(domain.values, first.circuit.choice(len(domain.values)), strict=True))
        for finding, domain in first.compiled.domains.items()
    }

    def is_possible(finding: str, is_learned: Bits, later: World) -> Bits:
        return ~is_learned | (later.applies(finding) & ~first.known(finding))

    return Sequel(first, choices, is_possible)
