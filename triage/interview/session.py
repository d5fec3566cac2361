"""The state of an interview: answers, the way taken, what was skipped. Pure; no input or output here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from triage.inference.assess import assess
from triage.inference.assessment import Assessment
from triage.inference.doubts import doubts, emergencies_in_doubt
from triage.inference.intake import as_answers, read_answers, working_memory
from triage.inference.support import Supports, with_conclusions
from triage.inference.truth import Truth, Value, truth_of
from triage.interview.selection import Outlook, outlook
from triage.knowledge.model import KnowledgeBase, Question, Rule
from triage.knowledge.pronouns import is_about_other


@dataclass(frozen=True)
class Session:
    """One interview as it stands; every change gives a new one.

    `answers` are the answers in force, `remembered` those taken back, offered again when their question
    returns. `way` is the order in which questions were met. With `everything`, all that apply are asked.
    """

    knowledge: KnowledgeBase
    answers: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, Any] = field(default_factory=dict)
    way: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    everything: bool = False

    @property
    def findings(self) -> dict[str, Value]:
        """The answers in force, finding by finding."""
        return read_answers(self.knowledge, self.answers)

    @property
    def about_other(self) -> bool:
        """Whether the interview is about someone else."""
        return is_about_other(self.knowledge, self.answers)

    @property
    def first(self) -> str:
        """The question that is asked first: how texts are worded depends on it; "" where none does."""
        first = self.knowledge.rewording[0] if self.knowledge.rewording else ""
        return "" if first in self.answers or first in self.skipped else first

    def outlook(self) -> Outlook:
        """Return what is still worth asking."""
        return self._outlook

    @cached_property
    def _outlook(self) -> Outlook:
        found = outlook(self.knowledge, self.findings, {*self.skipped, *self.way})
        if not self.everything:
            return found
        memory = working_memory(self.knowledge, self.findings)
        open_questions = [
            question
            for question in self.knowledge.questions.values()
            if question.id not in self.answers and question.id not in self.skipped
        ]
        gates = {
            q.id: Truth.TRUE if q.asked_when is None else truth_of(q.asked_when, memory)
            for q in open_questions
        }
        rest = [q for q in open_questions if gates[q.id] is Truth.TRUE and q not in found.askable]
        left = sum(truth is not Truth.FALSE for truth in gates.values())
        return replace(found, askable=(*found.askable, *rest), left=left)

    def next_question(self) -> Question | None:
        """Return the question to ask now, or None when no answer could change anything."""
        if self.first:
            return self.knowledge.questions[self.first]
        askable = self.outlook().askable
        return askable[0] if askable else None

    def left(self) -> int:
        """Return how many questions can still come at most, the one asked now included."""
        unasked_first = bool(self.first)
        found = self.outlook()
        counted = self.everything and unasked_first
        return found.left + (unasked_first and not counted)

    def answer(self, name: str, answer: Any) -> Session:
        """Return the session with a question answered; answers that no longer apply are put by."""
        way = self.way if name in self.way else (*self.way, name)
        changed = replace(
            self, answers={**self.answers, name: answer}, way=way, skipped=self.skipped - {name}
        )
        return changed._without_inactive()  # noqa: SLF001 - its own class

    def skip(self, name: str) -> Session:
        """Return the session with a question left unanswered on purpose."""
        rest = {key: value for key, value in self.answers.items() if key != name}
        way = self.way if name in self.way else (*self.way, name)
        return replace(self, answers=rest, way=way, skipped=self.skipped | {name})

    def back(self) -> Session:
        """Return the session one question earlier; the answer taken back is remembered."""
        return self.without(self.way[-1]) if self.way else self

    def without(self, name: str) -> Session:
        """Return the session with one answer taken back and remembered."""
        rest = {key: value for key, value in self.answers.items() if key != name}
        kept = {**self.remembered, **({name: self.answers[name]} if name in self.answers else {})}
        way = tuple(each for each in self.way if each != name)
        return replace(self, answers=rest, remembered=kept, way=way, skipped=self.skipped - {name})

    def remember(self, answers: Mapping[str, Any]) -> Session:
        """Return the session with answers to offer again."""
        return replace(self, remembered=dict(answers))

    def assessment(self, case: str = "intake") -> Assessment:
        """Assess the answers in force, as `triage evaluate` would."""
        return assess(self.knowledge, self.answers, case)

    def settle(self, finding: str, value: Value) -> Session:
        """Return the session with one item of an answer said anew."""
        question = self.knowledge.question_of[finding]
        findings = {**self.findings, finding: value}
        given = {name: findings[name] for name in question.findings if name in findings}
        return self.answer(question.id, as_answers(self.knowledge, given)[question.id])

    def at_emergency(self) -> bool:
        """Whether the answers already call for the most urgent disposition."""
        return bool(self.emergencies())

    def emergencies(self) -> tuple[str, ...]:
        """Return the rules that already call for the most urgent disposition."""
        return tuple(rule.id for rule in self._emergency_rules(Truth.TRUE))

    def emergencies_in_doubt(self) -> tuple[str, ...]:
        """Return the findings in doubt whose yes alone would be an emergency, where it is none yet."""
        if self.at_emergency():
            return ()
        memory = working_memory(self.knowledge, self.findings)
        supports = Supports(self.knowledge, with_conclusions(self.knowledge, memory))
        in_doubt = doubts(self.knowledge, memory, supports, self._emergency_rules(Truth.OPEN))
        return emergencies_in_doubt(self.knowledge, in_doubt)

    def _emergency_rules(self, truth: Truth) -> list[Rule]:
        top = list(self.knowledge.rungs)[-1]
        complete = with_conclusions(self.knowledge, working_memory(self.knowledge, self.findings))
        rules = [rule for rule in self.knowledge.rules.values() if rule.disposition == top]
        return [rule for rule in rules if truth_of(rule.when, complete) is truth]

    def _without_inactive(self) -> Session:
        active: dict[str, Any] = {}
        for question in self.knowledge.questions.values():
            if question.id not in self.answers:
                continue
            memory = working_memory(self.knowledge, read_answers(self.knowledge, active))
            if question.asked_when is None or truth_of(question.asked_when, memory) is not Truth.FALSE:
                active[question.id] = self.answers[question.id]
        dropped = {key: value for key, value in self.answers.items() if key not in active}
        way = tuple(name for name in self.way if name in active or name in self.skipped)
        return replace(self, answers=active, remembered={**self.remembered, **dropped}, way=way)
