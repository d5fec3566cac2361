"""Which rules of two knowledge bases differ in meaning, and which only in name or wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from triage.audit.examining import Examiner, Found
from triage.audit.joint import NEW, OLD, SIDES, Crowd
from triage.audit.levels import Aspect, Ladder
from triage.audit.pairing import Pair, Pairing, Writing
from triage.audit.people import Claim
from triage.audit.splitting import Answer, Formula, every
from triage.knowledge.model import Rule

NOBODY = Found(Answer.NONE)


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
    `found` says whether there is someone for whom it fires, or is open, in one base and not in the other.
    """

    kind: Kind
    pair: Pair
    details: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    found: Found = NOBODY

    @property
    def id(self) -> str:
        """The id of the rule, in the new base if it is there."""
        return next(rule.id for rule in reversed(self.pair) if rule)


class RuleComparer:
    """Compares the rules of two bases."""

    def __init__(self, writing: Writing, pairing: Pairing, ladders: tuple[Ladder, Ladder]) -> None:
        """Take what the rules say, which belong together, and both sides of a space."""
        self._writing = writing
        self._pairing = pairing
        self._ladders = ladders

    def find_renamed(self, examiner: Examiner) -> None:
        """Pair rules that only one base has, where they say the same about the same people."""
        gone, come = (
            [rule for rule in ladder.knowledge.rules.values() if self._pairing.partner(rule, side) is None]
            for side, ladder in zip(SIDES, self._ladders, strict=True)
        )
        for old in gone:
            for new in come:
                if self._writing.says(old, OLD) == self._writing.says(new, NEW) and all(
                    examiner.is_proved_nobody(goal) for goal, _ in self._differences(old, new)
                ):
                    self._pairing.rename(old.id, new.id)
                    come.remove(new)
                    break

    def hints(self) -> Iterator[Formula]:
        """Yield what people meet for whom a rule changes."""
        for old, new in self._pairing.pairs():
            if old is not None and new is not None:
                yield from (goal for goal, _ in self._differences(old, new))

    def changes(self, examiner: Examiner) -> Iterator[RuleChange]:
        """Say what became of every rule."""
        for old, new in self._pairing.pairs():
            if old is None or new is None:
                yield RuleChange(Kind.ONLY_NEW if old is None else Kind.ONLY_OLD, (old, new))
            else:
                yield self._change(examiner, old, new)

    def _change(self, examiner: Examiner, old: Rule, new: Rule) -> RuleChange:
        details = tuple(self._writing.differences(old, new))
        found = self._look(examiner, old, new)
        says_same = self._writing.says(old, OLD) == self._writing.says(new, NEW)
        if found.answer is Answer.NONE and says_same:
            same = Kind.SAME if old.id == new.id else Kind.RENAMED
            return RuleChange(Kind.REWRITTEN if details else same, (old, new), details)
        if details:
            return RuleChange(Kind.CHANGED, (old, new), details, (), found)
        return RuleChange(Kind.THROUGH, (old, new), (), self._pairing.roots(new, NEW), found)

    def _look(self, examiner: Examiner, old: Rule, new: Rule) -> Found:
        undecided = False
        for goal, claim in self._differences(old, new):
            found = examiner.find(claim, [goal])
            if found.answer is Answer.FOUND:
                return found
            undecided = undecided or found.answer is Answer.UNDECIDED
        return Found(Answer.UNDECIDED if undecided else Answer.NONE)

    def _differences(self, old: Rule, new: Rule) -> Iterator[tuple[Formula, Claim]]:
        """Yield where one of the rules is something that the other is not: as formula, and on a crowd."""
        pair = (old, new)
        for aspect in Aspect:
            if aspect is Aspect.NOT_SURE and not all(map(self._heeds_not_sure, SIDES, pair)):
                continue
            here, there = (
                ladder.where(aspect, rule) for ladder, rule in zip(self._ladders, pair, strict=True)
            )
            shapes = {ladder.shape(aspect, rule) for ladder, rule in zip(self._ladders, pair, strict=True)}
            if len(shapes) > 1:
                no = self._ladders[NEW].no
                yield every([here, no(there)]), partial(_only, pair, OLD, aspect)
                yield every([no(here), there]), partial(_only, pair, NEW, aspect)

    def _heeds_not_sure(self, side: int, rule: Rule) -> bool:
        return bool(rule.findings) or self._ladders[side].is_reason(rule)


def _only(pair: tuple[Rule, Rule], side: int, aspect: Aspect, crowd: Crowd) -> int:
    here, there = (crowd.seen[each].column(aspect, pair[each].id) for each in (side, 1 - side))
    return here & ~there
