"""Who gets other advice: steps, cautions, possible causes, explanations, signs to watch for.

Advice follows the disposition: who is sent to a doctor today gets no prevention. So all but causes is
compared for people whose disposition stays; the others have changed enough by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import permutations
from typing import Any, TypeAlias

from triage.comparison.questionnaires import NEW, OLD, SIDES, Names
from triage.comparison.rule_pairs import RulePairs
from triage.comparison.world_pair import Claim, Sighting, WorldPair, Worlds
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

States: TypeAlias = Mapping[str, Bits]
"""Who is in each state of a piece of advice."""

Look: TypeAlias = Callable[[World, int, str], States]
"""Takes a world, its side and a disposition; returns the states of people who come to that disposition."""

ANY = ""
"""In the place of a disposition: whatever it is."""

RulesOf: TypeAlias = tuple[list[Rule], list[Rule]]
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
    sighting: Sighting

    @property
    def is_risky(self) -> bool:
        """Whether something that was held back, or came with a caution, or was warned of, no longer is."""
        return self.change in RISKY or (self.kind == "sign" and self.change == (SAID, UNSAID))


@dataclass(frozen=True)
class AdviceChanges:
    """What changes for somebody, and what was not asked about one by one: it may change for somebody, too."""

    changes: tuple[AdviceChange, ...]
    unasked: tuple[AdviceChange, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A piece of advice: its states, for people of each disposition, in each of these looks."""

    kind: str
    id: str
    title: str
    states: tuple[str, ...]
    looks: Sequence[Look]
    dispositions: Sequence[str]

    def claims(self) -> Iterator[tuple[Change, Claim]]:
        yield from ((change, partial(self._claim, change)) for change in permutations(self.states, 2))

    def _claim(self, change: Change, worlds: Worlds) -> Bits:
        """Where advice changes so; what both bases give and hold back by the same rules plainly does not."""
        lanes: Bits = 0
        for disposition in self.dispositions:
            for look in self.looks:
                old, new = (look(world, side, disposition) for side, world in enumerate(worlds))
                if old != new:
                    lanes |= _keeps(worlds, disposition) & old[change[OLD]] & new[change[NEW]]
        return lanes


def advice_changes(pair: WorldPair, rules: RulePairs, looks: int) -> AdviceChanges:
    """Look for somebody for every change of a piece of advice; what changes for nobody is left out.

    Args:
        pair: both worlds.
        rules: which rules belong together.
        looks: how many changes to ask about one by one.
    """
    possible = [
        AdviceChange(piece.kind, piece.id, piece.title, change, Sighting(Answer.UNDECIDED, claim))
        for piece in _Pieces(pair.knowledge, rules).all()
        for change, claim in piece.claims()
        if claim(pair.worlds)
    ]
    possible.sort(key=lambda change: not change.is_risky)
    asked = (replace(each, sighting=pair.find(each.sighting.claim)) for each in possible[:looks])
    changes = tuple(change for change in asked if change.sighting.answer is not Answer.NONE)
    rest = tuple(possible[looks:])
    claims = [change.sighting.claim for change in rest]
    if pair.find(lambda worlds: union(claim(worlds) for claim in claims)).answer is Answer.NONE:
        rest = ()
    return AdviceChanges(changes, rest)


class _Pieces:
    """Every piece of advice that one of two bases has."""

    def __init__(self, knowledge: tuple[KnowledgeBase, KnowledgeBase], rules: RulePairs) -> None:
        self._knowledge = knowledge
        self._rules = rules
        self._dispositions = [*knowledge[NEW].rungs, UNDETERMINED]

    def all(self) -> Iterator[_Piece]:
        told = [end for end in self._dispositions if all(_offers_all(base, end) for base in self._knowledge)]
        for names, step in self._rows("steps"):
            look = partial(_step_states, names)
            yield _Piece("step", step.id, step.name, (GIVEN, HELD, SILENT), [look], self._dispositions)
        for names, cause in self._rows("causes"):
            look = partial(_said_states, self._naming("causes", names))
            yield _Piece("cause", cause.id, cause.name, (SAID, UNSAID), [look], [ANY])
        for names, each in self._rows("explanations"):
            look = partial(_said_states, self._naming("explains", names))
            yield _Piece("explanation", each.id, each.text, (SAID, UNSAID), [look], told)
        yield from self._cautions()
        yield from self._signs()

    def _rows(self, table: str) -> Iterator[tuple[Names, Any]]:
        """Yield the rows of a table by their names, as the new base has them, or else as the old one."""
        old, new = (getattr(knowledge, table) for knowledge in self._knowledge)
        pairs = self._rules.rows[table]
        was = {after: before for before, after in pairs.items()}
        yield from (((was.get(name, ""), name), row) for name, row in new.items())
        yield from (((name, ""), row) for name, row in old.items() if name not in pairs)

    def _naming(self, key: str, names: Names) -> RulesOf:
        """Return the rules of both bases that name a row."""
        old, new = (self._by_name[key][side].get(names[side], []) for side in SIDES)
        return old, new

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Mapping[str, list[Rule]]]]:
        """The rules of both bases by what they name."""
        keys = ("causes", "explains", "watch_for")
        return {key: [_index(knowledge, key) for knowledge in self._knowledge] for key in keys}

    def _cautions(self) -> Iterator[_Piece]:
        """Yield each caution, beside each step that both bases have."""
        steps = [names for names, _ in self._rows("steps") if all(names)]
        for key, rules in self._cautious_rules().items():
            title = next(rule.caution for side in reversed(rules) for rule in side)
            looks = [
                partial(_caution_states, names, speaking)
                for names in steps
                if any(speaking := self._speaking(rules, names))
            ]
            yield _Piece("caution", key, title, (WITH, WITHOUT), looks, self._dispositions)

    def _speaking(self, rules: RulesOf, names: Names) -> RulesOf:
        """Return the rules that speak of a step."""
        old, new = (
            [rule for rule in rules[side] if not kinds.isdisjoint(rule.withholds)]
            for side in SIDES
            for kinds in [{*self._knowledge[side].steps[names[side]].kinds}]
        )
        return old, new

    def _cautious_rules(self) -> Mapping[str, RulesOf]:
        """The rules that caution, by caution: those that belong together or say the same words."""
        classes: dict[str, RulesOf] = {}
        by_text: dict[str, str] = {}
        for pair in self._rules:
            cautious = [(side, rule) for side, rule in enumerate(pair) if rule and rule.withholds][::-1]
            keys = [by_text[rule.caution] for _, rule in cautious if rule.caution in by_text]
            for side, rule in cautious:
                keys.append(rule.id)
                by_text[rule.caution] = keys[0]
                classes.setdefault(keys[0], ([], []))[side].append(rule)
        return classes

    def _signs(self) -> Iterator[_Piece]:
        """Yield each sign; one in other words, at the same place of its rule, is the same sign."""
        reworded = {
            before: after
            for old, new in self._rules
            if old is not None and new is not None and len(old.watch_for) == len(new.watch_for)
            for before, after in zip(old.watch_for, new.watch_for, strict=True)
            if before != after
        }
        before, after = self._by_name["watch_for"]
        warning: dict[str, RulesOf] = {text: ([], rules) for text, rules in after.items()}
        for text, rules in before.items():
            words = reworded.get(text, text)
            for each in dict.fromkeys((words, text if text in after else words)):
                warning.setdefault(each, ([], []))[OLD].extend(rules)
        for text, both in warning.items():
            look = partial(_sign_states, both)
            first, *_ = both[OLD] or both[NEW]
            yield _Piece("sign", first.id, text, (SAID, UNSAID), [look], self._dispositions)


def _index(knowledge: KnowledgeBase, key: str) -> Mapping[str, list[Rule]]:
    """Return the rules that name something, by its name."""
    rules: dict[str, list[Rule]] = {}
    for rule in knowledge.rules.values():
        for name in dict.fromkeys(getattr(rule, key)):
            rules.setdefault(name, []).append(rule)
    return rules


def _offers_all(knowledge: KnowledgeBase, disposition: str) -> bool:
    return knowledge.rungs.get(disposition, knowledge.undetermined).offers == "all"


def _keeps(worlds: Worlds, disposition: str) -> Bits:
    """Where both bases come to a disposition."""
    old, new = worlds
    if disposition == ANY:
        return old.full
    return old.outcomes.disposition[disposition] & new.outcomes.disposition[disposition]


def _step_states(names: Names, world: World, side: int, disposition: str) -> States:
    name = names[side]
    offered, held = world.outcomes.fired(("offer", name)), world.outcomes.fired(("hold", name))
    given: Bits = 0
    if disposition in world.fold.offered_under.get(name, ()):
        given = offered & ~held
    return {GIVEN: given, HELD: offered & held, SILENT: world.full & ~(given | (offered & held))}


def _caution_states(names: Names, rules: RulesOf, world: World, side: int, disposition: str) -> States:
    """Return where a step is given with and without the caution that these rules say."""
    given = _step_states(names, world, side, disposition)[GIVEN]
    says = union(world.possible(rule.id) for rule in rules[side])
    return {WITH: given & says, WITHOUT: given & ~says}


def _said_states(rules: RulesOf, world: World, side: int, _: str) -> States:
    says = world.any_fired(rules[side])
    return {SAID: says, UNSAID: world.full & ~says}


def _sign_states(rules: RulesOf, world: World, side: int, disposition: str) -> States:
    """Signs are said where all is offered, and else by the rules of the disposition alone."""
    speaking = rules[side]
    if not _offers_all(world.knowledge, disposition):
        speaking = [rule for rule in speaking if rule.disposition == disposition]
    return _said_states((speaking, speaking), world, side, disposition)
