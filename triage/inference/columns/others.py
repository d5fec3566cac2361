"""What an answer says about the items that it does not name, for a block of intakes.

"none", "unknown" and the rest of a list are only about items that apply, or may apply. This module does what
`read_answers` does for one intake: question by question, in order, because a gate looks at earlier answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeAlias

from triage.inference.columns.compiled import Columns, Compiled
from triage.inference.columns.standing import Standing, standing, union
from triage.knowledge.model import NO
from triage.knowledge.parts.conditions import Test, tests_of

_Tested: TypeAlias = tuple[str, tuple[int, ...], bool]
"""A test: its finding, the places of the classes that satisfy it, and whether absence satisfies it."""


@dataclass(frozen=True, slots=True)
class Others:
    """Where the answer to a question says that the items it does not name are absent, or not sure."""

    absent: int
    not_sure: int


class OthersTold:
    """Adds to blocks what answers say about the items that they do not name; prepared once."""

    def __init__(self, compiled: Compiled) -> None:
        """Look through the gates of the questionnaire."""
        self._compiled = compiled
        questions = tuple(compiled.knowledge.questions.values())
        gates = dict.fromkeys(gate for each in questions for gate in each.behind if gate is not None)
        tests = dict.fromkeys(test for gate in gates for test in tests_of(gate))
        self._looked_at = {test.finding for test in tests}
        self._tests = {test: self._tested(test) for test in tests}
        self._questions = [
            (each, [(gate, findings) for gate, findings in each.behind.items() if gate is not None])
            for each in questions
        ]

    def _tested(self, test: Test) -> _Tested:
        place, domain = self._compiled.place[test.finding], self._compiled.domains[test.finding]
        question = self._compiled.knowledge.question_of[test.finding]
        return (
            test.finding,
            tuple(place + each for each in domain.accepted(test)),
            test.accepts_value(NO) and question.kind == "checklist",
        )

    def told(self, columns: Columns, others: Mapping[str, Others]) -> Columns:
        """Add what answers say about the items that they do not name to a block.

        Args:
            columns: the findings that the answers name.
            others: what they say about the rest, for each question that has a gate.
        """
        compiled, full = self._compiled, columns.full
        known, unknown = list(columns.known), list(columns.unknown)
        open_findings: dict[str, int] = {}
        looked: dict[Test, Standing] = {}

        def named(finding: str) -> int:
            place = compiled.place[finding]
            classes = known[place : place + len(compiled.domains[finding].values)]
            return reduce(or_, classes, unknown[compiled.index_of[finding]])

        def look(test: Test) -> Standing:
            """Return where a test is true or open; nothing else is asked of a gate."""
            if test not in looked:
                finding, classes, absent_too = self._tests[test]
                possible = union(known[each] for each in classes) | open_findings[finding]
                if absent_too:
                    possible |= full & ~named(finding)
                looked[test] = Standing(0, possible, 0, 0)
            return looked[test]

        for question, behind in self._questions:
            gated: dict[str, int] = {}
            for gate, findings in behind:
                lanes: int = standing(gate, look).possible
                gated |= dict.fromkeys(findings, lanes)
            told = others.get(question.id)
            for finding in question.findings:
                applies = gated.get(finding, full)
                index = compiled.index_of[finding]
                if told:
                    rest = applies & ~named(finding)
                    unknown[index] |= rest & told.not_sure
                    if told.absent:
                        no = compiled.place[finding] + compiled.domains[finding].class_of(NO)
                        known[no] |= rest & told.absent
                if finding in self._looked_at:
                    open_findings[finding] = applies & ~named(finding) | unknown[index]
        return Columns(full, known, unknown)
