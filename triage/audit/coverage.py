"""Coverage: what the cases show of the rules, and which gaps no case can close.

Decisive means MC/DC (Chilenski and Miller 1994): in its unique-cause form two cases differ in one test of a
rule alone and in whether the rule fires; in its masking form each of the two may differ elsewhere too, as
long as the test alone decides in each. The same demands are put to the cases and then, for the gaps, to
everyone: every possible intake.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from triage.audit.model import ConditionReport, Gap, Measure, Name, RuleReport, Sentence, Verdict, Witness
from triage.audit.table import Table
from triage.audit.wording import AuthorWords
from triage.inference.columns.compiled import Compiled, numbers_in
from triage.inference.columns.standing import Bits, union
from triage.knowledge.model import YES, KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import Test, is_lower, tests_of
from triage.proof.everyone import Everyone, Search
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
    "gate": "questions and items asked only of some people: a case where they apply, a case where not",
    "question": "questions answered",
    "option": "answer options chosen",
}

DECIDING = "deciding"
"""The `measure` of gaps about dispositions that never decide; it is no measure of the report."""

_NEVER_DECISIVE = "never decisive"
_NOT_EVEN_MASKED = f"{_NEVER_DECISIVE}, not even masked"
_TABLES = {"disposition": "ladder", "question": "questionnaire", "option": "questionnaire"}
"""The tables whose file is not named after the kind of their rows."""


@dataclass(frozen=True)
class Coverage:
    """What the cases show, by rule and in total; `gaps` also holds those that no case can close."""

    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]
    rules: tuple[RuleReport, ...]


Demand: TypeAlias = tuple[Gap, Sequence[Bits]]
"""Something that cases should show: the gap if they do not, and the lanes that show each part of it."""


def cover(cases: Table, everyone: Everyone) -> Coverage:
    """Measure what the cases show; for each gap, find an intake that closes it, or prove that none does."""
    wanted = [
        (gap, [everyone.find(part) for part, lanes in zip(parts, seen, strict=True) if not lanes])
        for (gap, seen), (_, parts) in zip(_demands(cases), _demands(everyone), strict=True)
    ]
    wanted += _decisive(cases, everyone)
    gaps = tuple(_filed(cases.knowledge, gap, searches) for gap, searches in wanted if searches)
    total = Counter(gap.measure for gap, _ in wanted)
    lacking = Counter(gap.measure for gap in gaps)
    aside = Counter(gap.measure for gap in gaps if gap.impossible is Verdict.PROVED)
    measures = tuple(
        Measure(name, means, total[name] - lacking[name], total[name], aside[name])
        for name, means in MEASURES.items()
    )
    return Coverage(measures, gaps, tuple(_rule_reports(cases, gaps)))


def _filed(knowledge: KnowledgeBase, gap: Gap, searches: Sequence[Search]) -> Gap:
    """Return a gap with the intakes that would close it, or marked as proved impossible."""
    answers = {search.answer for search in searches}
    if Answer.NONE in answers:
        return replace(gap, impossible=Verdict.PROVED)
    name = f"{gap.rule or gap.subject}.{gap.measure}-{gap.what}-line-{gap.place.line}"
    name = name.replace(",", "").replace(" ", "-")
    title = f"{AuthorWords(knowledge).name(gap.subject)} {gap.what}"
    shows = gap.subject if isinstance(gap.subject, Name) else None
    witnesses = (
        Witness(name, title, intake, gap.rule, shows=shows)
        for search in searches
        for intake in search.intakes
    )
    verdict = Verdict.UNDECIDED if Answer.UNDECIDED in answers else Verdict.REFUTED
    return replace(gap, impossible=verdict, witnesses=tuple(witnesses))


def place_of(knowledge: KnowledgeBase, name: Name) -> Location:
    """Return where something stands; an option without a line of its own stands at its question."""
    if name.kind == "rule":
        return Location(knowledge.rules[name.id].file, 1)
    table, owner = _TABLES.get(name.kind, f"{name.kind}s"), name.id.partition(".")[0]
    line = max(knowledge.line_of(table, name.id), knowledge.line_of(table, owner))
    return Location(f"{table}.toml", line)


def _rule_reports(cases: Table, gaps: Iterable[Gap]) -> Iterator[RuleReport]:
    lacking: dict[tuple[str, Location, object], dict[str, Verdict]] = defaultdict(dict)
    for gap in gaps:
        lacking[gap.rule, gap.place, gap.subject][gap.what] = gap.impossible
    for rule in cases.knowledge.rules.values():
        conditions = []
        for test in tests_of(rule.when):
            place = Location(rule.file, test.line or 1)
            lacks = lacking[rule.id, place, test]
            report = ConditionReport(
                test,
                place,
                **{what: lanes.bit_count() for what, lanes in _seen(cases, test).items()},
                decisive=_NEVER_DECISIVE not in lacks,
                masking=_NOT_EVEN_MASKED not in lacks,
                impossible=tuple(what for what, verdict in lacks.items() if verdict is Verdict.PROVED),
            )
            conditions.append(report)
        fired, near = cases.fired(rule.id).bit_count(), cases.near_miss(rule).bit_count()
        yield RuleReport(rule.id, Location(rule.file, 1), fired, near, tuple(conditions))


def _demands(world: World) -> Iterator[Demand]:
    for rule in world.knowledge.rules.values():
        yield from _of_rule(world, rule)
        for test, decides in zip(tests_of(rule.when), world.deciding(rule), strict=True):
            yield from _of_test(world, rule, test, decides)
    for name, lanes in (reached(world) | _answered(world)).items():
        what = {"question": "never answered", "option": "never chosen"}.get(name.kind, "never reached")
        yield Gap(name.kind, name, what, place_of(world.knowledge, name)), [lanes]
    for finding, row, gate in world.knowledge.gated:
        name = Name("question" if isinstance(row, Question) else "option", finding)
        stands, place = world.condition(gate), place_of(world.knowledge, name)
        yield Gap("gate", name, "never concerns anybody", place), [stands.true]
        yield Gap("gate", name, "always concerns everybody", place), [world.full & ~stands.possible]


def _of_rule(world: World, rule: Rule) -> Iterator[Demand]:
    def demand(measure: str, what: str, lanes: Bits, key: str = "") -> Demand:
        place = Location(rule.file, rule.line_of(key))
        return Gap(measure, Name("rule", rule.id), what, place, rule.id), [lanes]

    yield demand("rule", "never fires", world.fired(rule.id))
    yield demand("near_miss", "never missed by a single condition", world.near_miss(rule))
    if rule.withholds:
        yield demand("caution", "never cautions beside a step", world.outcomes.caution(rule.id), "caution")
        offered = union(world.outcomes.fired(("offer", step)) for step in world.fold.held_by(rule))
        yield demand("withholding", "never holds a step back", world.fired(rule.id) & offered, "withholds")


def _of_test(world: World, rule: Rule, test: Test, decides: Bits) -> Iterator[Demand]:
    place, true = Location(rule.file, test.line or 1), world.test(test).true
    for what, lanes in _seen(world, test).items():
        yield Gap("condition", test, f"never {what}", place, rule.id), [lanes]
    yield Gap("masking", test, _NOT_EVEN_MASKED, place, rule.id), [decides & true, decides & ~true]
    for side, values in _sides_of_threshold(world.compiled, test).items():
        having = union(world.having(test.finding, value) for value in values)
        gap = Gap("boundary", test, f"never decides {side} the threshold", place, rule.id)
        yield gap, [having & decides]


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
    lower = is_lower(test, domain.values, cut)
    return {"below": below[-1:] if lower else below, "at": (cut,), "above": above if lower else above[:1]}


def reached(world: World) -> dict[Name, Bits]:
    """Return where each disposition, finding, possible cause and step is reached."""
    concluders = world.knowledge.concluders
    columns = {
        "disposition": world.outcomes.disposition,
        "finding": {finding: world.any_fired(rules) for finding, rules in concluders.items()},
        "cause": world.outcomes.causes,
        "step": world.outcomes.given,
    }
    return {Name(kind, name): lanes for kind, each in columns.items() for name, lanes in each.items()}


def _answered(world: World) -> dict[Name, Bits]:
    """Return where each question is answered, and each of its options chosen; a number has no options."""
    answered: dict[Name, Bits] = {}
    for question in world.knowledge.questions.values():
        options = {f"{question.id}.{value}": (question.id, value) for value in question.values}
        if question.kind == "checklist":
            options = {item: (item, YES) for item in question.findings}
        answered |= {Name("option", option): world.having(*chosen) for option, chosen in options.items()}
        given = (world.known(finding) | world.unknown(finding) for finding in question.findings)
        answered[Name("question", question.id)] = union(given)
    return answered


def _decisive(cases: Table, everyone: Everyone) -> Iterator[tuple[Gap, list[Search]]]:
    for rule in cases.knowledge.rules.values():
        for number, test in enumerate(tests_of(rule.when)):
            gap = Gap("condition", test, _NEVER_DECISIVE, Location(rule.file, test.line or 1), rule.id)
            shown = _is_unique_cause(cases, rule, number)
            yield gap, [] if shown else [everyone.find(*_unique_cause(everyone, rule, number), pair=True)]


def _is_unique_cause(cases: Table, rule: Rule, number: int) -> bool:
    """Whether a test decides each way in a case, with all other tests of the rule the same."""
    decides = cases.deciding(rule)[number]
    others = [cases.test(test).true for test in tests_of(rule.when)]
    true = others.pop(number)

    def ways(lanes: int) -> Iterator[tuple[int, ...]]:
        return (tuple(other >> lane & 1 for other in others) for lane in numbers_in(lanes))

    return not set(ways(decides & true)).isdisjoint(ways(decides & ~true))


def _unique_cause(everyone: Everyone, rule: Rule, number: int) -> list[Bits]:
    """Return bits of two intakes that differ in only one test of a rule, and in whether the rule fires."""
    one, other = everyone, everyone.other
    bits = [one.fired(rule.id), ~other.fired(rule.id)]
    for place, test in enumerate(tests_of(rule.when)):
        before, after = one.test(test).true, other.test(test).true
        bits += [before, ~after] if place == number else [~(before ^ after)]
    return bits


def masked(cases: Table, everyone: Everyone) -> Iterator[Gap]:
    """Yield the dispositions of rules that fire in a case but decide in none.

    A disposition decides where its rule fires and no other rule calls for as much. The lowest disposition
    decides only where every rule that calls for more is ruled out.
    """
    for rule in cases.knowledge.rules.values():
        fired = cases.fired(rule.id)
        masks = _masks(cases, rule) if rule.disposition and fired else {}
        if masks and not fired & ~union(masks.values()):
            name, reason = Name("disposition", rule.disposition), _reason(cases, rule, masks)
            place = Location(rule.file, rule.line_of("disposition"))
            gap = Gap(DECIDING, name, "never decides", place, rule.id, reason)
            decides = everyone.fired(rule.id) & ~union(_masks(everyone, rule).values())
            yield _filed(cases.knowledge, gap, [everyone.find(decides)])


def _masks(world: World, rule: Rule) -> Mapping[str, Bits]:
    """Return, by other rule, where that rule keeps this rule's disposition from deciding."""
    rungs = world.knowledge.rungs
    lowest, mine = next(iter(rungs)), (rungs[rule.disposition].rank, rule.soon)
    masks = {}
    for other in world.knowledge.rules.values():
        if other.disposition and other is not rule and (rungs[other.disposition].rank, other.soon) >= mine:
            must_be_ruled_out = rule.disposition == lowest != other.disposition
            masks[other.id] = world.possible(other.id) if must_be_ruled_out else world.fired(other.id)
    return masks


def _reason(cases: Table, rule: Rule, masks: Mapping[str, int]) -> Sentence:
    """Name a few rules that mask a disposition: in each case where it fires, at least one of them does."""
    left, by = cases.fired(rule.id), []
    where = "the one case" if left.bit_count() == 1 else f"all {left.bit_count()} cases"
    while left:
        best = max(masks, key=lambda name: (masks[name] & left).bit_count())
        left &= ~masks[best]
        by.append(Name("rule", best))
    calls = "calls, or may call," if rule.disposition == next(iter(cases.knowledge.rungs)) else "calls"
    which = "{}" if len(by) == 1 else "one of {}"
    return Sentence.listing(f"in {where} where it fires, {which} {calls} for as much or more", by)
