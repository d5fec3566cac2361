"""Who gets other advice: steps, cautions, possible causes, explanations, signs to watch for.

Advice follows the disposition: who is sent to a doctor today gets no prevention. So all but causes is
compared for people whose disposition stays; the others have changed enough by that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

from triage.audit.examining import Examiner, Found
from triage.audit.joint import NEW, OLD, SIDES, Crowd, Joint
from triage.audit.levels import Aspect, Ladder
from triage.audit.pairing import Names, Pairing
from triage.audit.people import Claim
from triage.audit.progress import Progress
from triage.audit.splitting import Answer, Formula, every, some
from triage.inference.assessment import UNDETERMINED
from triage.inference.standing import union
from triage.knowledge.model import KnowledgeBase, Rule, Rung, Step, Undetermined

GIVEN, HELD, SILENT = "given", "held back", "not given"
WITH, WITHOUT = "with the caution", "without the caution"
SAID, UNSAID = "said", "not said"

Change: TypeAlias = tuple[str, str]
"""From the state in the old base to that in the new one."""

RISKY: tuple[Change, ...] = ((HELD, GIVEN), (HELD, SILENT), (WITH, WITHOUT))
"""Changes to look at first: what was held back, or came with a caution, no longer is or does."""

_TRANSITIONS: Mapping[Change, tuple[str, ...]] = {
    (HELD, GIVEN): ("no longer held",),
    (HELD, SILENT): ("no longer offered", "no longer held"),
    (GIVEN, HELD): ("now held",),
    (GIVEN, SILENT): ("no longer offered", "ladder"),
    (SILENT, GIVEN): ("now offered", "ladder"),
    (SILENT, HELD): ("now offered", "now held"),
}
"""From each change of a step to what can bring it."""


@dataclass(frozen=True)
class AdviceChange:
    """One piece of advice that someone gets otherwise.

    `kind` is step, caution, cause, explanation or sign; `id` its row (for a caution or a sign, a rule that
    says it).
    """

    kind: str
    id: str
    title: str
    change: Change
    found: Found

    @property
    def is_risky(self) -> bool:
        """Whether something that was held back, or came with a caution, or was warned of, no longer is."""
        return self.change in RISKY or (self.kind == "sign" and self.change == (SAID, UNSAID))


@dataclass(frozen=True)
class _Rules:
    """Some rules of one side, and where one of them is something."""

    ladder: Ladder
    rules: tuple[Rule, ...]
    aspect: Aspect = Aspect.FIRED

    @property
    def formula(self) -> Formula:
        return some(self.ladder.where(self.aspect, rule) for rule in self.rules)

    @property
    def silent(self) -> Formula:
        return self.ladder.no(self.formula)

    def column(self, crowd: Crowd) -> int:
        return union(crowd.seen[self.ladder.side].column(self.aspect, rule.id) for rule in self.rules)

    def beyond(self, other: _Rules) -> list[Formula]:
        """Where a rule of these is, and none of the others: a formula for each that the others lack."""
        kept = other.ladder.shapes(self.aspect, other.rules)
        own = [rule for rule in self.rules if self.ladder.shape(self.aspect, rule) not in kept]
        silent = other.silent if own else True
        return [every([self.ladder.where(self.aspect, rule), silent]) for rule in own]


_Pair: TypeAlias = tuple[_Rules, _Rules]


@dataclass(frozen=True)
class _StepSide:
    """A step in one base: the rules that offer it, and those that hold it back."""

    knowledge: KnowledgeBase
    step: Step | None
    offering: _Rules
    against: _Rules

    def allows(self, disposition: str) -> bool:
        return self.step is not None and self.step.offered_under(_outcome(self.knowledge, disposition).offers)

    def where(self, state: str, disposition: str) -> Formula:
        offered, held = self.offering.formula, self.against.formula
        if state == HELD:
            return every([offered, held])
        if self.allows(disposition):
            return every([offered, self.against.silent]) if state == GIVEN else self.offering.silent
        return self.offering.ladder.no(every([offered, held])) if state == SILENT else False

    def column(self, state: str, crowd: Crowd) -> int:
        given = crowd.seen[self.offering.ladder.side].outcomes.given[self.step.id] if self.step else 0
        held = self.offering.column(crowd) & self.against.column(crowd)
        return {GIVEN: given, HELD: held, SILENT: ~(given | held)}[state]


_StepPair: TypeAlias = tuple[_StepSide, _StepSide]


def _outcome(knowledge: KnowledgeBase, disposition: str) -> Rung | Undetermined:
    return knowledge.rungs.get(disposition, knowledge.undetermined)


@dataclass(frozen=True)
class _Part:
    """Where some advice changes: people as columns, and goals of which one is true exactly there.

    With a disposition, only people count who come to it in both bases.
    """

    claim: Claim
    goals: Sequence[Formula]
    disposition: str = ""

    def column(self, crowd: Crowd) -> int:
        lanes = self.claim(crowd)
        if self.disposition:
            for seen in crowd.seen:
                lanes &= seen.outcomes.disposition[self.disposition]
        return lanes


@dataclass(frozen=True)
class _Look:
    """One change to look for; it happens where one of the parts does."""

    kind: str
    id: str
    title: str
    change: Change
    parts: Sequence[_Part]

    def column(self, crowd: Crowd) -> int:
        return union(part.column(crowd) for part in self.parts)


class AdviceComparer:
    """Compares the advice of two bases."""

    def __init__(self, joint: Joint, names: Names, pairing: Pairing, ladders: tuple[Ladder, Ladder]) -> None:
        """Take two bases, what belongs together in them, and both sides of a space."""
        self._knowledge = joint.knowledge
        self._names = names
        self._pairing = pairing
        self._ladders = ladders
        self._dispositions = (*joint.knowledge[NEW].rungs, UNDETERMINED)

    def changes(self, examiner: Examiner, progress: Progress) -> Iterator[AdviceChange]:
        """Look for someone for every change of a piece of advice; what changes for nobody is left out."""
        sources = (self._steps, self._cautions, self._causes, self._explanations, self._signs)
        looks = [look for source in sources for look in source() if look.parts]
        for look in progress(looks, "comparing advice", len(looks)):
            found = examiner.find(look.column, self._goals(examiner, look))
            if found.answer is not Answer.NONE:
                yield AdviceChange(look.kind, look.id, look.title, look.change, found)

    def _goals(self, examiner: Examiner, look: _Look) -> Iterator[Formula]:
        """Yield what must be searched: each goal must be possible, before dispositions are heeded."""
        nobody: dict[Formula, bool] = {}
        for part in look.parts:
            for goal in part.goals:
                if goal not in nobody:
                    nobody[goal] = examiner.is_proved_nobody(goal)
                if not nobody[goal] and not part.disposition:
                    yield goal
                elif not nobody[goal]:
                    yield every(
                        [goal, *(ladder.at_disposition(part.disposition) for ladder in self._ladders)]
                    )

    def _rules(self, side: int, wanted: Callable[[Rule], bool], aspect: Aspect = Aspect.FIRED) -> _Rules:
        rules = self._knowledge[side].rules.values()
        return _Rules(self._ladders[side], tuple(filter(wanted, rules)), aspect)

    def _rows(self, table: str, key: str) -> Iterator[tuple[str, str]]:
        """Yield the ids of each row in both bases, "" where a base has it not."""
        old, new = (getattr(knowledge, table) for knowledge in self._knowledge)
        pairs = self._names.table(key)
        was = {after: before for before, after in pairs.items()}
        yield from ((was.get(name, ""), name) for name in new)
        yield from ((name, "") for name in old if name not in pairs)

    @cached_property
    def _step_pairs(self) -> list[_StepPair]:
        return [(self._step(OLD, old), self._step(NEW, new)) for old, new in self._rows("steps", "steps")]

    def _step(self, side: int, name: str) -> _StepSide:
        step = self._knowledge[side].steps.get(name)
        kinds = set(step.kinds) if step else set()
        offering = self._rules(side, lambda rule: name in rule.steps)
        against = self._rules(side, lambda rule: bool(kinds & set(rule.withholds)))
        return _StepSide(self._knowledge[side], step, offering, against)

    def _steps(self) -> Iterator[_Look]:
        for pair in self._step_pairs:
            drivers = self._step_drivers(pair)
            row = pair[NEW].step or pair[OLD].step
            if row is not None and any(drivers.values()):
                for change in _TRANSITIONS:
                    yield _Look(
                        "step", row.id, row.name, change, list(self._step_parts(pair, change, drivers))
                    )

    def _step_drivers(self, pair: _StepPair) -> Mapping[str, list[Formula]]:
        old, new = pair
        moved = any(old.allows(each) != new.allows(each) for each in self._dispositions)
        return {
            "no longer offered": old.offering.beyond(new.offering),
            "now offered": new.offering.beyond(old.offering),
            "no longer held": old.against.beyond(new.against),
            "now held": new.against.beyond(old.against),
            "ladder": [True] if moved and old.step and new.step else [],
        }

    def _step_parts(
        self, pair: _StepPair, change: Change, drivers: Mapping[str, list[Formula]]
    ) -> Iterator[_Part]:
        claim = partial(_step_changes, pair, change)
        behind = [driver for name in _TRANSITIONS[change] for driver in drivers[name]]
        for disposition in self._dispositions:
            states = every(side.where(state, disposition) for side, state in zip(pair, change, strict=True))
            goals = [every([driver, states]) for driver in behind]
            yield _Part(claim, [goal for goal in goals if goal is not False], disposition)

    def _cautions(self) -> Iterator[_Look]:
        for key, rules in self._caution_classes().items():
            title = next(rule.caution for each in reversed(rules) for rule in each)
            for has, change in ((OLD, (WITH, WITHOUT)), (NEW, (WITHOUT, WITH))):
                parts = [part for pair in self._step_pairs for part in self._caution_parts(pair, rules, has)]
                yield _Look("caution", key, title, change, parts)

    def _caution_classes(self) -> Mapping[str, tuple[list[Rule], list[Rule]]]:
        """The rules that caution, by caution: those that belong together or say the same words."""
        found: dict[str, tuple[list[Rule], list[Rule]]] = {}
        by_text: dict[str, str] = {}
        for pair in self._pairing.pairs():
            cautious = [rule for rule in reversed(pair) if rule and rule.withholds]
            if not cautious:
                continue
            words = [rule.caution for rule in cautious]
            key = next((by_text[text] for text in words if text in by_text), cautious[0].id)
            by_text.update(dict.fromkeys(words, key))
            for side, rule in zip(SIDES, pair, strict=True):
                if rule in cautious:
                    found.setdefault(key, ([], []))[side].append(rule)
        return found

    def _caution_parts(
        self, pair: _StepPair, rules: tuple[list[Rule], list[Rule]], has: int
    ) -> Iterator[_Part]:
        """Where a step is given in both bases, and only one gives a caution with it."""
        if not all(side.step for side in pair):
            return
        cautioning = [
            _Rules(
                self._ladders[side],
                tuple(r for r in rules[side] if r in pair[side].against.rules),
                Aspect.POSSIBLE,
            )
            for side in SIDES
        ]
        drivers = cautioning[has].beyond(cautioning[1 - has])
        claim = partial(_caution_changes, pair, cautioning[has], cautioning[1 - has])
        for disposition in self._dispositions if drivers else ():
            given = every(side.where(GIVEN, disposition) for side in pair)
            if given is not False:
                yield _Part(claim, [every([driver, given]) for driver in drivers], disposition)

    def _causes(self) -> Iterator[_Look]:
        yield from self._named("cause", "causes", "causes", [""])

    def _explanations(self) -> Iterator[_Look]:
        told = [
            disposition
            for disposition in self._dispositions
            if all(_outcome(knowledge, disposition).offers == "all" for knowledge in self._knowledge)
        ]
        yield from self._named("explanation", "explanations", "explains", told)

    def _named(self, kind: str, table: str, key: str, dispositions: Sequence[str]) -> Iterator[_Look]:
        for names in self._rows(table, key):
            pair = (
                self._rules(OLD, partial(_names, key, names[OLD])),
                self._rules(NEW, partial(_names, key, names[NEW])),
            )
            side = NEW if names[NEW] else OLD
            row = getattr(self._knowledge[side], table)[names[side]]
            yield from _said(
                kind, row.id, getattr(row, "name", "") or row.text, dict.fromkeys(dispositions, pair)
            )

    def _signs(self) -> Iterator[_Look]:
        """Signs are said where all is offered, and else by the rules of the disposition alone."""
        now = {
            before: after
            for old, new in self._pairing.pairs()
            if old is not None and new is not None and len(old.watch_for) == len(new.watch_for)
            for before, after in zip(old.watch_for, new.watch_for, strict=True)
            if before != after
        }
        texts: dict[str, str] = {}
        for side in SIDES:
            for rule in self._knowledge[side].rules.values():
                for text in rule.watch_for:
                    texts.setdefault(now.get(text, text) if side == OLD else text, rule.id)
        for text, rule_id in texts.items():
            known = {text, *(before for before, after in now.items() if after == text)}
            yield from _said(
                "sign",
                rule_id,
                text,
                {each: self._warning(known, each) for each in self._dispositions},
            )

    def _warning(self, texts: Collection[str], disposition: str) -> _Pair:
        def warns(side: int, rule: Rule) -> bool:
            everyone = _outcome(self._knowledge[side], disposition).offers == "all"
            return bool(set(texts) & set(rule.watch_for)) and (everyone or rule.disposition == disposition)

        return self._rules(OLD, partial(warns, OLD)), self._rules(NEW, partial(warns, NEW))


def _names(key: str, name: str, rule: Rule) -> bool:
    return name in getattr(rule, key)


def _said(kind: str, name: str, title: str, pairs: Mapping[str, _Pair]) -> Iterator[_Look]:
    """Look for those to whom something is said in one base alone; `pairs` are by disposition."""
    for has, change in ((OLD, (SAID, UNSAID)), (NEW, (UNSAID, SAID))):
        parts = [
            _Part(partial(_only_says, pair[has], pair[1 - has]), drivers, disposition)
            for disposition, pair in pairs.items()
            if (drivers := pair[has].beyond(pair[1 - has]))
        ]
        yield _Look(kind, name, title, change, parts)


def _only_says(one: _Rules, other: _Rules, crowd: Crowd) -> int:
    return one.column(crowd) & ~other.column(crowd)


def _step_changes(pair: _StepPair, change: Change, crowd: Crowd) -> int:
    return pair[OLD].column(change[OLD], crowd) & pair[NEW].column(change[NEW], crowd)


def _caution_changes(pair: _StepPair, one: _Rules, other: _Rules, crowd: Crowd) -> int:
    given = pair[OLD].column(GIVEN, crowd) & pair[NEW].column(GIVEN, crowd)
    return given & one.column(crowd) & ~other.column(crowd)
