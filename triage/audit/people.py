"""A crowd of people to look at before anything is searched for, and making one of them plainer.

Nobody in the crowd is real. Some are asked nothing, some have nothing, some a few things, some leave gaps;
and for each hint (formulas of which a difference is made) there are people who meet it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import TypeAlias

from triage.audit.joint import Crowd, Joint, Person
from triage.audit.spaces import State
from triage.audit.splitting import Every, Formula, Leaf
from triage.inference.compiled import numbers_in
from triage.inference.truth import Missing

Claim: TypeAlias = Callable[[Crowd], int]
"""The people of a crowd of whom something holds."""

_SEED = 20
_STRANGERS = 1_000


def crowd(joint: Joint, hints: Sequence[Sequence[Formula]], known: Iterable[Person] = ()) -> Crowd:
    """Return a crowd.

    Args:
        joint: the two knowledge bases.
        hints: formulas to be met together; a person who meets them is set before every background.
        known: people to take in as they are.
    """
    return _Crowding(joint).crowd(hints, known)


class _Crowding:
    def __init__(self, joint: Joint) -> None:
        self._joint = joint
        self._random = Random(_SEED)  # noqa: S311 - the same people every time, and no secret
        self._options: list[list[int]] = []

    def crowd(self, hints: Sequence[Sequence[Formula]], known: Iterable[Person]) -> Crowd:
        built = [met for hint in hints if (met := self._built(hint)) is not None]
        told = [{variable: 1 << number for variable, number in person.items()} for person in known]
        blocks: list[tuple[Callable[[int], None], list[Mapping[int, int]], int]] = [
            (self._left_out, [*told, *built], 0),
            (self._plain, built, _STRANGERS),
            (self._few, built, _STRANGERS),
            (self._gaps, built, _STRANGERS),
        ]
        width = sum(len(people) + strangers for _, people, strangers in blocks)
        full = (1 << width) - 1
        self._options = [[full, *([0] * (len(each.options) - 1))] for each in self._joint.variables]
        start = 0
        for background, people, strangers in blocks:
            size = len(people) + strangers
            background(((1 << size) - 1) << start)
            for lane, person in enumerate(people, start):
                for variable, mask in person.items():
                    self._turn(variable, self._pick(variable, mask), 1 << lane)
            start += size
        return self._joint.crowd(self._options, full)

    def _built(self, hint: Iterable[Formula]) -> Mapping[int, int] | None:
        met: dict[int, int] = {}
        return met if all(self._meet(formula, met) for formula in hint) else None

    def _meet(self, formula: Formula, met: dict[int, int]) -> bool:
        """Restrict `met` (variable -> options left) so that a formula holds; False where this way fails."""
        if isinstance(formula, bool):
            return formula
        if isinstance(formula, Leaf):
            every_option = (1 << len(self._joint.variables[formula.variable].options)) - 1
            met[formula.variable] = met.get(formula.variable, every_option) & formula.mask
            return met[formula.variable] != 0
        if isinstance(formula, Every):
            parts = sorted(formula.parts, key=lambda part: not isinstance(part, Leaf))
            return all(self._meet(part, met) for part in parts)
        for part in self._random.sample(formula.parts, len(formula.parts)):
            attempt = dict(met)
            if self._meet(part, attempt):
                met.update(attempt)
                return True
        return False

    def _pick(self, variable: int, mask: int) -> int:
        numbers = list(numbers_in(mask))
        if self._random.getrandbits(1):
            return self._joint.plainest(variable, numbers)
        return self._random.choice(numbers)

    def _turn(self, variable: int, number: int, lanes: int) -> None:
        columns = self._options[variable]
        for other, column in enumerate(columns):
            columns[other] = column | lanes if other == number else column & ~lanes

    def _share(self, lanes: int, halvings: int) -> int:
        """Return about one in 2 ** halvings of some lanes."""
        for _ in range(halvings):
            lanes &= self._random.getrandbits(lanes.bit_length()) if lanes else 0
        return lanes

    def _left_out(self, lanes: int) -> None:
        """Asked nothing more than must be."""

    def _plain(self, lanes: int) -> None:
        """Asked everything: no item present; any choice, any number."""
        self._answer(lanes, halvings=0)

    def _few(self, lanes: int) -> None:
        """Asked everything; about one item in thirty-two present."""
        self._answer(lanes, halvings=5)

    def _gaps(self, lanes: int) -> None:
        """As `_few`, with questions left out and answers not sure."""
        self._answer(lanes, halvings=5)
        left_out: dict[str, int] = {}
        for variable, entry in enumerate(self._joint.variables):
            question = self._joint.knowledge[entry.side].question_of[entry.findings[entry.side]].id
            if question not in left_out:
                left_out[question] = self._share(lanes, 3)
            self._turn_to(variable, Missing.UNKNOWN, self._share(lanes, 6))
            self._turn_to(variable, Missing.NOT_ASKED, left_out[question])

    def _turn_to(self, variable: int, state: State, lanes: int) -> None:
        entry = self._joint.variables[variable]
        numbers = [number for number in range(len(entry.options)) if entry.state(number) == state]
        if numbers:
            self._turn(variable, numbers[0], lanes)

    def _answer(self, lanes: int, halvings: int) -> None:
        for variable, entry in enumerate(self._joint.variables):
            known = [n for n in range(len(entry.options)) if not isinstance(entry.state(n), Missing)]
            absent = [number for number in known if self._joint.plainness(variable, number) == 1]
            for number in absent:
                self._turn(variable, number, lanes)
            left = self._share(lanes, halvings) if absent and halvings else 0 if absent else lanes
            others = [number for number in known if number not in absent]
            for place, number in enumerate(others, 1):
                some = left if place == len(others) else self._share(left, 1)
                self._turn(variable, number, some)
                left &= ~some


def plainer(joint: Joint, person: Person, claim: Claim) -> Person:
    """Return a plainer person of whom a claim still holds: no answer can be left out, or become "no".

    First whatever can be left out is, then whatever can be absent is. At the end lists that were gone through
    in part are gone through to the end, where that keeps the claim, since people answer lists whole.
    """
    shrinking = _Shrinking(joint, claim)
    found = dict(person)
    while found != (shorter := shrinking.leave_out(found)):
        found = shorter
    found = shrinking.make_plainer(found)
    while found != (shorter := shrinking.leave_out(found)):
        found = shorter
    return shrinking.complete_lists(found)


class _Shrinking:
    def __init__(self, joint: Joint, claim: Claim) -> None:
        self._joint = joint
        self._claim = claim

    def _holding(self, person: Person, changes: Sequence[Person]) -> list[int]:
        crowd = self._joint.variations(person, changes)
        return list(numbers_in(self._claim(crowd) & crowd.full))

    def leave_out(self, person: dict[int, int]) -> dict[int, int]:
        """Leave out as many answers as can go together, of those that can go one by one."""
        answered = [variable for variable, number in person.items() if number]
        alone = [answered[lane] for lane in self._holding(person, [{each: 0} for each in answered])]
        together = [dict.fromkeys(alone[:count], 0) for count in range(1, len(alone) + 1)]
        most = max(self._holding(person, together), default=-1)
        gone = set(alone[: most + 1])
        return {variable: number for variable, number in person.items() if number and variable not in gone}

    def make_plainer(self, person: dict[int, int]) -> dict[int, int]:
        """Turn one answer after another to a plainer one."""
        found = dict(person)
        for variable, number in person.items():
            worth = self._joint.plainness(variable, number)
            options = range(1, len(self._joint.variables[variable].options))
            plain = [other for other in options if self._joint.plainness(variable, other) < worth]
            holding = self._holding(found, [{variable: other} for other in plain])
            if holding:
                found[variable] = plain[holding[0]]
        return found

    def complete_lists(self, person: dict[int, int]) -> dict[int, int]:
        """Answer the rest of every list that is answered in part with "no"."""
        found = dict(person)
        for rest in self._rests(found):
            if self._holding(found, [rest]):
                found.update(rest)
        return found

    def _rests(self, person: Person) -> list[Person]:
        rests: dict[str, dict[int, int]] = {}
        begun = set()
        for variable, entry in enumerate(self._joint.variables):
            question = self._joint.knowledge[entry.side].question_of[entry.findings[entry.side]]
            if question.kind == "checklist" and person.get(variable, 0):
                begun.add(question.id)
            elif question.kind == "checklist":
                absent = [n for n in range(len(entry.options)) if self._joint.plainness(variable, n) == 1]
                rest = rests.setdefault(question.id, {})
                if absent:
                    rest[variable] = absent[0]
        return [rest for question, rest in rests.items() if question in begun]
