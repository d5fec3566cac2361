"""What the cases show of the rules: coverage, and what of the rest is impossible.

Decisive means MC/DC (Chilenski and Miller 1994): in its unique-cause form two cases differ in one test of a
rule alone and in whether the rule fires; in its masking form each of the two may differ elsewhere too, as
long as the test alone decides in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from triage.audit.bounds import bound_of, text_of
from triage.audit.model import ConditionReport, Gap, Impossible, Measure, Place, RuleReport
from triage.audit.reach import Reach
from triage.audit.spaces import Space, pairs, single
from triage.audit.splitting import Answer, Formula, every, some
from triage.audit.table import Sight, Table, deciding
from triage.inference.compiled import numbers_in, union
from triage.inference.truth import Missing
from triage.knowledge.conditions import All, Condition, Test, tests_of
from triage.knowledge.model import Rule

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
    impossible: tuple[Impossible, ...]
    rules: tuple[RuleReport, ...]


def cover(table: Table, budget: int) -> Coverage:
    """Measure what the cases show; prove what they do not show impossible, or find an intake that would.

    Args:
        table: the cases in columns.
        budget: the most nodes of each search.
    """
    return _Coverage(table, budget).coverage()


class _Coverage:
    def __init__(self, table: Table, budget: int) -> None:
        self._table = table
        self._knowledge = table.knowledge
        self._budget = budget
        self._single = single(table.compiled)
        self._reach = Reach(self._single, table.knowledge)
        self._pairs: Space | None = None
        self._totals = dict.fromkeys(MEASURES, 0)
        self._covered = dict.fromkeys(MEASURES, 0)
        self._gaps: list[Gap] = []
        self._impossible: list[Impossible] = []

    def coverage(self) -> Coverage:
        rules = tuple(self._rule(rule) for rule in self._knowledge.rules.values())
        self._reached()
        lacking = dict.fromkeys(MEASURES, 0)
        for entry in self._impossible:
            lacking[entry.measure] += 1
        measures = tuple(
            Measure(name, means, self._covered[name], self._totals[name], lacking[name])
            for name, means in MEASURES.items()
        )
        return Coverage(measures, tuple(self._gaps), tuple(self._impossible), rules)

    def _rule(self, rule: Rule) -> RuleReport:
        table, space = self._table, self._single
        place = Place(rule.file, 1)
        fired = table.fired(rule.id)
        gap = Gap("rule", rule.id, "never fires", "no case fires it", place, rule.id)
        self._show(gap, fired, lambda: space.fired(rule.id))
        sights = table.sights(rule)
        near = 0
        for number, sight in enumerate(sights):
            lanes = deciding(rule.when, [each.true for each in sights], table.full, number)
            near |= lanes & ~sight.possible
        reason = "in no case do all other conditions hold while one is answered otherwise"
        gap = Gap("near_miss", rule.id, "never nearly fires", reason, place, rule.id)
        self._show(gap, near, lambda: _near_miss(space, rule.when))
        conditions = tuple(self._condition(rule, sights, number) for number in range(len(sights)))
        return RuleReport(
            rule.id, rule.title, rule.topic, place, fired.bit_count(), near.bit_count(), conditions
        )

    def _condition(self, rule: Rule, sights: list[Sight], number: int) -> ConditionReport:
        sight = sights[number]
        test = sight.test
        text = text_of(self._knowledge, test)
        place = Place(rule.file, test.line or 1)
        false = self._table.full & ~sight.possible
        for what, column in (("true", sight.true), ("false", false), ("unknown", sight.open)):
            gap = Gap("condition", text, f"never {what}", f"never {what} in any case", place, rule.id)
            self._show(gap, column, partial(_seen, self._single, test, what))
        lanes = deciding(rule.when, [each.true for each in sights], self._table.full, number)
        with_it, without = lanes & sight.true, lanes & ~sight.true
        decisive = _differ_alone(sights, number, with_it, without)
        self._count("condition", shown=decisive)
        if not decisive:
            reason = self._why_not_decisive(rule, sights, number, with_it, without)
            self._pairs = self._pairs or pairs(self._table.compiled)
            gap = Gap("condition", text, "never decisive", reason, place, rule.id)
            self._unshown(gap, self._pairs, [_unique_cause(self._pairs, rule.when, number)])
        reason = "no case in which it alone decides, each way"
        gap = Gap("masking", text, "never decisive, not even masked", reason, place, rule.id)
        self._masking(rule, gap, number, with_it, without)
        self._boundary(rule, number, sight, lanes, Gap("boundary", text, "", "", place, rule.id))
        return ConditionReport(
            text,
            place,
            sight.true.bit_count(),
            false.bit_count(),
            sight.open.bit_count(),
            decisive,
            bool(with_it and without),
        )

    def _masking(self, rule: Rule, gap: Gap, number: int, with_it: int, without: int) -> None:
        self._count("masking", shown=bool(with_it and without))
        decides, itself = _decides(self._single, rule.when, number)
        lacking = [
            every([decides, side])
            for side, shown in ((itself, with_it), (self._single.no(itself), without))
            if not shown
        ]
        if lacking:
            self._unshown(gap, self._single, lacking)

    def _boundary(self, rule: Rule, number: int, sight: Sight, lanes: int, gap: Gap) -> None:
        if sight.test.finding not in self._table.compiled.domains:
            return
        bound = bound_of(self._knowledge, self._table.compiled.domains[sight.test.finding], sight.test)
        if bound is None:
            return
        for side, values in (("below", bound.below), ("at", bound.at), ("above", bound.above)):
            shown = union(self._table.having(sight.test.finding, value) for value in values) & lanes
            reason = f"no case has it {side} the threshold while the other conditions hold"
            goal = partial(self._at_value, rule, number, sight.test.finding, values)
            self._show(replace(gap, what=f"never {side}", reason=reason), shown, goal)

    def _at_value(self, rule: Rule, number: int, finding: str, values: Iterable[int | str]) -> Formula:
        """Where a test alone decides, with one of these values."""
        domain = self._table.compiled.domains[finding]
        wanted = {domain.class_of(value) for value in values}
        decides, _ = _decides(self._single, rule.when, number)
        return every([decides, self._single.leaf(finding, lambda state: state in wanted)])

    def _why_not_decisive(
        self, rule: Rule, sights: list[Sight], number: int, with_it: int, without: int
    ) -> str:
        """Say what stands in the way: never seen deciding one way, or masked by other conditions."""
        if with_it and without:
            return "it decides both ways, but never beside the same other conditions"
        lanes = self._table.full & (~sights[number].true if with_it else sights[number].true)
        if not lanes:
            return "it is always true" if with_it else "it is never true"
        masks = [
            text_of(self._knowledge, sight.test)
            for other, sight in enumerate(sights)
            if other != number and not lanes & (sight.true if with_it else ~sight.true)
        ]
        what = "not true" if with_it else "true"
        if with_it and masks:
            return f"whenever it is {what}, so is {' and '.join(masks)}"
        return f"in every case where it is {what}, other conditions of {rule.id} decide"

    def _reached(self) -> None:
        table, knowledge = self._table, self._knowledge
        outcomes, reach = table.outcomes, self._reach
        for name, column in outcomes.disposition.items():
            line = Place("ladder.toml", knowledge.line_of("ladder", name))
            gap = Gap("disposition", name, "never reached", "no case comes to it", line)
            self._show(gap, column, partial(reach.disposition, name))
        for finding, concluding in knowledge.concluders.items():
            reached = union(table.fired(rule.id) for rule in concluding)
            reason = "no case fires a rule that concludes it"
            line = Place("findings.toml", knowledge.line_of("findings", finding))
            gap = Gap("finding", finding, "never concluded", reason, line)
            self._show(gap, reached, partial(self._any_fires, concluding))
        for cause, column in outcomes.causes.items():
            line = Place("causes.toml", knowledge.line_of("causes", cause))
            naming = [rule for rule in knowledge.rules.values() if cause in rule.causes]
            gap = Gap("cause", cause, "never reached", "no case reaches it", line)
            self._show(gap, column, partial(self._any_fires, naming))
        for step in knowledge.steps.values():
            line = Place("steps.toml", knowledge.line_of("steps", step.id))
            gap = Gap("step", step.id, "never reached", "no case reaches it", line)
            self._show(gap, outcomes.given[step.id], partial(reach.given, step))
        for rule in knowledge.rules.values():
            if rule.withholds:
                self._safety(rule)
        self._answers()

    def _any_fires(self, rules: Iterable[Rule]) -> Formula:
        return some(self._single.fired(rule.id) for rule in rules)

    def _safety(self, rule: Rule) -> None:
        table, knowledge = self._table, self._knowledge
        kinds = set(rule.withholds)
        steps = [step for step in knowledge.steps.values() if kinds & set(step.kinds)]
        is_open = every([self._single.possible(rule.id), self._single.no(self._single.fired(rule.id))])
        place = Place(rule.file, rule.line_of("caution"))
        reason = "in no case is it open beside a step that it would hold back"
        gap = Gap("caution", rule.id, "never cautions", reason, place, rule.id)
        given = partial(some, (self._reach.given(step) for step in steps))
        self._show(gap, table.outcomes.cautions[rule.id], lambda: every([is_open, given()]))
        held = union(table.fired(rule.id) & table.outcomes.withheld[step.id] for step in steps)
        names = {step.id for step in steps}
        offering = [other for other in knowledge.rules.values() if names & set(other.steps)]
        place = Place(rule.file, rule.line_of("withholds"))
        reason = "in no case does it fire where a step of its kinds is offered"
        gap = Gap("withholding", rule.id, "never holds back", reason, place, rule.id)
        self._show(gap, held, lambda: every([self._single.fired(rule.id), self._any_fires(offering)]))

    def _answers(self) -> None:
        table, knowledge = self._table, self._knowledge
        for question in knowledge.questions.values():
            answered = 0
            for finding in question.findings:
                index, place = table.compiled.index_of[finding], table.compiled.place[finding]
                answered |= table.columns.unknown[index]
                for number, value in enumerate(table.compiled.domains[finding].values):
                    column = table.columns.known[place + number]
                    answered |= column
                    if question.kind != "number" and (question.kind != "checklist" or number == 0):
                        name = finding if question.kind == "checklist" else f"{finding}.{value}"
                        line = knowledge.line_of("questionnaire", name)
                        line = line if line > 1 else knowledge.line_of("questionnaire", question.id)
                        where = Place("questionnaire.toml", line)
                        gap = Gap("option", name, "never chosen", "no case chooses it", where)
                        self._show(gap, column, partial(self._in_class, finding, number))
            where = Place("questionnaire.toml", knowledge.line_of("questionnaire", question.id))
            gap = Gap("question", question.id, "never answered", "no case answers it", where)
            self._show(gap, answered, partial(self._answered, question.findings))

    def _in_class(self, finding: str, number: int) -> Formula:
        return self._single.leaf(finding, lambda state: state == number)

    def _answered(self, findings: Iterable[str]) -> Formula:
        return some(
            self._single.leaf(finding, lambda state: state is not Missing.NOT_ASKED) for finding in findings
        )

    def _count(self, measure: str, *, shown: bool) -> None:
        self._totals[measure] += 1
        self._covered[measure] += shown

    def _show(self, gap: Gap, column: int, goal: Callable[[], Formula]) -> None:
        """Count something that cases show; where none does, look for an intake that would."""
        self._count(gap.measure, shown=bool(column))
        if not column:
            self._unshown(gap, self._single, [goal()])

    def _unshown(self, gap: Gap, space: Space, goals: Sequence[Formula]) -> None:
        """File a gap with intakes that would close it, or a proof that none can."""
        found = [space.search(goal, self._budget) for goal in goals]
        if any(each.answer is Answer.NONE for each in found):
            nodes = sum(each.nodes for each in found)
            self._impossible.append(
                Impossible(gap.measure, gap.subject, gap.what, gap.place, nodes, gap.rule)
            )
            return
        what = gap.what.replace(",", "").replace(" ", "-")
        name = f"{gap.rule or gap.subject}.{gap.measure}-{what}-line-{gap.place.line}"
        title = f"{self._knowledge.rules[gap.rule].title}: " if gap.rule else ""
        witnesses = [
            witness
            for each in found
            if each.answer is Answer.FOUND
            for witness in space.witnesses(
                each.assignment, name, f"{title}{gap.subject} {gap.what}", gap.rule
            )
        ]
        self._gaps.append(replace(gap, witnesses=tuple(witnesses)))


def _seen(space: Space, test: Test, what: str) -> Formula:
    true, possible = space.holds(test), space.holds(test, possible=True)
    if what == "true":
        return true
    return space.no(possible) if what == "false" else every([possible, space.no(true)])


def _near_miss(space: Space, condition: Condition) -> Formula:
    """Where a condition would hold if one of its tests, which is false, were true."""
    ways = []
    for number, test in enumerate(tests_of(condition)):
        decides, _ = _decides(space, condition, number)
        ways.append(every([decides, space.no(space.holds(test, possible=True))]))
    return some(ways)


def _differ_alone(sights: list[Sight], number: int, with_it: int, without: int) -> bool:
    """Whether a case of each side has the same truth of every other test."""
    others = [sight.true for other, sight in enumerate(sights) if other != number]

    def seen(lanes: int) -> Iterator[tuple[int, ...]]:
        for lane in numbers_in(lanes):
            yield tuple(column >> lane & 1 for column in others)

    return bool(with_it and without) and not set(seen(with_it)).isdisjoint(seen(without))


def assemble(condition: Condition, leaves: Iterator[Formula]) -> Formula:
    """Build a condition as a formula from formulas for its tests, in the order of `tests_of`."""
    if isinstance(condition, Test):
        return next(leaves)
    parts = [assemble(part, leaves) for part in condition.parts]
    return every(parts) if isinstance(condition, All) else some(parts)


def _leaves(space: Space, condition: Condition, side: int) -> list[Formula]:
    if isinstance(condition, Test):
        return [space.holds(condition, side)]
    return [leaf for part in condition.parts for leaf in _leaves(space, part, side)]


def _decides(space: Space, condition: Condition, number: int) -> tuple[Formula, Formula]:
    """Where a test alone decides a condition, and where the test itself is true."""
    leaves = _leaves(space, condition, 0)
    with_it = assemble(condition, iter([*leaves[:number], True, *leaves[number + 1 :]]))
    without = assemble(condition, iter([*leaves[:number], False, *leaves[number + 1 :]]))
    return every([with_it, space.no(without)]), leaves[number]


def _unique_cause(space: Space, condition: Condition, number: int) -> Formula:
    """Two intakes that differ in one test of a condition alone, and in the condition."""
    before, after = _leaves(space, condition, 0), _leaves(space, condition, 1)
    same: list[Formula] = []
    for other, (one, two) in enumerate(zip(before, after, strict=True)):
        if other != number:
            same.append(some([every([one, two]), every([space.no(one), space.no(two)])]))
    holds = assemble(condition, iter(before))
    fails = space.no(assemble(condition, iter(after)))
    return every([before[number], space.no(after[number]), holds, fails, *same])
