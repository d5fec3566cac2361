"""What an answer says about the items that it does not name, for a block of intakes.

"none", "unknown" and the rest of a list are only about items that apply, or may apply. This module does what
`read_answers` does for one intake: question by question, in order, because a gate looks at earlier answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.inference.columns.compiled import Columns, Compiled
from triage.inference.columns.standing import Standing, standing, union
from triage.knowledge.model import NO, Question
from triage.knowledge.parts.conditions import Condition, Test, findings_of


@dataclass(frozen=True, slots=True)
class Others:
    """Where the answer to a question says that the items it does not name are absent, or not sure."""

    absent: int
    not_sure: int


def told_of_others(compiled: Compiled, columns: Columns, others: Mapping[str, Others]) -> Columns:
    """Add what answers say about the items that they do not name to a block.

    Args:
        compiled: the knowledge base.
        columns: the findings that the answers name.
        others: what they say about the rest, for each question that has a gate.
    """
    known, unknown = list(columns.known), list(columns.unknown)
    open_findings: dict[str, int] = {}
    gates = [gate for question in compiled.knowledge.questions.values() for gate in question.gates.values()]
    looked_at = frozenset().union(*map(findings_of, gates))

    def named(finding: str) -> int:
        place = compiled.place[finding]
        classes = known[place : place + len(compiled.domains[finding].values)]
        return int(union(classes)) | unknown[compiled.index_of[finding]]

    def look(test: Test) -> Standing:
        place = compiled.place[test.finding]
        domain = compiled.domains[test.finding]
        true = union(known[place + each] for each in domain.accepted(test))
        if test.accepts_value(NO) and compiled.knowledge.question_of[test.finding].kind == "checklist":
            true |= columns.full & ~(named(test.finding) | open_findings[test.finding])
        return Standing(true, true | open_findings[test.finding], 0, 0)

    def applying(question: Question) -> dict[str, int]:
        lanes: dict[Condition, int] = {}
        for gate in question.gates.values():
            if gate not in lanes:
                lanes[gate] = standing(gate, look).possible
        return {finding: lanes[gate] for finding, gate in question.gates.items()}

    for question in compiled.knowledge.questions.values():
        gated = applying(question)
        for finding in question.findings:
            applies = gated.get(finding, columns.full)
            if question.id in others:
                rest = applies & ~named(finding)
                told = others[question.id]
                unknown[compiled.index_of[finding]] |= rest & told.not_sure
                if told.absent:
                    known[compiled.place[finding] + compiled.domains[finding].class_of(NO)] |= (
                        rest & told.absent
                    )
            if finding in looked_at:
                unsure = unknown[compiled.index_of[finding]]
                open_findings[finding] = applies & ~named(finding) | unsure
    return Columns(columns.full, known, unknown)
