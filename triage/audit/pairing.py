"""Which rules of two knowledge bases belong together, and what differs in how they are written.

What is written in another order, or under other names, is not another rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from triage.audit.joint import NEW, OLD, Joint
from triage.audit.matching import match_rows
from triage.explanation.phrasing import text_of
from triage.knowledge.conditions import All, Condition, Test, findings_of, tests_of
from triage.knowledge.model import KnowledgeBase, Rule

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""A rule of the old base and the one of the new base that it became; None where there is none."""

_SETS = ("causes", "findings", "steps", "withholds", "explains")


class Names:
    """The names of one side's rows in the words of the other: old names as new ones."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
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
        if side == NEW:
            return name
        return self._new_name[key].get(name, name)


def _texts(knowledge: KnowledgeBase, table: str) -> dict[str, str]:
    rows = getattr(knowledge, table).values()
    return {row.id: getattr(row, "name", "") or row.text for row in rows}


class Writing:
    """What the rules of two bases say as written."""

    def __init__(self, joint: Joint) -> None:
        """Take two bases."""
        self._joint = joint
        self.names = Names(*joint.knowledge)

    def condition(self, condition: Condition, side: int) -> object:
        """Return a condition in a form that is equal for every way of writing the same tests."""
        if isinstance(condition, Test):
            if condition.finding in self._joint.knowledge[side].findings:
                return self.names.of("findings", condition.finding, side)
            return self._joint.spaces[side].holds(condition, side)
        kind = isinstance(condition, All)
        parts: set[object] = set()
        for part in condition.parts:
            form = self.condition(part, side)
            parts |= form[1] if isinstance(form, tuple) and form[0] is kind else {form}
        return (kind, frozenset(parts)) if len(parts) > 1 else next(iter(parts))

    def gate(self, finding: str, side: int) -> object:
        """Return when the question of a finding is asked, in the same form."""
        question = self._joint.knowledge[side].question_of.get(finding)
        asked_when = question.asked_when if question else None
        return None if asked_when is None else self.condition(asked_when, side)

    def says(self, rule: Rule, side: int) -> tuple[object, ...]:
        """Return everything that follows from a rule, in the names of the new base."""
        named = (self._named(rule, key, side) for key in _SETS)
        return (rule.disposition, rule.soon, len(rule.watch_for), *named)

    def _named(self, rule: Rule, key: str, side: int) -> frozenset[str]:
        return frozenset(self.names.of(key, name, side) for name in getattr(rule, key))

    def differences(self, old: Rule, new: Rule) -> Iterator[str]:
        """Yield, in words, what one rule says otherwise than the other."""
        if self.condition(old.when, OLD) != self.condition(new.when, NEW):
            yield from self._condition_differences(old, new)
        if (old.disposition, old.soon) != (new.disposition, new.soon):
            yield f"disposition: {_called(old)} -> {_called(new)}"
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
            Counter(text_of(self._joint.knowledge[side], test) for test in tests_of(rule.when))
            for side, rule in ((OLD, old), (NEW, new))
        )
        if before == after:
            yield "when: the same tests, put together otherwise"
        yield from (f"when: no longer {text}" for text in (before - after))
        yield from (f"when: now {text}" for text in (after - before))


def _called(rule: Rule) -> str:
    return f"{rule.disposition or 'none'}{' (soon)' if rule.soon else ''}"


class Pairing:
    """Which rules belong together, by id or because they say the same about the same people."""

    def __init__(self, joint: Joint, writing: Writing) -> None:
        """Take two bases; `rename` adds to the pairs."""
        old, new = (knowledge.rules for knowledge in joint.knowledge)
        self._joint = joint
        self._writing = writing
        self._partner: tuple[dict[str, str], dict[str, str]] = (
            {name: name for name in old if name in new},
            {name: name for name in new if name in old},
        )

    def rename(self, old: str, new: str) -> None:
        """Take a rule of the new base for one of the old base."""
        self._partner[OLD][old] = new
        self._partner[NEW][new] = old

    def partner(self, rule: Rule, side: int) -> Rule | None:
        """Return the rule of the other side that belongs to a rule."""
        name = self._partner[side].get(rule.id)
        return None if name is None else self._joint.knowledge[1 - side].rules[name]

    def pairs(self) -> Iterator[Pair]:
        """Yield every rule once: those of the new base in its order, then those that are gone."""
        old, new = (knowledge.rules for knowledge in self._joint.knowledge)
        yield from ((self.partner(rule, NEW), rule) for rule in new.values())
        yield from ((rule, None) for rule in old.values() if self.partner(rule, OLD) is None)

    def rewritten(self, rule: Rule, side: int) -> bool:
        """Whether a rule itself, not what it rests on, says something else than its partner."""
        other = self.partner(rule, side)
        if other is None:
            return True
        writing = self._writing
        return writing.condition(rule.when, side) != writing.condition(other.when, 1 - side) or writing.says(
            rule, side
        ) != writing.says(other, 1 - side)

    def roots(self, rule: Rule, side: int) -> tuple[str, ...]:
        """Return what makes a rule differ: itself, or rewritten rules and questions that it rests on."""
        if self.rewritten(rule, side):
            return (rule.id,)
        found: dict[str, None] = {}
        for each, its_side in ((rule, side), (self.partner(rule, side), 1 - side)):
            if each is not None:
                self._collect(each.when, its_side, found, set())
        return tuple(sorted(found)) or (LADDER,)

    def _collect(self, condition: Condition, side: int, found: dict[str, None], seen: set[str]) -> None:
        knowledge = self._joint.knowledge[side]
        for finding in findings_of(condition) - seen:
            seen.add(finding)
            if finding not in knowledge.findings:
                self._collect_gate(finding, side, found, seen)
                continue
            for rule in knowledge.concluders[finding]:
                if self.rewritten(rule, side):
                    found[rule.id] = None
                else:
                    self._collect(rule.when, side, found, seen)

    def _collect_gate(self, finding: str, side: int, found: dict[str, None], seen: set[str]) -> None:
        question = self._joint.knowledge[side].question_of[finding]
        variable = self._joint.variables[self._joint.variable_of[side][finding]]
        if self._writing.gate(finding, side) != self._writing.gate(variable.findings[1 - side], 1 - side):
            found[question.id] = None
        elif question.asked_when is not None:
            self._collect(question.asked_when, side, found, seen)


LADDER = "ladder"
"""The root of what no rule and no question explains: the order and the laws of the ladder."""
