"""What a knowledge base comes to on one intake, worked out anew and slowly, to hold the audit against.

It shares nothing with the project that works: no working memory, no columns, no formulas, no fold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import All, Condition, Test

FALSE, OPEN, TRUE = 0, 1, 2

Look: TypeAlias = tuple[int, bool]
"""How true something is, and whether it is open because somebody was not sure."""


@dataclass(frozen=True)
class Seen:
    """What an assessment decides."""

    fired: frozenset[str]
    open: frozenset[str]
    not_sure: frozenset[str]
    disposition: str
    soon: bool
    lowest: str
    highest: str
    causes: frozenset[str]
    given: frozenset[str]
    withheld: frozenset[str]
    cautions: frozenset[str]
    concluded: frozenset[str]

    def shown(self) -> tuple[object, ...]:
        """All that a case can expect something of."""
        return (
            self.fired,
            self.open,
            self.disposition,
            self.soon,
            self.causes,
            self.given,
            self.withheld,
            self.cautions,
        )

    def misses(self, expect: Mapping[str, Any]) -> bool:
        """Whether an expectation of a case is not met."""
        present = {
            "fires": self.fired,
            "open": self.open,
            "causes": self.causes,
            "steps": self.given,
            "withheld": self.withheld,
            "cautions": self.cautions,
        }
        absent = {"silent": self.fired, "not_open": self.open, "not_steps": self.given}
        unknown = expect.keys() - {*present, *absent, "disposition", "soon"}
        assert not unknown, f"say here what a case misses that expects: {unknown}"
        return (
            any(not set(expect.get(key, ())) <= there for key, there in present.items())
            or any(set(expect.get(key, ())) & there for key, there in absent.items())
            or any(key in expect and expect[key] != getattr(self, key) for key in ("disposition", "soon"))
        )


def truth_of(test: Test, value: Value | None) -> int:
    """How true a test is of what is known; None is not asked, since it does not apply."""
    if isinstance(value, Missing):
        return OPEN
    return TRUE if value is not None and test.accepts_value(value) else FALSE


class Brute:
    """One knowledge base; `blind` names a test of a rule for which not known counts as no."""

    def __init__(
        self, knowledge: KnowledgeBase, blind: tuple[str, int] | None = None, uncautioned: str = ""
    ) -> None:
        self.knowledge = knowledge
        self._blind = blind
        self._uncautioned = uncautioned
        self._rank = {name: rung.rank for name, rung in knowledge.rungs.items()}
        self._bottom = min(self._rank.values())

    def memory(self, findings: Mapping[str, Value]) -> dict[str, Value | None]:
        """What is known of everything that can be asked; None where it does not apply and has no answer.

        An item that does not apply and has no answer counts as absent.
        """
        memory: dict[str, Value | None] = {}
        for question in self.knowledge.questions.values():
            here: dict[str, Value | None] = {}
            for finding in question.findings:
                missing = NO if question.kind == "checklist" else None
                concerned = self._concerned(question, finding, memory)
                here[finding] = findings.get(finding, Missing.NOT_ASKED if concerned else missing)
            memory |= here
        return memory

    def applies(self, findings: Mapping[str, Value], finding: str) -> bool:
        """Whether something concerns a person, or may."""
        question = self.knowledge.question_of[finding]
        return self._concerned(question, finding, self.memory(findings))

    def _concerned(self, question: Question, finding: str, memory: Mapping[str, Value | None]) -> bool:
        own = [option.asked_when for option in question.options if f"{question.id}.{option.id}" == finding]
        gates = [gate for gate in (question.asked_when, *own) if gate is not None]
        return all(self.truth(gate, memory) != FALSE for gate in gates)

    def truth(self, condition: Condition, memory: Mapping[str, Value | None]) -> int:
        """How true a condition on answers is of what is known."""
        if isinstance(condition, Test):
            return truth_of(condition, memory[condition.finding])
        truths = [self.truth(part, memory) for part in condition.parts]
        return min(truths) if isinstance(condition, All) else max(truths)

    def looks(self, findings: Mapping[str, Value], *, sure: bool = False) -> dict[str, Look]:
        """Every rule on one intake; `sure` as if every red flag were so of which the person is not sure."""
        memory = self.memory(findings)
        for flag in self.knowledge.red_flags if sure else ():
            memory[flag] = YES if memory[flag] is Missing.UNKNOWN else memory[flag]
        done: dict[str, Look] = {}

        def of_rule(rule: Rule) -> Look:
            if rule.id not in done:
                done[rule.id] = of_condition(rule.when, rule.id, count())
            return done[rule.id]

        def of_condition(condition: Condition, rule: str, numbers: Iterator[int]) -> Look:
            if isinstance(condition, Test):
                blind = (rule, next(numbers)) == self._blind
                truth, unsure = of_test(condition)
                return (FALSE, False) if blind and truth == OPEN else (truth, unsure)
            looks = [of_condition(part, rule, numbers) for part in condition.parts]
            join = min if isinstance(condition, All) else max
            return joined(join(look[0] for look in looks), looks)

        def of_test(test: Test) -> Look:
            if test.finding not in self.knowledge.findings:
                value = memory[test.finding]
                return truth_of(test, value), value is Missing.UNKNOWN
            looks = [of_rule(rule) for rule in self.knowledge.rules.values() if test.finding in rule.findings]
            return joined(max((look[0] for look in looks), default=FALSE), looks)

        def joined(truth: int, looks: list[Look]) -> Look:
            return truth, truth == OPEN and any(look[1] for look in looks)

        for rule in self.knowledge.rules.values():
            of_rule(rule)
        return done

    def see(self, findings: Mapping[str, Value]) -> Seen:
        """Assess one intake."""
        looks = self.looks(findings)
        rules = self.knowledge.rules
        fired = {name for name, look in looks.items() if look[0] == TRUE}
        still = {name for name, look in looks.items() if look[0] == OPEN}
        reasons = {name for name in still if self._above(rules[name])}
        unsure = {name for name in reasons if looks[name][1]}
        named = [rules[name].disposition for name in fired if rules[name].disposition]
        if unsure:
            named.append(self.knowledge.laws.not_sure_disposition)
        named += self._in_doubt(findings)
        disposition = max(named, key=self._rank.__getitem__, default="")
        if not disposition or (self._rank[disposition] == self._bottom and reasons):
            disposition = "undetermined"
        given, withheld = self._steps(fired, disposition)
        lowest, highest = self._range(fired, still)
        return Seen(
            fired=frozenset(fired),
            open=frozenset(still),
            not_sure=frozenset(unsure),
            disposition=disposition,
            soon=disposition != "undetermined"
            and bool(self.knowledge.rungs[disposition].soon_time_frame)
            and any(rules[name].soon and rules[name].disposition == disposition for name in fired),
            lowest=lowest,
            highest=highest,
            causes=frozenset(cause for name in fired for cause in rules[name].causes),
            given=given,
            withheld=withheld,
            cautions=frozenset(
                name
                for name in still - {self._uncautioned}
                if any(set(rules[name].withholds) & set(self.knowledge.steps[step].kinds) for step in given)
            ),
            concluded=frozenset(finding for name in fired for finding in rules[name].findings),
        )

    def _in_doubt(self, findings: Mapping[str, Value]) -> list[str]:
        """What red flags in doubt call for: a rung less than if all of them were so."""
        if not any(findings.get(flag) is Missing.UNKNOWN for flag in self.knowledge.red_flags):
            return []
        ladder = list(self.knowledge.rungs)
        least = ladder.index(self.knowledge.laws.not_sure_disposition)
        rules = self.knowledge.rules
        looks = self.looks(findings, sure=True)
        feared = [rules[name].disposition for name, look in looks.items() if look[0] == TRUE]
        below = [ladder.index(name) - 1 for name in feared if name]
        return [ladder[place] for place in below if place > least]

    def _above(self, rule: Rule) -> bool:
        return bool(rule.disposition) and self._rank[rule.disposition] > self._bottom

    def _steps(self, fired: set[str], disposition: str) -> tuple[frozenset[str], frozenset[str]]:
        rules = [self.knowledge.rules[name] for name in fired]
        offered = {step for rule in rules for step in rule.steps}
        forbidden = {kind for rule in rules for kind in rule.withholds}
        outcome = self.knowledge.rungs.get(disposition, self.knowledge.undetermined)
        given = set()
        for step in offered:
            kinds = set(self.knowledge.steps[step].kinds)
            when = self.knowledge.steps[step].when
            first_aid = when == "first_aid" or outcome.offers == "all"
            now = outcome.offers == "now" and when == "now"
            if (first_aid or now) and not kinds & forbidden:
                given.add(step)
        return frozenset(given), frozenset(offered - given)

    def _range(self, fired: set[str], still: set[str]) -> tuple[str, str]:
        def named(names: set[str]) -> list[str]:
            rules = self.knowledge.rules
            found = {rules[name].disposition for name in names} - {""}
            return sorted(found, key=self._rank.__getitem__)

        certain, possible = named(fired), named(fired | still)
        if not possible:
            return "", ""
        return (certain[-1] if certain else possible[0]), possible[-1]

    def rank(self, disposition: str) -> int:
        return self._rank.get(disposition, 0)
