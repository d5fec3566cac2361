"""The fold from rules to an outcome, over every combination of what it looks at.

For a disposition the fold looks only at this: for each rung, does a rule of it fire, is one open, does a "not
sure" keep one open. One made-up rule a rung stands for all rules of that rung, and its states are enumerated
whole. For a step there are also one rule that offers it and one that holds it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TypeAlias

from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Verdicts
from triage.inference.standing import union
from triage.inference.outcomes import Outcomes, outcomes
from triage.knowledge.conditions import Any
from triage.knowledge.model import KnowledgeBase, Provenance, Rule, Step

_State: TypeAlias = tuple[bool, bool, bool]
"""What the rules of a rung can be on one intake: fired, possible, kept open by a "not sure"."""

_RULED_OUT: _State = (False, False, False)
_OPEN: _State = (False, True, False)
_NOT_SURE: _State = (False, True, True)
_FIRED: _State = (True, True, False)
_FIRED_AND_NOT_SURE: _State = (True, True, True)  # two rules of one rung
_STATES = (_RULED_OUT, _OPEN, _NOT_SURE, _FIRED, _FIRED_AND_NOT_SURE)


@dataclass(frozen=True)
class _Lane:
    """One combination: the ranks that fire, are possible, are kept open by a "not sure"; and the outcome."""

    fired: frozenset[int]
    possible: frozenset[int]
    not_sure: frozenset[int]
    disposition: int
    lowest: int
    highest: int


class Folding:
    """The fold of one knowledge base, taken apart."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._rungs = list(knowledge.rungs.values())

    def _fold(
        self, rules: Sequence[Rule], states: Sequence[tuple[_State, ...]]
    ) -> tuple[int, Verdicts, Outcomes]:
        columns = [
            [_column([state[number][part] for state in states]) for number in range(len(rules))]
            for part in range(3)
        ]
        full = (1 << len(states)) - 1
        verdicts = Verdicts(columns[0], columns[1], columns[2], ())
        return full, verdicts, outcomes(self._knowledge, full, verdicts, rules)

    def _ladder_rules(self) -> list[Rule]:
        return [_made_up(rung.id, disposition=rung.id) for rung in self._rungs]

    @cached_property
    def _states(self) -> list[tuple[_State, ...]]:
        return list(product(_STATES, repeat=len(self._rungs)))

    def total(self) -> tuple[int, list[str]]:
        """Exactly one outcome each, as urgent as what fires, and self-care only with the rest ruled out.

        Returns the number of combinations, and the faults found.
        """
        full, verdicts, found = self._fold(self._ladder_rules(), self._states)
        faults = []
        columns = list(found.disposition.values())
        if union(columns) != full or sum(column.bit_count() for column in columns) != full.bit_count():
            faults.append("some intake has no outcome, or more than one")
        lowest = self._rungs[0].id
        for number, rung in enumerate(self._rungs):
            below = [UNDETERMINED, *(each.id for each in self._rungs[:number])]
            if number and verdicts.fired[number] & union(found.disposition[name] for name in below):
                faults.append(f"a rule of {rung.id} fires, and the outcome is less urgent")
            if number and found.disposition[lowest] & verdicts.possible[number]:
                faults.append(f"{lowest} is given while a rule of {rung.id} is not ruled out")
        return len(self._states), faults

    def not_sure_counts(self) -> list[str]:
        """A "not sure" that keeps a reason for care open gives at least what the laws name."""
        wanted = self._knowledge.rungs[self._knowledge.laws.not_sure_disposition].rank
        return [
            f"a not sure gives only rank {lane.disposition}"
            for lane in self._lanes
            if lane.not_sure - {self._rungs[0].rank} and lane.disposition < wanted
        ][:1]

    @cached_property
    def _lanes(self) -> list[_Lane]:
        _, _, found = self._fold(self._ladder_rules(), self._states)
        ranks = {rung.id: rung.rank for rung in self._rungs}

        def one(columns: Mapping[str, int], number: int) -> int:
            return next(ranks.get(name, 0) for name, column in columns.items() if column >> number & 1)

        def those(states: tuple[_State, ...], part: int) -> frozenset[int]:
            return frozenset(
                rung.rank for rung, state in zip(self._rungs, states, strict=True) if state[part]
            )

        return [
            _Lane(
                those(states, 0),
                those(states, 1),
                those(states, 2),
                one(found.disposition, number),
                one(found.lowest, number),
                one(found.highest, number),
            )
            for number, states in enumerate(self._states)
        ]

    def more_fired_never_lowers(self) -> list[str]:
        """Where as urgent a rule goes on firing, and a reason for care fires, the outcome is no lower."""
        lowest = self._rungs[0].rank
        ends = {(max(lane.fired, default=0), lane.disposition) for lane in self._lanes}
        return [
            f"the outcome falls from rank {before} to {after}"
            for (fired, before), (still, after) in product(sorted(ends), repeat=2)
            if still > lowest and still >= fired and after < before
        ][:1]

    def knowing_more_never_finds_worse_than_self_care(self) -> list[str]:
        """Where self-care is given, it still is when more is known."""
        lowest = self._rungs[0].rank
        cared_for = [lane for lane in self._lanes if lane.disposition == lowest]
        others = [lane for lane in self._lanes if lane.disposition != lowest]
        return [
            f"self-care becomes rank {after.disposition} when more is known"
            for before, after in product(cared_for, others)
            if _may_become(before, after)
        ][:1]

    def range_holds(self) -> list[str]:
        """When everything is known, the outcome lies in the range that was given before."""
        known = [lane for lane in self._lanes if lane.possible == lane.fired and not lane.not_sure]
        return [
            f"rank {after.disposition} lies outside the range {before.lowest} to {before.highest}"
            for before, after in product(self._lanes, known)
            if after.disposition
            and not before.lowest <= after.disposition <= before.highest
            and _may_become(before, after)
        ][:1]

    def steps_held_back(self) -> tuple[int, list[tuple[str, str]]]:
        """No step beside a rule that holds it back; a caution where such a rule is open.

        Returns the number of combinations, and the faults found by step.
        """
        count = 0
        faults: list[tuple[str, str]] = []
        profiles: dict[tuple[str, ...], Step] = {}
        for step in self._knowledge.steps.values():
            profiles.setdefault(step.kinds, step)
        for step in profiles.values():
            for kind in step.kinds:
                rules = [
                    *self._ladder_rules(),
                    _made_up("offers", steps=(step.id,)),
                    _made_up("withholds", withholds=(kind,), caution="a caution"),
                ]
                plain = (_RULED_OUT, _OPEN, _FIRED)
                states = [
                    (*ladder, *others) for ladder in self._states for others in product(plain, repeat=2)
                ]
                full, verdicts, found = self._fold(rules, states)
                count += full.bit_count()
                given, against = found.given[step.id], verdicts.fired[-1]
                if given & against:
                    faults.append((step.id, f"is given while a rule that fires withholds {kind}"))
                if given & verdicts.possible[-1] & ~against & ~found.cautions["withholds"]:
                    faults.append((step.id, f"lacks the caution of an open rule that withholds {kind}"))
        return count, faults


def _column(bits: Sequence[bool]) -> int:
    return int("".join("01"[bit] for bit in reversed(bits)), 2)


def _may_become(before: _Lane, after: _Lane) -> bool:
    """Whether knowing more may lead from one combination to another: what is settled stays settled."""
    return before.fired <= after.fired and after.possible <= before.possible


def _made_up(name: str, **then: object) -> Rule:
    """A rule that stands for others; its condition is never looked at."""
    return Rule(
        id=name,
        title=name,
        topic="",
        file="",
        when=Any(()),
        provenance=Provenance(),
        **then,  # type: ignore[arg-type]
    )
