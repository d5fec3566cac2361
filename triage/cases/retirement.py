"""Move answers under retired ids to their current ids, if they have a single meaning now.

An answer under a retired id moves to the successor of the id: to another item of its list, to another list,
from a question to an item or back. If a red flag has several successors, it moves to the most urgent one, so
no danger sign is lost; a "no" moves nowhere, because it does not answer all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.inference.assess import assess_findings
from triage.inference.evaluators import COMPILED
from triage.knowledge.model import NO, YES, KnowledgeBase, Retirement
from triage.source.pointer import Pointer

_STRENGTH: Mapping[Any, int] = {NO: 0, UNKNOWN: 1, YES: 2}


@dataclass(frozen=True, slots=True)
class Move:
    """A change to an answer: its place among the answers, and the message about it."""

    place: Pointer
    message: str


def use_instead(retirement: Retirement) -> str:
    """Return the message about what to write instead of a retired id."""
    if len(retirement.successors) == 1:
        return f'"{retirement.id}" was retired; use {retirement.successors[0]} (triage convert does it)'
    named = " or ".join(retirement.successors)
    return f'"{retirement.id}" was retired and has no single meaning now; use {named}'


def moved(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], *, red_flags_alone: bool = False
) -> tuple[Mapping[str, Any], list[Move]]:
    """Return answers under their current ids, and what has moved.

    An answer stays where it is if it has no single meaning, or would contradict another answer.

    Args:
        knowledge: the knowledge base with the current questionnaire.
        answers: from question id to answer; what does not look like an answer is left alone.
        red_flags_alone: leave all other retired ids for their author to change.
    """
    if not knowledge.retired:
        return answers, []
    return _Movement(knowledge, answers, red_flags_alone=red_flags_alone).all()


def _urgency(knowledge: KnowledgeBase, finding: str) -> int:
    """Return the rank of the disposition that a yes to a finding alone brings; -1 if it brings none."""
    if finding not in knowledge.question_of or YES not in knowledge.question_of[finding].values:
        return -1
    alone = assess_findings(knowledge, {finding: YES}, engine=COMPILED)
    rung = knowledge.rungs.get(alone.disposition)
    return rung.rank if rung else -1


class _Movement:
    """The answers of one case while they move to their current ids."""

    def __init__(
        self, knowledge: KnowledgeBase, answers: Mapping[str, Any], *, red_flags_alone: bool
    ) -> None:
        self._knowledge = knowledge
        self._red_flags_alone = red_flags_alone
        self._given = answers
        self._answers: dict[str, Any] = {}
        self._moves: list[Move] = []

    def _successor(self, old: str) -> str | None:
        """Return the successor of an id; None if it is not retired, or has no single meaning."""
        retirement = self._knowledge.retired.get(old)
        if retirement is None or (self._red_flags_alone and not retirement.red_flag):
            return None
        if len(retirement.successors) == 1:
            return retirement.successors[0]
        if not retirement.red_flag:
            return None
        return max(retirement.successors, key=lambda finding: _urgency(self._knowledge, finding))

    def all(self) -> tuple[Mapping[str, Any], list[Move]]:
        """Return the answers, and what has moved."""
        elsewhere: list[tuple[str, Any]] = []
        for name, answer in self._given.items():
            if answer is None:  # null has no meaning; it is left for its author to see
                self._answers[name] = answer
                continue
            left, leaving = self._parts(name, answer)
            elsewhere += leaving
            if left is None:
                continue
            successor = self._successor(name)
            if successor is None or not self._takes(successor, left):
                self._answers[name] = left
                continue
            self._tell((name,), name, left)
            if "." in successor:
                elsewhere.append((successor, left))
            else:
                self._answers[successor] = left
        for successor, answer in elsewhere:
            self._put(successor, answer)
        return self._answers, self._moves

    def _parts(self, name: str, answer: Any) -> tuple[Any, list[tuple[str, Any]]]:
        """Return what stays of the answer to a question (None: nothing), and what moves elsewhere."""
        if isinstance(answer, list):
            return self._list(name, answer)
        if isinstance(answer, Mapping):
            return self._items(name, answer)
        old = f"{name}.{answer}"
        successor = self._successor(old) if isinstance(answer, str) else None
        question, _, option = str(successor).partition(".")
        if question != name and not self._takes(successor, YES):
            return answer, []
        self._tell((name,), old, YES)
        return (option, []) if question == name else (None, [(str(successor), YES)])

    def _list(self, name: str, items: list[Any]) -> tuple[Any, list[tuple[str, Any]]]:
        left: list[Any] = []
        leaving: list[tuple[str, Any]] = []
        for index, item in enumerate(items):
            plain = item.removeprefix(NOT_SURE_MARK) if isinstance(item, str) else ""
            old, value = f"{name}.{plain}", YES if plain == item else UNKNOWN
            successor = self._successor(old)
            if not self._takes(successor, value):
                left.append(item)
                continue
            self._tell((name, index), old, value)
            question, _, new = str(successor).partition(".")
            if question == name and not {new, f"{NOT_SURE_MARK}{new}"} & {*map(str, (*items, *left))}:
                left.append(new if value == YES else f"{NOT_SURE_MARK}{new}")
            else:
                leaving.append((str(successor), value))
        return left or (NONE if items else items), leaving

    def _items(self, name: str, items: Mapping[str, Any]) -> tuple[Any, list[tuple[str, Any]]]:
        left: dict[str, Any] = {}
        leaving: list[tuple[str, Any]] = []
        for item, value in items.items():
            old = f"{name}.{item}"
            successor = self._successor(old)
            if not self._takes(successor, value):
                left[item] = value
                continue
            self._tell((name, item), old, value)
            if value == NO and len(self._knowledge.retired[old].successors) > 1:
                continue
            question, _, new = str(successor).partition(".")
            if question == name and new not in items and new not in left:
                left[new] = value
            else:
                leaving.append((str(successor), value))
        return left if left or not items else None, leaving

    def _takes(self, successor: str | None, value: Any) -> bool:
        """Tell whether an answer can move to a successor; a question takes no second answer."""
        if successor is None:
            return False
        name, _, item = successor.partition(".")
        question = self._knowledge.questions[name]
        if item and question.kind == "checklist":
            present = self._answers.get(name, self._given.get(name, NONE))
            fits = isinstance(present, (list, Mapping)) or present in (NONE, UNKNOWN)
            return fits and isinstance(value, str) and value in _STRENGTH
        if item:
            return value == YES and self._is_free(name, item)
        return self._is_free(name, value)

    def _is_free(self, name: str, answer: Any) -> bool:
        return all(given.get(name, answer) == answer for given in (self._answers, self._given))

    def _put(self, successor: str, value: Any) -> None:
        """Add an answer that has moved here; of two answers to an item, the stronger counts."""
        name, _, item = successor.partition(".")
        if not item:
            self._answers[name] = value
        elif self._knowledge.questions[name].kind != "checklist":
            self._answers[name] = item
        else:
            self._answers[name] = self._with_item(name, self._answers.get(name), item, value)

    def _with_item(self, name: str, answer: Any, item: str, value: str) -> Any:
        if answer is None:
            return {item: value}
        if answer == UNKNOWN:
            options = {option.id: UNKNOWN for option in self._knowledge.questions[name].options}
            return answer if value != YES else {**options, item: YES}
        if isinstance(answer, Mapping):
            before = answer.get(item, NO)
            return {**answer, item: max(before, value, key=lambda each: _STRENGTH.get(each, 0))}
        present, unsure = [] if answer == NONE else list(answer), f"{NOT_SURE_MARK}{item}"
        if value == NO or item in present:
            return answer
        if value == UNKNOWN:
            return answer if unsure in present else [*present, unsure]
        return [*(each for each in present if each != unsure), item]

    def _tell(self, place: Pointer, old: str, value: Any) -> None:
        retirement = self._knowledge.retired[old]
        successor = self._successor(old)
        message = f'"{old}" was retired; it counts as {successor}'
        if len(retirement.successors) > 1:
            others = ", ".join(name for name in retirement.successors if name != successor)
            message = f"{message}, the most urgent of what came after it; ask about {others} too"
            if value == NO:
                message = f'"{old}" was retired; its "no" no longer counts; ask about {successor}, {others}'
        self._moves.append(Move(place, message))
