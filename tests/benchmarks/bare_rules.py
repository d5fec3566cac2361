"""Our rules without what large rule bases cannot copy: lexicon, medicine names, retired ids, gates of items.

What is left looks at findings only through the gates of questions, the conditions of rules, and thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.plain_rules import Data, PlainRules

_DROPPED = frozenset({"gates", "medicines", "retired", "reviews"})
_OF_ITEMS = frozenset({"asked_when", "rationale", "words", "rewords"})
_OF_NAMES = frozenset({"names"})


def bare(base: PlainRules) -> PlainRules:
    """Return rules whose questions have their gates written out, and nothing else that names a finding."""
    gates = {row["id"]: row["when"] for row in base.tables["gates"]["gate"]}
    tables = {
        name: data
        for name, data in base.tables.items()
        if name not in _DROPPED and not name.startswith("lexicon")
    }
    questions = [_bare_question(row, gates) for row in base.tables["questionnaire"]["question"]]
    return PlainRules({**tables, "questionnaire": {"question": questions}}, base.rules)


def _bare_question(question: Data, gates: Mapping[str, Data]) -> Data:
    kept = {key: value for key, value in question.items() if key not in _OF_NAMES}
    if "asked_when" in kept:
        kept["asked_when"] = _written_out(kept["asked_when"], gates)
    if "options" in kept:
        kept["options"] = [_without(option, _OF_ITEMS) for option in kept["options"]]
    return kept


def _without(row: Data, keys: frozenset[str]) -> Data:
    return {key: value for key, value in row.items() if key not in keys}


def _written_out(condition: Any, gates: Mapping[str, Data]) -> Data:
    """Return a condition with each name of a gate replaced by what the gate says."""
    if isinstance(condition, str):
        return _written_out(gates[condition], gates)
    for key in ("all", "any"):
        if key in condition:
            return {key: [_written_out(part, gates) for part in condition[key]]}
    written: Data = condition
    return written
