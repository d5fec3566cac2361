"""Which rules a clinician has signed: a sign-off holds only as long as nothing changes that was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from weakref import WeakKeyDictionary

from triage.knowledge.model import KnowledgeBase, Question, Rule
from triage.knowledge.parts.conditions import Condition, Test, fold

_SIGNED: WeakKeyDictionary[KnowledgeBase, frozenset[str]] = WeakKeyDictionary()
_UNREAD = ("lines", "file", "when")


def signed(knowledge: KnowledgeBase) -> frozenset[str]:
    """Return the rules whose sign-off holds."""
    if knowledge not in _SIGNED:
        _SIGNED[knowledge] = frozenset(
            review.id
            for review in knowledge.reviews.values()
            if review.id in knowledge.rules and review.sha256 == seal(knowledge, knowledge.rules[review.id])
        )
    return _SIGNED[knowledge]


def seal(knowledge: KnowledgeBase, rule: Rule) -> str:
    """Return the sha256 of all that a clinician signs with a rule.

    That is the rule's own words and consequences, its condition with every threshold as a number, the words
    and the gates of what it tests, and the same for each rule whose conclusion it builds on.
    """
    text = json.dumps(_rule(knowledge, rule), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _rule(knowledge: KnowledgeBase, rule: Rule) -> Mapping[str, Any]:
    own = {each.name: getattr(rule, each.name) for each in fields(rule) if each.name not in _UNREAD}
    own["provenance"] = [rule.provenance.claims, rule.provenance.guidance]
    tested = sorted(rule.tested)
    return own | {
        "when": _condition(rule.when),
        "asks": {
            finding: _asked(knowledge.question_of[finding], finding)
            for finding in tested
            if finding in knowledge.question_of
        },
        "builds_on": {
            finding: [_rule(knowledge, other) for other in knowledge.concluders[finding]]
            for finding in tested
            if finding in knowledge.findings
        },
    }


def _condition(condition: Condition) -> list[Any]:
    return fold(condition, _test, lambda parts: ["all", *parts], lambda parts: ["any", *parts])


def _test(test: Test) -> list[Any]:
    return [test.finding, sorted(test.accepts or ()), test.at_least, test.at_most]


def _asked(question: Question, finding: str) -> list[Any]:
    options = [
        [option.id, option.label, option.means]
        for option in question.options
        if question.kind != "checklist" or finding == f"{question.id}.{option.id}"
    ]
    gate = question.gates.get(finding)
    return [question.ask, question.means, options, _condition(gate) if gate else None]
