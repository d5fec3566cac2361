"""Asks first, by one list, which of several lists are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.interview.asking.alarm import Alarm
from triage.interview.asking.one_list import OneList
from triage.interview.asking.questions import Questions
from triage.interview.asking.showing import Showing
from triage.interview.prompts import Prompt, joint_prompt
from triage.knowledge.model import NO, Question

_IS_ANY_SO = "Any of these?"
_IS_THERE_MORE = "Besides what you have told: is there more of any of this?"


@dataclass(frozen=True)
class JointLists(OneList):
    """Asks lists of a talk jointly."""

    def together(self, name: str) -> list[Question]:
        """Return the questions that one list can stand for, together with the one of this name.

        None of them was answered, except for what was told in own words. Lists of danger signs are not asked
        together with other lists.
        """
        interview = self.talk.interview
        reopened = self.talk.reopened.names if self.talk.reopened else ()
        more = interview.knowledge.lexicon.more
        due = interview.knowledge.questions[name]
        is_told = name in more and interview.is_told_alone(due)
        asked = {*interview.answers, *interview.remembered}
        able = []
        for each in (*interview.outlook().askable, *(self._begun(name) if is_told else ())):
            if bool(each.red_flags) != bool(due.red_flags):
                continue
            if each.id in more and interview.is_told_alone(each):
                able.append(replace(each, first_line=more[each.id], first_ask=each.means))
            elif is_told:  # lists begun in own words come first
                continue
            elif each.first_ask and (each.id in reopened or each.id not in asked):
                able.append(each)
        return self._in_sight(able, due) if any(each.id == name for each in able) else []

    def _in_sight(self, lists: Sequence[Question], due: Question) -> list[Question]:
        """Return as many lists of danger signs as the window shows at once; of other lists, all."""
        kept = [*lists]
        while due.red_flags and len(kept) > 1 and not Showing(self.talk).is_in_sight(self._prompt(kept)):
            kept.pop()
        return kept if due.id in {each.id for each in kept} else [due]

    def _begun(self, name: str) -> list[Question]:
        """Return the lists begun in own words that only wait for the answer to the list of this name."""
        interview = self.talk.interview
        begun = map(interview.knowledge.questions.__getitem__, interview.knowledge.lexicon.more)
        waits = interview.outlook().waits
        return [
            each
            for each in begun
            if waits.get(each.id) == frozenset({name}) and interview.is_told_alone(each)
        ]

    def _prompt(self, questions: Sequence[Question]) -> Prompt:
        """Return one list for several questions."""
        interview = self.talk.interview
        ask = _IS_THERE_MORE if all(map(interview.is_told_alone, questions)) else _IS_ANY_SO
        return joint_prompt(questions, ask, {each.id: interview.items(each.id) for each in questions})

    def _take(self, questions: Sequence[Question], answer: Any) -> bool:
        """Take "no" for the lists that were not chosen, and ask the others; return whether to go on.

        An answer item by item, which comes from words, rules no list out.
        """
        names = [each.id for each in questions]
        chosen = {name.removeprefix(NOT_SURE_MARK) for name in (names if answer == UNKNOWN else answer)}
        if answer == NONE:
            chosen = set()
        closed = set() if isinstance(answer, Mapping) else {*names} - chosen
        self._note(questions, answer, closed)
        for question in questions:
            if question.id in closed:
                items = dict.fromkeys(self.talk.interview.items(question.id), NO)
                self.talk.interview = self.talk.interview.answer_items(question.id, items)
        if not Alarm(self.talk).after_answer():
            return False
        return self._ask_in_turn([each for each in questions if each.id in chosen])

    def _ask_in_turn(self, lists: Sequence[Question]) -> bool:
        """Ask the lists that were chosen; return whether to go on asking.

        If the person goes back from the first of them, this ends: they choose the lists again.
        """
        joint = self.talk.joint[-1:]
        while self.talk.joint[-1:] == joint:
            askable = {each.id for each in self.talk.interview.outlook().askable}
            due = next((each for each in lists if each.id in askable and self._is_open(each)), None)
            if due is None:
                return True
            if not Questions(self.talk).ask(due.id, opened=True):
                return False
        return True

    def _is_open(self, question: Question) -> bool:
        """Whether a list must still be asked; what was told of it in own words does not count."""
        if question.id in self.talk.interview.skipped:
            return False
        return question.id not in self.talk.interview.answers or self.talk.interview.is_told_alone(question)
