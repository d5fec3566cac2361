"""Which rules of two knowledge bases differ in meaning, and which only in name or wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from triage.comparison.acuity import FIRED, NOT_SURE, POSSIBLE
from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.rule_pairs import Pair, RulePairs
from triage.comparison.world_pair import WorldPair, Worlds
from triage.inference.standing import Bits, union
from triage.knowledge.model import Rule
from triage.proof.solver import Answer


class Kind(Enum):
    """What became of a rule."""

    SAME = "same"
    RENAMED = "renamed"
    REWRITTEN = "written otherwise, with the same meaning"
    CHANGED = "changed"
    THROUGH = "changed by what it rests on"
    ONLY_OLD = "only in the old rules"
    ONLY_NEW = "only in the new rules"


@dataclass(frozen=True)
class RuleChange:
    """What became of one rule.

    `details` say what is written otherwise; `roots` where that is, where it is not in the rule itself.
    `answer` says whether there is someone for whom it fires, or is open, in one base and not in the other.
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


def find_renamed(pair: WorldPair, rules: RulePairs) -> None:
    """Pair rules that only one base has, where they test the same and say the same about the same people."""
    old, new = (
        [rule for rule in knowledge.rules.values() if rules.partner(rule, side) is None]
        for side, knowledge in enumerate(pair.knowledge)
    )
    alike: dict[object, list[Rule]] = {}
    for rule in new:
        alike.setdefault(_key(rules, rule, NEW), []).append(rule)
    for rule in old:
        others = alike.get(_key(rules, rule, OLD), [])
        renamed = next((each for each in others if _differ(pair, rule, each) is Answer.NONE), None)
        if renamed is not None:
            rules.rename(rule.id, renamed.id)
            others.remove(renamed)


def _key(rules: RulePairs, rule: Rule, side: int) -> object:
    return rules.tested(rule, side), *rules.consequences(rule, side).values()


def rule_changes(pair: WorldPair, rules: RulePairs) -> Iterator[RuleChange]:
    """Say what became of every rule."""
    for old, new in rules:
        if old is None or new is None:
            yield RuleChange(Kind.ONLY_NEW if old is None else Kind.ONLY_OLD, (old, new))
        else:
            yield _change(pair, rules, old, new)


def _change(pair: WorldPair, rules: RulePairs, old: Rule, new: Rule) -> RuleChange:
    details = tuple(rules.differences(old, new))
    answer = _differ(pair, old, new)
    if answer is Answer.NONE and rules.consequences(old, OLD) == rules.consequences(new, NEW):
        same = Kind.SAME if old.id == new.id else Kind.RENAMED
        return RuleChange(Kind.REWRITTEN if details else same, (old, new), details)
    if details:
        return RuleChange(Kind.CHANGED, (old, new), details, (), answer)
    return RuleChange(Kind.THROUGH, (old, new), (), rules.roots(new, NEW), answer)


def _differ(pair: WorldPair, old: Rule, new: Rule) -> Answer:
    """Say whether one of the rules is something for somebody that the other is not."""
    heeded = all(
        rule.findings or rule.disposition not in ("", next(iter(knowledge.rungs)))
        for knowledge, rule in zip(pair.knowledge, (old, new), strict=True)
    )
    aspects = (FIRED, POSSIBLE, NOT_SURE) if heeded else (FIRED, POSSIBLE)

    def differs(worlds: Worlds) -> Bits:
        return union(aspect(worlds[OLD], old.id) ^ aspect(worlds[NEW], new.id) for aspect in aspects)

    return pair.find(differs).answer
