"""Two knowledge bases over the same people: one choice for what both can ask, and one for what only one asks.

What both ask, a person answers to both alike. What only one of them asks is answered where it may apply, with
any answer or "not sure", so that a question that is new is not taken for one that was skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from triage.comparison.questionnaires import NEW, OLD, SIDES, match
from triage.inference.columns.compiled import Columns, Compiled
from triage.inference.columns.outcomes import Fold
from triage.inference.columns.standing import Bits
from triage.inference.domains import cuts_of
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, KnowledgeBase
from triage.proof.circuit import Bit, Circuit
from triage.proof.everyone import BUDGET
from triage.proof.plainest import Choice, Person, Plainest
from triage.proof.solver import SOLVER, Answer
from triage.proof.world import Intake, World

Worlds: TypeAlias = tuple[World, World]
"""The same people as the old base and as the new one see them."""

Claim: TypeAlias = Callable[[Worlds], Bits]
"""What two bases may make of somebody: asked of everyone, and shown by examples."""

Intakes: TypeAlias = tuple[Intake, Intake]
"""The answers of somebody to the old base and to the new one."""

Told: TypeAlias = dict[int, tuple[str, Value]]
"""What a base hears, by the free bit of the answer: the finding, and its value."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The answer to a claim, and who was found."""

    answer: Answer
    claim: Claim
    person: Person = frozenset()


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
        self._nobody: list[Bit] = []
        cuts = self._cuts()
        self._compiled = (Compiled(old, cuts=cuts), Compiled(new, cuts=cuts))
        self._folds = (Fold(old), Fold(new))
        self._circuit = Circuit(solver)
        self._choices: list[Choice] = []
        self._told: tuple[Told, Told] = ({}, {})
        self.worlds = self._worlds(self._circuit.true, self._ask_everything())
        self._holds = self._answered(self.worlds)
        self._plainest = Plainest(self._choices)

    def _cuts(self) -> Mapping[str, Iterable[int]]:
        """The numbers to cut at in both bases: the bounds of both, and the ends of what both allow."""
        old, new = map(cuts_of, self.knowledge)
        return {
            finding: {answers.start, answers.stop, *old.get(finding, ()), *new.get(finding, ())}
            for finding, answers in self.matching.shared.items()
            if isinstance(answers, range)
        }

    def _alone(self, side: int, finding: str) -> list[Value]:
        """What can be answered to one base alone, "no" first: nothing else is supposed without need."""
        return sorted(self._compiled[side].domains[finding].values, key=lambda value: value != NO)

    def _ask_everything(self) -> Mapping[int, Bits]:
        """Return a free bit for each answer to everything that is asked."""
        bits: dict[int, Bits] = {}
        for finding, answers in self.matching.shared.items():
            values = self._compiled[OLD].domains[finding].values
            bits |= self._ask(SIDES, finding, [value for value in values if value in answers])
        for side, finding in self.matching.lone:
            bits |= self._ask([side], finding, self._alone(side, finding))
        return bits

    def _ask(self, sides: Sequence[int], finding: str, values: Sequence[Value]) -> Mapping[int, Bits]:
        """Take one thing that these sides ask for; return a free bit for each answer."""
        is_lone = len(sides) == 1
        bits = self._circuit.choice(len(values) + 1, preset=is_lone)
        answers = {bit.literal: value for bit, value in zip(bits, [*values, Missing.UNKNOWN], strict=True)}
        for side in sides:
            self._told[side].update((variable, (finding, value)) for variable, value in answers.items())
        question = self.knowledge[sides[-1]].question_of[finding]
        checklist = question.id if question.kind == "checklist" else ""
        self._choices.append(Choice(answers, checklist, bits[0].literal if is_lone else 0))
        return {bit.literal: bit for bit in bits}

    def _worlds(self, full: Bits, lanes: Mapping[int, Bits]) -> Worlds:
        """Return both worlds of people of whom `lanes` says who gives each answer, by its free bit."""
        columns = []
        for compiled, told in zip(self._compiled, self._told, strict=True):
            known: list[Bits] = [0] * compiled.width
            unknown: list[Bits] = [0] * len(compiled.findings)
            for variable in told.keys() & lanes.keys():
                finding, value = told[variable]
                if value is Missing.UNKNOWN:
                    unknown[compiled.index_of[finding]] = lanes[variable]
                else:
                    known[_place(compiled, finding, value)] = lanes[variable]
            columns.append(Columns(full, known, unknown))
        return self._run(columns)

    def _run(self, columns: Iterable[Columns]) -> Worlds:
        old, new = map(World, self._compiled, columns, self._folds)
        return old, new

    def find(self, claim: Claim, *, by_lemmas: bool = False) -> Sighting:
        """Look for somebody of whom a claim holds.

        Args:
            claim: the claim.
            by_lemmas: whether to keep in mind what holds of nobody by the questions before. It helps where a
                claim rests on most rules, and is a burden where it rests on few.
        """
        wanted = claim(self.worlds)
        if not wanted:
            return Sighting(Answer.NONE, claim)
        self.questions += 1
        true = self._circuit.true
        lemmas = self._nobody if by_lemmas else ()
        answer, free = self._circuit.ask([true & wanted, true & self._holds], self.budget, lemmas)
        if answer is Answer.NONE:
            self._nobody.append(true & wanted)
        return Sighting(answer, claim, free)

    def _answered(self, worlds: Worlds) -> Bits:
        """Where what only one base asks is answered wherever it may apply."""
        answered = worlds[OLD].full
        for side, finding in self.matching.lone:
            answered &= ~_missing(worlds[side], finding)
        return answered

    def plainest(self, sighting: Sighting) -> Intakes:
        """Return the plainest answers, to both bases, of somebody who shows what was seen."""

        def shows(people: Sequence[Person]) -> list[bool]:
            worlds = self._worlds((1 << len(people)) - 1, _lanes(people))
            lanes = sighting.claim(worlds) & self._answered(worlds)
            return [bool(lanes >> number & 1) for number in range(len(people))]

        person = sorted(self._plainest.of(sighting.person, shows))
        old, new = (dict(told[variable] for variable in person if variable in told) for told in self._told)
        return old, new

    def see(self, people: Sequence[Intakes]) -> Worlds:
        """Return the worlds of these people, given by their answers to both bases, one lane each."""
        return self._run(
            compiled.columns([told[side] for told in people]) for side, compiled in enumerate(self._compiled)
        )

    def see_answered(self, people: Sequence[Intakes]) -> Worlds:
        """Return the same, where what only one base asks is answered in the plainest way unless it was.

        What is answered can close other questions, so that these are answered after those that they rest on.
        """
        worlds = [*self.see(people)]
        for side, finding in self.matching.lone:
            world, compiled = worlds[side], self._compiled[side]
            lanes = _missing(world, finding)
            if lanes:
                known = [*world.columns.known]
                plain, *_ = self._alone(side, finding)
                known[_place(compiled, finding, plain)] |= lanes
                worlds[side] = World(compiled, Columns(world.full, known, world.columns.unknown), world.fold)
        return worlds[OLD], worlds[NEW]


def _place(compiled: Compiled, finding: str, value: Value) -> int:
    """Return the number of the column of a value."""
    return compiled.place[finding] + compiled.domains[finding].class_of(value)  # type: ignore[arg-type]


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
