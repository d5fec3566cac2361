"""The fold from rules to an outcome, over every combination of what it looks at.

For a disposition the fold looks only at this: for each rung, does a rule of it fire, is one open, does a "not
sure" keep one open. One made-up rule a rung stands for all rules of that rung, and its states are enumerated
whole. For a step there are also one rule that offers it and one that holds it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import product

from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Verdicts, union
from triage.inference.outcomes import Outcomes, outcomes
from triage.knowledge.conditions import Any
from triage.knowledge.model import KnowledgeBase, Provenance, Rule, Step


class _State(Enum):
    """What a rule can be on one intake: fired, possible, kept open by a "not sure"."""

    RULED_OUT = (False, False, False)
    OPEN = (False, True, False)
    NOT_SURE = (False, True, True)
    FIRED = (True, True, False)


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
            [
                sum(1 << lane for lane, state in enumerate(states) if state[number].value[part])
                for number in range(len(rules))
            ]
            for part in range(3)
        ]
        full = (1 << len(states)) - 1
        verdicts = Verdicts(columns[0], columns[1], columns[2], ())
        return full, verdicts, outcomes(self._knowledge, full, verdicts, rules)

    def _ladder_rules(self) -> list[Rule]:
        return [_made_up(rung.id, disposition=rung.id) for rung in self._rungs]

    @cached_property
    def _states(self) -> list[tuple[_State, ...]]:
        return list(product(_State, repeat=len(self._rungs)))

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
                rung.rank for rung, state in zip(self._rungs, states, strict=True) if state.value[part]
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
        return [
            f"the outcome falls from rank {before.disposition} to {after.disposition}"
            for before, after in product(self._lanes, repeat=2)
            if max(after.fired, default=0) > lowest
            and max(after.fired, default=0) >= max(before.fired, default=0)
            and after.disposition < before.disposition
        ][:1]

    def _knowing_more(self) -> Iterator[tuple[_Lane, _Lane]]:
        for before, after in product(self._lanes, repeat=2):
            if before.fired <= after.fired and after.possible <= before.possible:
                yield before, after

    def knowing_more_never_finds_worse_than_self_care(self) -> list[str]:
        """Where self-care is given, it still is when more is known."""
        lowest = self._rungs[0].rank
        return [
            f"self-care becomes rank {after.disposition} when more is known"
            for before, after in self._knowing_more()
            if before.disposition == lowest and after.disposition != lowest
        ][:1]

    def range_holds(self) -> list[str]:
        """When everything is known, the outcome lies in the range that was given before."""
        return [
            f"rank {after.disposition} lies outside the range {before.lowest} to {before.highest}"
            for before, after in self._knowing_more()
            if after.possible == after.fired
            and after.disposition
            and not before.lowest <= after.disposition <= before.highest
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
                plain = (_State.RULED_OUT, _State.OPEN, _State.FIRED)
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
