"""The second evaluator: Python source generated from the rules, which evaluates a whole block of intakes.

Every class of every finding is a column: an integer with one bit, its lane, for each intake. So one `&` or
`|` evaluates a part of a condition for the whole block. Conditions have no negation: the same operations give
the rules that fire from columns of what is certain, and the rules that are not ruled out from columns of what
is possible. The source is generated only from a checked knowledge base, and none of its texts enters the
source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from triage.inference.columns.rule_source import RuleSource
from triage.inference.domains import Domain, domains
from triage.inference.firings import Firings
from triage.inference.truth import Missing, Value
from triage.knowledge.code_cache import code_of
from triage.knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Columns:
    """A block of intakes as columns; `full` has every lane set.

    `known` has a column for each class of each finding (see `Compiled.place`). `unknown` has a column for
    each finding: the intakes where the person was asked and is not sure.
    """

    full: int
    known: Sequence[int]
    unknown: Sequence[int]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the rules say about a block: a column for each rule, in the order of the knowledge base.

    `not_sure` marks where an explicit "not sure" keeps a rule open; it is filled for the reasons for care and
    for rules that conclude findings, and 0 for others. `suspected` marks where a rule would fire if every red
    flag that the person is not sure about were present; it is filled for rules whose disposition is in
    `KnowledgeBase.in_doubt` and for rules that conclude findings. `open_findings` has a column for each
    finding: the intakes where it applies, or may, and its value is missing.
    """

    fired: Sequence[int]
    possible: Sequence[int]
    not_sure: Sequence[int]
    suspected: Sequence[int]
    open_findings: Sequence[int]


class Compiled:
    """A knowledge base compiled for blocks of intakes."""

    def __init__(
        self, knowledge: KnowledgeBase, *, fine: bool = False, cuts: Mapping[str, Iterable[int]] | None = None
    ) -> None:
        """Compile; `fine` and `cuts` divide numbers into more classes (see `domains`)."""
        self.knowledge = knowledge
        self.domains: Mapping[str, Domain] = domains(knowledge, fine=fine, more=cuts)
        self.findings = tuple(self.domains)
        self.rules = tuple(knowledge.rules.values())
        self.number_of = {rule.id: number for number, rule in enumerate(self.rules)}
        self.place: dict[str, int] = {}
        self.width = 0
        for finding, domain in self.domains.items():
            self.place[finding] = self.width
            self.width += len(domain.values)
        self.index_of = {finding: index for index, finding in enumerate(self.findings)}
        self._of_knowledge_alone = not fine and not cuts

    def columns(self, intakes: Sequence[Mapping[str, Value]]) -> Columns:
        """Lay out intakes (from finding to its value, or to why it has none), one bit for each."""
        known = [0] * self.width
        unknown = [0] * len(self.findings)
        places: dict[tuple[str, Value], int] = {}
        for number, intake in enumerate(intakes):
            bit = 1 << number
            for answer in intake.items():
                finding, value = answer
                if isinstance(value, Missing):
                    if value is Missing.UNKNOWN:
                        unknown[self.index_of[finding]] |= bit
                    continue
                place = places.get(answer)
                if place is None:
                    place = places[answer] = self.place[finding] + self.domains[finding].class_of(value)
                known[place] |= bit
        return Columns((1 << len(intakes)) - 1, known, unknown)

    def run(self, columns: Columns) -> Verdicts:
        """Evaluate every rule over a block."""
        return Verdicts(*self._run(columns.full, columns.known, columns.unknown))

    def asked(self, columns: Columns, verdicts: Verdicts, wanted: Sequence[int]) -> Sequence[int]:
        """Return a column for each question: where it was not asked and keeps a wanted rule open.

        Args:
            columns: the block.
            verdicts: what the rules say about it.
            wanted: a column for each rule: the lanes where the rule is open and matters.
        """
        found: Sequence[int] = self._asked(
            columns.known,
            columns.unknown,
            verdicts.open_findings,
            verdicts.fired,
            verdicts.possible,
            wanted,
        )
        return found

    @cached_property
    def source(self) -> str:
        """The source of the rules."""
        return "\n".join(RuleSource(self).lines())

    @cached_property
    def _run(self) -> Callable[..., Any]:
        return self._function("run", lambda: self.source)

    @cached_property
    def _asked(self) -> Callable[..., Any]:
        return self._function("asked", lambda: "\n".join(RuleSource(self).lines_of_asking()))

    def _function(self, name: str, source: Callable[[], str]) -> Callable[..., Any]:
        if self._of_knowledge_alone:
            code = code_of(self.knowledge, name, __file__, source)
        else:
            code = compile(source(), "<compiled rules>", "exec")
        space: dict[str, Any] = {}
        exec(code, space)  # noqa: S102 - generated from checked data, names are ours
        function: Callable[..., Any] = space[name]
        return function

    def firings(self, intake: Mapping[str, Value]) -> Firings:
        """Evaluate one working memory, as `triage.inference.engine.infer` does."""
        verdicts = self.run(self.columns([intake]))
        fired, possible, suspected = (
            [rule for rule, column in zip(self.rules, columns, strict=True) if column]
            for columns in (verdicts.fired, verdicts.possible, verdicts.suspected)
        )
        suspected = [rule for rule in suspected if rule.disposition in self.knowledge.in_doubt]
        return Firings(*(frozenset(rule.id for rule in rules) for rules in (fired, possible, suspected)))


_compiled: WeakKeyDictionary[KnowledgeBase, Compiled] = WeakKeyDictionary()


def compiled(knowledge: KnowledgeBase) -> Compiled:
    """Return the compiled form of a knowledge base, which is made only once."""
    found = _compiled.get(knowledge)
    if found is None:
        found = _compiled[knowledge] = Compiled(knowledge)
    return found


def numbers_in(column: int) -> Iterator[int]:
    """Yield the numbers of the intakes whose bit is set in a column."""
    while column:
        low = column & -column
        yield low.bit_length() - 1
        column ^= low
