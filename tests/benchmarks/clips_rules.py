"""The same rules in CLIPS, through clipspy: one template for the answers, a fact for each conclusion.

CLIPS chains by itself. A missing value is the symbol `absent`, one that satisfies every test is `open`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import clips

from benchmarks.lenses import Lens
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, Condition, Test, findings_of, tests_of


class Clips:
    """The rules as a CLIPS environment."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._names = list(knowledge.rules)
        tested = {finding for rule in knowledge.rules.values() for finding in rule.tested}
        self._slots = {
            finding: f"f{number}" for number, finding in enumerate(knowledge.question_of) if finding in tested
        }
        # What most people have in a checklist need not be said in each fact.
        self._usual = {
            finding: NO if knowledge.question_of[finding].kind == "checklist" else "absent"
            for finding in self._slots
        }
        self._derived = {finding: f"d{number}" for number, finding in enumerate(knowledge.findings)}
        self._environment = clips.Environment()
        slots = " ".join(f"(slot {slot} (default {self._usual[name]}))" for name, slot in self._slots.items())
        self._environment.build(f"(deftemplate answers {slots})")
        self._environment.build("(deftemplate concluded (slot finding))")
        self._environment.build("(defglobal ?*fired* = (create$))")
        for number, rule in enumerate(knowledge.rules.values()):
            self._environment.build(self._rule(number, rule))

    def fired(self, lens: Lens) -> frozenset[str]:
        """Return the rules that fire over one lens of a working memory."""
        said = " ".join(
            f"({slot} {text})"
            for name, slot in self._slots.items()
            if (text := _text(lens[name])) != self._usual[name]
        )
        self._environment.reset()
        self._environment.assert_string(f"(answers {said})")
        self._environment.run()
        return frozenset(self._names[number] for number in self._environment.eval("?*fired*"))

    def _rule(self, number: int, rule: Rule) -> str:
        parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
        constraints: dict[str, list[str]] = {}
        more = []
        for part in parts:
            if isinstance(part, Test) and part.finding in self._derived:
                more.append(self._conclusion(part))
            elif isinstance(part, Test):
                constraints.setdefault(part.finding, []).append(self._constraint(part))
            else:
                for finding in sorted(findings_of(part) & self._slots.keys()):
                    constraints.setdefault(finding, []).insert(0, f"?{self._slots[finding]}")
                more.append(self._element(part))
        slots = " ".join(
            f"({self._slots[finding]} {'&'.join(dict.fromkeys(wanted))})"
            for finding, wanted in constraints.items()
        )
        then = [f"(assert (concluded (finding {self._derived[finding]})))" for finding in rule.findings]
        record = f"(bind ?*fired* ?*fired* {number})"
        return f"(defrule r{number} (answers {slots}) {' '.join(more)} => {record} {' '.join(then)})"

    def _constraint(self, test: Test) -> str:
        """What a slot must satisfy."""
        if test.accepts is not None:
            return "|".join([*sorted(test.accepts), "open"])
        variable = f"?{self._slots[test.finding]}"
        return f"{variable}&:{self._expression(test)}"

    def _element(self, condition: Condition) -> str:
        """A condition as a conditional element; facts can stand in it only outside of a test."""
        if not any(test.finding in self._derived for test in tests_of(condition)):
            return f"(test {self._expression(condition)})"
        if isinstance(condition, Test):
            return self._conclusion(condition)
        join = "and" if isinstance(condition, All) else "or"
        return f"({join} {' '.join(self._element(part) for part in condition.parts)})"

    def _conclusion(self, test: Test) -> str:
        return f"(concluded (finding {self._derived[test.finding]}))"

    def _expression(self, condition: Condition) -> str:
        if isinstance(condition, Test):
            variable = f"?{self._slots[condition.finding]}"
            return f"(or {' '.join(_alternatives(condition, variable))} (eq {variable} open))"
        join = "and" if isinstance(condition, All) else "or"
        return f"({join} {' '.join(self._expression(part) for part in condition.parts)} )"


def _alternatives(test: Test, variable: str) -> Iterator[str]:
    if test.accepts is not None:
        yield from (f"(eq {variable} {value})" for value in sorted(test.accepts))
        return
    bounds: Mapping[str, int | None] = {">=": test.at_least, "<=": test.at_most}
    within = " ".join(f"({sign} {variable} {bound})" for sign, bound in bounds.items() if bound is not None)
    yield f"(and (integerp {variable}) {within})"


def _text(value: Value) -> str:
    if isinstance(value, Missing):
        return "open" if value is Missing.OPEN else "absent"
    return str(value)
