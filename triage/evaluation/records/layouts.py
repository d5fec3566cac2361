"""Layouts: the texts that the records of a format consist of, each with the column of cases that hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TypeAlias

from triage.inference.assessment import UNDETERMINED
from triage.inference.columns.compiled import Columns as BlockColumns
from triage.inference.columns.compiled import Compiled, Verdicts
from triage.inference.columns.outcomes import Outcomes, questions
from triage.knowledge.model import KnowledgeBase, Rule


class Piece(Enum):
    """The kind of a text in a record.

    A separator divides an ITEM of a list from the item before it. A NESTED text is an item that ends with the
    opening of a list. A VALUE stands for the value that each case has under the name that the text is.
    """

    PLAIN = auto()
    OPENING = auto()
    ITEM = auto()
    NESTED = auto()
    VALUE = auto()


OPENING = (Piece.OPENING, Piece.NESTED)
ITEMS = (Piece.ITEM, Piece.NESTED)


Text: TypeAlias = tuple[Piece, bytes]


@dataclass(frozen=True)
class Found:
    """The outcomes of a block as columns; `expectations` has a column for each word of `EXPECTATIONS`."""

    compiled: Compiled
    columns: BlockColumns
    verdicts: Verdicts
    outcomes: Outcomes
    expectations: Mapping[str, int]

    @property
    def full(self) -> int:
        """The column with every lane set."""
        return self.columns.full

    @cached_property
    def questions(self) -> Sequence[int]:
        """The column of each question: where its answer could settle or raise the disposition."""
        return questions(self.compiled, self.columns, self.verdicts, self.outcomes)


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that follow each other in a record, and a function that gives the column of each."""

    texts: Sequence[Text]
    columns: Callable[[Found], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """The groups of a record behind its first `given` texts, and the separator of items in lists."""

    given: int
    groups: Sequence[Group]
    separator: bytes


@dataclass(frozen=True, slots=True)
class Lanes:
    """The data of the cases of a block that go into their records beside the outcomes.

    `files` are in order, each with its number of cases in the block. `meta` and `expected` are by lane;
    `expected` holds one of `EXPECTATIONS`, and the expectations that were missed.
    """

    files: Sequence[tuple[str, int]]
    numbers: Sequence[int]
    ids: Sequence[str]
    meta: Mapping[int, bytes]
    expected: Mapping[int, tuple[str, Sequence[Mapping[str, object]]]]


def always(text: bytes) -> Group:
    """Return the group of a text that every record holds."""
    return Group([(Piece.PLAIN, text)], lambda found: [found.full])


def choice(texts: Iterable[bytes], columns: Callable[[Found], Iterable[int]]) -> Group:
    """Return the group of several texts; each record holds exactly one of them."""
    return Group([(Piece.PLAIN, text) for text in texts], columns)


def listed(opening: bytes, texts: Iterable[bytes], columns: Callable[[Found], Iterable[int]]) -> Group:
    """Return the group of a list: its opening, and the items that a record can hold."""

    def laid(found: Found) -> Iterator[int]:
        yield found.full
        yield from columns(found)

    return Group([(Piece.OPENING, opening), *((Piece.ITEM, text) for text in texts)], laid)


class Columns:
    """The columns behind the decisions in a record, and the names of each decision in the same order."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Put the names in their order."""
        self.dispositions = (*knowledge.rungs, UNDETERMINED)
        self.ends = (*knowledge.rungs, "")
        self.questions = tuple(knowledge.questions)
        self.steps = tuple(knowledge.steps)
        self.rules = tuple(knowledge.rules)
        self._speaking = [number for number, rule in enumerate(knowledge.rules.values()) if rule.speaks]
        self.speaking = tuple(self.rules[number] for number in self._speaking)
        self.cautioning = tuple(rule.id for rule in knowledge.rules.values() if rule.withholds)
        by_urgency = sorted(enumerate(knowledge.rules.values()), key=lambda each: urgency(knowledge, each[1]))
        self._naming = [(number, cause) for number, rule in by_urgency for cause in rule.causes]
        self._deciding = [(number, rule.id) for number, rule in by_urgency if rule.disposition]
        self.causes = tuple(cause for _, cause in self._naming)
        self.reasons = tuple(rule for _, rule in self._deciding)

    def of_disposition(self, found: Found) -> Iterator[int]:
        """Where the disposition is each one."""
        yield from (found.outcomes.disposition[name] for name in self.dispositions)

    def of_soon(self, found: Found) -> tuple[int, int]:
        """Where the shorter time frame applies, and where it does not."""
        return found.outcomes.soon, found.full & ~found.outcomes.soon

    def of_lowest(self, found: Found) -> Iterator[int]:
        """Where the range starts."""
        yield from (found.outcomes.lowest[name] for name in self.ends)

    def of_highest(self, found: Found) -> Iterator[int]:
        """Where the range ends."""
        yield from (found.outcomes.highest[name] for name in self.ends)

    def of_questions(self, found: Found) -> Iterable[int]:
        """Where the answer of each question could settle or raise the disposition."""
        return found.questions

    def of_causes(self, found: Found) -> Iterator[int]:
        """For each rule that names a cause, most urgent first: where it is the first to name it."""
        named: dict[str, int] = {}
        for number, cause in self._naming:
            fired, before = found.verdicts.fired[number], named.get(cause, 0)
            yield fired & ~before
            named[cause] = before | fired

    def of_steps(self, found: Found) -> Iterable[int]:
        """Where each step is given."""
        return found.outcomes.given.values()

    def of_withheld(self, found: Found) -> Iterable[int]:
        """Where each step is held back."""
        return found.outcomes.withheld.values()

    def of_cautions(self, found: Found) -> Iterator[int]:
        """Where the caution of each rule stands beside a step."""
        yield from (found.outcomes.cautions[rule] for rule in self.cautioning)

    def of_rules(self, found: Found) -> Iterable[int]:
        """Where each rule fires."""
        return found.verdicts.fired

    def of_speaking(self, found: Found) -> Iterator[int]:
        """Where each rule fires that changes what a reader is told."""
        yield from (found.verdicts.fired[number] for number in self._speaking)

    def of_reasons(self, found: Found) -> Iterator[int]:
        """Where each rule that calls for a disposition fires, most urgent first."""
        yield from (found.verdicts.fired[number] for number, _ in self._deciding)


def urgency(knowledge: KnowledgeBase, rule: Rule) -> tuple[int, bool]:
    """Return the key that sorts rules that fired as an assessment does, most urgent first."""
    return -(knowledge.rungs[rule.disposition].rank if rule.disposition else 0), not rule.soon
