"""Two knowledge bases over the same people: one choice for what both can ask, and one for what only one asks.

What both ask, a person answers to both alike. What only one of them asks is answered where it may apply, with
any answer or "not sure", so that a question that is new is not taken for one that was skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from triage.comparison.questionnaires import Shared, match
from triage.inference.compiled import Columns, Compiled
from triage.inference.domains import cuts_of
from triage.inference.outcomes import Fold
from triage.inference.standing import Bits
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, KnowledgeBase
from triage.proof.circuit import Bit, Circuit
from triage.proof.everyone import BUDGET, Intake
from triage.proof.plainest import Choice, Person, Plainest
from triage.proof.solver import SOLVER, Answer
from triage.proof.world import World

OLD, NEW = 0, 1
SIDES = (OLD, NEW)

WORK = 8_000_000
"""How many gates the questions of one kind may go through: where every rule differs, most are not asked."""
_FEW = 5

Worlds: TypeAlias = tuple[World, World]
"""The same people as the old base and as the new one see them."""

Claim: TypeAlias = Callable[[Worlds], Bits]
"""What two bases may make of somebody: asked of everyone, and shown by examples."""

Intakes: TypeAlias = tuple[Intake, Intake]
"""The answers of somebody to the old base and to the new one."""

Heard: TypeAlias = tuple[str, Value | None]
"""A finding of one base, and what it hears of an answer to it: None where it does not ask for it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The answer to a claim, and where it was found, the free bits that show it."""

    answer: Answer
    claim: Claim | None = None
    free: frozenset[int] = frozenset()


NOBODY = Sighting(Answer.NONE)


class WorldPair:
    """Everyone that two knowledge bases can ask about, as both see them; `questions` counts the questions."""

    def __init__(
        self, old: KnowledgeBase, new: KnowledgeBase, *, budget: int = BUDGET, solver: str = SOLVER
    ) -> None:
        """Match the questionnaires and build one circuit of both.

        Args:
            old: the knowledge base as it was.
            new: the knowledge base as it is.
            budget: the most conflicts of the solver for one question.
            solver: the solver of the package.

        Raises:
            SolverMissingError: the package of the solver is not installed.
        """
        self.knowledge = (old, new)
        self.matching = match(old, new)
        self.budget = budget
        self.questions = 0
        cuts = self._cuts()
        self.compiled = (Compiled(old, cuts=cuts[OLD]), Compiled(new, cuts=cuts[NEW]))
        self._folds = (Fold(old), Fold(new))
        self.circuit = Circuit(solver)
        self._choices: list[Choice] = []
        self._heard: dict[int, tuple[Heard, Heard]] = {}
        self.worlds: Worlds = self._build()
        self._holds = self._answered(self.worlds)

    def _cuts(self) -> tuple[Mapping[str, Iterable[int]], Mapping[str, Iterable[int]]]:
        """The numbers to cut at in each base: the bounds of the other, and the ends of what both allow."""
        cuts: tuple[dict[str, Iterable[int]], dict[str, Iterable[int]]] = ({}, {})
        bounds = [cuts_of(knowledge) for knowledge in self.knowledge]
        for shared in self.matching.shared:
            if shared.is_number:
                both = {shared.lowest, shared.highest + 1}
                for side in SIDES:
                    both |= bounds[side].get(shared.names[side], frozenset())
                for side in SIDES:
                    cuts[side][shared.names[side]] = both
        return cuts

    @property
    def lone(self) -> Iterator[tuple[int, str]]:
        """What only one base asks, as (side, finding)."""
        yield from ((OLD, finding) for finding in self.matching.only_old)
        yield from ((NEW, finding) for finding in self.matching.only_new)

    def _build(self) -> Worlds:
        bits: dict[int, Bits] = {}
        for names, answers in self._asked():
            fresh = self.circuit.choice(len(answers), preset="" in names)
            bits.update((bit.literal, bit) for bit in fresh)
            for bit, (before, after) in zip(fresh, answers, strict=True):
                self._heard[bit.literal] = (names[OLD], before), (names[NEW], after)
            self._choices.append(self._choice(names, fresh, answers))
        return self._worlds(self.circuit.true, bits)

    def _worlds(self, full: Bits, lanes: Mapping[int, Bits]) -> Worlds:
        """Return both worlds of people of whom each answer is given by `lanes`, by its free bit."""
        worlds = []
        for side, compiled in enumerate(self.compiled):
            known: list[Bits] = [0] * compiled.width
            unknown: list[Bits] = [0] * len(compiled.findings)
            for variable, where in lanes.items():
                name, value = self._heard[variable][side]
                if value is Missing.UNKNOWN:
                    unknown[compiled.index_of[name]] = where
                elif value is not None:
                    known[compiled.place[name] + compiled.domains[name].class_of(value)] = where  # type: ignore[arg-type]
            worlds.append(World(compiled, Columns(full, known, unknown), self._folds[side]))
        return worlds[OLD], worlds[NEW]

    def _asked(self) -> Iterator[tuple[tuple[str, str], Sequence[tuple[Value | None, Value | None]]]]:
        """Yield what is asked, by its names in both bases, and each answer as both hear it."""
        for shared in self.matching.shared:
            yield shared.names, [*self._both(shared), (Missing.UNKNOWN, Missing.UNKNOWN)]
        for finding in self.matching.only_old:
            yield (finding, ""), [(value, None) for value in self._alone(OLD, finding)]
        for finding in self.matching.only_new:
            yield ("", finding), [(None, value) for value in self._alone(NEW, finding)]

    def _both(self, shared: Shared) -> Iterable[tuple[Value, Value]]:
        if not shared.is_number:
            return shared.values.items()
        numbers = self.compiled[OLD].domains[shared.old].values
        return [(each, each) for each in numbers if shared.lowest <= int(each) <= shared.highest]

    def _alone(self, side: int, finding: str) -> list[Value]:
        """What can be answered to one base alone, "no" first: nothing else is supposed without need."""
        values: list[Value] = [*self.compiled[side].domains[finding].values, Missing.UNKNOWN]
        return sorted(values, key=lambda value: value != NO)

    def _choice(
        self,
        names: tuple[str, str],
        bits: Sequence[Bit],
        answers: Sequence[tuple[Value | None, Value | None]],
    ) -> Choice:
        side = NEW if names[NEW] else OLD
        question = self.knowledge[side].question_of[names[side]]
        values = {bit.literal: says[side] for bit, says in zip(bits, answers, strict=True)}
        return Choice(
            {variable: value for variable, value in values.items() if value is not None},
            question.id if question.kind == "checklist" else "",
            bits[0].literal if "" in names else 0,
        )

    def worth(self, cost: int = 1) -> int:
        """Return how many looks are worth their while that take so many questions each, a few at least."""
        return max(_FEW, WORK // (cost * self.circuit.size))

    def find(self, claim: Claim) -> Sighting:
        """Look for somebody of whom a claim holds."""
        wanted = claim(self.worlds)
        if not wanted:
            return NOBODY
        self.questions += 1
        true = self.circuit.true
        answer, free = self.circuit.ask([true & wanted, true & self._holds], self.budget)
        return Sighting(answer, claim, frozenset(each for each in free if each in self._heard))

    def _answered(self, worlds: Worlds) -> Bits:
        """Where what only one base asks is answered wherever it may apply."""
        answered = worlds[OLD].full
        for side, finding in self.lone:
            answered &= ~_missing(worlds[side], finding)
        return answered

    @cached_property
    def _plainest(self) -> Plainest:
        return Plainest(self._choices)

    def plainest(self, sighting: Sighting) -> Intakes:
        """Return the plainest answers, to both bases, of somebody who shows what was seen."""
        claim = sighting.claim
        if claim is None:
            return {}, {}

        def shows(people: Sequence[Person]) -> list[bool]:
            worlds = self._worlds((1 << len(people)) - 1, _lanes(people))
            lanes = claim(worlds) & self._answered(worlds)
            return [bool(lanes >> number & 1) for number in range(len(people))]

        return self._intakes(self._plainest.of(sighting.free, shows))

    def _intakes(self, free: Iterable[int]) -> Intakes:
        intakes: tuple[dict[str, Value], dict[str, Value]] = ({}, {})
        for variable in sorted(free):
            for intake, (name, value) in zip(intakes, self._heard[variable], strict=True):
                if value is not None:
                    intake[name] = value
        return intakes

    def see(self, people: Sequence[Intakes]) -> Worlds:
        """Return the worlds of these people, given by their answers to both bases, one lane each."""
        old, new = (
            World(compiled, compiled.columns([intakes[side] for intakes in people]), self.worlds[side].fold)
            for side, compiled in enumerate(self.compiled)
        )
        return old, new

    def see_answered(self, people: Sequence[Intakes]) -> Worlds:
        """Return the same, where what only one base asks is answered in the plainest way unless it was.

        What is answered can close other questions, so that these are answered after those that they rest on.
        """
        old, new = self.see(people)
        for side, finding in self.lone:
            world = (old, new)[side]
            compiled = world.compiled
            lanes = _missing(world, finding)
            if lanes:
                known = list(world.columns.known)
                plain = compiled.domains[finding].class_of(self._alone(side, finding)[0])  # type: ignore[arg-type]
                known[compiled.place[finding] + plain] |= lanes
                answered = World(compiled, Columns(world.full, known, world.columns.unknown), world.fold)
                old, new = (answered, new) if side == OLD else (old, answered)
        return old, new


def _missing(world: World, finding: str) -> Bits:
    """Where a finding has no answer at all, and its question may apply."""
    return world.open_finding(finding) & ~world.unknown(finding)


def _lanes(people: Sequence[Person]) -> dict[int, int]:
    """Return where each answer is given, one lane each of people who are much alike."""
    everything = frozenset[int]().union(*people)
    lanes = dict.fromkeys(everything, (1 << len(people)) - 1)
    for number, person in enumerate(people):
        for variable in everything - person:
            lanes[variable] ^= 1 << number
    return lanes
