"""Variations of a rule base for `triage diff`: so many rules changed as an author might, by a seed.

A threshold is moved to its neighbour on the same question, a disposition by one rung, a part of a condition
is dropped, an item is swapped for another of its list, or a step or a cause is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

from benchmarks.plain_rules import Data, PlainRules

Change = Callable[[Data, PlainRules, Random], bool]


def varied(base: PlainRules, changes: int, seed: int) -> PlainRules:
    """Return a copy of a rule base in which so many rules have changed, each kind of change in its turn.

    Raises:
        RuntimeError: no rule is left that can be changed in one of the ways.
    """
    chance = Random(seed)  # noqa: S311 - made-up rules
    rules = deepcopy(base.rules)
    left = chance.sample(sorted(rules), len(rules))
    for number in range(changes):
        change = _CHANGES[number % len(_CHANGES)]
        path = next((path for path in left if change(rules[path], base, chance)), None)
        if path is None:
            raise RuntimeError(f"no rule is left for the change {change.__name__}")
        left.remove(path)
    return PlainRules(base.tables, rules)


def written_tests(condition: Data) -> Iterator[Data]:
    """Yield every test of a condition as written, to be changed in place."""
    for key in ("all", "any"):
        if key in condition:
            for part in condition[key]:
                yield from written_tests(part)
            return
    yield condition


def _move_threshold(rule: Data, base: PlainRules, chance: Random) -> bool:
    thresholds = {row["id"]: row for row in base.tables["thresholds"]["threshold"]}
    questions = {row["id"]: row for row in base.tables["questionnaire"]["question"]}
    for test in written_tests(rule["when"]):
        for key in ("at_least", "at_most"):
            if key in test:
                others = [
                    name
                    for name, row in thresholds.items()
                    if row["finding"] == test["finding"]
                    and row["value"] != thresholds[test[key]]["value"]
                    and row["value"] not in _ends(questions[test["finding"]])
                ]
                if others:
                    test[key] = chance.choice(others)
                    return True
    return False


def _ends(question: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the least and the most that an answer can be: a test against these may hold for everybody."""
    if question["kind"] == "number":
        return question["minimum"], question["maximum"]
    return question["options"][0]["id"], question["options"][-1]["id"]


def _move_disposition(rule: Data, base: PlainRules, chance: Random) -> bool:
    rungs = [row["id"] for row in sorted(base.tables["ladder"]["rung"], key=lambda row: row["rank"])]
    care = rungs[1:]
    then = rule["then"]
    if then.get("disposition") not in care:
        return False
    at = care.index(then["disposition"])
    then["disposition"] = chance.choice([care[each] for each in (at - 1, at + 1) if 0 <= each < len(care)])
    then.pop("soon", None)
    return True


def _drop_part(rule: Data, _: PlainRules, chance: Random) -> bool:
    parts = rule["when"].get("all", ())
    if len(parts) < 3:
        return False
    parts.pop(chance.randrange(len(parts)))
    return True


def _swap_item(rule: Data, base: PlainRules, chance: Random) -> bool:
    """Swap an item for another; a rule of one test stays, a red flag may stand on it alone."""
    tests = list(written_tests(rule["when"]))
    items = _items(base)
    for test in tests if len(tests) > 1 else ():
        question, _, item = test["finding"].partition(".")
        if item and test["is"] == "yes":
            tested = {other["finding"] for other in tests}
            others = [name for name in items[question] if f"{question}.{name}" not in tested]
            if others:
                test["finding"] = f"{question}.{chance.choice(others)}"
                return True
        named = test.get("includes", "any")
        others = [name for name in items.get(question, ()) if name not in named]
        if named != "any" and others:
            named[chance.randrange(len(named))] = chance.choice(others)
            return True
    return False


def _items(base: PlainRules) -> Mapping[str, list[str]]:
    return {
        row["id"]: [option["id"] for option in row["options"]]
        for row in base.tables["questionnaire"]["question"]
        if row["kind"] == "checklist"
    }


def _drop_advice(rule: Data, _: PlainRules, chance: Random) -> bool:
    for key in ("steps", "causes"):
        names = rule["then"].get(key, ())
        if len(names) > 1:
            names.pop(chance.randrange(len(names)))
            return True
    return False


_CHANGES: tuple[Change, ...] = (_move_threshold, _move_disposition, _drop_part, _swap_item, _drop_advice)
