"""The second evaluator: the rules turned once into Python source that evaluates a block of intakes at a time.

Every class of every finding is a column, an integer with one lane an intake, so that one `&` or `|` evaluates
a part of a condition for the whole block. Conditions have no negation: the same operations over columns of
what is certain give the rules that fire, and over columns of what is possible those that are not ruled out.
The source is generated from a checked knowledge base only; no text of it enters the source.
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
    """A block of intakes as columns: `full` has every lane set.

    `known` holds a column for each class of each finding (see `Compiled.place`), `unknown` one for each
    finding: the intakes where the person was asked and is not sure.
    """

    full: int
    known: Sequence[int]
    unknown: Sequence[int]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the rules say of a block: a column a rule, in the order of the knowledge base.

    `not_sure` marks the rules that an explicit "not sure" keeps open; it is filled for the reasons for care
    and for rules that conclude findings, and 0 elsewhere. `open_findings` has a column a finding: the intakes
    where it applies, or may, and its value is missing. `suspected` marks where a rule would fire if every red
    flag were so of which the person is not sure; it is filled for rules whose disposition is in
    `KnowledgeBase.in_doubt` and for rules that conclude findings.
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
        """Compile; `fine` cuts numbers also one step beside each bound, `cuts` elsewhere (see `domains`)."""
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
        """Lay out intakes (finding -> value or why there is none) with one bit an intake."""
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
        """Return a column a question: where it was not asked, and a wanted rule is open on it.

        Args:
            columns: the block.
            verdicts: what the rules say of it.
            wanted: a column a rule, the lanes where the rule is open and matters.
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
        """Evaluate one intake, as `triage.inference.engine.infer` does a working memory."""
        verdicts = self.run(self.columns([intake]))
        fired, possible, suspected = (
            [rule for rule, column in zip(self.rules, columns, strict=True) if column]
            for columns in (verdicts.fired, verdicts.possible, verdicts.suspected)
        )
        suspected = [rule for rule in suspected if rule.disposition in self.knowledge.in_doubt]
        return Firings(*(frozenset(rule.id for rule in rules) for rules in (fired, possible, suspected)))


_compiled: WeakKeyDictionary[KnowledgeBase, Compiled] = WeakKeyDictionary()


def compiled(knowledge: KnowledgeBase) -> Compiled:
    """Return the compiled form of a knowledge base, made once."""
    found = _compiled.get(knowledge)
    if found is None:
        found = _compiled[knowledge] = Compiled(knowledge)
    return found


def numbers_in(column: int) -> Iterator[int]:
    """Yield the numbers of the intakes whose bit is set in a column of one bit an intake."""
    while column:
        low = column & -column
        yield low.bit_length() - 1
        column ^= low
