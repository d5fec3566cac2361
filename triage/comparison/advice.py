"""Who gets other advice: steps, cautions, possible causes, explanations, signs to watch for.

Advice follows the disposition: a person who is sent to a doctor today gets no prevention. So everything but
causes is compared only for people whose disposition stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations
from typing import TypeAlias

from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.rules import RulePairs
from triage.comparison.world_pair import Sighting, WorldPair, Worlds
from triage.inference.columns.standing import Bits, union
from triage.knowledge.model import EVERYTHING, KnowledgeBase, Rule
from triage.proof.solver import Answer
from triage.proof.world import World

GIVEN, HELD, SILENT = "given", "held back", "not given"
SAID, UNSAID = "said", "not said"

Change: TypeAlias = tuple[str, str]
"""The state in the old base, and the state in the new one."""

Kept: TypeAlias = Mapping[str, Bits]
"""Where both bases give the same disposition, by disposition."""

Look: TypeAlias = Callable[[World, int, Kept], Mapping[str, Bits]]
"""Takes a world, its side and whose disposition stays; returns where a piece of advice is in each state."""

_SAYING = {
    "cause": ("causes", "causes"),
    "explanation": ("explains", "explanations"),
    "caution": ("caution", ""),
    "sign": ("watch_for", ""),
}
"""The kinds of advice, each with its key in a rule and the table whose rows the key names ("" for texts)."""

RulesOf: TypeAlias = tuple[list[Rule], list[Rule]]
"""Rules of the old base and of the new one."""


@dataclass(frozen=True)
class AdviceChange:
    """A change of one piece of advice for somebody, or perhaps for somebody.

    `kind` is step, caution, cause, explanation or sign; `id` is its row, or for a caution or a sign a rule
    that says it.
    """

    kind: str
    id: str
    title: str
    change: Change
    sighting: Sighting

    @property
    def is_risky(self) -> bool:
        """Whether to look at it first: a step is no longer held back, or a caution or sign no longer said."""
        return self.change[OLD] == HELD or (
            self.kind in {"caution", "sign"} and self.change == (SAID, UNSAID)
        )


def advice_changes(pair: WorldPair, rules: RulePairs, looks: int) -> tuple[AdviceChange, ...]:
    """Look for somebody with each change of advice; leave out changes that nobody has.

    Args:
        pair: both worlds.
        rules: the pairs of rules.
        looks: how many changes to ask about one by one; if somebody may have one of the rest, all of the
            rest are undecided.
    """
    every = [*_steps(pair.knowledge), *_sayings(pair, rules)]
    possible = [change for change in every if change.sighting.claim(pair.worlds)]
    possible.sort(key=lambda change: not change.is_risky)
    changes = [replace(each, sighting=pair.find(each.sighting.claim)) for each in possible[:looks]]
    rest = [change.sighting.claim for change in possible[looks:]]
    if pair.find(lambda worlds: union(claim(worlds) for claim in rest)).answer is not Answer.NONE:
        changes += possible[looks:]
    return tuple(change for change in changes if change.sighting.answer is not Answer.NONE)


def _steps(knowledge: Sequence[KnowledgeBase]) -> Iterator[AdviceChange]:
    """Yield every possible change of every step, not asked about yet."""
    for name, title in _titles(knowledge, "steps").items():
        yield from _changes("step", name, title, (GIVEN, HELD, SILENT), [partial(_step_states, name)])


def _sayings(pair: WorldPair, rules: RulePairs) -> Iterator[AdviceChange]:
    """Yield every possible change of other advice, not asked about yet."""
    shared = [name for name in pair.knowledge[NEW].steps if name in pair.knowledge[OLD].steps]
    for kind, (key, table) in _SAYING.items():
        titles = _titles(pair.knowledge, table) if table else {}
        reworded = {} if table else _reworded(rules, key)
        for name, both in _saying(pair.knowledge, key, reworded).items():
            looks: Sequence[Look] = [partial(_said_states, kind, both)]
            if kind == "caution":
                looks = [
                    partial(_caution_states, step, both)
                    for step in shared
                    if any(_speaking(world, its, step) for world, its in zip(pair.worlds, both, strict=True))
                ]
            first, *_ = both[NEW] or both[OLD]
            its_id, title = (name, titles[name]) if table else (first.id, name)
            yield from _changes(kind, its_id, title, (SAID, UNSAID), looks)


def _titles(knowledge: Sequence[KnowledgeBase], table: str) -> Mapping[str, str]:
    """Return the name or the text of every row of a table; the new base wins."""
    old, new = (getattr(base, table) for base in knowledge)
    return {name: getattr(row, "name", "") or row.text for name, row in {**old, **new}.items()}


def _changes(
    kind: str, name: str, title: str, states: Sequence[str], looks: Sequence[Look]
) -> Iterator[AdviceChange]:
    """Yield a change for every pair of different states; any of `looks` can show it."""
    for change in permutations(states, 2):
        claim = partial(_changes_so, kind, change, looks)
        yield AdviceChange(kind, name, title, change, Sighting(Answer.UNDECIDED, claim))


def _changes_so(kind: str, change: Change, looks: Sequence[Look], worlds: Worlds) -> Bits:
    """Return where advice changes in this way; a look that is the same in both worlds cannot show it."""
    before, after = (world.outcomes.disposition for world in worlds)
    kept = {name: before[name] & after[name] for name in before}
    lanes: Bits = 0
    for look in looks:
        old, new = (look(world, side, kept) for side, world in enumerate(worlds))
        if old != new:
            lanes |= old[change[OLD]] & new[change[NEW]]
    return lanes if kind == "cause" else lanes & union(kept.values())


def _saying(
    knowledge: Sequence[KnowledgeBase], key: str, reworded: Mapping[str, str]
) -> Mapping[str, RulesOf]:
    """Return the rules of both bases by what they say under a key, in the words of the new base."""
    saying: dict[str, RulesOf] = {}
    for side in (NEW, OLD):
        for rule in knowledge[side].rules.values():
            for each in dict.fromkeys(_said(rule, key)):
                words = each if side == NEW else reworded.get(each, each)
                saying.setdefault(words, ([], []))[side].append(rule)
    return saying


def _said(rule: Rule, key: str) -> Sequence[str]:
    """Return the texts or names under a key of a rule."""
    said = getattr(rule, key)
    return said if isinstance(said, tuple) else (said,) if said else ()


def _reworded(rules: RulePairs, key: str) -> Mapping[str, str]:
    """Return the texts that no rule says any more, each with the text that replaced it in its rule."""
    said = {text for rule in rules.knowledge[NEW].rules.values() for text in _said(rule, key)}
    return {
        before: after
        for old, new in rules.pairs
        if old and new and len(_said(old, key)) == len(_said(new, key))
        for before, after in zip(_said(old, key), _said(new, key), strict=True)
        if before not in said
    }


def _step_states(name: str, world: World, _: int, kept: Kept) -> Mapping[str, Bits]:
    offered, held = world.outcomes.fired(("offer", name)), world.outcomes.fired(("hold", name))
    given = offered & ~held & union(kept[end] for end in world.fold.offered_under.get(name, ()))
    return {GIVEN: given, HELD: offered & held, SILENT: world.full & ~(given | (offered & held))}


def _speaking(world: World, rules: Iterable[Rule], step: str) -> list[Rule]:
    """Return the rules that speak against a step."""
    return [rule for rule in rules if step in world.fold.held_by(rule)]


def _caution_states(step: str, rules: RulesOf, world: World, side: int, kept: Kept) -> Mapping[str, Bits]:
    """Return where a step is given with a caution of these rules, and where without one."""
    given = _step_states(step, world, side, kept)[GIVEN]
    says = union(world.possible(rule.id) for rule in _speaking(world, rules[side], step))
    return {SAID: given & says, UNSAID: given & ~says}


def _said_states(kind: str, rules: RulesOf, world: World, side: int, kept: Kept) -> Mapping[str, Bits]:
    """Return where a cause, an explanation or a sign is said.

    A disposition that offers everything says all explanations and signs; others say only the signs of their
    own rules.
    """
    fired = world.any_fired(rules[side])
    if kind == "cause":
        return {SAID: fired, UNSAID: world.full & ~fired}
    knowledge = world.knowledge
    says: Bits = 0
    for name, lanes in kept.items():
        if knowledge.rungs.get(name, knowledge.undetermined).offers == EVERYTHING:
            says |= lanes & fired
        elif kind == "sign":
            says |= lanes & world.any_fired(rule for rule in rules[side] if rule.disposition == name)
    return {SAID: says, UNSAID: world.full & ~says}
