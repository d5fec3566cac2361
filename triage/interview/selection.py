"""Which question next: only those whose answer can still change the disposition or the advice.

Chosen from the rules themselves. A rule is live while it is open and its firing would change something; a
question is worth asking while a live rule rests on it. Conditions have no negation, so that answers only ever
settle rules: what is live shrinks with every answer, and so does the number of questions left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from triage.inference.intake import working_memory
from triage.inference.support import Supports, with_conclusions
from triage.inference.truth import Missing, Truth, Value, WorkingMemory, truth_of
from triage.knowledge.conditions import findings_of
from triage.knowledge.model import KnowledgeBase, Question, Rule


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is still worth asking.

    `askable` can be asked now, the most urgent first; `left` is the most questions that can still come, those
    included that apply only after another answer. `rests` gives the live rules that rest on each of them.
    """

    askable: tuple[Question, ...]
    left: int
    rests: Mapping[str, tuple[Rule, ...]]


def outlook(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], skipped: Collection[str] = ()
) -> Outlook:
    """Return what is still worth asking after some answers.

    Args:
        knowledge: the knowledge base.
        findings: the answers so far, finding by finding.
        skipped: questions that the person does not want to answer.
    """
    memory = with_conclusions(knowledge, working_memory(knowledge, findings))
    supports = Supports(knowledge, memory)
    deciding = _deciding(knowledge, memory)
    rests: dict[str, list[Rule]] = {}
    for rule in live_rules(knowledge, memory):
        for name in {name for finding in supports.of(rule).open for name in deciding[finding]}:
            rests.setdefault(name, []).append(rule)
    wanted = {name: tuple(rules) for name, rules in rests.items() if name not in skipped}
    now = [knowledge.questions[name] for name in wanted if _applies(knowledge, memory, name)]
    order = list(knowledge.questions)
    askable = sorted(
        now, key=lambda question: (*_urgency(knowledge, wanted[question.id]), order.index(question.id))
    )
    return Outlook(tuple(askable), len(wanted), wanted)


def live_rules(knowledge: KnowledgeBase, memory: WorkingMemory) -> tuple[Rule, ...]:
    """Return the open rules whose firing would change the disposition or the advice."""
    truths = {rule.id: truth_of(rule.when, memory) for rule in knowledge.rules.values()}
    fired = [rule for rule in knowledge.rules.values() if truths[rule.id] is Truth.TRUE]
    opened = [rule for rule in knowledge.rules.values() if truths[rule.id] is Truth.OPEN]
    top = max(fired, key=lambda rule: (_rank(knowledge, rule), rule.soon), default=None)
    reached = (_rank(knowledge, top), top.soon) if top else (0, False)
    disposition = knowledge.rungs.get(top.disposition) if top else None
    offers = disposition.offers if disposition else "all"
    given = {step for rule in fired for step in rule.steps}
    within_reach = given | {step for rule in opened for step in rule.steps}
    held = {kind for rule in fired for kind in rule.withholds}
    steps = {
        name
        for name in within_reach
        if not held & set(knowledge.steps[name].kinds) and knowledge.steps[name].offered_under(offers)
    }
    kinds = {kind for name in steps for kind in knowledge.steps[name].kinds}
    return tuple(
        rule
        for rule in opened
        if (rule.disposition and (_rank(knowledge, rule), rule.soon) > reached)
        or set(rule.steps) & (steps - given)
        or set(rule.withholds) & kinds
    )


def _rank(knowledge: KnowledgeBase, rule: Rule) -> int:
    return knowledge.rungs[rule.disposition].rank if rule.disposition else 0


def _urgency(knowledge: KnowledgeBase, rules: Iterable[Rule]) -> tuple[int, int]:
    """Sort key: the most urgent disposition at stake, then how many rules are at stake for it."""
    ranks = [_rank(knowledge, rule) for rule in rules]
    return -max(ranks), -ranks.count(max(ranks))


def _applies(knowledge: KnowledgeBase, memory: WorkingMemory, name: str) -> bool:
    gate = knowledge.questions[name].asked_when
    return gate is None or truth_of(gate, memory) is Truth.TRUE


def _deciding(knowledge: KnowledgeBase, memory: WorkingMemory) -> Mapping[str, frozenset[str]]:
    """From each finding to the unasked questions that could settle it, or that decide whether it applies."""
    deciding: dict[str, frozenset[str]] = {}
    for question in knowledge.questions.values():
        names = frozenset({question.id})
        if question.asked_when is not None and truth_of(question.asked_when, memory) is Truth.OPEN:
            names = names.union(*(deciding[finding] for finding in findings_of(question.asked_when)))
        for finding in question.findings:
            deciding[finding] = names if memory[finding] is Missing.NOT_ASKED else frozenset()
    return deciding
