"""Intakes that were found already, as a world of their own: they are looked at before everyone is asked."""

from __future__ import annotations

from collections.abc import Iterable

from triage.inference.compiled import Compiled
from triage.proof.everyone import Intake
from triage.proof.world import World


class Examples:
    """Intakes in the order in which they were found, each once."""

    def __init__(self, compiled: Compiled, intakes: Iterable[Intake]) -> None:
        """Lay out the intakes and run the rules over them."""
        unlike = {tuple(sorted(intake.items(), key=str)): intake for intake in intakes}
        self.intakes = tuple(unlike.values())
        self.world = World(compiled, compiled.columns(self.intakes))
