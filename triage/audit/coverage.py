"""What the cases show of the rules: coverage, and what of the rest is impossible.

Decisive means MC/DC (Chilenski and Miller 1994): in its unique-cause form two cases differ in one test of a
rule alone and in whether the rule fires; in its masking form each of the two may differ elsewhere too, as
long as the test alone decides in each. What the cases do not show is asked of everyone, by the same claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from triage.audit.bounds import bound_of
from triage.audit.model import ConditionReport, Gap, Measure, RuleReport, Verdict, Witness
from triage.audit.table import Table
from triage.explanation.phrasing import text_of
from triage.inference.compiled import numbers_in
from triage.inference.standing import Bits, union
from triage.knowledge.conditions import Test, tests_of
from triage.knowledge.model import Rule
from triage.proof.everyone import Claim, Everyone, Search
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.diagnostic import Location

MEASURES = {
    "rule": "rules that at least one case fires",
    "near_miss": "rules that at least one case misses by a single answered condition",
    "condition": "conditions seen true, seen false, seen unknown, and decisive (unique cause)",
    "masking": "conditions decisive in the masking form",
    "boundary": "thresholds met below, at and above, where the threshold decides",
    "disposition": "dispositions reached",
    "finding": "findings concluded",
    "cause": "possible causes named",
    "step": "self-care steps given",
    "caution": "rules whose caution stands beside a step",
    "withholding": "rules that hold a step back",
    "question": "questions answered",
    "option": "answer options chosen",
}


@dataclass(frozen=True)
class Coverage:
    """What the cases show, rule by rule and in all."""

    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]
    impossible: tuple[Gap, ...]
    rules: tuple[RuleReport, ...]


def cover(cases: Table, everyone: Everyone) -> Coverage:
    """Measure what the cases show; prove what they do not show impossible, or find an intake that would."""
    coverage = _Coverage(cases, everyone)
    rules = tuple(coverage.rule(rule) for rule in cases.knowledge.rules.values())
    coverage.outcomes()
    coverage.answers()
    gaps = tuple(coverage.gaps)
    impossible = tuple(gap for gap in gaps if gap.impossible is Verdict.PROVED)
    measures = tuple(
        Measure(name, means, *coverage.counts[name], sum(gap.measure == name for gap in impossible))
        for name, means in MEASURES.items()
    )
    return Coverage(measures, tuple(gap for gap in gaps if gap not in impossible), impossible, rules)


class _Coverage:
    def __init__(self, cases: Table, everyone: Everyone) -> None:
        self._cases = cases
        self._everyone = everyone
        self._knowledge = cases.knowledge
        self.counts = dict.fromkeys(MEASURES, (0, 0))
        self.gaps: list[Gap] = []

    def rule(self, rule: Rule) -> RuleReport:
        cases, place = self._cases, Location(rule.file, 1)
        fired, near = cases.fired(rule.id), cases.near_miss(rule)
        gap = Gap("rule", rule.id, "never fires", "no case fires it", place, rule.id)
        self._show(gap, lambda world: world.fired(rule.id))
        reason = "in no case do all other conditions hold while one is answered otherwise"
        gap = Gap("near_miss", rule.id, "never nearly fires", reason, place, rule.id)
        self._show(gap, lambda world: world.near_miss(rule))
        lanes = cases.deciding(rule)
        conditions = tuple(
            self._condition(rule, number, test, lanes[number])
            for number, test in enumerate(tests_of(rule.when))
        )
        counts = fired.bit_count(), near.bit_count()
        return RuleReport(rule.id, rule.title, rule.topic, place, *counts, conditions)

    def _condition(self, rule: Rule, number: int, test: Test, lanes: int) -> ConditionReport:
        text, place = text_of(self._knowledge, test), Location(rule.file, test.line or 1)
        seen = {what: claim(test) for what, claim in _SEEN.items()}
        for what, claim in seen.items():
            reason = f"never {what} in any case"
            self._show(Gap("condition", text, f"never {what}", reason, place, rule.id), claim)
        stands = self._cases.test(test)
        with_it, without = lanes & stands.true, lanes & ~stands.true
        decisive = self._differ_alone(rule, number, with_it, without)
        gap = Gap("condition", text, "never decisive", "", place, rule.id)
        self._count("condition", shown=decisive)
        if not decisive:
            reason = self._why_not_decisive(rule, number, test, with_it, without)
            pair = _unique_cause(self._everyone, self._everyone.other, rule, number)
            self._file(replace(gap, reason=reason), [self._everyone.find_pair(*pair)])
        self._masking(rule, number, test, Gap("masking", text, "", "", place, rule.id), with_it, without)
        self._boundary(rule, number, test, Gap("boundary", text, "", "", place, rule.id))
        counts = (claim(self._cases).bit_count() for claim in seen.values())
        return ConditionReport(text, place, *counts, decisive, bool(with_it and without))

    def _masking(self, rule: Rule, number: int, test: Test, gap: Gap, with_it: int, without: int) -> None:
        self._count("masking", shown=bool(with_it and without))
        if with_it and without:
            return
        decides, true = self._everyone.deciding(rule)[number], self._everyone.test(test).true
        lacking = [side for side, shown in ((true, with_it), (~true, without)) if not shown]
        reason = "no case in which it alone decides, each way"
        gap = replace(gap, what="never decisive, not even masked", reason=reason)
        self._file(gap, [self._everyone.find(decides, side) for side in lacking])

    def _boundary(self, rule: Rule, number: int, test: Test, gap: Gap) -> None:
        domain = self._cases.compiled.domains.get(test.finding)
        bound = bound_of(self._knowledge, domain, test) if domain is not None else None
        if bound is None:
            return
        for side, values in (("below", bound.below), ("at", bound.at), ("above", bound.above)):

            def claim(world: World, values: Sequence[int | str] = values) -> Bits:
                having = union(world.having(test.finding, value) for value in values)
                return having & world.deciding(rule)[number]

            reason = f"no case has it {side} the threshold while the other conditions hold"
            self._show(replace(gap, what=f"never {side}", reason=reason), claim)

    def _differ_alone(self, rule: Rule, number: int, with_it: int, without: int) -> bool:
        """Whether a case of each side has the same truth of every other test."""
        tests = enumerate(tests_of(rule.when))
        others = [self._cases.test(test).true for other, test in tests if other != number]

        def truths(lanes: int) -> Iterator[tuple[int, ...]]:
            return (tuple(column >> lane & 1 for column in others) for lane in numbers_in(lanes))

        return bool(with_it and without) and not set(truths(with_it)).isdisjoint(truths(without))

    def _why_not_decisive(self, rule: Rule, number: int, test: Test, with_it: int, without: int) -> str:
        """Say what stands in the way: never seen deciding one way, or masked by other conditions."""
        if with_it and without:
            return "it decides both ways, but never beside the same other conditions"
        true = self._cases.test(test).true
        lanes = self._cases.full & (~true if with_it else true)
        if not lanes:
            return "it is always true" if with_it else "it is never true"
        masks = [
            text_of(self._knowledge, each)
            for other, each in enumerate(tests_of(rule.when))
            if with_it and other != number and not lanes & self._cases.test(each).true
        ]
        what = "not true" if with_it else "true"
        if masks:
            return f"whenever it is {what}, so is {' and '.join(masks)}"
        return f"in every case where it is {what}, other conditions of {rule.id} decide"

    def outcomes(self) -> None:
        """Count what the cases come to: dispositions, findings, causes, steps, cautions, what is withheld."""
        knowledge = self._knowledge
        for name in self._cases.outcomes.disposition:
            gap = Gap("disposition", name, "never reached", "no case comes to it", self._line("ladder", name))
            self._show(gap, lambda world, name=name: world.outcomes.disposition[name])
        for finding, concluding in knowledge.concluders.items():
            reason = "no case fires a rule that concludes it"
            gap = Gap("finding", finding, "never concluded", reason, self._line("findings", finding))
            self._show(gap, lambda world, rules=concluding: world.any_fired(rules))
        for name in knowledge.causes:
            gap = Gap("cause", name, "never reached", "no case reaches it", self._line("causes", name))
            self._show(gap, lambda world, name=name: world.outcomes.fired(("cause", name)))
        for name in knowledge.steps:
            gap = Gap("step", name, "never reached", "no case reaches it", self._line("steps", name))
            self._show(gap, lambda world, name=name: world.outcomes.given_step(name))
        for rule in knowledge.rules.values():
            if rule.withholds:
                self._safety(rule)

    def _safety(self, rule: Rule) -> None:
        reason = "in no case is it open beside a step that it would hold back"
        place = Location(rule.file, rule.line_of("caution"))
        gap = Gap("caution", rule.id, "never cautions", reason, place, rule.id)
        self._show(gap, lambda world: world.outcomes.caution(rule.id))
        reason = "in no case does it fire where a step of its kinds is offered"
        place = Location(rule.file, rule.line_of("withholds"))
        gap = Gap("withholding", rule.id, "never holds back", reason, place, rule.id)
        kinds = set(rule.withholds)
        steps = [step.id for step in self._knowledge.steps.values() if kinds & set(step.kinds)]
        self._show(
            gap,
            lambda world: (
                world.fired(rule.id) & union(world.outcomes.fired(("offer", step)) for step in steps)
            ),
        )

    def answers(self) -> None:
        """Count the questions answered and the options chosen."""
        for question in self._knowledge.questions.values():
            for finding in question.findings:
                values = self._cases.compiled.domains[finding].values
                if question.kind == "number":
                    values = ()
                for value in values[:1] if question.kind == "checklist" else values:
                    name = finding if question.kind == "checklist" else f"{finding}.{value}"
                    line = self._line("questionnaire", name)
                    place = line if line.line > 1 else self._line("questionnaire", question.id)
                    gap = Gap("option", name, "never chosen", "no case chooses it", place)
                    self._show(gap, lambda world, each=(finding, value): world.having(*each))
            place = self._line("questionnaire", question.id)
            gap = Gap("question", question.id, "never answered", "no case answers it", place)
            self._show(
                gap,
                lambda world, findings=question.findings: union(
                    world.known(finding) | world.unknown(finding) for finding in findings
                ),
            )

    def _line(self, table: str, name: str) -> Location:
        return Location(f"{table}.toml", self._knowledge.line_of(table, name))

    def _count(self, measure: str, *, shown: bool) -> None:
        covered, total = self.counts[measure]
        self.counts[measure] = covered + shown, total + 1

    def _show(self, gap: Gap, claim: Claim) -> None:
        """Count something that cases show; where none does, look for an intake that would."""
        shown = bool(claim(self._cases))
        self._count(gap.measure, shown=shown)
        if not shown:
            self._file(gap, [self._everyone.find(claim(self._everyone))])

    def _file(self, gap: Gap, searches: Sequence[Search]) -> None:
        """File a gap with intakes that would close it, or the proof that none can."""
        answers = {search.answer for search in searches}
        if Answer.NONE in answers:
            self.gaps.append(replace(gap, impossible=Verdict.PROVED))
            return
        what = gap.what.replace(",", "").replace(" ", "-")
        name = f"{gap.rule or gap.subject}.{gap.measure}-{what}-line-{gap.place.line}"
        lead = f"{self._knowledge.rules[gap.rule].title}: " if gap.rule else ""
        title = f"{lead}{gap.subject} {gap.what}"
        witnesses = tuple(
            witness for search in searches for witness in witnesses_of(search, name, title, gap.rule)
        )
        verdict = Verdict.UNDECIDED if Answer.UNDECIDED in answers else Verdict.REFUTED
        self.gaps.append(replace(gap, impossible=verdict, witnesses=witnesses))


def witnesses_of(search: Search, name: str, title: str, rule: str = "") -> tuple[Witness, ...]:
    """Return the intakes of a search with names to save them by."""
    if len(search.intakes) == 1:
        return (Witness(name, title, search.intakes[0], rule),)
    return tuple(
        Witness(f"{name}.{word}", f"{title} ({word})", intake, rule)
        for word, intake in zip(("first", "second"), search.intakes, strict=False)
    )


_SEEN: dict[str, Callable[[Test], Claim]] = {
    "true": lambda test: lambda world: world.test(test).true,
    "false": lambda test: lambda world: world.full & ~world.test(test).possible,
    "unknown": lambda test: lambda world: world.test(test).open,
}


def _unique_cause(one: World, other: World, rule: Rule, number: int) -> list[Bits]:
    """Two intakes that differ in one test of a condition alone, and in the condition."""
    bits = [one.fired(rule.id), ~other.fired(rule.id)]
    for place, test in enumerate(tests_of(rule.when)):
        here, there = one.test(test).true, other.test(test).true
        bits += [here, ~there] if place == number else [~(here ^ there)]
    return bits
