"""The fold of `triage.inference.assess`, over a block of intakes in columns.

It gives what an assessment decides (disposition, range, causes, steps, cautions), without its texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Columns, Compiled, Verdicts, union
from triage.knowledge.model import KnowledgeBase, Rule, Rung, Undetermined


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a block of intakes comes to: columns by name.

    `lowest` and `highest` are the ends of the range by disposition ("" where no rule of the ladder could
    fire). `cautions` are by the rule that may apply.
    """

    disposition: Mapping[str, int]
    soon: int
    lowest: Mapping[str, int]
    highest: Mapping[str, int]
    causes: Mapping[str, int]
    given: Mapping[str, int]
    withheld: Mapping[str, int]
    cautions: Mapping[str, int]

    def columns(self) -> Iterator[tuple[str, int]]:
        """Yield every column with a name of its own."""
        yield "soon", self.soon
        for field in ("disposition", "lowest", "highest", "causes", "given", "withheld", "cautions"):
            for name, column in getattr(self, field).items():
                yield f"{field}.{name}", column


def outcomes(
    knowledge: KnowledgeBase, full: int, verdicts: Verdicts, rules: Sequence[Rule] | None = None
) -> Outcomes:
    """Fold verdicts into outcomes.

    Args:
        knowledge: the knowledge base.
        full: the column with every lane set.
        verdicts: what the rules say, in the order of the rules.
        rules: the rules, where they are not those of the knowledge base but a variation of them.
    """
    return Fold(knowledge, rules).outcomes(full, verdicts)


def questions(compiled: Compiled, columns: Columns, verdicts: Verdicts, found: Outcomes) -> Sequence[int]:
    """Return a column a question: where its answer, not asked yet, could settle or raise the disposition."""
    rungs = compiled.knowledge.rungs
    below = found.disposition[UNDETERMINED]
    more_urgent: dict[str, int] = {"": 0}
    for name in rungs:
        more_urgent[name] = below
        below |= found.disposition[name]
    wanted = [
        possible & ~fired & more_urgent[rule.disposition]
        for rule, fired, possible in zip(compiled.rules, verdicts.fired, verdicts.possible, strict=True)
    ]
    return compiled.asked(columns, verdicts, wanted)


class Fold:
    """The fold of one knowledge base, worked out once for many blocks: which rules stand behind what."""

    def __init__(self, knowledge: KnowledgeBase, rules: Sequence[Rule] | None = None) -> None:
        """Look through the rules, which may be a variation of those of the knowledge base."""
        self._laws = knowledge.laws
        self._rungs = list(knowledge.rungs.values())
        self._deciding: dict[str, list[int]] = {rung: [] for rung in knowledge.rungs}
        self._naming: dict[str, list[int]] = {cause: [] for cause in knowledge.causes}
        self._offering: dict[str, list[int]] = {step: [] for step in knowledge.steps}
        self._soon: list[tuple[str, int]] = []
        withholding: list[tuple[int, Rule]] = []
        for number, rule in enumerate(rules or knowledge.rules.values()):
            if rule.disposition:
                self._deciding[rule.disposition].append(number)
                if rule.soon and knowledge.rungs[rule.disposition].soon_time_frame:
                    self._soon.append((rule.disposition, number))
            for cause in rule.causes:
                self._naming[cause].append(number)
            for step in rule.steps:
                self._offering[step].append(number)
            if rule.withholds:
                withholding.append((number, rule))
        self._reasons = [number for rung in self._rungs[1:] for number in self._deciding[rung.id]]
        steps = knowledge.steps.values()
        steps_of = {
            kinds: [step.id for step in steps if not kinds.isdisjoint(step.kinds)]
            for kinds in {frozenset(rule.withholds) for _, rule in withholding}
        }
        self._speaking_against = {
            rule.id: (number, steps_of[frozenset(rule.withholds)]) for number, rule in withholding
        }
        self._against: dict[str, list[int]] = {step: [] for step in knowledge.steps}
        for number, against in self._speaking_against.values():
            for step in against:
                self._against[step].append(number)
        ends: Mapping[str, Rung | Undetermined] = {**knowledge.rungs, UNDETERMINED: knowledge.undetermined}
        self._offered_under = {
            step.id: [name for name, end in ends.items() if step.offered_under(end.offers)] for step in steps
        }

    def outcomes(self, full: int, verdicts: Verdicts) -> Outcomes:
        """Fold the verdicts of a block, whose lanes are set in `full`."""
        fired, possible = verdicts.fired, verdicts.possible
        decided = {rung: _any(fired, rules) for rung, rules in self._deciding.items()}
        open_to = {rung: _any(possible, rules) for rung, rules in self._deciding.items()}
        disposition = self._disposition(full, verdicts, decided)
        lowest, highest = self._range(full, decided, open_to)
        given: dict[str, int] = {}
        withheld: dict[str, int] = {}
        for step, rules in self._offering.items():
            offered = _any(fired, rules)
            forbidden = _any(fired, self._against[step])
            given[step] = offered & ~forbidden & union(disposition[end] for end in self._offered_under[step])
            withheld[step] = offered & ~given[step]
        return Outcomes(
            disposition,
            union(disposition[rung] & fired[number] for rung, number in self._soon),
            lowest,
            highest,
            {cause: _any(fired, rules) for cause, rules in self._naming.items()},
            given,
            withheld,
            {
                rule: possible[number] & ~fired[number] & union(given[step] for step in steps)
                for rule, (number, steps) in self._speaking_against.items()
            },
        )

    def _disposition(self, full: int, verdicts: Verdicts, decided: Mapping[str, int]) -> dict[str, int]:
        claimed = dict(decided)
        claimed[self._laws.not_sure_disposition] |= _any(verdicts.not_sure, self._reasons)
        found, left = _first(self._rungs[:0:-1], claimed, full)
        lowest = self._rungs[0].id
        found[lowest] = decided[lowest] & left & ~_any(verdicts.possible, self._reasons)
        found[UNDETERMINED] = left & ~found[lowest]
        return found

    def _range(
        self, full: int, decided: Mapping[str, int], open_to: Mapping[str, int]
    ) -> tuple[dict[str, int], dict[str, int]]:
        highest, left = _first(self._rungs[::-1], open_to, full)
        certain, uncertain = _first(self._rungs[::-1], decided, full)
        open_lowest, _ = _first(self._rungs, open_to, uncertain)
        lowest = {rung.id: certain[rung.id] | open_lowest[rung.id] for rung in self._rungs}
        return {**lowest, "": left}, {**highest, "": left}


def _any(columns: Sequence[int], numbers: Sequence[int]) -> int:
    """Return the lanes set in any of these columns."""
    found = 0
    for number in numbers:
        found |= columns[number]
    return found


def _first(rungs: Sequence[Rung], columns: Mapping[str, int], left: int) -> tuple[dict[str, int], int]:
    """Give each lane of `left` to the first rung that claims it; return the columns and what is left."""
    found = {}
    for rung in rungs:
        found[rung.id] = columns[rung.id] & left
        left &= ~found[rung.id]
    return found, left
