"""Which rules of two knowledge bases differ in meaning, and which only in name or wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from triage.comparison.acuity import Aspect
from triage.comparison.rule_pairs import Pair, RulePairs
from triage.comparison.world_pair import NEW, OLD, SIDES, WorldPair, Worlds
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
    come: dict[object, list[Rule]] = {}
    for new in pair.knowledge[NEW].rules.values():
        if rules.partner(new, NEW) is None:
            come.setdefault((rules.consequences(new, NEW), rules.tested(new, NEW)), []).append(new)
    for old in pair.knowledge[OLD].rules.values():
        if rules.partner(old, OLD) is None:
            alike = come.get((rules.consequences(old, OLD), rules.tested(old, OLD)), [])
            same = (new for new in alike if _differ(pair, rules, old, new) is Answer.NONE)
            renamed = next(same, None)
            if renamed is not None:
                rules.rename(old.id, renamed.id)
                alike.remove(renamed)


def rule_changes(pair: WorldPair, rules: RulePairs) -> Iterator[RuleChange]:
    """Say what became of every rule."""
    for old, new in rules:
        if old is None or new is None:
            yield RuleChange(Kind.ONLY_NEW if old is None else Kind.ONLY_OLD, (old, new))
        else:
            yield _change(pair, rules, old, new)


def _change(pair: WorldPair, rules: RulePairs, old: Rule, new: Rule) -> RuleChange:
    details = tuple(rules.differences(old, new))
    answer = _differ(pair, rules, old, new)
    if answer is Answer.NONE and rules.consequences(old, OLD) == rules.consequences(new, NEW):
        same = Kind.SAME if old.id == new.id else Kind.RENAMED
        return RuleChange(Kind.REWRITTEN if details else same, (old, new), details)
    if details:
        return RuleChange(Kind.CHANGED, (old, new), details, (), answer)
    return RuleChange(Kind.THROUGH, (old, new), (), rules.roots(new, NEW), answer)


def _differ(pair: WorldPair, rules: RulePairs, old: Rule, new: Rule) -> Answer:
    """Say whether one of the rules is something for somebody that the other is not."""
    heeded = all(
        rule.findings or rules.calls_for_care(rule, side)
        for side, rule in zip(SIDES, (old, new), strict=True)
    )
    aspects = list(Aspect) if heeded else [Aspect.FIRED, Aspect.POSSIBLE]

    def differs(worlds: Worlds) -> Bits:
        return union(aspect.of(worlds[OLD], old) ^ aspect.of(worlds[NEW], new) for aspect in aspects)

    return pair.find(differs).answer
