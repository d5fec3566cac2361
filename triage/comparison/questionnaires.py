"""What two questionnaires have in common: which questions, items and answers of one are those of the other.

Ids decide. What is left over on both sides is the same where its wording is: a renamed item is no lost one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question

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
    """What two questionnaires have in common, and what only one of them has.

    `renamed` pairs questions, items (`question.item`) and answers (`question.answer`) with two ids. By side,
    `only` holds the findings that one base alone asks for, and `unknown` says, in words, which answers the
    other does not know to what both ask.
    """

    shared: tuple[Shared, ...]
    renamed: tuple[Names, ...]
    only: tuple[tuple[str, ...], tuple[str, ...]]
    unknown: tuple[tuple[str, ...], tuple[str, ...]]

    def other_name(self, side: int) -> Mapping[str, str]:
        """Return the findings of a side that both ask for, each with its name on the other side."""
        return {each.names[side]: each.names[1 - side] for each in self.shared}

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
    questions = [*_questions(old, new)]
    shared = [_shared(one, other) for one, other in questions if one.kind != "checklist"]
    items = _items(old, new, questions)
    shared += [Shared(names, ((YES, YES), (NO, NO))) for names in items]
    order = {finding: place for place, finding in enumerate(old.question_of)}
    shared.sort(key=lambda each: order[each.names[OLD]])
    pairs = [(one.id, other.id) for one, other in questions]
    values = [
        (f"{each.names[OLD]}.{before}", f"{each.names[NEW]}.{after}")
        for each in shared
        for before, after in each.values
        if before != after
    ]
    only, unknown = [], []
    for side, knowledge in zip(SIDES, (old, new), strict=True):
        names = {each.names[side] for each in shared}
        only.append(tuple(finding for finding in knowledge.question_of if finding not in names))
        unknown.append(tuple(text for each in shared for text in _unknown(knowledge, each, side)))
    return Matching(
        tuple(shared),
        tuple(each for each in (*pairs, *items, *values) if each[OLD] != each[NEW]),
        (only[OLD], only[NEW]),
        (unknown[OLD], unknown[NEW]),
    )


def _questions(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[tuple[Question, Question]]:
    """Yield questions that ask for the same; a question of another kind or unit is another question."""
    texts = [{question.id: question.ask for question in base.questions.values()} for base in (old, new)]
    for one, other in match_rows(*texts).items():
        before, after = old.questions[one], new.questions[other]
        if _family(before) == _family(after) and before.unit == after.unit:
            yield before, after


def _family(question: Question) -> str:
    return "choice" if question.kind == "scale" else question.kind


def _shared(old: Question, new: Question) -> Shared:
    if old.kind == "number":
        numbers = range(max(old.minimum, new.minimum), min(old.maximum, new.maximum) + 1)
        return Shared((old.id, new.id), numbers=numbers)
    return Shared((old.id, new.id), tuple(match_rows(_labels(old), _labels(new)).items()))


def _labels(question: Question) -> dict[str, str]:
    """Return the answers to a question or the items of a list, each with its words."""
    labels = {option.id: option.label for option in question.options}
    return labels or {value: value for value in question.values}


def _items(old: KnowledgeBase, new: KnowledgeBase, questions: list[tuple[Question, Question]]) -> list[Names]:
    """Pair checklist items; an item may have moved to another list."""
    pairs = {
        f"{one.id}.{before}": f"{other.id}.{after}"
        for one, other in questions
        if one.kind == "checklist"
        for before, after in match_rows(_labels(one), _labels(other)).items()
    }
    left = [
        {
            f"{question.id}.{item}": label
            for question in base.questions.values()
            if question.kind == "checklist"
            for item, label in _labels(question).items()
            if f"{question.id}.{item}" not in taken
        }
        for base, taken in ((old, pairs.keys()), (new, set(pairs.values())))
    ]
    return [*(pairs | match_rows(*left)).items()]


def _unknown(knowledge: KnowledgeBase, shared: Shared, side: int) -> Iterator[str]:
    """Yield, in words, the answers to a question that the other questionnaire does not know."""
    question = knowledge.question_of[shared.names[side]]
    numbers = shared.numbers
    if question.kind == "number":
        if question.minimum < numbers.start:
            yield f"{question.id} below {numbers.start}"
        if question.maximum >= numbers.stop:
            yield f"{question.id} above {numbers.stop - 1}"
    else:
        known = {pair[side] for pair in shared.values}
        yield from (f"{question.id}.{value}" for value in question.values if value not in known)
