"""Two knowledge bases over the same people.

A person gives both bases the same answer to a shared question. A question of only one base is answered
wherever it may apply, with any answer or "not sure", so that a new question is not taken for a skipped one.
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
"""The same people in the old base and in the new one."""

Claim: TypeAlias = Callable[[Worlds], Bits]
"""A statement about people in both bases: takes both worlds, and returns where it is true."""

Intakes: TypeAlias = tuple[Intake, Intake]
"""The answers of one person to the old base and to the new one."""

Told: TypeAlias = dict[int, tuple[str, Value]]
"""The finding and its value, by the free bit of the answer."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The solver's answer to a claim, and the person that it found, if any."""

    answer: Answer
    claim: Claim
    person: Person = frozenset()


class WorldPair:
    """Every possible person in both knowledge bases; `questions` counts the questions to the solver."""

    def __init__(
        self, old: KnowledgeBase, new: KnowledgeBase, *, budget: int = BUDGET, solver: str = SOLVER
    ) -> None:
        """Match the questionnaires and build one circuit of both.

        Args:
            old: the knowledge base as it was.
            new: the knowledge base as it is.
            budget: the most conflicts of the solver for one question.
            solver: the name of the solver in its package.

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
        """Return where both bases cut numbers: at the bounds of both, and at the ends of what both allow."""
        old, new = map(cuts_of, self.knowledge)
        return {
            finding: {answers.start, answers.stop, *old.get(finding, ()), *new.get(finding, ())}
            for finding, answers in self.matching.shared.items()
            if isinstance(answers, range)
        }

    def _alone(self, side: int, finding: str) -> list[Value]:
        """Return the answers to a question of one base alone, "no" first as the plainest."""
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
        """Register a finding that these sides ask for; return a free bit for each answer."""
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
        """Return both worlds of some people; `lanes` says, by the free bit of each answer, who gives it."""
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
        """Look for a person of whom a claim is true.

        Args:
            claim: the claim.
            by_lemmas: whether to give the solver the earlier claims that are true of nobody. That helps if
                the claim rests on most rules, and slows the solver down if it rests on few.
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
        """Return where every question of only one base is answered if it may apply."""
        answered = worlds[OLD].full
        for side, finding in self.matching.lone:
            answered &= ~_missing(worlds[side], finding)
        return answered

    def plainest(self, sighting: Sighting) -> Intakes:
        """Return the plainest answers, to both bases, of a person who shows a sighting."""

        def shows(people: Sequence[Person]) -> list[bool]:
            worlds = self._worlds((1 << len(people)) - 1, _lanes(people))
            lanes = sighting.claim(worlds) & self._answered(worlds)
            return [bool(lanes >> number & 1) for number in range(len(people))]

        person = sorted(self._plainest.of(sighting.person, shows))
        old, new = (dict(told[variable] for variable in person if variable in told) for told in self._told)
        return old, new

    def see(self, people: Sequence[Intakes]) -> Worlds:
        """Return the worlds of people by their answers to both bases, one lane each."""
        return self._run(
            compiled.columns([told[side] for told in people]) for side, compiled in enumerate(self._compiled)
        )

    def see_answered(self, people: Sequence[Intakes]) -> Worlds:
        """Return the same, but with the plainest answer to unanswered questions of only one base.

        An answer can close other questions, so questions are answered after those that they depend on.
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
    """Return where a finding has no answer at all, although its question may apply."""
    return world.open_finding(finding) & ~world.unknown(finding)


def _lanes(people: Sequence[Person]) -> dict[int, int]:
    """Return the lanes in which each answer is given; this is quick for people who are much alike."""
    everything = frozenset[int]().union(*people)
    lanes = dict.fromkeys(everything, (1 << len(people)) - 1)
    for number, person in enumerate(people):
        for variable in everything - person:
            lanes[variable] ^= 1 << number
    return lanes
