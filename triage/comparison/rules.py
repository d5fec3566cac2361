"""The rules of two knowledge bases in pairs, and whether they differ in meaning or only in writing.

A rule that is only written in another order, or has another id, is the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeAlias

from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.world_pair import WorldPair, Worlds
from triage.explanation.phrasing import text_of
from triage.inference.columns.standing import Bits, union
from triage.knowledge.model import Rule
from triage.knowledge.parts.conditions import Condition, Test, findings_of, fold, tests_of
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.text import plural

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""A rule of the old base, and the rule of the new base that it became; None if there is none."""

LADDER = "ladder"
"""The root of changes that no rule or question explains: the order and the laws of the ladder."""


class Kind(Enum):
    """How a rule changed."""

    SAME = "same"
    RENAMED = "renamed"
    REWRITTEN = "written otherwise, with the same meaning"
    CHANGED = "changed"
    THROUGH = "changed by what it rests on"
    ONLY_OLD = "only in the old rules"
    ONLY_NEW = "only in the new rules"


@dataclass(frozen=True)
class RuleChange:
    """How one rule changed.

    `details` say what is written differently; `roots` name the rules and questions that changed if the rule
    itself did not. `answer` says whether there is a person for whom it fires, or is open, in only one base.
    """

    kind: Kind
    pair: Pair
    details: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    answer: Answer = Answer.NONE

    @property
    def id(self) -> str:
        """The id of the rule, in the new base if it is there."""
        return next(rule.id for rule in reversed(self.pair) if rule)


class RulePairs:
    """The pairs of rules, and what is written differently in them.

    `pairs` holds every rule once: those of the new base in its order, then those that are gone. `details` say
    in words, by the id in the new base, how a rule differs. `regated` names the findings that are asked of
    other people than before.
    """

    def __init__(self, pair: WorldPair) -> None:
        """Pair the rules by id, and the others by their meaning."""
        self.knowledge = pair.knowledge
        self._worlds = pair.worlds
        self.regated = tuple(filter(self._is_regated, pair.matching.shared))
        self.pairs = tuple(self._paired())
        self.details: dict[str, tuple[str, ...]] = {}
        self._partner: tuple[dict[str, Rule], dict[str, Rule]] = ({}, {})
        for before, after in self.pairs:
            if before and after:
                self.details[after.id] = tuple(self._differences(before, after))
                self._partner[OLD][before.id] = after
                self._partner[NEW][after.id] = before

    def _is_regated(self, finding: str) -> bool:
        old, new = (knowledge.question_of[finding].gates.get(finding) for knowledge in self.knowledge)
        return self._condition(old, OLD) != self._condition(new, NEW)

    def asked_as(self, finding: str) -> str:
        """Return what is asked of other people: the whole question of a finding, or only the finding."""
        old, new = (knowledge.question_of[finding] for knowledge in self.knowledge)
        is_whole = self._condition(old.asked_when, OLD) != self._condition(new.asked_when, NEW)
        return new.id if is_whole else finding

    def _paired(self) -> Iterator[Pair]:
        old, new = (knowledge.rules for knowledge in self.knowledge)
        left: dict[object, list[Rule]] = {}
        for rule in old.values():
            if rule.id not in new:
                left.setdefault(self._meaning(rule, OLD), []).append(rule)
        for rule in new.values():
            renamed = [] if rule.id in old else left.get(self._meaning(rule, NEW))
            yield renamed.pop(0) if renamed else old.get(rule.id), rule
        yield from ((rule, None) for rules in left.values() for rule in rules)

    def _meaning(self, rule: Rule, side: int) -> object:
        return self._condition(rule.when, side), consequences(rule)

    def _condition(self, condition: Condition | None, side: int) -> object:
        """Return a condition in a form that is the same however its tests are written."""
        if condition is None:
            return None
        return fold(condition, partial(self._test, side), partial(_joined, "all"), partial(_joined, "any"))

    def _test(self, side: int, test: Test) -> object:
        if test.finding in self.knowledge[side].findings:
            return test.finding
        return frozenset(bit for bit in self._worlds[side].accepted(test) if bit)

    def _differences(self, old: Rule, new: Rule) -> Iterator[str]:
        """Yield, in words, how the new rule differs from the old one."""
        before, after = consequences(old), consequences(new)
        if self._condition(old.when, OLD) != self._condition(new.when, NEW):
            tests, tests_now = (
                {f"when {text_of(knowledge, test)}" for test in tests_of(rule.when)}
                for knowledge, rule in zip(self.knowledge, (old, new), strict=True)
            )
            if tests == tests_now:
                yield "the same tests, combined differently"
            before, after = before | tests, after | tests_now
        yield from (f"no longer {words}" for words in sorted(before - after))
        yield from (f"now {words}" for words in sorted(after - before))

    def roots(self, rule: Rule, side: int) -> tuple[str, ...]:
        """Return why a rule differs: it changed itself, or rules and questions that it rests on did."""
        return tuple(sorted({*self._behind(rule, side, set())})) or (LADDER,)

    def _behind(self, rule: Rule, side: int, seen: set[tuple[int, str]]) -> Iterator[str]:
        other = self._partner[side].get(rule.id)
        if other is None or self.details[(rule if side == NEW else other).id]:
            yield rule.id
        else:
            yield from self._below(rule.when, side, seen)
            yield from self._below(other.when, 1 - side, seen)

    def _below(self, condition: Condition, side: int, seen: set[tuple[int, str]]) -> Iterator[str]:
        """Yield the changed rules and questions that a condition rests on."""
        knowledge = self.knowledge[side]
        unseen = {(side, finding) for finding in findings_of(condition)} - seen
        seen |= unseen
        for _, finding in unseen:
            for rule in knowledge.concluders.get(finding, ()):
                yield from self._behind(rule, side, seen)
            question = knowledge.question_of.get(finding)
            if finding in self.regated:
                yield self.asked_as(finding)
            elif question and (gate := question.gates.get(finding)):
                yield from self._below(gate, side, seen)


def consequences(rule: Rule) -> frozenset[str]:
    """Return, in words, everything that follows from a rule."""
    keys = ("causes", "findings", "steps", "explains", "withholds")
    named = (f"{key} {name}" for key in keys for name in getattr(rule, key))
    disposition = f"disposition {rule.disposition or 'none'}{' (soon)' if rule.soon else ''}"
    signs = plural(len(rule.watch_for), "sign to watch for", "signs to watch for")
    route = {f"route {rule.route}"} if rule.route else set()
    return frozenset({disposition, signs, *route, *named})


def rule_changes(pair: WorldPair, rules: RulePairs) -> Iterator[RuleChange]:
    """Yield how every rule changed."""
    for old, new in rules.pairs:
        if old and new:
            yield _change(pair, rules, old, new)
        else:
            yield RuleChange(Kind.ONLY_NEW if new else Kind.ONLY_OLD, (old, new))


def _change(pair: WorldPair, rules: RulePairs, old: Rule, new: Rule) -> RuleChange:
    details = rules.details[new.id]
    answer = _differ(pair, old, new)
    if answer is Answer.NONE and consequences(old) == consequences(new):
        same = Kind.SAME if old.id == new.id else Kind.RENAMED
        return RuleChange(Kind.REWRITTEN if details else same, (old, new), details)
    if details:
        return RuleChange(Kind.CHANGED, (old, new), details, (), answer)
    return RuleChange(Kind.THROUGH, (old, new), (), rules.roots(new, NEW), answer)


def _differ(pair: WorldPair, old: Rule, new: Rule) -> Answer:
    """Return whether, for some person, one of the rules is in a state in which the other is not."""
    heeded = all(
        rule.findings or rule.disposition not in ("", next(iter(knowledge.rungs)))
        for knowledge, rule in zip(pair.knowledge, (old, new), strict=True)
    )
    aspects = (World.fired, World.possible, *((World.not_sure,) if heeded else ()))

    def differs(worlds: Worlds) -> Bits:
        return union(aspect(worlds[OLD], old.id) ^ aspect(worlds[NEW], new.id) for aspect in aspects)

    return pair.find(differs).answer


def _joined(join: str, forms: Iterable[object]) -> object:
    """Return one form for joined parts, whatever their order, their repetition or their nesting."""
    parts: set[object] = set()
    for form in forms:
        parts |= form[1] if isinstance(form, tuple) and form[0] == join else {form}
    return (join, frozenset(parts)) if len(parts) > 1 else next(iter(parts))
