"""What two questionnaires have in common: which questions, items and answers of one are those of the other.

Ids decide. What is left over on both sides is the same where its wording is: a renamed item is no lost one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.inference.truth import Missing, Value
from triage.knowledge.model import KnowledgeBase, Question


@dataclass(frozen=True, slots=True)
class Shared:
    """A finding that both questionnaires can answer, with the answers that both know.

    `values` pairs the named values; for a number, `lowest` to `highest` is the range of both.
    """

    old: str
    new: str
    values: Mapping[str, str]
    is_number: bool = False
    lowest: int = 0
    highest: int = 0

    def answer(self, answer: Value, side: int) -> Value | None:
        """Return an answer to one questionnaire (0 old, 1 new) in the words of the other, if it has any."""
        if isinstance(answer, Missing):
            return answer
        if self.is_number:
            return answer if self.lowest <= int(answer) <= self.highest else None
        pairs = (pair if side == 0 else pair[::-1] for pair in self.values.items())
        return next((other for one, other in pairs if one == answer), None)

    @property
    def names(self) -> tuple[str, str]:
        """The finding in the old questionnaire and in the new one."""
        return self.old, self.new


@dataclass(frozen=True)
class Matching:
    """What two questionnaires have in common, and what only one of them has.

    `renamed` maps questions, items (`question.item`) and answers (`question.answer`) of the old one to other
    ids of the new one. `only_old` and `only_new` are findings, `values_old` and `values_new` answers to
    questions that both ask.
    """

    shared: tuple[Shared, ...]
    renamed: Mapping[str, str]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    values_old: tuple[str, ...]
    values_new: tuple[str, ...]

    def answers(self, answers: Mapping[str, Value], side: int) -> Mapping[str, Value] | None:
        """Return answers to one questionnaire (0 old, 1 new) as the other hears them.

        What the other does not ask is left out. None if it asks for the same, and lacks the answer.
        """
        shared = {each.names[side]: each for each in self.shared}
        heard: dict[str, Value] = {}
        for name, answer in answers.items():
            if name in shared:
                other = shared[name].answer(answer, side)
                if other is None:
                    return None
                heard[shared[name].names[1 - side]] = other
        return heard


def match_rows(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Pair rows (id -> text) of two tables: by id, then what is left over by a text that nothing else has."""
    pairs = {name: name for name in old if name in new}
    left_old = {name: text for name, text in old.items() if name not in pairs}
    left_new = {name: text for name, text in new.items() if name not in pairs}
    once_old, once_new = Counter(left_old.values()), Counter(left_new.values())
    by_text = {text: name for name, text in left_new.items()}
    pairs.update(
        (name, by_text[text])
        for name, text in left_old.items()
        if once_old[text] == 1 and once_new[text] == 1
    )
    return pairs


def match(old: KnowledgeBase, new: KnowledgeBase) -> Matching:
    """Match the questionnaires of two knowledge bases."""
    shared: dict[str, Shared] = {}
    renamed: dict[str, str] = {}
    for one, other in _questions(old, new):
        if one.id != other.id:
            renamed[one.id] = other.id
        if one.kind != "checklist":
            shared[one.id] = _single(one, other)
            names = shared[one.id].values
            renamed.update(
                (f"{one.id}.{value}", f"{other.id}.{names[value]}")
                for value in names
                if names[value] != value
            )
    items = _items(old, new)
    shared |= {one: Shared(one, other, _same(old.question_of[one])) for one, other in items.items()}
    renamed |= {one: other for one, other in items.items() if one != other}
    matched = {each.new for each in shared.values()}
    return Matching(
        shared=tuple(shared[finding] for finding in old.question_of if finding in shared),
        renamed=renamed,
        only_old=tuple(finding for finding in old.question_of if finding not in shared),
        only_new=tuple(finding for finding in new.question_of if finding not in matched),
        values_old=tuple(
            text
            for each in shared.values()
            for text in _unknown_values(old.question_of[each.old], each, set(each.values))
        ),
        values_new=tuple(
            text
            for each in shared.values()
            for text in _unknown_values(new.question_of[each.new], each, set(each.values.values()))
        ),
    )


def _questions(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[tuple[Question, Question]]:
    """Yield questions that ask for the same; a question of another kind or unit is another question."""
    pairs = match_rows(
        {question.id: question.ask for question in old.questions.values()},
        {question.id: question.ask for question in new.questions.values()},
    )
    for one, other in ((old.questions[one], new.questions[other]) for one, other in pairs.items()):
        if _family(one) == _family(other) and one.unit == other.unit:
            yield one, other


def _family(question: Question) -> str:
    return "choice" if question.kind == "scale" else question.kind


def _items(old: KnowledgeBase, new: KnowledgeBase) -> dict[str, str]:
    """Pair checklist items; an item may have moved to another list."""

    def labels(knowledge: KnowledgeBase) -> dict[str, str]:
        return {
            f"{question.id}.{option.id}": option.label
            for question in knowledge.questions.values()
            if question.kind == "checklist"
            for option in question.options
        }

    pairs = {
        f"{one.id}.{before}": f"{other.id}.{after}"
        for one, other in _questions(old, new)
        if one.kind == "checklist"
        for before, after in _options(one, other).items()
    }
    before, after = labels(old), labels(new)
    taken = set(pairs.values())
    return pairs | match_rows(
        {name: label for name, label in before.items() if name not in pairs},
        {name: label for name, label in after.items() if name not in taken},
    )


def _same(question: Question) -> Mapping[str, str]:
    return {value: value for value in question.values}


def _single(old: Question, new: Question) -> Shared:
    if old.kind == "number":
        lowest, highest = max(old.minimum, new.minimum), min(old.maximum, new.maximum)
        return Shared(old.id, new.id, {}, is_number=True, lowest=lowest, highest=highest)
    if old.kind == "yes_no":
        return Shared(old.id, new.id, _same(old))
    return Shared(old.id, new.id, _options(old, new))


def _options(old: Question, new: Question) -> Mapping[str, str]:
    return match_rows(
        {option.id: option.label for option in old.options},
        {option.id: option.label for option in new.options},
    )


def _unknown_values(question: Question, shared: Shared, known: set[str]) -> Iterator[str]:
    """Yield, in words, the answers to a question that the other questionnaire does not know."""
    if question.kind == "number":
        if question.minimum < shared.lowest:
            yield f"{question.id} below {shared.lowest}"
        if question.maximum > shared.highest:
            yield f"{question.id} above {shared.highest}"
    else:
        yield from (f"{question.id}.{value}" for value in question.values if value not in known)
