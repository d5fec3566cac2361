"""A large rule base of many complaints: our own rules again and again, each copy a section of its own.

The ladder, the sources, who it is about, the age, the place and the danger signs are shared, and a question
chooses the section; all other questions, thresholds, conclusions, causes and steps are a section's own, and a
share of its rules is changed as an author might (`variants`). So the shape is ours and no two rules say the
same, but sections have to do with each other only through what is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from benchmarks.plain_rules import Data, PlainRules
from benchmarks.variants import varied, written_tests

SHARED = frozenset({"for_whom", "age", "danger_signs", "site"})
COMPLAINT = "complaint"
CHANGED = 0.2
_WHY_OWN = "Each complaint has its own questions."
_ROWS: Mapping[str, str] = {
    "questionnaire": "question",
    "thresholds": "threshold",
    "findings": "finding",
    "causes": "cause",
    "steps": "step",
    "explanations": "explanation",
}
_TABLE_OF: Mapping[str, str] = {
    "causes": "causes",
    "findings": "findings",
    "steps": "steps",
    "explains": "explanations",
}


@dataclass(frozen=True, slots=True)
class Sections:
    """The rule base, and how many sections it has; `own` names by table what each has for itself."""

    rules: PlainRules
    count: int
    own: Mapping[str, frozenset[str]]

    def case(self, case: Data, section: int) -> Data:
        """Return a case of ours as one of a section, without what it expects and medicine names."""
        questions = self.own["questionnaire"]
        answers = {
            _of_section(name, section) if name in questions else name: answer
            for name, answer in case["answers"].items()
            if name in questions or name in SHARED
        }
        return {
            "id": f"{case['id']}-{section}",
            "title": case.get("title", ""),
            "answers": {COMPLAINT: _option(section), **answers},
        }

    def rule(self, rule: str, section: int) -> str:
        """Return the id that a rule of ours has in a section."""
        return f"{rule}-{section}" if rule in self.own["rules"] else rule


def sections(base: PlainRules, least_rules: int, seed: int) -> Sections:
    """Return a rule base of at least so many rules, made of copies of another; a section more or less is 310.

    Args:
        base: our rules.
        least_rules: how many there are to be.
        seed: of the changes.
    """
    own = _own(base)
    shared_rules = {path: rule for path, rule in base.rules.items() if rule["id"] not in own["rules"]}
    count = max(2, -(-(least_rules - len(shared_rules)) // len(own["rules"])))
    tables = deepcopy(base.tables)
    for table, key in _ROWS.items():
        tables[table][key] = [row for row in tables[table][key] if row["id"] not in own[table]]
    tables["questionnaire"]["question"].insert(1, _complaint(count))
    rules = dict(shared_rules)
    for section in range(count):
        changes = round(CHANGED * len(own["rules"])) if section else 0
        copier = _Copier(own, section)
        for table, key in _ROWS.items():
            tables[table][key] += map(copier.row, _rows(base, table, own[table]))
        changed = varied(base, changes, seed * 1000 + section).rules
        rules |= {
            f"{path}-{section}": copier.rule(rule)
            for path, rule in changed.items()
            if rule["id"] in own["rules"]
        }
    return Sections(PlainRules(tables, rules), count, own)


def _own(base: PlainRules) -> Mapping[str, frozenset[str]]:
    """Return by table what a section has for itself: all but what shared rules look at and name."""
    shared_rules = _shared_rules(base)
    names = {
        table: {
            name
            for rule in base.rules.values()
            if rule["id"] in shared_rules
            for name in rule["then"].get(key, ())
        }
        for key, table in _TABLE_OF.items()
    }
    names["findings"] = set(_shared_findings(base, shared_rules))
    names["questionnaire"] = set(SHARED)
    names["thresholds"] = {
        row["id"] for row in base.tables["thresholds"]["threshold"] if row["finding"] in SHARED
    }
    own = {
        table: frozenset(row["id"] for row in base.tables[table][key]) - names[table]
        for table, key in _ROWS.items()
    }
    own["rules"] = frozenset(base.by_id) - shared_rules
    return own


def _shared_rules(base: PlainRules) -> frozenset[str]:
    """Return the rules that look at nothing but what is shared, by themselves or through such rules."""
    shared: frozenset[str] = frozenset()
    while True:
        known = SHARED | _shared_findings(base, shared)
        more = frozenset(
            rule["id"]
            for rule in base.rules.values()
            if {test["finding"].partition(".")[0] for test in written_tests(rule["when"])} <= known
        )
        if more == shared:
            return shared
        shared = more


def _shared_findings(base: PlainRules, shared_rules: Iterable[str]) -> frozenset[str]:
    """Return the findings that shared rules alone conclude."""
    others = base.by_id.keys() - set(shared_rules)
    by_others = {name for rule in others for name in base.by_id[rule]["then"].get("findings", ())}
    return frozenset(row["id"] for row in base.tables["findings"]["finding"]) - by_others


def _rows(base: PlainRules, table: str, names: Iterable[str]) -> list[Data]:
    return [row for row in base.tables[table][_ROWS[table]] if row["id"] in names]


def _complaint(count: int) -> Data:
    return {
        "id": COMPLAINT,
        "kind": "choice",
        "ask": "What is it about?",
        "means": "Choose the one that fits best.",
        "why": _WHY_OWN,
        "options": [{"id": _option(number), "label": f"Complaint {number}"} for number in range(count)],
    }


def _option(section: int) -> str:
    return f"section_{section}"


def _of_section(name: str, section: int) -> str:
    question, dot, item = name.partition(".")
    return f"{question}_{section}{dot}{item}"


@dataclass(frozen=True, slots=True)
class _Copier:
    """Names what a section has for itself."""

    own: Mapping[str, frozenset[str]]
    section: int

    def row(self, row: Data) -> Data:
        """Return a row of a table as the section's own."""
        named: dict[str, Any] = {**row, "id": _of_section(row["id"], self.section)}
        if "finding" in row:
            named["finding"] = self._finding(row["finding"])
        if "ask" in row:
            chosen = {"finding": COMPLAINT, "is": _option(self.section)}
            gate = [self._condition(row["asked_when"])] if "asked_when" in row else []
            named["asked_when"] = {"all": [chosen, *gate]} if gate else chosen
            named.setdefault("rationale", _WHY_OWN)
        return named

    def rule(self, rule: Data) -> Data:
        """Return a rule as the section's own."""
        then = {
            key: [self._name(_TABLE_OF[key], name) for name in value] if key in _TABLE_OF else value
            for key, value in rule["then"].items()
        }
        return {
            **rule,
            "id": f"{rule['id']}-{self.section}",
            "title": f"{rule['title']} ({self.section})",
            "when": self._condition(rule["when"]),
            "then": then,
        }

    def _name(self, table: str, name: str) -> str:
        return _of_section(name, self.section) if name in self.own[table] else name

    def _finding(self, finding: str) -> str:
        question = finding.partition(".")[0]
        own = question in self.own["questionnaire"] or question in self.own["findings"]
        return _of_section(finding, self.section) if own else finding

    def _condition(self, written: Data) -> Data:
        for key in ("all", "any"):
            if key in written:
                return {key: [self._condition(part) for part in written[key]]}
        named = {**written, "finding": self._finding(written["finding"])}
        for key in ("at_least", "at_most"):
            if key in written:
                named[key] = self._name("thresholds", written[key])
        return named
