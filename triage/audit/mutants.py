"""Mutants: small changes of a rule or a gate, as a slip of its author might make."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import replace

from triage.audit.model import Mutant, Name
from triage.audit.wording import Words
from triage.inference.domains import Domain
from triage.knowledge.model import YES, Gate, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Any, Condition, Test, is_lower, parts_of, tests_of
from triage.proof.variation import Change
from triage.source.diagnostic import Location

OPERATORS = {
    "rule_dropped": "a rule is left out",
    "gate_dropped": "a question or an item is asked of everybody",
    "condition_dropped": "a condition is left out",
    "condition_negated": "a condition asks for the opposite",
    "condition_swapped": "a condition looks at the item, or the answer, beside the right one",
    "all_for_any": "`all` stands for `any`, or `any` for `all`",
    "threshold_moved": "a threshold is one step higher or lower (from `at least` to `more than` is a step)",
    "unknown_as_no": "an unknown answer counts as no",
    "disposition_moved": "a disposition is one rung higher or lower, or soon for later",
    "cause_dropped": "a possible cause is left out",
    "finding_dropped": "a conclusion is left out",
    "step_dropped": "a self-care step is left out",
    "withholding_dropped": "a kind of step is no longer held back",
    "caution_dropped": "a caution no longer stands beside the steps",
}
_WHOLE = {"caution_dropped": "leave the caution out", "gate_dropped": "ask everybody"}
_NAMES = {"cause": "causes", "finding": "findings", "step": "steps", "withholding": "withholds"}
"""The key of a rule for each kind of name; the operator that leaves such a name out is `<kind>_dropped`."""


def words_of(words: Words, mutant: Mutant) -> str:
    """Say what a mutant changes."""
    part, instead = mutant.part, mutant.instead
    if isinstance(part, (All, Any)):
        keys = ("any", "all") if isinstance(part, All) else ("all", "any")
        now, before = (words.name(Name("key", key)) for key in keys)
        return f"{now} instead of {before} over {len(part.parts)} conditions"
    if mutant.operator in _WHOLE:
        return _WHOLE[mutant.operator]
    name = words.name(part)
    if isinstance(instead, (Test, Name)):
        return f"{words.name(instead)} instead of {name}"
    if mutant.operator == "unknown_as_no":
        return f"count {name} as false where it is not known"
    if isinstance(part, Name) and part.kind in _NAMES:
        return f"leave {name} out of {words.name(Name('key', _NAMES[part.kind]))}"
    return f"leave {name} out"


def mutants(knowledge: KnowledgeBase, domains: Mapping[str, Domain], owner: Rule | Gate) -> Iterator[Mutant]:
    """Yield every mutant of a rule or a gate. Without its gate, a question is asked of everybody.

    Args:
        knowledge: the knowledge base.
        domains: the fine domains of its findings (see `triage.inference.domains.domains`).
        owner: the rule or gate to change.
    """
    if isinstance(owner, Rule):
        return _of_rule(knowledge, domains, owner)
    return _of_gate(knowledge, domains, owner)


def _of_rule(knowledge: KnowledgeBase, domains: Mapping[str, Domain], rule: Rule) -> Iterator[Mutant]:
    yield Mutant("rule_dropped", Change(rule, None), Location(rule.file, 1), Name("rule", rule.id))
    for operator, when, part, instead in _of_condition(knowledge, domains, rule):
        yield Mutant(operator, Change(rule, replace(rule, when=when)), _place(rule, part), part, instead)
    for part, put in parts_of(rule.when):
        if isinstance(part, Test):
            blind = replace(part)
            change = Change(rule, replace(rule, when=put(blind) or blind), blind)
            yield Mutant("unknown_as_no", change, _place(rule, part), part)
    yield from _dispositions(knowledge, rule)
    for kind, key in _NAMES.items():
        names = getattr(rule, key)
        for name in names:
            rest: dict[str, typing.Any] = {key: tuple(each for each in names if each != name)}
            place = Location(rule.file, rule.line_of(key, name))
            yield Mutant(f"{kind}_dropped", Change(rule, replace(rule, **rest)), place, Name(kind, name))
    if rule.caution:
        place = Location(rule.file, rule.line_of("caution"))
        change = Change(rule, replace(rule, caution=""))
        yield Mutant("caution_dropped", change, place, Name("key", "caution"))


def _of_gate(knowledge: KnowledgeBase, domains: Mapping[str, Domain], gate: Gate) -> Iterator[Mutant]:
    questions = knowledge.regated(gate, None)
    name = Name("gate", gate.id)
    yield Mutant("gate_dropped", Change(gate, None, questions=questions), _place(gate, gate.when), name)
    for operator, when, part, instead in _of_condition(knowledge, domains, gate):
        change = Change(gate, replace(gate, when=when), questions=knowledge.regated(gate, when))
        yield Mutant(operator, change, _place(gate, part), part, instead)


def _place(owner: Rule | Gate, part: Condition) -> Location:
    return Location(owner.file, next(tests_of(part)).line or 1)


def _dispositions(knowledge: KnowledgeBase, rule: Rule) -> Iterator[Mutant]:
    if not rule.disposition:
        return
    place = Location(rule.file, rule.line_of("disposition"))
    rungs = list(knowledge.rungs)
    at = rungs.index(rule.disposition)
    for other in rungs[max(0, at - 1) : at] + rungs[at + 1 : at + 2]:
        soon = rule.soon and bool(knowledge.rungs[other].soon_time_frame)
        changed = replace(rule, disposition=other, soon=soon)
        names = Name("disposition", rule.disposition), Name("disposition", other)
        yield Mutant("disposition_moved", Change(rule, changed), place, *names)
    if knowledge.rungs[rule.disposition].soon_time_frame:
        now, instead = ("soon", "later") if rule.soon else ("later", "soon")
        change = Change(rule, replace(rule, soon=not rule.soon))
        yield Mutant("disposition_moved", change, place, Name("time", now), Name("time", instead))


def _of_condition(
    knowledge: KnowledgeBase, domains: Mapping[str, Domain], owner: Rule | Gate
) -> Iterator[tuple[str, Condition, Condition, Condition | None]]:
    """Yield each change of a condition: the operator, the new condition, the part changed, its replacement.

    Two slips that make the same condition count once.
    """
    seen = {owner.when}
    for part, put in parts_of(owner.when):
        for operator, instead in _instead(knowledge, domains, owner, part):
            when = put(instead)
            if when is not None and when not in seen:
                seen.add(when)
                yield operator, when, part, instead


def _instead(
    knowledge: KnowledgeBase, domains: Mapping[str, Domain], owner: Rule | Gate, part: Condition
) -> Iterator[tuple[str, Condition | None]]:
    """Yield each operator with its replacement for a part of a condition; None leaves the part out."""
    if isinstance(part, Test):
        yield "condition_dropped", None
        yield from _tests(knowledge, domains, owner, part)
    elif len(part.parts) > 1:
        yield "all_for_any", Any(part.parts) if isinstance(part, All) else All(part.parts)


def _tests(
    knowledge: KnowledgeBase, domains: Mapping[str, Domain], owner: Rule | Gate, test: Test
) -> Iterator[tuple[str, Test]]:
    if test.finding in knowledge.findings:
        names = list(knowledge.findings)
        at = names.index(test.finding)
        concluded = owner.findings if isinstance(owner, Rule) else ()
        resting = knowledge.resting_on(concluded)
        circular = {*concluded, *(finding for each in resting for finding in each.findings)}
        beside = next((name for name in names[at + 1 :] + names[:at] if name not in circular), None)
        if beside:
            yield "condition_swapped", replace(test, finding=beside)
        return
    domain = domains[test.finding]
    if test.threshold is not None:
        cut = knowledge.thresholds[test.threshold].value
        lower = is_lower(test, domain.values, cut)
        yield from (("threshold_moved", moved) for moved in _moved(domain, test, cut, lower=lower))
    if test.accepts is not None:
        rest = frozenset(map(str, domain.values)) - test.accepts
        if rest:
            yield "condition_negated", replace(test, accepts=rest, threshold=None)
    elif test.at_least is not None:
        yield "condition_negated", replace(test, at_least=None, at_most=test.at_least - 1, threshold=None)
    elif test.at_most is not None:
        yield "condition_negated", replace(test, at_most=None, at_least=test.at_most + 1, threshold=None)
    yield from (("condition_swapped", swapped) for swapped in _swapped(knowledge, domain, test))


def _moved(domain: Domain, test: Test, cut: int | str, *, lower: bool) -> Iterator[Test]:
    """Yield the test with its threshold one step lower and one step higher, within the scale."""
    for step in (-1, 1):
        if test.accepts is None:
            at_least = None if test.at_least is None else test.at_least + step
            at_most = None if test.at_most is None else test.at_most + step
            yield replace(test, at_least=at_least, at_most=at_most, threshold=None)
            continue
        at = domain.class_of(cut) + step
        if 0 <= at < len(domain.values):
            values = domain.values[at:] if lower else domain.values[: at + 1]
            yield replace(test, accepts=frozenset(map(str, values)), threshold=None)


def _swapped(knowledge: KnowledgeBase, domain: Domain, test: Test) -> Iterator[Test]:
    question = knowledge.question_of[test.finding]
    if question.kind == "checklist":
        items = question.findings
        beside = items[(items.index(test.finding) + 1) % len(items)]
        if beside != test.finding and test.accepts == frozenset({YES}):
            yield replace(test, finding=beside)
    elif test.accepts is not None and test.threshold is None:
        values = [str(value) for value in domain.values]
        for accepted in sorted(test.accepts, key=values.index):
            beside = values[(values.index(accepted) + 1) % len(values)]
            yield replace(test, accepts=test.accepts - {accepted} | {beside})
            if len(test.accepts) > 1:
                yield replace(test, accepts=test.accepts - {accepted})
