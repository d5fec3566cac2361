"""Who is not asked about a red flag: the plainest answers that close its gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage.inference.answers.working_memory import working_memory
from triage.inference.domains import Domain, domains
from triage.inference.truth import Truth, Value, truth_of
from triage.knowledge.model import NO, YES, Gate, KnowledgeBase, Option, Question
from triage.knowledge.parts.conditions import Condition, Test, fold

Answers = Mapping[str, Value]
_MOST = 200


@dataclass(frozen=True, slots=True)
class SparedFlag:
    """A red flag that is not asked of everybody.

    `gates` say whom it concerns, and `rationales` why it need not be asked of others. `person` is the
    plainest example of the others; None if none was found.
    """

    finding: str
    question: Question
    option: Option
    gates: Sequence[Gate]
    rationales: Sequence[str]
    person: Answers | None


def spared_flags(knowledge: KnowledgeBase) -> tuple[SparedFlag, ...]:
    """Return every red flag that is not asked of everybody, in the order of the questionnaire."""
    people: dict[Condition, Answers | None] = {}
    flags = []
    for question in knowledge.questions.values():
        for option in question.options:
            finding = f"{question.id}.{option.id}"
            gate = question.gates.get(finding)
            if option.red_flag and gate is not None:
                if gate not in people:
                    people[gate] = outsider(knowledge, gate)
                rows = [row for row in (question, option) if row.asked_when]
                gates = [knowledge.gate_of(row) for row in rows]
                rationales = [row.rationale for row in rows if row.rationale]
                flags.append(SparedFlag(finding, question, option, gates, rationales, people[gate]))
    return tuple(flags)


def outsider(knowledge: KnowledgeBase, gate: Condition) -> Answers | None:
    """Return the plainest answers that rule a gate out: whole lists, with one item present if possible."""
    for fewest in _ways(domains(knowledge, fine=True), gate):
        answers = fewest
        for question in knowledge.questions.values():
            if question.kind == "checklist" and not answers.keys().isdisjoint(question.findings):
                others = [item for item in question.findings if item not in answers]
                answers = {
                    **dict.fromkeys(question.findings, NO),
                    **answers,
                    **dict.fromkeys(others[:1], YES),
                }
        for person in (answers, fewest):
            if truth_of(gate, working_memory(knowledge, person)) is Truth.FALSE:
                return person
    return None


def _ways(every: Mapping[str, Domain], condition: Condition) -> list[Answers]:
    """Return ways to answer that make a condition false, the fewest and plainest answers first."""

    def at_test(test: Test) -> list[Answers]:
        refused = [value for value in every[test.finding].values if not test.accepts_value(value)]
        return [{test.finding: value} for value in _plainest(test, refused)]

    def at_all(parts: Sequence[list[Answers]]) -> list[Answers]:
        return _fewest(way for ways in parts for way in ways)

    def at_any(parts: Sequence[list[Answers]]) -> list[Answers]:
        together: list[Answers] = [{}]
        for ways in parts:
            together = _fewest({**one, **other} for one in together for other in ways if _agree(one, other))
        return together

    return fold(condition, at_test, at_all, at_any)


def _plainest(test: Test, values: Iterable[str | int]) -> list[str | int]:
    """Order the answers that a test refuses: "no" first, or the number nearest to its bound first."""
    bound = test.at_least if test.at_least is not None else test.at_most or 0
    return sorted(values, key=lambda value: abs(value - bound) if isinstance(value, int) else value != NO)


def _fewest(ways: Iterable[Answers]) -> list[Answers]:
    return sorted(ways, key=len)[:_MOST]


def _agree(one: Answers, other: Answers) -> bool:
    return all(one.get(finding, value) == value for finding, value in other.items())
