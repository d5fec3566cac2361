"""Two knowledge bases over the same people: one variable for what both can ask, and for what only one asks.

What both ask, a person answers to both alike. What only one of them asks is answered there, with any answer
or "not sure", so that a question that is new is not taken for one that was skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from triage.audit.levels import Aspect, Level
from triage.audit.matching import Matching, Shared, match
from triage.audit.spaces import MISSING, Option, Space, State, states
from triage.audit.splitting import Assignment, Formula, every, some
from triage.inference.compiled import Columns, Compiled, Verdicts, numbers_in
from triage.inference.domains import Domain, cuts_of
from triage.inference.outcomes import Outcomes, outcomes
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, KnowledgeBase

OLD, NEW = 0, 1
SIDES = (OLD, NEW)

Person: TypeAlias = Mapping[int, int]
"""From variable to the number of its option; a variable left out has its first one."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a person answers once: a finding of both bases, or of the one that asks for it ("" for the other).

    Each option is what the old and the new base hear. The first one is to leave it out; for what only one
    base asks, where it cannot be left out, the plainest answer.
    """

    findings: tuple[str, str]
    options: tuple[Option, ...]

    @property
    def side(self) -> int:
        """A base that asks for it."""
        return NEW if self.findings[NEW] else OLD

    def state(self, number: int) -> State:
        """What an option says."""
        return self.options[number][self.side]


@dataclass(frozen=True)
class Seen:
    """What one knowledge base makes of a crowd of people."""

    knowledge: KnowledgeBase
    compiled: Compiled
    columns: Columns
    verdicts: Verdicts

    @cached_property
    def outcomes(self) -> Outcomes:
        """What the people come to."""
        return outcomes(self.knowledge, self.columns.full, self.verdicts)

    def at(self, level: Level) -> int:
        """Where the outcome is of a level."""
        disposition, soon = level
        return self.outcomes.disposition[disposition] & (self.outcomes.soon if soon else ~self.outcomes.soon)

    def column(self, aspect: Aspect, rule: str) -> int:
        """Where a rule is something ("not sure": see `Verdicts`)."""
        columns = {
            Aspect.FIRED: self.verdicts.fired,
            Aspect.POSSIBLE: self.verdicts.possible,
            Aspect.NOT_SURE: self.verdicts.not_sure,
        }
        return columns[aspect][self.compiled.number_of[rule]]


@dataclass(frozen=True)
class Crowd:
    """People in columns, and what each base makes of them; `full` are those that count."""

    full: int
    seen: tuple[Seen, Seen]
    options: Sequence[Sequence[int]]

    def person(self, lane: int) -> Person:
        """Return the person of one lane."""
        return {
            variable: number
            for variable, columns in enumerate(self.options)
            for number, column in enumerate(columns)
            if number and column >> lane & 1
        }


class Joint:
    """Two knowledge bases, what they have in common, and everyone that both can be asked about."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        """Match the questionnaires and compile the rules of both, with numbers cut at the bounds of both."""
        self.knowledge = (old, new)
        self.matching: Matching = match(old, new)
        cuts = self._cuts()
        self.compiled = (Compiled(old, cuts=cuts[OLD]), Compiled(new, cuts=cuts[NEW]))
        self.variables = tuple(self._variables())
        self.variable_of: tuple[Mapping[str, int], Mapping[str, int]] = (self._index(OLD), self._index(NEW))
        options = [variable.options for variable in self.variables]
        self.spaces = (
            Space(self.compiled[OLD], options, self.variable_of[OLD]),
            Space(self.compiled[NEW], options, self.variable_of[NEW]),
        )

    def _cuts(self) -> tuple[Mapping[str, Iterable[int]], Mapping[str, Iterable[int]]]:
        """The numbers to cut at in each base: the bounds of the other, and the ends of what both allow."""
        found: tuple[dict[str, Iterable[int]], dict[str, Iterable[int]]] = ({}, {})
        bounds = [cuts_of(knowledge) for knowledge in self.knowledge]
        for shared in self.matching.shared:
            if shared.is_number:
                ends = {shared.lowest, shared.highest + 1}
                before: Iterable[int] = bounds[OLD].get(shared.names[OLD], set())
                after: Iterable[int] = bounds[NEW].get(shared.names[NEW], set())
                for side, name in zip(SIDES, shared.names, strict=True):
                    found[side][name] = {*ends, *before, *after}
        return found

    def _variables(self) -> Iterator[Variable]:
        for shared in self.matching.shared:
            yield Variable(shared.names, tuple(self._shared(shared)))
        for finding in self.matching.only_old:
            yield Variable(
                (finding, ""), tuple((state, Missing.NOT_ASKED) for state in self._lone(OLD, finding))
            )
        for finding in self.matching.only_new:
            yield Variable(
                ("", finding), tuple((Missing.NOT_ASKED, state) for state in self._lone(NEW, finding))
            )

    def _index(self, side: int) -> Mapping[str, int]:
        return {
            variable.findings[side]: number
            for number, variable in enumerate(self.variables)
            if variable.findings[side]
        }

    def _shared(self, shared: Shared) -> Iterator[Option]:
        yield from ((missing, missing) for missing in MISSING)
        old, new = (self.domain(side, name) for side, name in zip(SIDES, shared.names, strict=True))
        if not shared.is_number:
            yield from (
                (old.class_of(before), new.class_of(after)) for before, after in shared.values.items()
            )
            return
        for value in old.values:
            if shared.lowest <= int(value) <= shared.highest:
                yield old.class_of(value), new.class_of(value)

    def _lone(self, side: int, finding: str) -> list[State]:
        """The states of a finding that only one base asks for; it is left out only where it may not apply."""
        domain = self.domain(side, finding)
        plain = domain.class_of(NO if NO in domain.values else domain.values[0])
        others = [state for state in states(domain) if state not in (plain, Missing.NOT_ASKED)]
        if self.knowledge[side].question_of[finding].asked_when is None:
            return [plain, *others]
        return [Missing.NOT_ASKED, plain, *others]

    def domain(self, side: int, finding: str) -> Domain:
        """Return what a finding can be in one base."""
        return self.compiled[side].domains[finding]

    @cached_property
    def lone(self) -> tuple[tuple[int, str], ...]:
        """What only one base asks, as (side, finding)."""
        return (
            *((OLD, finding) for finding in self.matching.only_old),
            *((NEW, finding) for finding in self.matching.only_new),
        )

    @cached_property
    def answered(self) -> Formula:
        """Where everything that only one base asks is answered there, or does not apply."""
        wanted: list[Formula] = []
        for side, finding in self.lone:
            space = self.spaces[side]
            asked = space.leaf(finding, lambda state: state is not Missing.NOT_ASKED, side)
            wanted.append(some([asked, space.no(space.question_applies(finding, side))]))
        return every(wanted)

    def no(self, formula: Formula) -> Formula:
        """Where a formula is not true."""
        return self.spaces[NEW].no(formula)

    def crowd(self, options: Sequence[Sequence[int]], full: int) -> Crowd:
        """Lay out people given by the columns of each variable's options, and run the rules of both bases."""
        seen = (self._see(OLD, options, full), self._see(NEW, options, full))
        for side, finding in self.lone:
            number = self.compiled[side].index_of[finding]
            columns, verdicts = seen[side].columns, seen[side].verdicts
            full &= ~(verdicts.open_findings[number] & ~columns.unknown[number])
        return Crowd(full, seen, options)

    def _see(self, side: int, options: Sequence[Sequence[int]], full: int) -> Seen:
        compiled = self.compiled[side]
        known, unknown = [0] * compiled.width, [0] * len(compiled.findings)
        for finding, variable in self.variable_of[side].items():
            for option, column in zip(self.variables[variable].options, options[variable], strict=True):
                state = option[side]
                if not isinstance(state, Missing):
                    known[compiled.place[finding] + state] |= column
                elif state is Missing.UNKNOWN:
                    unknown[compiled.index_of[finding]] |= column
        columns = Columns(full, known, unknown)
        return Seen(self.knowledge[side], compiled, columns, compiled.run(columns))

    def variations(self, person: Person, changes: Sequence[Person]) -> Crowd:
        """Lay out one person with changes, a lane each."""
        full = (1 << len(changes)) - 1
        options = [[0] * len(variable.options) for variable in self.variables]
        for number, columns in enumerate(options):
            columns[person.get(number, 0)] = full
        for lane, change in enumerate(changes):
            for variable, number in change.items():
                options[variable][person.get(variable, 0)] &= ~(1 << lane)
                options[variable][number] |= 1 << lane
        return self.crowd(options, full)

    def person(self, assignment: Assignment) -> Person:
        """Return the plainest person of what a search found."""
        return {variable: self.plainest(variable, numbers_in(left)) for variable, left in assignment.items()}

    def plainest(self, variable: int, numbers: Iterable[int]) -> int:
        """Return the plainest of some options of a variable."""
        return min(numbers, key=lambda number: (self.plainness(variable, number), number))

    def plainness(self, variable: int, number: int) -> int:
        """Order the options of a variable: 0 left out, 1 absent, 2 other values, 3 not sure."""
        entry = self.variables[variable]
        state = entry.state(number)
        if isinstance(state, Missing):
            return 0 if state is Missing.NOT_ASKED else 3
        return 1 if self.domain(entry.side, entry.findings[entry.side]).values[state] == NO else 2

    def findings(self, person: Person, side: int) -> dict[str, Value]:
        """Return the answers of a person to one of the questionnaires."""
        found: dict[str, Value] = {}
        for finding, variable in self.variable_of[side].items():
            state = self.variables[variable].options[person.get(variable, 0)][side]
            if not isinstance(state, Missing):
                found[finding] = self.domain(side, finding).values[state]
            elif state is Missing.UNKNOWN:
                found[finding] = state
        return found

    def read(self, findings: Mapping[str, Value], side: int) -> Person | None:
        """Return the person of an intake of one base; None where the other base does not know an answer."""
        person: dict[int, int] = {}
        for finding, value in findings.items():
            if value is Missing.NOT_ASKED:
                continue
            variable = self.variable_of[side][finding]
            state = value if isinstance(value, Missing) else self.domain(side, finding).class_of(value)
            options = self.variables[variable].options
            numbers = [number for number, option in enumerate(options) if option[side] == state]
            if not numbers:
                return None
            person[variable] = numbers[0]
        return person
