"""Which rules of two knowledge bases belong together, and what differs in how they are written.

What is written in another order, or under other names, is not another rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from triage.comparison.questionnaires import NEW, OLD, match_rows
from triage.comparison.world_pair import WorldPair
from triage.explanation.phrasing import text_of
from triage.knowledge.conditions import Condition, Test, findings_of, fold, tests_of
from triage.knowledge.model import KnowledgeBase, Rule

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""A rule of the old base and the one of the new base that it became; None where there is none."""

LADDER = "ladder"
"""The root of what no rule and no question explains: the order and the laws of the ladder."""

TABLES = ("causes", "findings", "steps", "explanations")
_NAMED = {"causes": "causes", "findings": "findings", "steps": "steps", "explains": "explanations"}
"""What a rule names rows of, and the table in which they stand."""


class RulePairs:
    """Which rules belong together, by id or because they say the same about the same people.

    `rows` maps the ids of the rows that both bases have, by table, from the old base to the new one.
    """

    def __init__(self, pair: WorldPair) -> None:
        """Pair the rules with the same id; `rename` adds to the pairs."""
        self.knowledge = pair.knowledge
        old, new = pair.knowledge
        self.rows = {table: match_rows(_texts(old, table), _texts(new, table)) for table in TABLES}
        self._worlds = pair.worlds
        self._other_name = pair.matching.other_name(OLD), pair.matching.other_name(NEW)
        same = {name: name for name in old.rules if name in new.rules}
        self._partner = same, dict(same)
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

    def _new_name(self, key: str, name: str, side: int) -> str:
        """Return the name of a row as the new base has it; a row that is gone keeps its old name."""
        return name if side == NEW else self.rows[key].get(name, name)

    def condition(self, condition: Condition | None, side: int) -> object:
        """Return a condition in a form that is equal for every way of writing the same tests."""
        if condition is None:
            return None
        key = (side, condition)
        if key not in self._canonical:
            self._canonical[key] = fold(
                condition, partial(self._test, side), partial(_joined, "all"), partial(_joined, "any")
            )
        return self._canonical[key]

    def _test(self, side: int, test: Test) -> object:
        if test.finding in self.knowledge[side].findings:
            return self._new_name("findings", test.finding, side)
        return frozenset(bit for bit in self._worlds[side].accepted(test) if bit)

    def gate(self, finding: str, side: int) -> object:
        """Return when the question of a finding is asked, in the same form; None for everybody."""
        question = self.knowledge[side].question_of.get(finding)
        return None if question is None else self.condition(question.asked_when, side)

    def consequences(self, rule: Rule, side: int) -> Mapping[str, object]:
        """Return everything that follows from a rule, in the names of the new base."""
        return {
            "disposition": f"{rule.disposition or 'none'}{' (soon)' if rule.soon else ''}",
            "signs to watch for": len(rule.watch_for),
            "withholds": frozenset(rule.withholds),
            **{
                key: frozenset(self._new_name(table, name, side) for name in getattr(rule, key))
                for key, table in _NAMED.items()
            },
        }

    def tested(self, rule: Rule, side: int) -> frozenset[str]:
        """Return what a rule tests, in the names of the new base."""
        answered = self._other_name[OLD] if side == OLD else {}
        return frozenset(
            answered.get(finding) or self._new_name("findings", finding, side) for finding in rule.tested
        )

    def differences(self, old: Rule, new: Rule) -> Iterator[str]:
        """Yield, in words, what one rule says otherwise than the other."""
        if self.condition(old.when, OLD) != self.condition(new.when, NEW):
            yield from self._condition_differences(old, new)
        now = self.consequences(new, NEW)
        for key, before in self.consequences(old, OLD).items():
            after = now[key]
            if isinstance(before, frozenset) and isinstance(after, frozenset):
                if before - after:
                    yield f"{key}: no longer {', '.join(sorted(before - after))}"
                if after - before:
                    yield f"{key}: now also {', '.join(sorted(after - before))}"
            elif before != after:
                yield f"{key}: {before} -> {after}"

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
        other = self.partner(rule, side)
        roots = {*self._behind(rule.when, side, set())}
        if other is not None:
            roots.update(self._behind(other.when, 1 - side, set()))
        return tuple(sorted(roots)) or (LADDER,)

    def _behind(self, condition: Condition, side: int, seen: set[str]) -> Iterator[str]:
        """Yield the rewritten rules and questions that a condition rests on."""
        knowledge = self.knowledge[side]
        for finding in findings_of(condition) - seen:
            seen.add(finding)
            for rule in knowledge.concluders.get(finding, ()):
                if self.rewritten(rule, side):
                    yield rule.id
                else:
                    yield from self._behind(rule.when, side, seen)
            question = knowledge.question_of.get(finding)
            if question is None:
                continue
            if self.gate(finding, side) != self.gate(self._other_name[side].get(finding, ""), 1 - side):
                yield question.id
            elif question.asked_when is not None:
                yield from self._behind(question.asked_when, side, seen)


def _texts(knowledge: KnowledgeBase, table: str) -> dict[str, str]:
    rows = getattr(knowledge, table).values()
    return {row.id: getattr(row, "name", "") or row.text for row in rows}


def _joined(join: str, forms: Iterable[object]) -> object:
    """Return one form for joined parts: in no order, each once, and nested in no join of its own kind."""
    parts: set[object] = set()
    for form in forms:
        parts |= form[1] if isinstance(form, tuple) and form[0] == join else {form}
    return (join, frozenset(parts)) if len(parts) > 1 else next(iter(parts))
