"""The questionnaire as frozen data: questions, their options and gates, and what has gone out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from triage.knowledge.parts.conditions import All, Condition, findings_of
from triage.knowledge.parts.provenance import Provenance

Kind = Literal["choice", "scale", "number", "yes_no", "checklist"]
YES = "yes"
NO = "no"


@dataclass(frozen=True, slots=True)
class Gate:
    """Whom a question or an item concerns: a condition on earlier answers, and what it means in words.

    A gate without a name has the id of the question or item (`question.item`) behind it, and an empty
    `means`.
    """

    id: str
    means: str
    when: Condition
    file: str = "gates.toml"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice or scale, or one item of a checklist.

    An option that `rewords` makes texts speak about someone else rather than to "you". `words` are plain
    words that people type for it. An item with `asked_when` concerns only some people; `rationale` says why a
    red flag need not be asked of the others, and `gate` is the name of the condition, if it has one.
    """

    id: str
    label: str
    means: str = ""
    group: str = ""
    red_flag: bool = False
    rewords: bool = False
    words: tuple[str, ...] = ()
    asked_when: Condition | None = None
    gate: str = ""
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the items of a checklist: a line that stands for them, and what it means."""

    name: str
    means: str = ""


@dataclass(frozen=True)
class Question:
    """One question of the questionnaire.

    `opening`, `by_group`, `groups`, `first_ask` and `first_line` only say how the interview asks it: before
    all others, by groups first, after a yes-or-no question, and as a line beside others that begin so; a
    yes-or-no question with a line can stand among the lines of short lists.
    `confirm` asks about one of its signs that the person told in own words, and says what time is meant.
    `same_line` says how the next question can be answered on the same line. A question that `goes_stale` is
    about now: it is asked again if an interview goes on after a day. Answers to `shared` questions are about
    the person: they hold for another complaint too.

    A list with `names` can be filled by names of medicines: a case file holds them under that key.
    """

    id: str
    kind: Kind
    ask: str
    means: str
    why: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    minimum: int = 0
    maximum: int = 0
    asked_when: Condition | None = None
    gate: str = ""
    rationale: str = ""
    opening: bool = False
    goes_stale: bool = False
    shared: bool = False
    by_group: bool = False
    groups: tuple[Group, ...] = ()
    first_ask: str = ""
    first_line: str = ""
    same_line: str = ""
    confirm: str = "Is this so now?"
    names: str = ""

    @cached_property
    def findings(self) -> tuple[str, ...]:
        """The findings this question answers: itself, or one for each checklist item."""
        if self.kind == "checklist":
            return tuple(f"{self.id}.{option.id}" for option in self.options)
        return (self.id,)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The named values that a finding of this question can have; empty for a number."""
        if self.kind == "number":
            return ()
        if self.kind in ("choice", "scale"):
            return tuple(option.id for option in self.options)
        return (YES, NO)

    @cached_property
    def gates(self) -> Mapping[str, Condition]:
        """The condition under which a finding concerns a person, for each that does not concern everybody."""
        own = dict.fromkeys(self.findings, self.asked_when)
        if self.kind != "checklist":
            return {finding: gate for finding, gate in own.items() if gate}
        gates = {}
        for finding, option in zip(self.findings, self.options, strict=True):
            parts = tuple(gate for gate in (self.asked_when, option.asked_when) if gate)
            if parts:
                gates[finding] = parts[0] if len(parts) == 1 else All(parts)
        return gates

    @cached_property
    def finding_set(self) -> frozenset[str]:
        """The findings, to look one up."""
        return frozenset(self.findings)

    @cached_property
    def behind(self) -> Mapping[Condition | None, tuple[str, ...]]:
        """The findings behind each gate; behind None, those that concern everybody."""
        behind: dict[Condition | None, tuple[str, ...]] = {}
        for finding in self.findings:
            gate = self.gates.get(finding)
            behind[gate] = (*behind.get(gate, ()), finding)
        return behind

    @cached_property
    def gated_by(self) -> frozenset[str]:
        """The findings that gates of this question look at."""
        return frozenset[str]().union(*(findings_of(gate) for gate in self.behind if gate))

    @cached_property
    def red_flags(self) -> tuple[str, ...]:
        """The findings of this question that are red flags by themselves."""
        return tuple(f"{self.id}.{option.id}" for option in self.options if option.red_flag)


Row = TypeVar("Row", Question, Option)


@dataclass(frozen=True, slots=True)
class Retirement:
    """An id of the questionnaire that is out of use (`question`, `question.item`), and its successors.

    A `red_flag` is an item whose answers still count: its yes is that of its most urgent successor.
    """

    id: str
    successors: tuple[str, ...]
    reason: str
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class MedicineClass:
    """Medicines that stand for the same items of a list: each generic name with its brand and other names.

    `misspelt` holds common misspellings of each generic name.
    """

    id: str
    label: str
    items: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    provenance: Provenance
    misspelt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class MedicineName:
    """A name in its correct spelling, the medicine it belongs to, and the items that it stands for."""

    text: str
    generic: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number (or a step of a scale) behind a loose word, with its reason."""

    id: str
    finding: str
    value: int | str
    means: str
    reason: str
    provenance: Provenance
