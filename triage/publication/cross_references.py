"""Cross references: which rules test, offer, name, withhold or cite a thing, and its section number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from triage.explanation.topics import Topic, by_urgency, topics_of
from triage.inference.answers.working_memory import working_memory
from triage.inference.grounds.spared import SparedFlag, spared_flags
from triage.inference.grounds.support import with_conclusions
from triage.inference.truth import Truth, truth_of
from triage.knowledge.model import YES, KnowledgeBase, Option, Provenance, Question, Rule, Step
from triage.knowledge.parts.conditions import tests_of

Item = TypeVar("Item")

UNVERIFIED = "unverified"
"""The value of `seen` for a source that nobody has read."""

SECTIONS = {
    "about": "What this is, and how to review it",
    "ladder": "The ladder: how soon, and to whom",
    "red_flags": "The red flags",
    "gated": "The red flags that are not asked of everybody",
    "rules": "The rules, topic by topic",
    "questions": "The questionnaire",
    "findings": "Findings that rules conclude for other rules",
    "thresholds": "The numbers behind loose words",
    "causes": "Possible causes",
    "steps": "Self-care steps",
    "explanations": "Explanations",
    "claims": "The register of claims",
    "sources": "The sources",
    "sign": "Review of the whole",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the knowledge base to refer to: its kind, its id and its name."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A red flag, the rules above self-care that fire on it alone, and the other rules that look at it.

    In both the most urgent come first.
    """

    question: Question
    option: Option
    alone: tuple[Rule, ...]
    together: tuple[Rule, ...]


@dataclass(frozen=True)
class References:
    """The references of a knowledge base, from each thing back to the rules and rows that use it."""

    knowledge: KnowledgeBase

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics in the order of their folders."""
        return topics_of(self.knowledge)

    def on_paper(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """Return rules in the order that they have on paper."""
        wanted = {rule.id for rule in rules}
        return tuple(rule for rule in self._rules if rule.id in wanted)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return tuple(rule for topic in self.topics for rule in topic.rules)

    @cached_property
    def numbers(self) -> Mapping[tuple[str, str], str]:
        """The number on paper of each section, topic and entry, by kind and id."""
        found: dict[tuple[str, str], str] = {}
        rows: dict[str, tuple[str, Iterable[str]]] = {
            "ladder": ("rung", reversed(list(self.knowledge.rungs))),
            "questions": ("question", self.knowledge.questions),
            "findings": ("finding", self.knowledge.findings),
            "thresholds": ("threshold", self.knowledge.thresholds),
            "causes": ("cause", self.knowledge.causes),
            "steps": ("step", self.knowledge.steps),
            "explanations": ("explanation", self.knowledge.explanations),
        }
        for place, section in enumerate(SECTIONS, start=1):
            found["section", section] = str(place)
            kind, names = rows.get(section, ("", ()))
            for row, name in enumerate(names, start=1):
                found[kind, name] = f"{place}.{row}"
        rules = found["section", "rules"]
        for row, topic in enumerate(self.topics, start=1):
            found["topic", topic.id] = f"{rules}.{row}"
            for order, rule in enumerate(topic.rules, start=1):
                found["rule", rule.id] = f"{rules}.{row}.{order}"
        listed = self.knowledge.named_question
        where = found["question", listed.id] if listed else found["section", "questions"]
        found |= {("medicine-kind", name): where for name in self.knowledge.medicines}
        return found

    @cached_property
    def red_flags(self) -> tuple[RedFlag, ...]:
        """Every red flag, in the order of the questionnaire."""
        return tuple(
            self._red_flag(question, option)
            for question in self.knowledge.questions.values()
            for option in question.options
            if option.red_flag
        )

    def _red_flag(self, question: Question, option: Option) -> RedFlag:
        finding = f"{question.id}.{option.id}"
        memory = with_conclusions(self.knowledge, working_memory(self.knowledge, {finding: YES}))
        alone = [
            rule for rule in self.knowledge.reasons_for_care if truth_of(rule.when, memory) is Truth.TRUE
        ]
        together = [rule for rule in self.testing.get(finding, ()) if rule not in alone]
        return RedFlag(
            question, option, by_urgency(self.knowledge, alone), by_urgency(self.knowledge, together)
        )

    @cached_property
    def concluding(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each derived finding to the rules that conclude it."""
        return {name: self.on_paper(rules) for name, rules in self.knowledge.concluders.items()}

    @cached_property
    def testing(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each finding, answered or concluded, to the rules whose condition looks at it."""
        return self._naming(lambda rule: rule.tested)

    @cached_property
    def bounded(self) -> Mapping[str, tuple[Entry, ...]]:
        """From each threshold to the rules and the questions that use it."""
        conditions = [(self.entry("rule", rule.id), rule.when) for rule in self._rules]
        conditions += [
            (self.entry("question", question.id), question.asked_when)
            for question in self.knowledge.questions.values()
            if question.asked_when is not None
        ]
        return _grouped(
            (name, entry)
            for entry, condition in conditions
            for name in {test.threshold for test in tests_of(condition) if test.threshold is not None}
        )

    @cached_property
    def causing(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each cause to the rules that name it."""
        return self._naming(lambda rule: rule.causes)

    @cached_property
    def offering(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each step to the rules that offer it."""
        return self._naming(lambda rule: rule.steps)

    @cached_property
    def explaining(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each explanation to the rules that show it."""
        return self._naming(lambda rule: rule.explains)

    @cached_property
    def withholding(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each step to the rules that hold it back."""
        return {
            step.id: tuple(rule for rule in self._rules if set(rule.withholds) & set(step.kinds))
            for step in self.knowledge.steps.values()
        }

    def of_kind(self, kind: str) -> tuple[Step, ...]:
        """Return the steps of a kind."""
        return tuple(step for step in self.knowledge.steps.values() if kind in step.kinds)

    @cached_property
    def encoding(self) -> Mapping[str, tuple[Entry, ...]]:
        """From each claim to what rests on it."""
        return self._citing(lambda provenance: provenance.claims)

    @cached_property
    def citing(self) -> Mapping[str, tuple[Entry, ...]]:
        """From each source to what cites it as guidance."""
        return self._citing(lambda provenance: provenance.guidance)

    @cached_property
    def spared(self) -> tuple[SparedFlag, ...]:
        """The red flags that are not asked of everybody."""
        return spared_flags(self.knowledge)

    @cached_property
    def to_check_first(self) -> tuple[Rule, ...]:
        """The rules with a disposition whose sources nobody has read."""
        sources = self.knowledge.sources
        return by_urgency(
            self.knowledge,
            (
                rule
                for rule in self.knowledge.rules.values()
                if rule.disposition
                and not rule.provenance.claims
                and all(sources[name].seen == UNVERIFIED for name in rule.provenance.guidance)
            ),
        )

    def entry(self, kind: str, name: str) -> Entry:
        """Return the entry with a kind and an id."""
        return Entry(kind, name, self._names[kind][name])

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        knowledge = self.knowledge
        return {
            "rung": {row.id: row.title for row in knowledge.rungs.values()},
            "rule": {row.id: row.title for row in knowledge.rules.values()},
            "question": {row.id: row.ask for row in knowledge.questions.values()},
            "threshold": {row.id: row.means for row in knowledge.thresholds.values()},
            "step": {row.id: row.name for row in knowledge.steps.values()},
            "explanation": {row.id: row.text for row in knowledge.explanations.values()},
            "medicine-kind": {row.id: row.label for row in knowledge.medicines.values()},
        }

    def _naming(self, names: Callable[[Rule], Iterable[str]]) -> Mapping[str, tuple[Rule, ...]]:
        return _grouped((name, rule) for rule in self._rules for name in names(rule))

    def _citing(self, names: Callable[[Provenance], Iterable[str]]) -> Mapping[str, tuple[Entry, ...]]:
        knowledge = self.knowledge
        cited = [
            *(("rung", row.id, row.provenance) for row in reversed(list(knowledge.rungs.values()))),
            *(("rule", row.id, row.provenance) for row in self._rules),
            *(("threshold", row.id, row.provenance) for row in knowledge.thresholds.values()),
            *(("step", row.id, row.provenance) for row in knowledge.steps.values()),
            *(("explanation", row.id, row.provenance) for row in knowledge.explanations.values()),
            *(("medicine-kind", row.id, row.provenance) for row in knowledge.medicines.values()),
        ]
        return _grouped(
            (name, self.entry(kind, row)) for kind, row, provenance in cited for name in names(provenance)
        )


def _grouped(pairs: Iterable[tuple[str, Item]]) -> Mapping[str, tuple[Item, ...]]:
    """Group the items of pairs by name, in the order of the pairs."""
    groups: dict[str, list[Item]] = {}
    for name, item in pairs:
        groups.setdefault(name, []).append(item)
    return {name: tuple(items) for name, items in groups.items()}
