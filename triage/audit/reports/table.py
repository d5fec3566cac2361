"""The cases of an audit as a world: what every rule, test and outcome is on each of them."""

from __future__ import annotations

from collections.abc import Sequence

from triage.audit.model import TestedCase
from triage.inference.columns.compiled import Compiled
from triage.proof.world import World


class Table(World):
    """Cases in columns, one bit a case, with what the rules make of them."""

    def __init__(self, compiled: Compiled, cases: Sequence[TestedCase]) -> None:
        """Run the rules over the cases."""
        self.cases = tuple(cases)
        super().__init__(compiled, compiled.columns([case.findings for case in cases]))
