"""Finds the impossible: questions asked of nobody, rules that nobody can fire, steps out of place.

A solver looks for somebody among all possible intakes. An answer by name counts whatever its gate says, but
here only people count who answer nothing that they are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from triage.inference.columns.compiled import Compiled
from triage.inference.columns.standing import Bits, intersection, union
from triage.knowledge.checking.lint import Base, Check
from triage.knowledge.model import ANYWHERE, NO, YES, Question
from triage.knowledge.parts.conditions import tests_of
from triage.proof.everyone import Everyone
from triage.proof.solver import Answer
from triage.source.diagnostic import Diagnostic
from triage.source.folder import counted


@dataclass(frozen=True)
class Reach:
    """A knowledge base that loads; tells which situations nobody can be in."""

    base: Base

    @cached_property
    def everyone(self) -> Everyone:
        """Every possible intake."""
        return Everyone(Compiled(self.base.knowledge))

    @cached_property
    def _asked(self) -> list[Bits]:
        """Bits that hold for people who answer only what applies, or may apply, to them."""
        everyone = self.everyone
        gated = [finding for finding, question in self.base.knowledge.question_of.items() if question.gates]
        return [everyone.applies(finding) | ~everyone.known(finding) for finding in gated]

    def only_at(self, part: str) -> Bits:
        """Return where people have trouble at one place and at no other."""
        knowledge = self.base.knowledge
        return intersection(
            self.everyone.having(f"{knowledge.places}.{option.id}", YES if option.id == part else NO)
            for option in knowledge.place_options
        )

    def is_nobody(self, lanes: Bits) -> bool:
        """Return whether it is proved that nobody who answers only what is asked is in some lanes."""
        return self.everyone.find(lanes, *self._asked).answer is Answer.NONE


def _never_asked(reach: Reach) -> Iterator[Diagnostic]:
    knowledge = reach.base.knowledge
    for name, row, gate in knowledge.gated:
        if reach.is_nobody(reach.everyone.condition(gate).true):
            what = "question" if isinstance(row, Question) else "item"
            place = f"/question/{name.replace('.', '/')}/asked_when"
            message = f"no one is ever asked this {what}: what must hold for it excludes itself; correct it"
            yield Diagnostic.at(
                "questionnaire.toml", knowledge.line_of("questionnaire", name), place, message
            )


def _rule_for_nobody(reach: Reach) -> Iterator[Diagnostic]:
    knowledge = reach.base.knowledge
    never_concluded = {finding for finding, rules in knowledge.concluders.items() if not rules}
    for rule in knowledge.rules.values():
        if never_concluded.isdisjoint(rule.tested) and reach.is_nobody(reach.everyone.fired(rule.id)):
            message = (
                "no one who answers what is asked can fire this rule; see whom its questions concern "
                "(asked_when), and whether its tests exclude each other"
            )
            yield Diagnostic.at(rule.file, next(tests_of(rule.when)).line or 1, "/when", message)


def _step_out_of_place(reach: Reach) -> Iterator[Diagnostic]:
    knowledge, everyone = reach.base.knowledge, reach.everyone
    for document, place, row in reach.base.rows("steps"):
        offering = [rule.id for rule in knowledge.rules.values() if row["id"] in rule.steps]
        offered = union(map(everyone.fired, offering))
        for index, part in enumerate(row.get("body_parts", ()) if offering else ()):
            if part != ANYWHERE and reach.is_nobody(offered & reach.only_at(part)):
                message = (
                    f'no one with trouble at "{part}" alone is offered it (by {counted(offering)}); '
                    "remove the place, or let a rule offer it there"
                )
                line = document.line_of(*place, "body_parts", index)
                yield Diagnostic.at(document.path, line, f"/step/{row['id']}/body_parts", message)


CHECKS: tuple[Check[Reach], ...] = (
    Check("question-for-nobody", "a question or item that no one is asked", _never_asked),
    Check("rule-for-nobody", "a rule that no one who is asked can fire", _rule_for_nobody),
    Check("step-out-of-place", "a step for a place that its rules exclude", _step_out_of_place),
)
