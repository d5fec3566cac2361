"""The cases of an audit as a world: the value of every rule, test and outcome in each case."""

from __future__ import annotations

from collections.abc import Sequence

from triage.audit.model import TestedCase
from triage.inference.columns.compiled import Compiled
from triage.inference.columns.outcomes import Fold
from triage.proof.world import World


class Table(World):
    """Cases as columns, one bit for each case, and the results of the rules."""

    def __init__(self, compiled: Compiled, cases: Sequence[TestedCase], fold: Fold | None = None) -> None:
        """Run the rules over the cases; `fold` is the fold of the rules, if the caller has it already."""
        self.cases = tuple(cases)
        super().__init__(compiled, compiled.columns([case.findings for case in cases]), fold)
