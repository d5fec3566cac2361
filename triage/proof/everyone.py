"""Every possible intake as a world of one symbolic lane, and pairs of intakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from triage.inference.compiled import Columns, Compiled
from triage.inference.standing import Bits, intersection, union
from triage.inference.truth import Missing, Value
from triage.knowledge.conditions import findings_of
from triage.knowledge.model import YES, KnowledgeBase, Rule
from triage.proof.circuit import Bit, Circuit, Found
from triage.proof.solver import SOLVER, Answer
from triage.proof.world import World

BUDGET = 20_000
"""The most conflicts of the solver for one question; what takes more is undecided."""

Intake: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Search:
    """The answer to a question about everyone, with the intakes of what was found (two for a pair)."""

    answer: Answer
    intakes: tuple[Intake, ...] = ()


class Everyone(World):
    """Every possible intake: every finding not asked, not sure, or of one of its classes."""

    def __init__(self, compiled: Compiled, *, budget: int = BUDGET, solver: str = SOLVER) -> None:
        """Build the circuit of every intake.

        Args:
            compiled: the compiled rules.
            budget: the most conflicts for one question.
            solver: the solver of the package.

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

    def find(self, *bits: Bits) -> Search:
        """Look for an intake where all these bits are set."""
        answer, free = self._ask(bits)
        return Search(answer, (self._intake(free, 0),) if answer is Answer.FOUND else ())

    def _ask(self, bits: Iterable[Bits], lemmas: Iterable[Bit] = ()) -> Found:
        self.questions += 1
        wanted = [bit if isinstance(bit, Bit) else self.circuit.true & bit for bit in bits]
        return self.circuit.ask(wanted, self.budget, lemmas)

    def _intake(self, free: Iterable[int], side: int) -> Intake:
        owned = (self._owner[variable] for variable in sorted(free) if variable in self._owner)
        return {finding: value for its_side, finding, value in owned if its_side == side}

    def is_same(self, one: Bits, other: Bits) -> bool:
        """Whether it is proved that two bits are the same."""
        return bool(one == other) or self.find(one ^ other).answer is Answer.NONE

    @cached_property
    def other(self) -> World:
        """Every possible intake once more: the second of any pair."""
        return World(self.compiled, self._free(self.compiled, 1))

    def find_pair(self, *bits: Bits) -> Search:
        """Look for an intake and one of `other` where all these bits are set."""
        answer, free = self._ask(bits)
        pair = (self._intake(free, 0), self._intake(free, 1)) if answer is Answer.FOUND else ()
        return Search(answer, pair)


class Sequel:
    """Every possible intake, and what becomes of it in a relation: the same person later, or knowing more."""

    def __init__(
        self, first: Everyone, columns: Columns, relation: Callable[[World], Mapping[str, Bits]]
    ) -> None:
        """Take the first intakes, the columns of the second ones, and how both are related, by finding."""
        self.first = first
        self.second = World(first.compiled, columns)
        self._relation = relation(self.second)
        rules = self._rule_by_rule()
        self._lemmas = [bit for bit in rules if bit and first.find(bit).answer is Answer.NONE]
        """What is proved of one rule alone; it makes short work of the questions about all of them."""

    def _rule_by_rule(self) -> Iterator[Bit]:
        """Yield where a rule ceases to fire or comes back from being ruled out, or stands as none can."""
        first, second = self.first, self.second
        reads = readings(first.knowledge)
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
        """Look for an intake, and what becomes of it, where all these bits are set."""
        first = self.first
        related = (*bits, *self._relation.values())
        answer, free = first._ask(related, self._lemmas)  # noqa: SLF001 - of this module
        if answer is not Answer.FOUND:
            return Search(answer)
        return Search(answer, (first._intake(free, 0), self._intake(free)))  # noqa: SLF001 - as above

    def _intake(self, free: frozenset[int]) -> Intake:
        circuit, columns, compiled = self.first.circuit, self.second.columns, self.first.compiled
        known: dict[int, bool] = {}
        intake: dict[str, Value] = {}
        for finding, domain in compiled.domains.items():
            place = compiled.place[finding]
            states: Sequence[tuple[Bits, Value]] = (
                *((columns.known[place + number], value) for number, value in enumerate(domain.values)),
                (columns.unknown[compiled.index_of[finding]], Missing.UNKNOWN),
            )
            for bit, value in states:
                if circuit.value(bit, free, known):
                    intake[finding] = value
        return intake


def turning(first: Everyone, flags: Iterable[str]) -> Sequel:
    """Return all pairs where some of these findings turn to yes, and nothing else differs."""
    compiled = first.compiled
    known: list[Bits] = list(first.columns.known)
    unknown: list[Bits] = list(first.columns.unknown)
    for flag in flags:
        turned = first.circuit.free()
        place, domain = compiled.place[flag], compiled.domains[flag]
        yes = place + domain.class_of(YES)
        for at in range(place, place + len(domain.values)):
            known[at] = known[at] | turned if at == yes else known[at] & ~turned
        unknown[compiled.index_of[flag]] &= ~turned
    return Sequel(first, Columns(first.full, known, unknown), lambda _: {})


def learning(first: Everyone) -> Sequel:
    """Return all pairs where the second intake knows what the first knows, and perhaps more that applies."""
    compiled = first.compiled
    known: list[Bits] = list(first.columns.known)
    unknown: list[Bits] = list(first.columns.unknown)
    learned: dict[str, Bits] = {}
    for finding, domain in compiled.domains.items():
        place = compiled.place[finding]
        fresh = first.circuit.choice(len(domain.values))
        missing = ~first.known(finding)
        for number, bit in enumerate(fresh):
            known[place + number] |= bit & missing
        learned[finding] = union(fresh) & missing
        unknown[compiled.index_of[finding]] &= ~learned[finding]

    def relation(second: World) -> Mapping[str, Bits]:
        return {finding: ~bit | second.applies(finding) for finding, bit in learned.items()}

    return Sequel(first, Columns(first.full, known, unknown), relation)


def readings(knowledge: KnowledgeBase) -> Mapping[str, frozenset[str]]:
    """Return the answerable findings that each rule reads, through the chain and the gates of questions."""
    of_finding: dict[str, frozenset[str]] = {}
    of_rule: dict[str, frozenset[str]] = {}

    def read(finding: str) -> frozenset[str]:
        if finding not in of_finding:
            if finding in knowledge.findings:
                behind = [read_by(rule) for rule in knowledge.concluders[finding]]
            else:
                gate = knowledge.question_of[finding].gates.get(finding)
                tested = findings_of(gate) if gate is not None else ()
                behind = [frozenset({finding}), *map(read, tested)]
            of_finding[finding] = frozenset().union(*behind)
        return of_finding[finding]

    def read_by(rule: Rule) -> frozenset[str]:
        if rule.id not in of_rule:
            of_rule[rule.id] = frozenset().union(*map(read, rule.tested))
        return of_rule[rule.id]

    return {rule.id: read_by(rule) for rule in knowledge.rules.values()}


Claim: TypeAlias = Callable[[World], Bits]
"""What is shown by cases or asked of everyone: a function from a world to a column of it."""
