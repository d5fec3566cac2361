"""A large rule base of one piece: every rule has the shape of one of ours, but looks at whatever comes.

The questionnaire, the thresholds and all that rules may name are ours, as often as it takes. Each rule is
one of ours in its nesting, its kinds of tests and its kinds of consequences, with every name drawn anew
from the whole base. So nothing falls apart into sections: rules, gates and chains cross everywhere. Each
red flag has the rule that the loader asks for. Two seeds of one size share the questionnaire and the
ladder, and no rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count, cycle
from random import Random
from typing import Any

from benchmarks.plain_rules import Data, PlainRules
from benchmarks.variants import written_tests

_TABLES: Mapping[str, str] = {
    "questionnaire": "question",
    "thresholds": "threshold",
    "findings": "finding",
    "causes": "cause",
    "steps": "step",
    "explanations": "explanation",
}
_TRIES = 100
_NAMED: Mapping[str, str] = {"causes": "causes", "steps": "steps", "explains": "explanations"}


def random_rules(base: PlainRules, count: int, seed: int) -> PlainRules:
    """Return a base of so many made-up rules in the shape of another.

    Args:
        base: our rules.
        count: how many rules there are to be; questions and tables grow with it.
        seed: of the rules; the questionnaire is the same for every seed.
    """
    copies = max(1, round(count / len(base.rules)))
    tables = {**base.tables, **{table: {key: _again(base, table, copies)} for table, key in _TABLES.items()}}
    tables["meta"] = _meta_of_first_copy(base)
    _draw_gates(tables["questionnaire"]["question"], Random(copies))  # noqa: S311 - made-up rules
    shapes = _Shapes(base)
    names = _Names(tables, Random(seed), shapes)  # noqa: S311 - made-up rules
    rules = [names.rule(shape, flag=flag) for flag, shape in zip(names.flags, cycle(shapes.of_flags))]
    while len(rules) < count:
        rules.append(names.rule(names.chance.choice(shapes.others)))
    numbered = [
        {**rule, "id": f"made-up-{number}", "title": f"Made-up rule {number}"}
        for number, rule in enumerate(rules)
    ]
    return PlainRules(tables, {f"made-up/{rule['id']}": rule for rule in numbered})


def _again(base: PlainRules, table: str, copies: int) -> list[Data]:
    """Return the rows of a table so many times; what the name of a row stands in is named like it."""
    rows = []
    for copy in range(copies):
        for row in base.tables[table][_TABLES[table]]:
            named = {**row, "id": f"{row['id']}_{copy}"}
            if "finding" in row:
                named["finding"] = f"{row['finding']}_{copy}"
            if "body_parts" in row:
                named["body_parts"] = ["any"]
            rows.append(named)
    return rows


def _meta_of_first_copy(base: PlainRules) -> Data:
    """Return what is said of the whole base, with the places of the first copy."""
    told = base.tables["meta"]["knowledge_base"]
    return {"knowledge_base": {**told, "places": f"{told['places']}_0"}}


def _draw_gates(questions: Sequence[Data], chance: Random) -> None:
    """Let each gate look at as many items of earlier questions as it did, but at any; none is a red flag."""
    items: list[str] = []
    for question in questions:
        if "asked_when" in question:
            tests = len(list(written_tests(question["asked_when"])))
            parts = [{"finding": item, "is": "yes"} for item in chance.sample(items, min(tests, len(items)))]
            question["asked_when"] = {"any": parts} if len(parts) > 1 else parts[0]
        if question["kind"] == "checklist":
            options = (option for option in question["options"] if "red_flag" not in option)
            items += [f"{question['id']}.{option['id']}" for option in options]


class _Shapes:
    """Our rules as shapes: those of a red flag alone, and all others."""

    def __init__(self, base: PlainRules) -> None:
        flags = set(_red_flags(base.tables["questionnaire"]["question"]))
        findings = {row["id"] for row in base.tables["findings"]["finding"]}
        care = {rung["id"] for rung in base.tables["ladder"]["rung"] if rung["rank"] > 1}
        rules = list(base.rules.values())
        self.of_flags = [
            rule
            for rule in rules
            if rule["when"].get("finding") in flags
            and rule["then"].get("disposition") in care
            and "findings" not in rule["then"]
        ]
        self.others = [rule for rule in rules if rule["when"].get("finding") not in flags]
        self.kind_of = {row["id"]: row["kind"] for row in base.tables["questionnaire"]["question"]}
        self.kind_of |= dict.fromkeys(findings, "finding")

    def chains(self, rule: Data) -> bool:
        """Tell whether a rule looks at what other rules conclude."""
        return any(self.kind_of[_question(test)] == "finding" for test in written_tests(rule["when"]))


class _Names:
    """Draws names for the parts of rules.

    A rule that looks at conclusions and concludes something itself stands between the early findings, which
    it looks at, and the late ones, which it concludes: nothing goes round in circles.
    """

    def __init__(self, tables: Mapping[str, Data], chance: Random, shapes: _Shapes) -> None:
        self.chance = chance
        self._shapes = shapes
        self._tables = tables
        self._questions: dict[str, list[Data]] = defaultdict(list)
        for question in tables["questionnaire"]["question"]:
            self._questions[question["kind"]].append(question)
        self.flags = list(_red_flags(tables["questionnaire"]["question"]))
        self._thresholds: dict[str, list[str]] = defaultdict(list)
        for row in tables["thresholds"]["threshold"]:
            self._thresholds[row["finding"]].append(row["id"])
        findings = [row["id"] for row in tables["findings"]["finding"]]
        early = len(findings) * 3 // 4
        self._early, self._late = findings[:early], findings[early:]
        self._next_early, self._next_late = cycle(self._early), cycle(self._late)

    def rule(self, shape: Data, flag: str = "") -> Data:
        """Return a rule of this shape: with a flag, of that alone."""
        concludes, chains = "findings" in shape["then"], self._shapes.chains(shape)
        self._within = self._early if concludes else [*self._early, *self._late]
        self._taken: set[str] = set()
        when = {"finding": flag, "is": "yes"} if flag else self._condition(shape["when"])
        then: dict[str, Any] = {}
        for key, value in shape["then"].items():
            if key == "findings":
                then[key] = [next(self._next_late if chains else self._next_early)]
            elif key in _NAMED:
                rows = self._tables[_NAMED[key]][_TABLES[_NAMED[key]]]
                then[key] = [row["id"] for row in self.chance.sample(rows, len(value))]
            else:
                then[key] = value
        return {**shape, "when": when, "then": then}

    def _condition(self, written: Data) -> Data:
        for key in ("all", "any"):
            if key in written:
                return {key: [self._condition(part) for part in written[key]]}
        alike = (self._test(written) for _ in range(_TRIES))
        # There may be fewer questions of a kind than a rule has tests of it: then a line of any list will do.
        others = (
            self._item(self.chance.choice(self._questions["checklist"]), {"is": "yes"}) for _ in count()
        )
        test = next(each for each in chain(alike, others) if each["finding"] not in self._taken)
        self._taken.add(test["finding"])
        return test

    def _test(self, written: Data) -> Data:
        """Draw a test of the same kind."""
        kind = self._shapes.kind_of[_question(written)]
        if kind == "finding":
            return {"finding": self.chance.choice(self._within), "is": "yes"}
        question = self.chance.choice(self._questions[kind])
        bound = next((key for key in ("at_least", "at_most") if key in written), "")
        if bound:
            name = question["id"] if self._thresholds[question["id"]] else "age_0"
            return {"finding": name, bound: self.chance.choice(self._thresholds[name])}
        if kind == "yes_no" or written.get("includes") == "any":
            return {**written, "finding": question["id"]}
        options = [option["id"] for option in question["options"]]
        if kind == "checklist" and "is" in written:
            return self._item(question, written)
        for several in ("includes", "in"):
            if several in written:
                most = len(options) - (several == "in")
                chosen = self.chance.sample(options, min(len(written[several]), most))
                return {"finding": question["id"], several: chosen}
        return {"finding": question["id"], "is": self.chance.choice(options)}

    def _item(self, question: Data, written: Data) -> Data:
        """Draw an item of a list; the absence of a red flag is no condition."""
        absent = written["is"] == "no"
        items = [option["id"] for option in question["options"] if not (absent and "red_flag" in option)]
        if not items:
            return self._test(written)
        return {"finding": f"{question['id']}.{self.chance.choice(items)}", "is": written["is"]}


def _question(test: Data) -> str:
    name: str = test["finding"].partition(".")[0]
    return name


def _red_flags(questions: Sequence[Data]) -> Iterator[str]:
    for question in questions:
        for option in question.get("options", ()):
            if "red_flag" in option:
                yield f"{question['id']}.{option['id']}"
