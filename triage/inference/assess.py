"""Turn answers into an assessment: a fold over the rules that fired.

The most urgent disposition wins; causes, steps and cautions are unions. Everything is in the order of the
knowledge base, so an assessment has the same bytes whatever the order of the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from triage.inference.answers.intake import read_memory
from triage.inference.answers.working_memory import working_memory
from triage.inference.assessment import (
    UNDETERMINED,
    Answer,
    Assessment,
    Caution,
    DoubtfulSign,
    OpenRule,
    PossibleCause,
    Reason,
    RouteToCare,
    SelfCareStep,
    Stamp,
    WithheldStep,
)
from triage.inference.evaluators import EXPERTA, Engine, firings_of
from triage.inference.firings import Firings
from triage.inference.grounds.doubts import doubts
from triage.inference.grounds.support import Supports, with_conclusions
from triage.inference.truth import Missing, Value, WorkingMemory
from triage.inference.wording import Wording, wording
from triage.knowledge.model import EVERYTHING, KnowledgeBase, Rule, Step
from triage.knowledge.parts.pronouns import is_about_other
from triage.knowledge.reviews import signed


def assess(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], case: str = "", engine: Engine = EXPERTA
) -> Assessment:
    """Assess one intake.

    Args:
        knowledge: a loaded knowledge base.
        answers: from question id to answer, as in a case file (see
            `triage.inference.answers.intake.read_answers`).
        case: the id that the assessment carries.
        engine: which evaluator runs the rules; both give the same assessment. "experta", the reference, has
            one engine for each knowledge base, which one thread can use at a time. "compiled" needs no lock.
            `triage/inference/README.md` says how long each takes.

    Raises:
        IntakeError: answers do not fit the questionnaire; its `problems` are all misfits.
    """
    (found,) = _assess(knowledge, read_memory(knowledge, answers), case, (engine,))
    return found


def assess_findings(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], case: str = "", engine: Engine = EXPERTA
) -> Assessment:
    """Assess an intake whose answers have already been read into findings."""
    (found,) = _assess(knowledge, working_memory(knowledge, findings), case, (engine,))
    return found


def assess_by_each(
    knowledge: KnowledgeBase, answers: Mapping[str, Any], case: str, engines: Sequence[Engine]
) -> tuple[Assessment, ...]:
    """Assess one intake with several evaluators; what they share is worked out once.

    Raises:
        IntakeError: answers do not fit the questionnaire.
    """
    return _assess(knowledge, read_memory(knowledge, answers), case, engines)


def _assess(
    knowledge: KnowledgeBase, memory: WorkingMemory, case: str, engines: Sequence[Engine]
) -> tuple[Assessment, ...]:
    supports = Supports(knowledge, with_conclusions(knowledge, memory))
    firings = [firings_of(knowledge, memory, engine) for engine in engines]
    assessments = {each: _Fold(knowledge, memory, supports, each, case).assessment() for each in set(firings)}
    return tuple(assessments[each] for each in firings)


@dataclass(frozen=True)
class _Fold:
    """One assessment in the making."""

    knowledge: KnowledgeBase
    memory: WorkingMemory
    supports: Supports
    firings: Firings
    case: str

    def assessment(self) -> Assessment:
        knowledge = self.knowledge
        rung = knowledge.rungs.get(self.disposition)
        soon = bool(rung and rung.soon_time_frame) and any(
            rule.soon for rule in self.fired if rule.disposition == self.disposition
        )
        outcome = rung or knowledge.undetermined
        questions = self.questions
        action = outcome.action
        if rung is None and not questions:
            action = knowledge.undetermined.action_when_all_answered
        offered, withheld = self.steps(outcome.offers)
        return Assessment(
            case=self.case,
            disposition=self.disposition,
            title=self.say(outcome.title),
            time_frame=rung.soon_time_frame if rung and soon else outcome.time_frame,
            soon=soon,
            action=self.say(action),
            routes=self.routes,
            lowest=self.range[0],
            highest=self.range[1],
            not_ruled_out=self.not_ruled_out,
            not_sure=self.not_sure,
            about_other=self.about_other,
            questions=questions,
            reasons=tuple(self.reason(rule) for rule in self.by_urgency if rule.disposition),
            causes=self.causes,
            steps=offered,
            withheld=withheld,
            explanations=self.explanations if outcome.offers == EVERYTHING else (),
            watch_for=self.watch_for(outcome.watch_for, outcome.offers),
            fired=tuple(rule.id for rule in self.fired),
            open_rules=tuple(rule.id for rule in self.open),
            knowledge_base=Stamp(
                id=knowledge.id,
                version=knowledge.version,
                sha256=knowledge.sha256,
                reviewed_by_clinician=knowledge.reviewed_by_clinician,
                notice="" if knowledge.reviewed_by_clinician else knowledge.laws.not_reviewed,
                signed=tuple(rule.id for rule in self.fired if rule.id in signed(knowledge)),
            ),
        )

    def say(self, text: str) -> str:
        return self.wording.say(text)

    @cached_property
    def wording(self) -> Wording:
        return wording(self.knowledge, about_other=self.about_other)

    @cached_property
    def about_other(self) -> bool:
        return is_about_other(self.knowledge, self.memory)

    @cached_property
    def fired(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.knowledge.rules.values() if rule.id in self.firings.fired)

    @cached_property
    def open(self) -> tuple[Rule, ...]:
        names = self.firings.open
        return tuple(rule for rule in self.knowledge.rules.values() if rule.id in names)

    @cached_property
    def cautioning(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.open if rule.withholds)

    @cached_property
    def by_urgency(self) -> tuple[Rule, ...]:
        return tuple(sorted(self.fired, key=lambda rule: (-self.rank(rule.disposition), not rule.soon)))

    def rank(self, disposition: str) -> int:
        return self.knowledge.rungs[disposition].rank if disposition else 0

    @cached_property
    def disposition(self) -> str:
        """The most urgent disposition that a rule calls for; self-care only if all else is ruled out.

        "Not sure" about a red flag calls for one rung less than its yes would.
        """
        laws = self.knowledge.laws
        top = max((rule.disposition for rule in self.fired), key=self.rank, default="")
        if any(entry.not_sure for entry in self.not_ruled_out):
            top = max(top, laws.not_sure_disposition, key=self.rank)
        in_doubt = self.knowledge.in_doubt
        suspected = (self.knowledge.rules[rule].disposition for rule in self.firings.suspected)
        top = max((top, *(in_doubt[name] for name in suspected if name in in_doubt)), key=self.rank)
        above_lowest = self.rank(top) > self.rank(next(iter(self.knowledge.rungs)))
        return top if above_lowest or (top and not self.open_reasons_for_care) else UNDETERMINED

    @cached_property
    def open_reasons_for_care(self) -> tuple[Rule, ...]:
        names = self.firings.open
        return tuple(rule for rule in self.knowledge.reasons_for_care if rule.id in names)

    @cached_property
    def range(self) -> tuple[str, str]:
        """The lowest and highest disposition over all possible answers to what is not known."""
        rungs = list(self.knowledge.rungs)
        possible = {rule.disposition for rule in (*self.fired, *self.open)} - {""}
        if not possible:
            return ("", "")
        certain = max((rule.disposition for rule in self.fired), key=self.rank, default="")
        return (certain or min(possible, key=rungs.index), max(possible, key=rungs.index))

    @cached_property
    def not_ruled_out(self) -> tuple[OpenRule, ...]:
        """Reasons for care that are open, most urgent first."""
        entries = []
        for rule in sorted(self.open_reasons_for_care, key=lambda rule: -self.rank(rule.disposition)):
            open_findings = self.supports.of(rule).open
            asked = {self.knowledge.question_of[finding].id for finding in open_findings}
            entries.append(
                OpenRule(
                    rule=rule.id,
                    title=self.say(rule.title),
                    disposition=rule.disposition,
                    questions=tuple(name for name in self.knowledge.questions if name in asked),
                    not_sure=any(self.memory[finding] is Missing.UNKNOWN for finding in open_findings),
                )
            )
        return tuple(entries)

    @property
    def not_sure(self) -> tuple[DoubtfulSign, ...]:
        """The signs in doubt whose yes alone would call for care, in the order of the questionnaire."""
        if not any(entry.not_sure for entry in self.not_ruled_out):
            return ()
        return tuple(
            DoubtfulSign(doubt.finding, self.say(self.knowledge.label_of(doubt.finding)), doubt.disposition)
            for doubt in doubts(self.knowledge, self.memory, self.supports, self.open)
        )

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The questions that were not asked and could settle or raise the disposition."""
        useful: set[str] = set()
        rank_now = 0 if self.disposition == UNDETERMINED else self.rank(self.disposition)
        for rule in self.open:
            if rule.disposition and self.rank(rule.disposition) > rank_now:
                useful |= self.supports.of(rule).open
        useful = {finding for finding in useful if self.memory[finding] is Missing.NOT_ASKED}
        wanted = {self.knowledge.question_of[finding].id for finding in useful}
        return tuple(name for name in self.knowledge.questions if name in wanted)

    def reason(self, rule: Rule) -> Reason:
        behind = self.supports.of(rule)
        answers = (name for name in self.knowledge.question_of if name in behind.answers)
        through = (other.id for other in self.fired if other.id in behind.rules)
        return self.wording.reason(rule, tuple(map(self.answer, answers)), tuple(through))

    def answer(self, finding: str) -> Answer:
        value = self.memory[finding]
        shown = value.value if isinstance(value, Missing) else value
        return Answer(finding=finding, value=shown, label=self.say(self.knowledge.label_of(finding)))

    @cached_property
    def causes(self) -> tuple[PossibleCause, ...]:
        naming: dict[str, list[str]] = {}
        for rule in self.by_urgency:
            for cause in rule.causes:
                naming.setdefault(cause, []).append(rule.id)
        return tuple(
            PossibleCause(
                cause,
                self.say(self.knowledge.causes[cause].name),
                self.say(self.knowledge.causes[cause].text),
                tuple(rules),
            )
            for cause, rules in naming.items()
        )

    @property
    def routes(self) -> tuple[RouteToCare, ...]:
        """Whom to turn to, according to the rules that bring the disposition."""
        naming: dict[str, list[str]] = {}
        for rule in self.fired:
            if rule.route and rule.disposition == self.disposition:
                naming.setdefault(rule.route, []).append(rule.id)
        return tuple(
            RouteToCare(route.id, self.say(route.words), tuple(naming[route.id]))
            for route in self.knowledge.routes.values()
            if route.id in naming
        )

    @cached_property
    def explanations(self) -> tuple[str, ...]:
        named = {name for rule in self.fired for name in rule.explains}
        return tuple(
            self.say(entry.text) for entry in self.knowledge.explanations.values() if entry.id in named
        )

    def watch_for(self, always: Iterable[str], offers: str) -> tuple[str, ...]:
        """Return what to watch for; if help is needed, only what belongs to the reasons for it."""
        heard = [
            rule for rule in self.by_urgency if offers == EVERYTHING or rule.disposition == self.disposition
        ]
        texts = [*always, *(text for rule in heard for text in rule.watch_for)]
        return tuple(dict.fromkeys(self.say(text) for text in texts))

    def steps(self, offers: str) -> tuple[tuple[SelfCareStep, ...], tuple[WithheldStep, ...]]:
        """Sort the steps that rules offer into those given and those withheld, each with its reasons."""
        given: list[SelfCareStep] = []
        withheld: list[WithheldStep] = []
        offered: dict[str, list[str]] = {}
        for rule in self.fired:
            for name in rule.steps:
                offered.setdefault(name, []).append(rule.id)
        withholding = [rule for rule in self.fired if rule.withholds]
        moments = self.knowledge.offered_under(offers)
        for step in self.knowledge.steps.values():
            if step.id not in offered:
                continue
            offering = tuple(offered[step.id])
            against = [rule for rule in withholding if not set(step.kinds).isdisjoint(rule.withholds)]
            if against:
                because = tuple(dict.fromkeys(self.say(rule.reason) for rule in against))
                withheld.append(
                    WithheldStep(step.id, self.say(step.name), because, tuple(rule.id for rule in against))
                )
            elif step.when not in moments:
                held = (self.say(self.law_of_withholding),)
                withheld.append(WithheldStep(step.id, self.say(step.name), held, ()))
            else:
                given.append(self.offer(step, offering))
        return tuple(given), tuple(withheld)

    @property
    def law_of_withholding(self) -> str:
        laws = self.knowledge.laws
        return laws.withheld_until_known if self.disposition == UNDETERMINED else laws.withheld_until_help

    def offer(self, step: Step, offering: tuple[str, ...]) -> SelfCareStep:
        cautions = tuple(
            Caution(rule.id, self.say(rule.caution))
            for rule in self.cautioning
            if not set(step.kinds).isdisjoint(rule.withholds)
        )
        return self.wording.self_care_step(step, offering, cautions)
