"""The chain from questions to outcomes: every rule is counted in it, once."""

from __future__ import annotations

from collections import Counter

from support.rules import asks, rule, rule_base
from support.shipped import KNOWLEDGE

from triage.audit.chain import ADVICE, chain_of
from triage.knowledge.conditions import All

CHAIN = chain_of(KNOWLEDGE)


def test_every_rule_that_says_something_counts_for_its_topic_and_outcome() -> None:
    wanted = Counter(
        (each.topic, each.disposition or ADVICE)
        for each in KNOWLEDGE.rules.values()
        if each.disposition or any((each.causes, each.steps, each.withholds, each.explains, each.watch_for))
    )
    counts = {(topic, name): n for topic, count in CHAIN.outcomes.items() for name, n in count.items()}
    assert counts == wanted
    assert CHAIN.behind_topics.keys() == CHAIN.outcomes.keys()


def test_every_finding_comes_from_something() -> None:
    assert CHAIN.behind_findings.keys() == KNOWLEDGE.findings.keys()


def test_a_rule_counts_once_for_each_question_that_it_reads() -> None:
    tight = rule(
        "tight",
        All((asks("feels.stiffness"), asks("feels.painful_tightening"))),
        findings=("cramp_or_spasm",),
    )
    seen = rule("seen", All((asks("cramp_or_spasm"), asks("site.calf"))), disposition="doctor")
    chain = chain_of(rule_base(KNOWLEDGE, tight, seen))
    assert chain.behind_findings == {"cramp_or_spasm": {"feels": 1}}
    assert chain.behind_topics == {"tried": {"cramp_or_spasm": 1, "site": 1}}
    assert chain.outcomes == {"tried": {"doctor": 1}}


def test_what_most_rules_read_stands_first() -> None:
    for counts in (CHAIN.behind_findings, CHAIN.behind_topics, CHAIN.outcomes):
        for count in counts.values():
            numbers = list(count.values())
            assert numbers == sorted(numbers, reverse=True)
