"""What two questionnaires have in common: which questions, items and answers of one are those of the other.

Ids decide. What is left over on both sides is the same where its wording is: a renamed item is no lost one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import KnowledgeBase, Question

OLD, NEW = 0, 1
SIDES = (OLD, NEW)

Names: TypeAlias = tuple[str, str]
"""What something is called in the old base and in the new one, "" where a base has it not."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A finding that both questionnaires can answer, with the answers that both know.

    `values` pairs the named values; `numbers` holds the numbers that both allow.
    """

    names: Names
    values: tuple[Names, ...] = ()
    numbers: range = range(0)

    def answer(self, answer: Value, side: int) -> Value | None:
        """Return an answer to the questionnaire of one side in the words of the other, if it has any."""
        if isinstance(answer, Missing) or answer in self.numbers:
            return answer
        return next((pair[1 - side] for pair in self.values if pair[side] == answer), None)


@dataclass(frozen=True)
class Matching:
    """What two questionnaires have in common, and by side, the findings that one base alone asks for."""

    shared: tuple[Shared, ...]
    only: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[Names, ...]:
        """What the findings that both ask for are called."""
        return tuple(each.names for each in self.shared)

    def answers(self, answers: Mapping[str, Value], side: int) -> Mapping[str, Value] | None:
        """Return answers to the questionnaire of one side as the other hears them.

        What the other does not ask is left out. None if it asks for the same, and lacks the answer.
        """
        heard: dict[str, Value] = {}
        for shared in self.shared:
            name = shared.names[side]
            if name in answers:
                answer = shared.answer(answers[name], side)
                if answer is None:
                    return None
                heard[shared.names[1 - side]] = answer
        return heard


def match_rows(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Pair rows (id -> text) of two tables: by id, then what is left over by a text that nothing else has."""
    pairs = {name: name for name in old if name in new}
    left_old = {name: text for name, text in old.items() if name not in pairs}
    left_new = {name: text for name, text in new.items() if name not in pairs}
    once = [Counter(left.values()) for left in (left_old, left_new)]
    by_text = {text: name for name, text in left_new.items()}
    for name, text in left_old.items():
        if all(counter[text] == 1 for counter in once):
            pairs[name] = by_text[text]
    return pairs


def match(old: KnowledgeBase, new: KnowledgeBase) -> Matching:
    """Match the questionnaires of two knowledge bases."""
    shared = tuple(_shared(old, new, names) for names in _findings(old, new))
    taken = [{each.names[side] for each in shared} for side in SIDES]
    only = (
        tuple(finding for finding in knowledge.question_of if finding not in names)
        for knowledge, names in zip((old, new), taken, strict=True)
    )
    return Matching(shared, tuple(only))


def _findings(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[Names]:
    """Yield the findings that both ask for, in the old order; an item may have moved to another list.

    A question of another kind or unit is another question.
    """
    pairs: dict[str, str] = {}
    for is_whole in (True, False):
        left_old, left_new = (
            {
                finding: (question.ask if is_whole else "") + knowledge.label_of(finding)
                for finding, question in knowledge.question_of.items()
                if finding not in taken
            }
            for knowledge, taken in ((old, pairs.keys()), (new, {*pairs.values()}))
        )
        pairs |= match_rows(left_old, left_new)
    for finding, before in old.question_of.items():
        if finding in pairs:
            after = new.question_of[pairs[finding]]
            if _family(before) == _family(after) and before.unit == after.unit:
                yield finding, pairs[finding]


def _family(question: Question) -> str:
    return "choice" if question.kind == "scale" else question.kind


def _shared(old: KnowledgeBase, new: KnowledgeBase, names: Names) -> Shared:
    one, other = old.question_of[names[OLD]], new.question_of[names[NEW]]
    if one.kind == "number":
        lowest, highest = max(one.minimum, other.minimum), min(one.maximum, other.maximum)
        return Shared(names, numbers=range(lowest, highest + 1))
    return Shared(names, tuple(match_rows(_labels(one), _labels(other)).items()))


def _labels(question: Question) -> dict[str, str]:
    """Return the answers to a question, or to each item of a list, with their words."""
    labels = {option.id: option.label for option in question.options}
    return {value: labels.get(value, value) for value in question.values}
