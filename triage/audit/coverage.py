"""What the cases show of the rules: coverage, and what of the rest is impossible.

Decisive means MC/DC (Chilenski and Miller 1994): in its unique-cause form two cases differ in one test of a
rule alone and in whether the rule fires; in its masking form each of the two may differ elsewhere too, as
long as the test alone decides in each. What the cases do not show is asked of everyone, by the same claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from triage.audit.model import ConditionReport, Gap, Measure, Name, RuleReport, Sentence, Verdict, Witness
from triage.audit.table import Table
from triage.audit.wording import AuthorWords
from triage.inference.assessment import UNDETERMINED
from triage.inference.compiled import Compiled, numbers_in
from triage.inference.standing import Bits, union
from triage.knowledge.conditions import Test, is_lower, tests_of
from triage.knowledge.model import KnowledgeBase, Question, Rule
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


_NEVER_DECISIVE = "never decisive"


@dataclass(frozen=True)
class Coverage:
    """What the cases show, rule by rule and in all; the gaps with those that nobody can close."""

    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]
    rules: tuple[RuleReport, ...]


Demand: TypeAlias = tuple[Gap, Sequence[Bits]]
"""Something that cases should show: the gap that it leaves, and where each part of it is shown."""


def cover(cases: Table, everyone: Everyone) -> Coverage:
    """Measure what the cases show; prove what they do not show impossible, or find an intake that would."""
    wanted = [
        (gap, [everyone.find(part) for part, lanes in zip(parts, seen, strict=True) if not lanes])
        for (gap, seen), (_, parts) in zip(_demands(cases), _demands(everyone), strict=True)
    ]
    wanted += _decisive(cases, everyone)
    gaps = tuple(filed(cases.knowledge, gap, searches) for gap, searches in wanted if searches)
    total = Counter(gap.measure for gap, _ in wanted)
    lacking = Counter(gap.measure for gap in gaps)
    aside = Counter(gap.measure for gap in gaps if gap.impossible is Verdict.PROVED)
    measures = tuple(
        Measure(name, means, total[name] - lacking[name], total[name], aside[name])
        for name, means in MEASURES.items()
    )
    return Coverage(measures, gaps, tuple(_rule_reports(cases, gaps)))


def filed(knowledge: KnowledgeBase, gap: Gap, searches: Sequence[Search]) -> Gap:
    """Return a gap with intakes that would close it, or the proof that none can."""
    answers = {search.answer for search in searches}
    if Answer.NONE in answers:
        return replace(gap, impossible=Verdict.PROVED)
    what = gap.what.replace(",", "").replace(" ", "-")
    name = f"{gap.rule or gap.subject}.{gap.measure}-{what}-line-{gap.place.line}"
    lead = f"{knowledge.rules[gap.rule].title}: " if gap.rule else ""
    title = f"{lead}{AuthorWords(knowledge).name(gap.subject)} {gap.what}"
    witnesses = [each for search in searches for each in witnesses_of(search, name, title, gap.rule)]
    verdict = Verdict.UNDECIDED if Answer.UNDECIDED in answers else Verdict.REFUTED
    return replace(gap, impossible=verdict, witnesses=tuple(witnesses))


def _rule_reports(cases: Table, gaps: Iterable[Gap]) -> Iterator[RuleReport]:
    of_test: dict[tuple[str, Location, object], list[Gap]] = {}
    for gap in gaps:
        of_test.setdefault((gap.rule, gap.place, gap.subject), []).append(gap)
    for rule in cases.knowledge.rules.values():
        conditions = []
        for test in tests_of(rule.when):
            place = _place(rule, test)
            conditions.append(_condition_report(cases, test, place, of_test.get((rule.id, place, test), [])))
        fired, near = cases.fired(rule.id).bit_count(), cases.near_miss(rule).bit_count()
        place = Location(rule.file, 1)
        yield RuleReport(rule.id, rule.title, rule.topic, place, fired, near, tuple(conditions))


def _condition_report(cases: Table, test: Test, place: Location, gaps: Sequence[Gap]) -> ConditionReport:
    true, false, unknown = (lanes.bit_count() for lanes in _seen(cases, test).values())
    decisive = all(gap.what != _NEVER_DECISIVE for gap in gaps)
    masking = all(gap.measure != "masking" for gap in gaps)
    proved = (gap for gap in gaps if gap.measure == "condition" and gap.impossible is Verdict.PROVED)
    impossible = tuple(gap.what for gap in proved)
    return ConditionReport(test, place, true, false, unknown, decisive, masking, impossible)


def witnesses_of(search: Search, name: str, title: str, rule: str = "") -> tuple[Witness, ...]:
    """Return the intakes of a search with names to save them by."""
    if len(search.intakes) == 1:
        return (Witness(name, title, search.intakes[0], rule),)
    return tuple(
        Witness(f"{name}.{word}", f"{title} ({word})", intake, rule)
        for word, intake in zip(("first", "second"), search.intakes, strict=False)
    )


# What cases should show, one by one; `World` is that of the cases, or everyone.


def _demands(world: World) -> Iterator[Demand]:
    for rule in world.knowledge.rules.values():
        yield from _of_rule(world, rule)
    yield from _of_outcomes(world)
    for rule in world.knowledge.rules.values():
        if rule.withholds:
            yield from _of_withholding(world, rule)
    for question in world.knowledge.questions.values():
        yield from _of_answers(world, question)


def _of_rule(world: World, rule: Rule) -> Iterator[Demand]:
    name, place = Name("rule", rule.id), Location(rule.file, 1)
    yield Gap("rule", name, "never fires", "no case fires it", place, rule.id), [world.fired(rule.id)]
    reason = "in no case do all other conditions hold while one is answered otherwise"
    gap = Gap("near_miss", name, "never nearly fires", reason, place, rule.id)
    yield gap, [world.near_miss(rule)]
    for test, decides in zip(tests_of(rule.when), world.deciding(rule), strict=True):
        place = _place(rule, test)
        for what, lanes in _seen(world, test).items():
            yield Gap("condition", test, f"never {what}", "", place, rule.id), [lanes]
        what, reason = f"{_NEVER_DECISIVE}, not even masked", "no case in which it alone decides, each way"
        true = world.test(test).true
        yield Gap("masking", test, what, reason, place, rule.id), [decides & true, decides & ~true]
        for side, values in _sides_of_threshold(world.compiled, test).items():
            reason = f"no case has it {side} the threshold while the other conditions hold"
            having = union(world.having(test.finding, value) for value in values)
            yield Gap("boundary", test, f"never {side}", reason, place, rule.id), [having & decides]


def _seen(world: World, test: Test) -> Mapping[str, Bits]:
    stands = world.test(test)
    return {"true": stands.true, "false": world.full & ~stands.possible, "unknown": stands.open}


def _sides_of_threshold(compiled: Compiled, test: Test) -> Mapping[str, Sequence[int | str]]:
    """Return the values below, at and above the threshold of a test; nothing for a test without one.

    On the side that is not accepted only the value next to the threshold counts; on the other side any.
    """
    if test.threshold is None or test.finding not in compiled.domains:
        return {}
    domain = compiled.domains[test.finding]
    cut = compiled.knowledge.thresholds[test.threshold].value
    at = domain.class_of(cut)
    below, above = domain.values[:at], domain.values[at + 1 :]
    if is_lower(test, domain.values, cut):
        return {"below": below[-1:], "at": (cut,), "above": above}
    return {"below": below, "at": (cut,), "above": above[:1]}


def _of_outcomes(world: World) -> Iterator[Demand]:
    for name, place, claim in outcomes_of(world.knowledge):
        what, reason = "never reached", "no case reaches it"
        if name.kind == "finding":
            what, reason = "never concluded", "no case fires a rule that concludes it"
        yield Gap(name.kind, name, what, reason, place), [claim(world)]


def outcomes_of(knowledge: KnowledgeBase) -> Iterator[tuple[Name, Location, Claim]]:
    """Yield each disposition, finding, cause and step: where it stands, and the claim that it is reached."""
    place = partial(_line, knowledge)
    for rung in (UNDETERMINED, *knowledge.rungs):
        yield (
            Name("disposition", rung),
            place("ladder", rung),
            partial(_column, field="disposition", name=rung),
        )
    for finding, rules in knowledge.concluders.items():
        yield Name("finding", finding), place("findings", finding), partial(World.any_fired, rules=rules)
    for cause in knowledge.causes:
        yield Name("cause", cause), place("causes", cause), partial(_column, field="causes", name=cause)
    for step in knowledge.steps:
        yield Name("step", step), place("steps", step), partial(_column, field="given", name=step)


def _column(world: World, field: str, name: str) -> Bits:
    return getattr(world.outcomes, field)[name]


def _of_withholding(world: World, rule: Rule) -> Iterator[Demand]:
    name, place = Name("rule", rule.id), Location(rule.file, rule.line_of("caution"))
    reason = "in no case is it open beside a step that it would hold back"
    gap = Gap("caution", name, "never cautions", reason, place, rule.id)
    yield gap, [world.outcomes.caution(rule.id)]
    place = Location(rule.file, rule.line_of("withholds"))
    reason = "in no case does it fire where a step of its kinds is offered"
    gap = Gap("withholding", name, "never holds back", reason, place, rule.id)
    offered = union(world.outcomes.fired(("offer", step)) for step in world.fold.held_by(rule))
    yield gap, [world.fired(rule.id) & offered]


def _of_answers(world: World, question: Question) -> Iterator[Demand]:
    own_place = _line(world.knowledge, "questionnaire", question.id)
    for finding in question.findings if question.kind != "number" else ():
        values = world.compiled.domains[finding].values
        checklist = question.kind == "checklist"
        for value in values[:1] if checklist else values:
            option = finding if checklist else f"{finding}.{value}"
            line = _line(world.knowledge, "questionnaire", option)
            place = line if line.line > 1 else own_place
            gap = Gap("option", Name("option", option), "never chosen", "no case chooses it", place)
            yield gap, [world.having(finding, value)]
    name = Name("question", question.id)
    answered = union(world.known(finding) | world.unknown(finding) for finding in question.findings)
    yield Gap("question", name, "never answered", "no case answers it", own_place), [answered]


def _place(rule: Rule, test: Test) -> Location:
    return Location(rule.file, test.line or 1)


def _line(knowledge: KnowledgeBase, table: str, name: str) -> Location:
    return Location(f"{table}.toml", knowledge.line_of(table, name))


# What only two cases can show: that a condition alone decides, with all others alike.


def _decisive(cases: Table, everyone: Everyone) -> Iterator[tuple[Gap, list[Search]]]:
    for rule in cases.knowledge.rules.values():
        tests = list(tests_of(rule.when))
        for number, test in enumerate(tests):
            gap = Gap("condition", test, _NEVER_DECISIVE, "", _place(rule, test), rule.id)
            decides, true = cases.deciding(rule)[number], cases.test(test).true
            others = tests[:number] + tests[number + 1 :]
            if _some_alike(cases, others, decides & true, decides & ~true):
                yield gap, []
                continue
            reason = _why_not_decisive(cases, test, others, decides)
            yield replace(gap, reason=reason), [everyone.find_pair(*_unique_cause(everyone, rule, number))]


def _some_alike(cases: Table, tests: Iterable[Test], one: int, other: int) -> bool:
    """Whether tests come out the same in a case of each of two columns."""
    columns = [cases.test(test).true for test in tests]

    def outcomes(lanes: int) -> Iterator[tuple[int, ...]]:
        return (tuple(column >> lane & 1 for column in columns) for lane in numbers_in(lanes))

    return bool(one and other) and not set(outcomes(one)).isdisjoint(outcomes(other))


def _why_not_decisive(cases: Table, test: Test, others: Iterable[Test], decides: int) -> Sentence | str:
    """Say what stands in the way: never seen deciding one way, or masked by other conditions."""
    true = cases.test(test).true
    if decides & true and decides & ~true:
        return "it decides both ways, but never beside the same other conditions"
    if not decides & true:
        return "in every case where it is true, other conditions decide" if true else "it is never true"
    lanes = cases.full & ~true
    if not lanes:
        return "it is always true"
    masks = [each for each in others if not lanes & cases.test(each).true]
    if masks:
        return Sentence.listing("whenever it is not true, so is {}", masks)
    return "in every case where it is not true, other conditions decide"


def _unique_cause(everyone: Everyone, rule: Rule, number: int) -> list[Bits]:
    """Two intakes that differ in one test of a condition alone, and in the condition."""
    one, other = everyone, everyone.other
    bits = [one.fired(rule.id), ~other.fired(rule.id)]
    for place, test in enumerate(tests_of(rule.when)):
        before, after = one.test(test).true, other.test(test).true
        bits += [before, ~after] if place == number else [~(before ^ after)]
    return bits
