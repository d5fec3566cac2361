"""Who gets other advice: steps, cautions, possible causes, explanations, signs to watch for.

Advice follows the disposition: who is sent to a doctor today gets no prevention. So all but causes is
compared for people whose disposition stays; the others have changed enough by that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import NEW, NOBODY, OLD, SIDES, Claim, Sighting, WorldPair, Worlds
from triage.inference.assessment import UNDETERMINED
from triage.inference.standing import Bits, union
from triage.knowledge.model import KnowledgeBase, Rule
from triage.proof.solver import Answer
from triage.proof.world import World

GIVEN, HELD, SILENT = "given", "held back", "not given"
WITH, WITHOUT = "with the caution", "without the caution"
SAID, UNSAID = "said", "not said"

Change: TypeAlias = tuple[str, str]
"""From the state in the old base to that in the new one."""

RISKY: tuple[Change, ...] = ((HELD, GIVEN), (HELD, SILENT), (WITH, WITHOUT))
"""Changes to look at first: what was held back, or came with a caution, no longer is or does."""

_STATES = (GIVEN, HELD, SILENT)

Names: TypeAlias = tuple[str, str]
"""What a row is called in the old base and in the new one, "" where a base has it not."""

RulesOf: TypeAlias = tuple[Sequence[Rule], Sequence[Rule]]
"""Rules of the old base and of the new one."""


@dataclass(frozen=True)
class AdviceChange:
    """One piece of advice that somebody gets otherwise.

    `kind` is step, caution, cause, explanation or sign; `id` its row (for a caution or a sign, a rule that
    says it).
    """

    kind: str
    id: str
    title: str
    change: Change
    claim: Claim
    sighting: Sighting = NOBODY

    @property
    def is_risky(self) -> bool:
        """Whether something that was held back, or came with a caution, or was warned of, no longer is."""
        return self.change in RISKY or (self.kind == "sign" and self.change == (SAID, UNSAID))


@dataclass(frozen=True)
class AdviceChanges:
    """What changes for somebody, and what was not asked about one by one: it may change for somebody, too."""

    changes: tuple[AdviceChange, ...]
    unasked: tuple[AdviceChange, ...] = ()


def advice_changes(pair: WorldPair, rules: RulePairs) -> AdviceChanges:
    """Look for somebody for every change of a piece of advice; what changes for nobody is left out."""
    possible = [change for change in _Possible(pair, rules).changes() if change.claim(pair.worlds)]
    possible.sort(key=lambda change: not change.is_risky)
    asked, rest = possible[: pair.worth()], possible[pair.worth() :]
    changes = []
    for change in asked:
        sighting = pair.find(change.claim)
        if sighting.answer is not Answer.NONE:
            changes.append(replace(change, sighting=sighting))
    if rest and pair.find(lambda worlds: union(each.claim(worlds) for each in rest)).answer is Answer.NONE:
        rest = []
    return AdviceChanges(tuple(changes), tuple(rest))


class _Possible:
    """Every change that may be, as a claim over two worlds."""

    def __init__(self, pair: WorldPair, rules: RulePairs) -> None:
        self._knowledge = pair.knowledge
        self._worlds = pair.worlds
        self._rules = rules
        self._dispositions = (*pair.knowledge[NEW].rungs, UNDETERMINED)
        self._steps = list(self._rows("steps", "steps"))

    def changes(self) -> Iterator[AdviceChange]:
        yield from self._step_changes()
        yield from self._caution_changes()
        yield from self._cause_changes()
        yield from self._explanation_changes()
        yield from self._sign_changes()

    def _rows(self, table: str, key: str) -> Iterator[Names]:
        old, new = (getattr(knowledge, table) for knowledge in self._knowledge)
        pairs = self._rules.names.table(key)
        was = {after: before for before, after in pairs.items()}
        yield from ((was.get(name, ""), name) for name in new)
        yield from ((name, "") for name in old if name not in pairs)

    def _row(self, table: str, names: Names) -> Any:
        """Return a row as the new base has it, or else as the old one has."""
        side = NEW if names[NEW] else OLD
        return getattr(self._knowledge[side], table)[names[side]]

    def _step_changes(self) -> Iterator[AdviceChange]:
        for names in self._steps:
            if self._is_as_before(names):
                continue
            step = self._row("steps", names)
            for old in _STATES:
                for new in _STATES:
                    if old != new:
                        claim = partial(_step_changes, names, (old, new))
                        yield AdviceChange("step", step.id, step.name, (old, new), claim)

    def _is_as_before(self, names: Names) -> bool:
        """Whether a step is plainly given and held back as before, whoever keeps the disposition."""
        if not all(names):
            return False
        offers = [
            [world.fold.offered_under[name], *_step_groups(world, name)]
            for world, name in zip(self._worlds, names, strict=True)
        ]
        return offers[OLD] == offers[NEW]

    def _caution_changes(self) -> Iterator[AdviceChange]:
        """Where a step is given in both bases, and only one gives a caution with it."""
        for key, rules in self._cautious_rules().items():
            title = next(rule.caution for side in reversed(rules) for rule in side)
            cautioned = self._cautioned(rules)
            for has, change in ((OLD, (WITH, WITHOUT)), (NEW, (WITHOUT, WITH))):
                claim = partial(_caution_changes, has, cautioned)
                yield AdviceChange("caution", key, title, change, claim)

    def _cautioned(self, rules: RulesOf) -> list[tuple[Names, RulesOf]]:
        """Return the steps that these rules speak of, each with the rules that speak of it."""
        cautioned: list[tuple[Names, RulesOf]] = []
        for names in self._steps:
            if all(names):
                old, new = (
                    [
                        rule
                        for rule in rules[side]
                        if names[side] in self._worlds[side].fold.cautioning[rule.id][1]
                    ]
                    for side in SIDES
                )
                if old or new:
                    cautioned.append((names, (old, new)))
        return cautioned

    def _cautious_rules(self) -> Mapping[str, tuple[list[Rule], list[Rule]]]:
        """The rules that caution, by caution: those that belong together or say the same words."""
        classes: dict[str, tuple[list[Rule], list[Rule]]] = {}
        by_text: dict[str, str] = {}
        for pair in self._rules:
            cautious = [rule for rule in reversed(pair) if rule and rule.withholds]
            if not cautious:
                continue
            words = [rule.caution for rule in cautious]
            key = next((by_text[text] for text in words if text in by_text), cautious[0].id)
            by_text.update(dict.fromkeys(words, key))
            for side, rule in zip(SIDES, pair, strict=True):
                if rule in cautious:
                    classes.setdefault(key, ([], []))[side].append(rule)
        return classes

    def _cause_changes(self) -> Iterator[AdviceChange]:
        for names in self._rows("causes", "causes"):
            cause = self._row("causes", names)
            yield from _said("cause", cause.id, cause.name, partial(_names_cause, names))

    def _explanation_changes(self) -> Iterator[AdviceChange]:
        explaining = _index(self._knowledge, "explains")
        told = [
            each for each in self._dispositions if all(_offers_all(base, each) for base in self._knowledge)
        ]
        for names in self._rows("explanations", "explains"):
            row = self._row("explanations", names)
            rules = (explaining[OLD].get(names[OLD], []), explaining[NEW].get(names[NEW], []))
            yield from _said("explanation", row.id, row.text, partial(_says, dict.fromkeys(told, rules)))

    def _sign_changes(self) -> Iterator[AdviceChange]:
        """Signs are said where all is offered, and else by the rules of the disposition alone."""
        now = {
            before: after
            for old, new in self._rules
            if old is not None and new is not None and len(old.watch_for) == len(new.watch_for)
            for before, after in zip(old.watch_for, new.watch_for, strict=True)
            if before != after
        }
        titles: dict[str, str] = {}
        was: dict[str, list[str]] = {}
        for before, after in now.items():
            was.setdefault(after, []).append(before)
        warn = _index(self._knowledge, "watch_for")
        for side in SIDES:
            for text, rules in warn[side].items():
                titles.setdefault(now.get(text, text) if side == OLD else text, rules[0].id)
        for text, rule_id in titles.items():
            texts = (text, *was.get(text, ()))
            old, new = ([rule for each in texts for rule in warn[side].get(each, ())] for side in SIDES)
            claim = partial(_says, {each: self._speaking((old, new), each) for each in self._dispositions})
            yield from _said("sign", rule_id, text, claim)

    def _speaking(self, rules: RulesOf, disposition: str) -> RulesOf:
        old, new = (
            [
                rule
                for rule in rules[side]
                if rule.disposition == disposition or _offers_all(base, disposition)
            ]
            for side, base in enumerate(self._knowledge)
        )
        return old, new


def _index(bases: Iterable[KnowledgeBase], key: str) -> list[Mapping[str, list[Rule]]]:
    """Return, for each base, the rules that name something, by its name."""
    indexes: list[Mapping[str, list[Rule]]] = []
    for knowledge in bases:
        index: dict[str, list[Rule]] = {}
        for rule in knowledge.rules.values():
            for name in dict.fromkeys(getattr(rule, key)):
                index.setdefault(name, []).append(rule)
        indexes.append(index)
    return indexes


def _offers_all(knowledge: KnowledgeBase, disposition: str) -> bool:
    return knowledge.rungs.get(disposition, knowledge.undetermined).offers == "all"


def _said(kind: str, name: str, title: str, says: partial[Bits]) -> Iterator[AdviceChange]:
    """Yield that something is said in one base alone; `says` takes the base and the worlds."""
    yield AdviceChange(kind, name, title, (SAID, UNSAID), partial(says, OLD))
    yield AdviceChange(kind, name, title, (UNSAID, SAID), partial(says, NEW))


def _keeps(worlds: Worlds, dispositions: Collection[str]) -> Bits:
    """Where both bases come to the same one of these dispositions."""
    return union(
        worlds[OLD].outcomes.disposition[each] & worlds[NEW].outcomes.disposition[each]
        for each in dispositions
    )


def _step_groups(world: World, step: str) -> tuple[Bits, Bits]:
    """Where a step is offered, and where something speaks against it."""
    return world.outcomes.fired(("offer", step)), world.outcomes.fired(("hold", step))


def _step_state(world: World, step: str, state: str) -> Bits:
    if not step:
        return world.full if state == SILENT else 0
    offered, held = _step_groups(world, step)
    given, withheld = world.outcomes.given_step(step), offered & held
    return {GIVEN: given, HELD: withheld, SILENT: world.full & ~(given | withheld)}[state]


def _step_changes(names: Names, change: Change, worlds: Worlds) -> Bits:
    old, new = (_step_state(*each) for each in zip(worlds, names, change, strict=True))
    return old & new & _keeps(worlds, worlds[NEW].outcomes.disposition)


def _caution_changes(has: int, cautioned: Iterable[tuple[Names, RulesOf]], worlds: Worlds) -> Bits:
    lanes: Bits = 0
    for names, rules in cautioned:
        old, new = (world.outcomes.given_step(name) for world, name in zip(worlds, names, strict=True))
        says = [
            union(world.possible(rule.id) for rule in each) for world, each in zip(worlds, rules, strict=True)
        ]
        lanes |= old & new & says[has] & ~says[1 - has]
    return lanes & _keeps(worlds, worlds[NEW].outcomes.disposition)


def _names_cause(names: Names, has: int, worlds: Worlds) -> Bits:
    old, new = (
        world.outcomes.fired(("cause", name)) if name else 0
        for world, name in zip(worlds, names, strict=True)
    )
    return (old & ~new) if has == OLD else (new & ~old)


def _says(rules: Mapping[str, RulesOf], has: int, worlds: Worlds) -> Bits:
    """Where one base alone says something; `rules` are those that say it, by disposition."""
    return union(
        _keeps(worlds, [disposition])
        & worlds[has].any_fired(speaking[has])
        & ~worlds[1 - has].any_fired(speaking[1 - has])
        for disposition, speaking in rules.items()
    )
