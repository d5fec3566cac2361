"""Counting the outcomes of a run: dispositions, rules, causes and invalid cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.evaluation.evaluate import KNOWN, Outcome
from triage.evaluation.kinds import kind_of_fault, kinds_of_miss
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Diagnostic
from triage.source.text import plural, wrap


@dataclass(slots=True)
class Tally:
    """How many cases there were, and how often each disposition, rule and cause occurred.

    `open` counts the reasons for care that were not ruled out; `misses` counts missed expectations by kind,
    `faults` invalid cases.
    """

    cases: int = 0
    invalid: int = 0
    checked: int = 0
    missed: int = 0
    known_misses: int = 0
    empty_folders: int = 0
    dispositions: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        if outcome.empty_folder:
            self.empty_folders += 1
            return
        self.cases += 1
        self.checked += outcome.checked
        self.missed += bool(outcome.missed)
        self.known_misses += outcome.expectation == KNOWN
        self.add_misses(outcome.missed)
        if outcome.assessment is None:
            self.invalid += 1
            _count(self.faults, [kind_of_fault(outcome.errors[0])])
            return
        self.dispositions[outcome.assessment.disposition] += 1
        self.rules.update(outcome.assessment.fired)
        self.causes.update(cause.id for cause in outcome.assessment.causes)
        self.open.update(entry.rule for entry in outcome.assessment.not_ruled_out)

    def add_misses(self, missed: Iterable[Diagnostic]) -> None:
        """Count the missed expectations of a case by kind."""
        _count(self.misses, (kind for miss in missed for kind in kinds_of_miss(miss)))

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.cases += other.cases
        self.invalid += other.invalid
        self.checked += other.checked
        self.missed += other.missed
        self.known_misses += other.known_misses
        self.empty_folders += other.empty_folders
        self.dispositions.update(other.dispositions)
        self.rules.update(other.rules)
        self.causes.update(other.causes)
        self.open.update(other.open)
        _count(self.misses, other.misses)
        _count(self.faults, other.faults)

    def counts(self, knowledge: KnowledgeBase) -> Iterator[str]:
        """Yield the counts as the few lines of at most 80 columns below a table."""
        names = (*reversed(list(knowledge.rungs)), UNDETERMINED)
        counts = [*((name, self.dispositions[name]) for name in names), ("invalid", self.invalid)]
        told = ", ".join(f"{count:,} {name}" for name, count in counts if count)
        yield from wrap(f"{plural(self.cases, 'case')}: {told}", later="  ")
        if self.checked:
            yield expectations_met(self.checked, self.missed, self.known_misses)
        yield f"knowledge base {knowledge.version}, sha256 {knowledge.sha256[:12]}"
        if not knowledge.reviewed_by_clinician:
            yield from wrap(knowledge.laws.not_reviewed)

    def record(self, knowledge: KnowledgeBase) -> dict[str, Any]:
        """Return the counts as JSON data, with rules and causes in the order of the knowledge base."""
        ladder = (*reversed(list(knowledge.rungs)), UNDETERMINED)
        return {
            "cases": self.cases,
            "invalid": self.invalid,
            "expectations": {
                "checked": self.checked,
                "missed": self.missed,
                "known_misses": self.known_misses,
            },
            "dispositions": {name: self.dispositions[name] for name in ladder},
            "rules": _ordered(self.rules, knowledge.rules),
            "causes": _ordered(self.causes, knowledge.causes),
            "not_ruled_out": _ordered(self.open, knowledge.rules),
            "missed_by_kind": dict(sorted(self.misses.items())),
            "invalid_by_kind": dict(sorted(self.faults.items())),
            "knowledge_base": {"version": knowledge.version, "sha256": knowledge.sha256},
        }


def expectations_met(checked: int, missed: int, known: int) -> str:
    """Say how many expectations were met, and how many are known misses."""
    text = f"{checked - missed - known:,} of {plural(checked, 'expectation')} met"
    return f"{text}, {plural(known, 'known miss', 'known misses')}" if known else text


_MOST_KINDS = 500
_OTHER = "of other kinds"


def _count(counts: Counter[str], kinds: Iterable[str] | Mapping[str, int]) -> None:
    """Count kinds; once there are many, all new kinds count together."""
    for kind, number in Counter(kinds).items():
        counts[kind if kind in counts or len(counts) < _MOST_KINDS else _OTHER] += number


def _ordered(counts: Mapping[str, int], names: Mapping[str, Any]) -> dict[str, int]:
    return {name: counts[name] for name in names if counts.get(name)}
