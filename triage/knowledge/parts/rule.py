"""Rules and the findings that they conclude, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from triage.knowledge.parts.conditions import Condition, findings_of
from triage.knowledge.parts.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that rules conclude and other rules test."""

    id: str
    text: str


@dataclass(frozen=True)
class Rule:
    """One rule: when its condition is true, what follows, why, and where it comes from."""

    id: str
    title: str
    topic: str
    file: str
    when: Condition
    provenance: Provenance
    disposition: str = ""
    soon: bool = False
    route: str = ""
    causes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    withholds: tuple[str, ...] = ()
    caution: str = ""
    explains: tuple[str, ...] = ()
    watch_for: tuple[str, ...] = ()
    reason: str = ""
    rationale: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def line_of(self, key: str, name: str = "") -> int:
        """Return the line of a consequence, or of a name in it, in the rule's file; 1 when unknown."""
        return self.lines.get(f"{key}/{name}" if name else key) or self.lines.get(key) or 1

    @cached_property
    def speaks(self) -> bool:
        """Whether the rule itself changes what a reader is told; else it only concludes findings."""
        return bool(
            self.disposition or self.causes or self.steps or self.withholds or self.explains or self.watch_for
        )

    @cached_property
    def tested(self) -> frozenset[str]:
        """The findings this rule's condition looks at."""
        return findings_of(self.when)
