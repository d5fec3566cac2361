"""The state of an interview: answers, the way taken, what was skipped. Pure: no input and no output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from triage.inference.answers.case_answers import as_answers
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.reading import read_answer
from triage.inference.answers.working_memory import applicability, working_memory
from triage.inference.assess import assess
from triage.inference.assessment import Assessment
from triage.inference.grounds.doubts import doubts, emergencies_in_doubt
from triage.inference.grounds.support import Supports, with_conclusions
from triage.inference.truth import Truth, Value, WorkingMemory, truth_of
from triage.interview.narrowing import dangers, settled, written
from triage.interview.selection import Outlook, outlook
from triage.knowledge.model import KnowledgeBase, Question, Rule
from triage.knowledge.parts.pronouns import address, is_about_other


@dataclass(frozen=True)
class Interview:
    """One state of an interview; every change gives a new one.

    `answers` are in force. `remembered` are those taken back; they are offered again when their question
    returns. `way` has the questions in the order in which they were met. With `everything`, all questions
    that apply are asked. `told` has the findings that the person told in their own words and confirmed, each
    with its value and the words. `sentences` are what they told, as typed. `supposed` is what a sentence
    tells of whom it is about, before that is answered: texts are worded by it, and nothing rests on it.
    """

    knowledge: KnowledgeBase
    answers: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, Any] = field(default_factory=dict)
    way: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    everything: bool = False
    told: Mapping[str, tuple[Value, str]] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    supposed: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def findings(self) -> Mapping[str, Value]:
        """The answers in force, finding by finding."""
        return read_answers(self.knowledge, self.answers)

    @cached_property
    def _memory(self) -> WorkingMemory:
        return working_memory(self.knowledge, self.findings)

    @cached_property
    def _complete(self) -> WorkingMemory:
        return with_conclusions(self.knowledge, self._memory)

    @property
    def about_other(self) -> bool:
        """Whether the interview is about someone else."""
        return is_about_other(self.knowledge, self.worded_by)

    @property
    def worded_by(self) -> Mapping[str, Any]:
        """The answers in force, and before them what is supposed of whom they are about."""
        return {**self.supposed, **self.answers}

    def word(self, text: str) -> str:
        """Return a text of the knowledge base, worded for this person or about someone else."""
        return address(text, about_other=self.about_other)

    @property
    def first(self) -> str:
        """The question to ask first, as the wording of all texts depends on it; "" if there is none."""
        first = self.knowledge.rewording[0] if self.knowledge.rewording else ""
        return "" if first in self.answers or first in self.skipped else first

    def outlook(self) -> Outlook:
        """Return what is still worth asking."""
        return self._outlook

    @cached_property
    def _outlook(self) -> Outlook:
        return outlook(self.knowledge, self.findings, self.skipped, everything=self.everything)

    def next(self) -> Question | None:
        """Return the question to ask now, or None when no answer could change anything.

        A checklist has only the items that are worth asking about.
        """
        if self.first:
            return self.knowledge.questions[self.first]
        question = next(iter(self.outlook().askable), None)
        if question is None or question.kind != "checklist":
            return question
        shown = self.outlook().items[question.id]
        return replace(question, options=tuple(each for each in question.options if each.id in shown))

    def left(self) -> int:
        """Return the largest number of questions that can still come, including the one asked now.

        It never grows, unless an answer names items that were not asked about.
        """
        found = self.outlook()
        return found.left + (bool(self.first) and self.first not in found.rests)

    def items(self, name: str) -> tuple[str, ...]:
        """Return the items of a checklist to show now; none for any other question.

        If the question is due, they are the items worth asking about. If not, they are these and the answered
        ones, or all that apply if there are neither.
        """
        found = self.outlook()
        if any(question.id == name for question in found.askable):
            return found.items.get(name, ())
        question, findings = self.knowledge.questions[name], self.findings
        if question.kind != "checklist":
            return ()
        due = replace(self, skipped=self.skipped - {name}).outlook().items.get(name, ())
        shown = {f"{name}.{item}" for item in due} | {each for each in question.findings if each in findings}
        applies = self._applies(question)
        return tuple(
            option.id
            for finding, option in zip(question.findings, question.options, strict=True)
            if (finding in shown if shown else applies[finding])
        )

    def answer(self, name: str, answer: Any) -> Interview:
        """Return the interview with a question answered; the answer is as in a case file.

        If only a part of a checklist is asked about, the answer is about this part and the items it names.

        Raises:
            IntakeError: there is no such question, or it does not have this answer.
        """
        if name not in self.knowledge.questions:
            raise IntakeError(name, f'unknown question "{name}"')
        reading = read_answer(self.knowledge.questions[name], answer)
        if name not in self.answers or all(each.id != name for each in self.outlook().askable):
            return self.change(name, answer)
        rest = {} if reading.others is None else dict.fromkeys(self.items(name), reading.others)
        named = {finding.partition(".")[2]: value for finding, value in reading.named.items()}
        return self.answer_items(name, {**rest, **named})

    def change(self, name: str, answer: Any) -> Interview:
        """Return the interview with a whole answer to a question, in the place of any earlier one.

        The answers to other questions say no more than before; those that no longer apply are put aside.

        Raises:
            IntakeError: the question does not have this answer.
        """
        way = self.way if name in self.way else (*self.way, name)
        changed = replace(self, way=way, skipped=self.skipped - {name})
        return changed._with({**self.answers, name: answer}, name)  # noqa: SLF001 - its own class

    def answer_items(self, name: str, items: Mapping[str, Value]) -> Interview:
        """Return the interview with some items of a checklist answered; the answers to others stay."""
        question = self.knowledge.questions[name]
        told = {f"{name}.{item}": value for item, value in items.items()}
        values = {**self._answered(question), **told}
        return self.change(name, written(self.knowledge, question, values, self._applies(question)))

    def tell(self, finding: str, value: Value, words: str) -> Interview:
        """Return the interview with one finding answered from what a person said in their own words."""
        told = {**self.told, finding: (value, words)}
        return replace(self.settle(finding, value), told=told)

    def quote(self, sentence: str) -> Interview:
        """Return the interview with a sentence noted as typed, even if nothing is taken from it."""
        return replace(self, sentences=tuple(dict.fromkeys((*self.sentences, sentence))))

    def recall(self, words: Mapping[str, str]) -> Interview:
        """Return the interview with the words noted that some answers in force came from."""
        told = {
            finding: (self.findings[finding], said)
            for finding, said in words.items()
            if finding in self.findings
        }
        return replace(self, told={**self.told, **told})

    def words(self) -> Mapping[str, str]:
        """Return the findings whose answer in force was told in own words, with the words."""
        return {
            finding: words
            for finding, (value, words) in self.told.items()
            if self.findings.get(finding) == value
        }

    def is_told_alone(self, question: Question) -> bool:
        """Whether something of a question is known, and all of it was told in own words."""
        known = self._answered(question).keys()
        return len(known) > 0 and known <= self.words().keys()

    def skip(self, name: str) -> Interview:
        """Return the interview with a question left unanswered on purpose.

        If it was asked again for a part, the answer to the other part stays. Red flags answered with yes or
        not sure stay in any case.
        """
        question = self.knowledge.questions[name]
        way = self.way if name in self.way else (*self.way, name)
        changed = replace(self, way=way, skipped=self.skipped | {name})
        if name not in self.answers or any(each.id == name for each in self.outlook().askable):
            return changed
        rest = {key: value for key, value in self.answers.items() if key != name}
        stays = dangers(question, self.findings)
        if stays:
            rest[name] = written(self.knowledge, question, stays, {})
        return changed._with(rest, name)  # noqa: SLF001 - its own class

    def back(self) -> Interview:
        """Return the interview one question earlier; the answer taken back is remembered."""
        return self.without(self.way[-1]) if self.way else self

    def without(self, name: str) -> Interview:
        """Return the interview with one answer taken back and remembered."""
        rest = {key: value for key, value in self.answers.items() if key != name}
        kept = {**self.remembered, **self._as_remembered(name)}
        way = tuple(each for each in self.way if each != name)
        changed = replace(self, remembered=kept, way=way, skipped=self.skipped - {name})
        return changed._with(rest, name)  # noqa: SLF001 - its own class

    def _as_remembered(self, name: str) -> Mapping[str, Any]:
        """Return an answer in a form that will say what it says now, whatever applies later."""
        return as_answers(self.knowledge, self._answered(self.knowledge.questions[name]))

    def _answered(self, question: Question) -> dict[str, Value]:
        """Return the findings of a question that have an answer, with their values."""
        return {each: self.findings[each] for each in question.findings if each in self.findings}

    def meet_again(self, name: str) -> Interview:
        """Return the interview with a question moved to the end of its way.

        The answer stays in force, and is offered again.
        """
        remembered = {**self.remembered, **self._as_remembered(name)}
        return replace(self, remembered=remembered, way=(*(each for each in self.way if each != name), name))

    def of_another_complaint(self) -> Interview:
        """Return an interview about another complaint; it keeps the answers about the person."""
        shared = [name for name in self.answers if self.knowledge.questions[name].shared]
        answers = {key: answer for name in shared for key, answer in self._as_remembered(name).items()}
        return Interview(self.knowledge, answers, way=tuple(answers), everything=self.everything)

    def remember(self, answers: Mapping[str, Any]) -> Interview:
        """Return the interview with answers to offer again."""
        return replace(self, remembered=dict(answers))

    def assessment(self, case: str = "intake") -> Assessment:
        """Assess the answers in force, as `triage evaluate` would; worded for whom they seem to be about."""
        return assess(self.knowledge, self.worded_by, case)

    def settle(self, finding: str, value: Value) -> Interview:
        """Return the interview with a new value for one finding."""
        question = self.knowledge.question_of[finding]
        if question.kind != "checklist":
            return self.change(question.id, value)
        return self.answer_items(question.id, {finding.partition(".")[2]: value})

    def at_emergency(self) -> bool:
        """Whether the answers already call for the most urgent disposition."""
        return bool(self.emergencies())

    def emergencies(self) -> tuple[str, ...]:
        """Return the rules that already call for the most urgent disposition."""
        return tuple(rule.id for rule in self._emergency_rules(Truth.TRUE))

    def emergencies_in_doubt(self) -> tuple[str, ...]:
        """Return the findings in doubt whose "yes" alone would be an emergency; none if it is one already."""
        if self.at_emergency():
            return ()
        supports = Supports(self.knowledge, self._complete)
        in_doubt = doubts(self.knowledge, self._memory, supports, self._emergency_rules(Truth.OPEN))
        return emergencies_in_doubt(self.knowledge, in_doubt)

    def _emergency_rules(self, truth: Truth) -> list[Rule]:
        top = list(self.knowledge.rungs)[-1]
        rules = [rule for rule in self.knowledge.rules.values() if rule.disposition == top]
        return [rule for rule in rules if truth_of(rule.when, self._complete) is truth]

    def _applies(self, question: Question) -> Mapping[str, bool]:
        """Return for each finding of a question whether it applies or may apply."""
        return applicability(question, self._memory)

    def _with(self, answers: Mapping[str, Any], changed: str) -> Interview:
        """Return the interview with these answers, after `changed` was answered anew or taken out."""
        now = settled(self.knowledge, self.answers, answers, self.remembered, changed)
        kept = [name for name in self.way if name in now.answers or name in self.skipped]
        way = (*kept, *(name for name in now.answers if name not in kept and name not in answers))
        remembered = {**self.remembered, **now.put_aside}
        return replace(self, answers=now.answers, remembered=remembered, way=way)
