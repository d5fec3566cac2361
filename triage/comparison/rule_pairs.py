"""Which rules of two knowledge bases belong together, and what differs in how they are written.

What is written in another order, or under other names, is not another rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from triage.comparison.questionnaires import match_rows
from triage.comparison.world_pair import NEW, OLD, WorldPair
from triage.explanation.phrasing import text_of
from triage.knowledge.conditions import Condition, Test, findings_of, fold, tests_of
from triage.knowledge.model import KnowledgeBase, Rule

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""A rule of the old base and the one of the new base that it became; None where there is none."""

LADDER = "ladder"
"""The root of what no rule and no question explains: the order and the laws of the ladder."""

_SETS = ("causes", "findings", "steps", "withholds", "explains")


class Names:
    """The names of the old base's rows in the words of the new one."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        """Match the tables that rules name rows of."""
        self._new_name: Mapping[str, Mapping[str, str]] = {
            "causes": match_rows(_texts(old, "causes"), _texts(new, "causes")),
            "findings": match_rows(_texts(old, "findings"), _texts(new, "findings")),
            "steps": match_rows(_texts(old, "steps"), _texts(new, "steps")),
            "explains": match_rows(_texts(old, "explanations"), _texts(new, "explanations")),
            "withholds": {},
        }

    def table(self, key: str) -> Mapping[str, str]:
        """Return old name -> new name of the rows that both bases have."""
        return self._new_name[key]

    def of(self, key: str, name: str, side: int) -> str:
        """Return a name of one side as the new base has it; a row that is gone keeps its old name."""
        return name if side == NEW else self._new_name[key].get(name, name)


def _texts(knowledge: KnowledgeBase, table: str) -> dict[str, str]:
    rows = getattr(knowledge, table).values()
    return {row.id: getattr(row, "name", "") or row.text for row in rows}


class RulePairs:
    """Which rules belong together, by id or because they say the same about the same people."""

    def __init__(self, pair: WorldPair) -> None:
        """Pair the rules with the same id; `rename` adds to the pairs."""
        self.knowledge = pair.knowledge
        self.names = Names(*pair.knowledge)
        self._worlds = pair.worlds
        self._shared_name = (
            {shared.old: shared.new for shared in pair.matching.shared},
            {shared.new: shared.old for shared in pair.matching.shared},
        )
        old, new = (knowledge.rules for knowledge in pair.knowledge)
        self._partner: tuple[dict[str, str], dict[str, str]] = (
            {name: name for name in old if name in new},
            {name: name for name in new if name in old},
        )
        self._canonical: dict[tuple[int, Condition], object] = {}

    def rename(self, old: str, new: str) -> None:
        """Take a rule of the new base for one of the old base."""
        self._partner[OLD][old] = new
        self._partner[NEW][new] = old

    def partner(self, rule: Rule, side: int) -> Rule | None:
        """Return the rule of the other side that belongs to a rule."""
        name = self._partner[side].get(rule.id)
        return None if name is None else self.knowledge[1 - side].rules[name]

    def __iter__(self) -> Iterator[Pair]:
        """Yield every rule once: those of the new base in its order, then those that are gone."""
        old, new = (knowledge.rules for knowledge in self.knowledge)
        yield from ((self.partner(rule, NEW), rule) for rule in new.values())
        yield from ((rule, None) for rule in old.values() if self.partner(rule, OLD) is None)

    def condition(self, condition: Condition, side: int) -> object:
        """Return a condition in a form that is equal for every way of writing the same tests."""
        key = (side, condition)
        if key not in self._canonical:
            self._canonical[key] = fold(
                condition, partial(self._test, side), partial(_joined, "all"), partial(_joined, "any")
            )
        return self._canonical[key]

    def _test(self, side: int, test: Test) -> object:
        if test.finding in self.knowledge[side].findings:
            return self.names.of("findings", test.finding, side)
        return frozenset(bit for bit in self._worlds[side].accepted(test) if bit)

    def gate(self, finding: str, side: int) -> object:
        """Return when the question of a finding is asked, in the same form; None for everybody."""
        question = self.knowledge[side].question_of.get(finding)
        asked_when = question.asked_when if question else None
        return None if asked_when is None else self.condition(asked_when, side)

    def consequences(self, rule: Rule, side: int) -> tuple[object, ...]:
        """Return everything that follows from a rule, in the names of the new base."""
        named = (self._named(rule, key, side) for key in _SETS)
        return (rule.disposition, rule.soon, len(rule.watch_for), *named)

    def _named(self, rule: Rule, key: str, side: int) -> frozenset[str]:
        return frozenset(self.names.of(key, name, side) for name in getattr(rule, key))

    def calls_for_care(self, rule: Rule, side: int) -> bool:
        """Whether a rule calls for more than the lowest rung."""
        return rule.disposition not in ("", next(iter(self.knowledge[side].rungs)))

    def tested(self, rule: Rule, side: int) -> frozenset[str]:
        """Return what a rule tests, in the names of the new base."""
        answered = self._shared_name[OLD] if side == OLD else {}
        return frozenset(
            answered.get(finding) or self.names.of("findings", finding, side) for finding in rule.tested
        )

    def differences(self, old: Rule, new: Rule) -> Iterator[str]:
        """Yield, in words, what one rule says otherwise than the other."""
        if self.condition(old.when, OLD) != self.condition(new.when, NEW):
            yield from self._condition_differences(old, new)
        if (old.disposition, old.soon) != (new.disposition, new.soon):
            yield f"disposition: {_disposition(old)} -> {_disposition(new)}"
        for key in _SETS:
            before, after = self._named(old, key, OLD), self._named(new, key, NEW)
            if before - after:
                yield f"{key}: no longer {', '.join(sorted(before - after))}"
            if after - before:
                yield f"{key}: now also {', '.join(sorted(after - before))}"
        if len(old.watch_for) != len(new.watch_for):
            yield f"signs to watch for: {len(old.watch_for)} -> {len(new.watch_for)}"

    def _condition_differences(self, old: Rule, new: Rule) -> Iterator[str]:
        before, after = (
            Counter(text_of(knowledge, test) for test in tests_of(rule.when))
            for knowledge, rule in zip(self.knowledge, (old, new), strict=True)
        )
        if before == after:
            yield "when: the same tests, put together otherwise"
        yield from (f"when: no longer {text}" for text in (before - after))
        yield from (f"when: now {text}" for text in (after - before))

    def rewritten(self, rule: Rule, side: int) -> bool:
        """Whether a rule itself, not what it rests on, says something else than its partner."""
        other = self.partner(rule, side)
        return (
            other is None
            or self.condition(rule.when, side) != self.condition(other.when, 1 - side)
            or self.consequences(rule, side) != self.consequences(other, 1 - side)
        )

    def roots(self, rule: Rule, side: int) -> tuple[str, ...]:
        """Return what makes a rule differ: itself, or rewritten rules and questions that it rests on."""
        if self.rewritten(rule, side):
            return (rule.id,)
        roots: dict[str, None] = {}
        for each, its_side in ((rule, side), (self.partner(rule, side), 1 - side)):
            if each is not None:
                self._collect(each.when, its_side, roots, set())
        return tuple(sorted(roots)) or (LADDER,)

    def _collect(self, condition: Condition, side: int, roots: dict[str, None], seen: set[str]) -> None:
        knowledge = self.knowledge[side]
        for finding in findings_of(condition) - seen:
            seen.add(finding)
            if finding not in knowledge.findings:
                self._collect_gate(finding, side, roots, seen)
                continue
            for rule in knowledge.concluders[finding]:
                if self.rewritten(rule, side):
                    roots[rule.id] = None
                else:
                    self._collect(rule.when, side, roots, seen)

    def _collect_gate(self, finding: str, side: int, roots: dict[str, None], seen: set[str]) -> None:
        question = self.knowledge[side].question_of[finding]
        other = self._shared_name[side].get(finding, "")
        if self.gate(finding, side) != self.gate(other, 1 - side):
            roots[question.id] = None
        elif question.asked_when is not None:
            self._collect(question.asked_when, side, roots, seen)


def _joined(join: str, forms: Iterable[object]) -> object:
    """Return one form for joined parts: in no order, each once, and nested in no join of its own kind."""
    parts: set[object] = set()
    for form in forms:
        parts |= form[1] if isinstance(form, tuple) and form[0] == join else {form}
    return (join, frozenset(parts)) if len(parts) > 1 else next(iter(parts))


def _disposition(rule: Rule) -> str:
    return f"{rule.disposition or 'none'}{' (soon)' if rule.soon else ''}"
