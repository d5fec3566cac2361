"""Small changes of a rule, such as a slip of the author might make."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from triage.audit.bounds import is_lower, text_of
from triage.audit.model import Place
from triage.inference.domains import Domain
from triage.knowledge.conditions import All, Any, Condition, Test, tests_of
from triage.knowledge.model import YES, KnowledgeBase, Rule

OPERATORS = {
    "rule_dropped": "a rule is left out",
    "condition_dropped": "a condition is left out",
    "condition_negated": "a condition asks for the opposite",
    "condition_swapped": "a condition looks at the item, or the answer, beside the right one",
    "all_for_any": "`all` stands for `any`, or `any` for `all`",
    "threshold_moved": "a threshold is one step higher or lower (`more than` for `at least` is such a step)",
    "unknown_as_no": "what is not known counts as no",
    "disposition_moved": "a disposition is one rung higher or lower, or soon for later",
    "cause_dropped": "a possible cause is left out",
    "finding_dropped": "a conclusion is left out",
    "step_dropped": "a self-care step is left out",
    "withholding_dropped": "a kind of step is no longer held back",
    "caution_dropped": "a caution no longer stands beside the steps",
}


@dataclass(frozen=True)
class Mutant:
    """A rule changed in one place. `blind` is the number of the test for which unknown counts as no."""

    rule: Rule
    operator: str
    change: str
    place: Place
    changed: Rule | None
    blind: int | None = None
    caution: bool = True

    @property
    def changes_condition(self) -> bool:
        """Whether the change is one of the condition, not of what follows."""
        return self.changed is not None and (self.blind is not None or self.changed.when != self.rule.when)


def mutants(knowledge: KnowledgeBase, domains: Mapping[str, Domain], rule: Rule) -> Iterator[Mutant]:
    """Yield every mutant of a rule.

    Args:
        knowledge: the knowledge base.
        domains: the fine domains of its findings (see `triage.inference.domains.domains`).
        rule: the rule to change.
    """
    yield Mutant(rule, "rule_dropped", f"leave {rule.id} out", Place(rule.file, 1), None)
    seen: set[Condition] = {rule.when}
    for operator, change, line, when in _conditions(knowledge, domains, rule):
        if when not in seen:  # two slips that make the same rule count once
            seen.add(when)
            yield Mutant(rule, operator, change, Place(rule.file, line), replace(rule, when=when))
    for number, test in enumerate(tests_of(rule.when)):
        text = f"count {text_of(knowledge, test)} as false where it is not known"
        yield Mutant(rule, "unknown_as_no", text, Place(rule.file, test.line or 1), rule, blind=number)
    yield from _dispositions(knowledge, rule)
    for key, operator in (
        ("causes", "cause_dropped"),
        ("findings", "finding_dropped"),
        ("steps", "step_dropped"),
        ("withholds", "withholding_dropped"),
    ):
        names = getattr(rule, key)
        for name in names:
            rest = tuple(each for each in names if each != name)
            where = Place(rule.file, rule.line_of(key, name))
            without: dict[str, typing.Any] = {key: rest}
            yield Mutant(rule, operator, f"leave {name} out of {key}", where, replace(rule, **without))
    if rule.caution:
        where = Place(rule.file, rule.line_of("caution"))
        yield Mutant(rule, "caution_dropped", "leave the caution out", where, rule, caution=False)


def _dispositions(knowledge: KnowledgeBase, rule: Rule) -> Iterator[Mutant]:
    if not rule.disposition:
        return
    where = Place(rule.file, rule.line_of("disposition"))
    rungs = list(knowledge.rungs)
    at = rungs.index(rule.disposition)
    for other in rungs[max(0, at - 1) : at] + rungs[at + 1 : at + 2]:
        changed = replace(
            rule, disposition=other, soon=rule.soon and bool(knowledge.rungs[other].soon_time_frame)
        )
        yield Mutant(rule, "disposition_moved", f"{other} instead of {rule.disposition}", where, changed)
    if knowledge.rungs[rule.disposition].soon_time_frame:
        change = "later instead of soon" if rule.soon else "soon instead of later"
        yield Mutant(rule, "disposition_moved", change, where, replace(rule, soon=not rule.soon))


def _conditions(
    knowledge: KnowledgeBase, domains: Mapping[str, Domain], rule: Rule
) -> Iterator[tuple[str, str, int, Condition]]:
    """Yield (operator, change, line, condition) for every change of a rule's condition."""
    for path, part in _parts(rule.when):
        if isinstance(part, Test):
            text = text_of(knowledge, part)
            rest = _without(rule.when, path)
            if rest is not None:
                yield "condition_dropped", f"leave {text} out", part.line or 1, rest
            for operator, changed in _tests(knowledge, domains, rule, part):
                change = f"{text_of(knowledge, changed)} instead of {text}"
                yield operator, change, part.line or 1, _put(rule.when, path, changed)
        elif len(part.parts) > 1:
            other = Any(part.parts) if isinstance(part, All) else All(part.parts)
            words = "any instead of all" if isinstance(part, All) else "all instead of any"
            line = next(tests_of(part)).line or 1
            yield (
                "all_for_any",
                f"{words} over {len(part.parts)} conditions",
                line,
                _put(rule.when, path, other),
            )


def _tests(
    knowledge: KnowledgeBase, domains: Mapping[str, Domain], rule: Rule, test: Test
) -> Iterator[tuple[str, Test]]:
    if test.finding in knowledge.findings:
        names = list(knowledge.findings)
        at = names.index(test.finding)
        circular = resting_on(knowledge, rule.findings)
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
    """Yield the test with its threshold one step lower and one step higher, as far as a scale goes."""
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


Path = tuple[int, ...]


def _parts(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    yield path, condition
    if not isinstance(condition, Test):
        for number, part in enumerate(condition.parts):
            yield from _parts(part, (*path, number))


def _put(condition: Condition, path: Path, new: Condition) -> Condition:
    if not path or isinstance(condition, Test):
        return new
    parts = list(condition.parts)
    parts[path[0]] = _put(parts[path[0]], path[1:], new)
    return type(condition)(tuple(parts))


def _without(condition: Condition, path: Path) -> Condition | None:
    """Return a condition without the part at a path; a group left with one part becomes that part.

    None where nothing is left.
    """
    if not path or isinstance(condition, Test):
        return None
    inside = _without(condition.parts[path[0]], path[1:])
    parts = [*condition.parts[: path[0]], *([inside] if inside else []), *condition.parts[path[0] + 1 :]]
    if len(parts) > 1:
        return type(condition)(tuple(parts))
    return parts[0] if parts else None


def resting_on(knowledge: KnowledgeBase, findings: Iterable[str]) -> frozenset[str]:
    """Return findings, and every conclusion that rests on them through the chain."""
    found = set(findings)
    waiting = list(found)
    while waiting:
        finding = waiting.pop()
        for rule in knowledge.rules.values():
            if finding in rule.tested:
                waiting += set(rule.findings) - found
                found |= set(rule.findings)
    return frozenset(found)
