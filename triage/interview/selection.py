"""Chooses the next question, among those whose answer can still change the disposition or the advice.

The rules themselves decide this. A rule is live while it is open and its firing would change something. A
question, or an item of a list, is worth asking while a live rule depends on it, or on a finding whose gate
depends on it. What a gate waits for is asked before what is behind the gate; a gate that no answer can decide
is open. Conditions have no negation, so an answer can only settle rules. Therefore the live rules, and the
questions left, become fewer with every answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from triage.inference.answers.working_memory import working_memory
from triage.inference.grounds.support import Supports, with_conclusions
from triage.inference.truth import Missing, Truth, Value, WorkingMemory, truth_of
from triage.knowledge.model import EVERYTHING, KnowledgeBase, Question, Rule


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is still worth asking.

    `askable` are the questions that can be asked now, the most urgent first. `left` is the largest number of
    questions that can still come, with those that apply only after another answer. For each of these, `rests`
    has the live rules that depend on it, `items` the items to show if it is a checklist, and `waits` the
    questions that must be asked first.
    """

    askable: tuple[Question, ...]
    left: int
    rests: Mapping[str, tuple[Rule, ...]]
    items: Mapping[str, tuple[str, ...]]
    waits: Mapping[str, frozenset[str]]


def outlook(
    knowledge: KnowledgeBase,
    findings: Mapping[str, Value],
    skipped: Collection[str] = (),
    *,
    everything: bool = False,
) -> Outlook:
    """Return what is still worth asking after some answers.

    Args:
        knowledge: the knowledge base.
        findings: the answers so far, finding by finding.
        skipped: questions that the person does not want to answer.
        everything: whether to ask all that applies, even if no live rule depends on it.
    """
    memory = with_conclusions(knowledge, working_memory(knowledge, findings))
    supports = Supports(knowledge, memory)
    gates = _Gates(knowledge, supports, memory, skipped)
    resting: dict[str, dict[str, Rule]] = {}
    deciding: dict[str, dict[str, Rule]] = {}
    for rule in live_rules(knowledge, memory):
        tested = supports.of(rule).open
        for finding in gates.with_those_before(tested):
            resting.setdefault(finding, {})[rule.id] = rule
        for finding in tested:
            deciding.setdefault(knowledge.question_of[finding].id, {})[rule.id] = rule
    wanted = {*resting, *(gates.with_those_before(knowledge.question_of) if everything else ())}
    questions = [q for q in knowledge.questions.values() if not wanted.isdisjoint(q.findings)]
    rests: dict[str, tuple[Rule, ...]] = {}
    for question in questions:
        rules = {name: rule for each in question.findings for name, rule in resting.get(each, {}).items()}
        rests[question.id] = tuple(rules.values())
    waits = {
        question.id: frozenset(
            knowledge.question_of[before].id
            for each in question.findings
            if each in wanted
            for before in gates.before(each)
        )
        for question in questions
    }
    now = [question for question in questions if not waits[question.id]]
    items = {
        question.id: tuple(each.partition(".")[2] for each in question.findings if each in wanted)
        for question in questions
        if question.kind == "checklist"
    }
    askable = sorted(
        now, key=lambda each: _turn(knowledge, each, rests[each.id], deciding.get(each.id, {}).values())
    )
    return Outlook(tuple(askable), len(questions), rests, items, waits)


def live_rules(knowledge: KnowledgeBase, memory: WorkingMemory) -> tuple[Rule, ...]:
    """Return the open rules whose firing would change the disposition or the advice."""
    truths = {rule.id: truth_of(rule.when, memory) for rule in knowledge.rules.values()}
    fired = [rule for rule in knowledge.rules.values() if truths[rule.id] is Truth.TRUE]
    opened = [rule for rule in knowledge.rules.values() if truths[rule.id] is Truth.OPEN]
    top = max(fired, key=lambda rule: (_rank(knowledge, rule), rule.soon), default=None)
    reached = (_rank(knowledge, top), top.soon) if top else (0, False)
    disposition = knowledge.rungs.get(top.disposition) if top else None
    offers = disposition.offers if disposition else EVERYTHING
    moments = knowledge.offered_under(offers)
    given = {step for rule in fired for step in rule.steps}
    within_reach = given | {step for rule in opened for step in rule.steps}
    held = {kind for rule in fired for kind in rule.withholds}
    steps = {
        name
        for name in within_reach
        if not held & set(knowledge.steps[name].kinds) and knowledge.steps[name].when in moments
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


def _turn(
    knowledge: KnowledgeBase, question: Question, rules: Collection[Rule], decided: Collection[Rule]
) -> tuple[bool, int, int]:
    """Return the sort key of a question: an opening one first, then the most urgent disposition at stake.

    Of two equally urgent questions, the first is the one whose own answer is tested by more of these rules
    (`decided`), not only through a gate.
    """
    if question.opening and rules:
        return False, 0, 0
    most = max((_rank(knowledge, rule) for rule in rules), default=-1)
    return True, -most, -sum(_rank(knowledge, rule) == most for rule in decided)


class _Gates:
    """Knows what to ask before a finding: whatever decides whether it applies and can still be asked."""

    def __init__(
        self, knowledge: KnowledgeBase, supports: Supports, memory: WorkingMemory, skipped: Collection[str]
    ) -> None:
        self._knowledge = knowledge
        self._supports = supports
        self._memory = memory
        self._skipped = skipped
        self._before: dict[str, frozenset[str]] = {}
        self._wanted: dict[str, frozenset[str]] = {}

    def can_be_asked(self, finding: str) -> bool:
        """Whether nobody has asked about a finding, it may apply, and the person has not skipped it."""
        question = self._knowledge.question_of[finding]
        return self._memory[finding] is Missing.NOT_ASKED and question.id not in self._skipped

    def before(self, finding: str) -> frozenset[str]:
        """Return the findings that the gate waits for; none if it is decided, or if nothing can decide it."""
        if finding not in self._before:
            gate = self._knowledge.question_of[finding].gates.get(finding)
            open_findings = () if gate is None else self._supports.of_condition(gate).open
            self._before[finding] = frozenset(filter(self.can_be_asked, open_findings))
        return self._before[finding]

    def with_those_before(self, findings: Iterable[str]) -> frozenset[str]:
        """Return the findings among these that can be asked, and all that must be asked before them."""
        return frozenset[str]().union(*map(self._with_before, filter(self.can_be_asked, findings)))

    def _with_before(self, finding: str) -> frozenset[str]:
        if finding not in self._wanted:
            before = self.before(finding)
            self._wanted[finding] = before.union({finding}, *map(self._with_before, before))
        return self._wanted[finding]
