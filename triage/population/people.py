"""Made-up people, one after another: what brings them here, what they have, and how they answer.

Drawing must be quick enough for millions of people, so "none", the usual answer to a checklist, takes
only one number.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import TypeAlias

from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.inference.truth import Missing, Truth, Value, truth_of
from triage.knowledge.model import NO, YES, KnowledgeBase, Question
from triage.knowledge.parts.conditions import Condition, findings_of

Draw: TypeAlias = Callable[[], float]
Weights: TypeAlias = Mapping[str, float]

# An answer as later questions see it: one value, or the present items of a checklist (with ?: not sure).
Given: TypeAlias = str | int | tuple[str, ...]
Intake: TypeAlias = dict[str, Given]
Answered: TypeAlias = tuple[str, Given]

_ANSWERED_ITEM_BY_ITEM = 0.7
_NEARLY_ALL = 0.999999
_BEYOND_ALL = 2.0


@dataclass(frozen=True, slots=True)
class Shares:
    """How people answer, whatever they have (see `population.toml`)."""

    stops_early: float
    skips: float
    not_sure: float
    item_by_item: float
    not_sure_item: float
    item: float
    yes: float


@dataclass(frozen=True, slots=True)
class Group:
    """People with one range of values of the question that tells the groups apart."""

    first: int
    last: int
    share: float


@dataclass(frozen=True, slots=True)
class Answers:
    """Proportions of answers: shares of items, exactly one of several answers, ranges of numbers.

    The share of an item is one number, or one for each group. A range is its first and last number, and a
    weight.
    """

    items: Mapping[str, Mapping[str, float | Sequence[float]]]
    one_of: Mapping[str, Weights]
    numbers: Mapping[str, Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What brings people here: its weight in each group, and the answers that go with it."""

    id: str
    share: Sequence[float]
    answers: Answers


@dataclass(frozen=True, slots=True)
class Proportions:
    """The proportions of a population."""

    shares: Shares
    grouped_by: str
    groups: tuple[Group, ...]
    answers: Answers
    complaints: tuple[Complaint, ...]


class People:
    """Draws one person after another."""

    def __init__(self, knowledge: KnowledgeBase, proportions: Proportions, draw: Draw) -> None:
        """Take the questionnaire, the proportions, and what draws numbers from 0 to 1."""
        self._knowledge = knowledge
        self._proportions = proportions
        self._draw = draw
        self._groups = _Wheel([group.share for group in proportions.groups])
        self._complaints = [
            _Wheel([complaint.share[number] for complaint in proportions.complaints])
            for number in range(len(proportions.groups))
        ]
        self._asked = [
            (
                question.id,
                f'"{question.id}":',
                None if question.asked_when is None else _Gate(knowledge, question.asked_when),
            )
            for question in knowledge.questions.values()
        ]
        self._replies: dict[tuple[int, int], list[_Reply]] = {}

    def answers(self) -> str:
        """Return the answers of one person as JSON, without the braces around them."""
        draw, shares = self._draw, self._proportions.shares
        group = self._groups.turn(draw())
        complaint = self._complaints[group].turn(draw())
        replies = self._replies.get((group, complaint)) or self._new_replies(group, complaint)
        left = len(replies)
        if draw() < shares.stops_early:
            left = int(draw() * left)
        item_by_item = draw() < shares.item_by_item
        skips, not_sure = shares.skips, shares.skips + shares.not_sure
        given: Intake = {}
        parts = []
        for (name, opening, applies), reply in zip(self._asked[:left], replies, strict=False):
            if applies is not None and not applies(given):
                continue
            way = draw()
            if way >= reply.nothing:
                text, given[name] = reply.something(item_by_item=item_by_item)
            elif way >= not_sure:
                text, given[name] = reply.nothing_present(item_by_item=item_by_item)
            elif way >= skips:
                text = _NOT_SURE
            else:
                continue
            parts.append(opening + text)
        return ",".join(parts)

    def _new_replies(self, group: int, complaint: int) -> list[_Reply]:
        """Return how each question is answered in one group and complaint."""
        made = [
            self._reply(question, group, self._proportions.complaints[complaint].answers)
            for question in self._knowledge.questions.values()
        ]
        self._replies[group, complaint] = made
        return made

    def _reply(self, question: Question, group: int, own: Answers) -> _Reply:
        common, shares = self._proportions.answers, self._proportions.shares
        one_of = own.one_of.get(question.id) or common.one_of.get(question.id)
        if question.kind == "checklist":
            named = {**common.items.get(question.id, {}), **own.items.get(question.id, {})}
            items = {
                option.id: _share_in(named.get(option.id, shares.item), group) for option in question.options
            }
            return _Checklist(items, one_of, shares, self._draw)
        if question.kind == "number":
            ranges = own.numbers.get(question.id) or common.numbers.get(question.id)
            if question.id == self._proportions.grouped_by:
                chosen = self._proportions.groups[group]
                ranges = [(chosen.first, chosen.last, 1)]
            return _Number(ranges or [(question.minimum, question.maximum, 1)], shares, self._draw)
        if question.kind == "yes_no" and one_of is None:
            one_of = {YES: shares.yes, NO: 1 - shares.yes}
        return _Choice(one_of or dict.fromkeys(question.values, 1), shares, self._draw)


def _share_in(share: float | Sequence[float], group: int) -> float:
    return share if isinstance(share, (int, float)) else share[group]


_NOT_SURE = f'"{UNKNOWN}"'
_NOTHING: Answered = (f'"{NONE}"', ())


class _Wheel:
    """A wheel of fortune: a number from 0 to 1 turns it, and it stops at one of its fields."""

    def __init__(self, weights: Sequence[float]) -> None:
        ends = list(accumulate(weights))  # and no sum(), which adds floats otherwise since Python 3.12
        self._ends = [end / ends[-1] for end in ends]
        last = max(number for number, weight in enumerate(weights) if weight)
        self._ends[last:] = [_BEYOND_ALL] * (len(weights) - last)

    def turn(self, drawn: float) -> int:
        return bisect_right(self._ends, drawn)


class _Reply:
    """How one question is answered.

    One number from 0 to 1 tells the way: above what skips and "not sure" take, up to `nothing` that nothing
    is present, and beyond it `something`.
    """

    def __init__(self, how: Shares, draw: Draw) -> None:
        self.nothing = how.skips + how.not_sure
        self._how = how
        self._draw = draw

    def something(self, *, item_by_item: bool) -> Answered:
        """Return an answer as JSON, and as later questions look at it."""
        raise NotImplementedError

    def nothing_present(self, *, item_by_item: bool) -> Answered:  # noqa: ARG002 - only a checklist has items
        """Return the answer that nothing of a checklist is present."""
        return _NOTHING


class _Choice(_Reply):
    """One of several answers."""

    def __init__(self, weights: Weights, how: Shares, draw: Draw) -> None:
        super().__init__(how, draw)
        self._wheel = _Wheel(list(weights.values()))
        self._answers: list[Answered] = [(json.dumps(name), name) for name in weights]

    def something(self, *, item_by_item: bool) -> Answered:  # noqa: ARG002 - only a checklist has items
        return self._answers[self._wheel.turn(self._draw())]


class _Number(_Reply):
    """A whole number from one of several ranges."""

    def __init__(self, ranges: Sequence[Sequence[float]], how: Shares, draw: Draw) -> None:
        super().__init__(how, draw)
        self._wheel = _Wheel([share for _, _, share in ranges])
        self._ranges = [(int(first), int(last) - int(first) + 1) for first, last, _ in ranges]

    def something(self, *, item_by_item: bool) -> Answered:  # noqa: ARG002 - only a checklist has items
        first, width = self._ranges[self._wheel.turn(self._draw())]
        number = first + int(self._draw() * width)
        return str(number), number


class _Checklist(_Reply):
    """Items of a checklist: exactly one of some, where that is wanted, and each other by itself."""

    def __init__(self, shares: Mapping[str, float], one_of: Weights | None, how: Shares, draw: Draw) -> None:
        super().__init__(how, draw)
        self._items = list(shares)
        self._one_of = _Wheel([one_of.get(item, 0) for item in shares]) if one_of else None
        # How likely it is that nothing is present up to each item, negative so that it ascends.
        self._nothing_yet = [
            -left for left in accumulate((1 - min(share, _NEARLY_ALL) for share in shares.values()), mul)
        ]
        self._anything = 1.0 if self._one_of else 1 + self._nothing_yet[-1]
        self.nothing = 1 - (1 - self.nothing) * self._anything

    def something(self, *, item_by_item: bool) -> Answered:
        present = self._present(self._anything)
        if item_by_item:
            return self._given_item_by_item(present)
        if not present:
            return _NOTHING
        items = self._items
        names = [items[number] for number in present]
        if self._draw() < self._how.not_sure_item:
            unsure = items[int(self._draw() * len(items))]
            if unsure not in names:
                names.append(NOT_SURE_MARK + unsure)
        return '["' + '","'.join(names) + '"]', tuple(names)

    def nothing_present(self, *, item_by_item: bool) -> Answered:
        return self._given_item_by_item(()) if item_by_item else _NOTHING

    def _given_item_by_item(self, present: Sequence[int]) -> Answered:
        values: dict[str, str] = {}
        for number, item in enumerate(self._items):
            way = self._draw()
            if way < self._how.not_sure:
                values[item] = UNKNOWN
            elif way < _ANSWERED_ITEM_BY_ITEM:
                values[item] = YES if number in present else NO
        given = [
            item if values.get(item) == YES else NOT_SURE_MARK + item
            for item in self._items
            if values.get(item) != NO
        ]
        return json.dumps(values, separators=(",", ":")), tuple(given)

    def _present(self, anything: float) -> list[int]:
        """Draw the next present item, instead of drawing for every item, since most lists have few.

        `anything` is the chance that anything is present if it is known that something is, else 1.
        """
        draw, ends = self._draw, self._nothing_yet
        found = []
        at = bisect_right(ends, draw() * anything - 1)
        while at < len(ends):
            found.append(at)
            at = bisect_right(ends, ends[at] * (1 - draw()), at + 1)
        if self._one_of is not None:
            one = self._one_of.turn(draw())
            if one not in found:
                found = sorted([*found, one])
        return found


class _Gate:
    """Whether a question surely applies after the answers so far; each combination is judged once."""

    def __init__(self, knowledge: KnowledgeBase, condition: Condition) -> None:
        self._condition = condition
        self._tested = [(name, knowledge.question_of[name]) for name in sorted(findings_of(condition))]
        self._questions = list(dict.fromkeys(question.id for _, question in self._tested))
        self._judged: dict[tuple[Given | None, ...], bool] = {}

    def __call__(self, given: Intake) -> bool:
        seen = tuple(map(given.get, self._questions))
        judged = self._judged.get(seen)
        if judged is None:
            memory = {name: _value(name, question, given) for name, question in self._tested}
            judged = self._judged[seen] = truth_of(self._condition, memory) is Truth.TRUE
        return judged


def _value(finding: str, question: Question, given: Intake) -> Value:
    answer = given.get(question.id, Missing.NOT_ASKED)
    if not isinstance(answer, tuple):
        return answer
    item = finding.partition(".")[2]
    if NOT_SURE_MARK + item in answer:
        return Missing.UNKNOWN
    return YES if item in answer else NO
