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
    return _Fold(knowledge, full, verdicts, tuple(rules or knowledge.rules.values())).outcomes()


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


class _Fold:
    """One block in the making."""

    def __init__(
        self, knowledge: KnowledgeBase, full: int, verdicts: Verdicts, rules: tuple[Rule, ...]
    ) -> None:
        self._knowledge = knowledge
        self._full = full
        self._verdicts = verdicts
        self._rules = rules
        self._rungs = list(knowledge.rungs.values())

    def outcomes(self) -> Outcomes:
        disposition = self._disposition()
        soon = union(
            disposition[rule.disposition] & fired
            for rule, fired in zip(self._rules, self._verdicts.fired, strict=True)
            if rule.soon and self._knowledge.rungs[rule.disposition].soon_time_frame
        )
        causes: dict[str, int] = dict.fromkeys(self._knowledge.causes, 0)
        for rule, fired in zip(self._rules, self._verdicts.fired, strict=True):
            for cause in rule.causes:
                causes[cause] |= fired
        lowest, highest = self._range()
        given, withheld = self._steps(disposition)
        return Outcomes(disposition, soon, lowest, highest, causes, given, withheld, self._cautions(given))

    def _by_rung(self, columns: Sequence[int]) -> dict[str, int]:
        found = dict.fromkeys(self._knowledge.rungs, 0)
        for rule, column in zip(self._rules, columns, strict=True):
            if rule.disposition:
                found[rule.disposition] |= column
        return found

    def _disposition(self) -> dict[str, int]:
        fired = self._by_rung(self._verdicts.fired)
        lowest = self._rungs[0]
        reasons = [
            number
            for number, rule in enumerate(self._rules)
            if rule.disposition and self._knowledge.rungs[rule.disposition].rank > lowest.rank
        ]
        fired[self._knowledge.laws.not_sure_disposition] |= union(
            self._verdicts.not_sure[number] for number in reasons
        )
        left = self._full
        found: dict[str, int] = {}
        for rung in reversed(self._rungs[1:]):
            found[rung.id] = fired[rung.id] & left
            left &= ~found[rung.id]
        open_reasons = union(self._verdicts.possible[number] for number in reasons)
        found[lowest.id] = fired[lowest.id] & left & ~open_reasons
        found[UNDETERMINED] = left & ~found[lowest.id]
        return found

    def _range(self) -> tuple[dict[str, int], dict[str, int]]:
        fired, possible = self._by_rung(self._verdicts.fired), self._by_rung(self._verdicts.possible)
        highest, left = _first(self._rungs[::-1], possible, self._full)
        certain, uncertain = _first(self._rungs[::-1], fired, self._full)
        open_lowest, _ = _first(self._rungs, possible, uncertain)
        lowest = {rung.id: certain[rung.id] | open_lowest[rung.id] for rung in self._rungs}
        return {**lowest, "": left}, {**highest, "": left}

    def _steps(self, disposition: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        offering: dict[str, int] = dict.fromkeys(self._knowledge.steps, 0)
        against: dict[str, int] = {}
        for rule, fired in zip(self._rules, self._verdicts.fired, strict=True):
            for step in rule.steps:
                offering[step] |= fired
            for kind in rule.withholds:
                against[kind] = against.get(kind, 0) | fired
        given: dict[str, int] = {}
        withheld: dict[str, int] = {}
        for entry in self._knowledge.steps.values():
            forbidden = union(against.get(kind, 0) for kind in entry.kinds)
            allowed = union(
                column
                for name, column in disposition.items()
                if entry.offered_under(self._outcome(name).offers)
            )
            given[entry.id] = offering[entry.id] & allowed & ~forbidden
            withheld[entry.id] = offering[entry.id] & ~given[entry.id]
        return given, withheld

    def _outcome(self, disposition: str) -> Rung | Undetermined:
        return self._knowledge.rungs.get(disposition, self._knowledge.undetermined)

    def _cautions(self, given: Mapping[str, int]) -> dict[str, int]:
        beside: dict[str, int] = {}
        for step in self._knowledge.steps.values():
            for kind in step.kinds:
                beside[kind] = beside.get(kind, 0) | given[step.id]
        return {
            rule.id: possible & ~fired & union(beside.get(kind, 0) for kind in rule.withholds)
            for rule, fired, possible in zip(
                self._rules, self._verdicts.fired, self._verdicts.possible, strict=True
            )
            if rule.withholds
        }


def _first(rungs: Sequence[Rung], columns: Mapping[str, int], left: int) -> tuple[dict[str, int], int]:
    """Give each lane of `left` to the first rung that claims it; return the columns and what is left."""
    found = {}
    for rung in rungs:
        found[rung.id] = columns[rung.id] & left
        left &= ~found[rung.id]
    return found, left
