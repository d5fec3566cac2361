"""The knowledge base as frozen data.

Its parts are defined in `questionnaire`, `rule`, `advice` and `provenance`; import them from here.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType

from triage.knowledge.parts.advice import (
    ANYWHERE,
    EVERYTHING,
    Cause,
    Explanation,
    Laws,
    Moment,
    Route,
    Rung,
    Step,
    Undetermined,
)
from triage.knowledge.parts.calls import Calls
from triage.knowledge.parts.conditions import Condition, findings_of
from triage.knowledge.parts.lexicon import Lexicon
from triage.knowledge.parts.provenance import Claim, Provenance, Review, Source
from triage.knowledge.parts.questionnaire import (
    NO,
    YES,
    Gate,
    Group,
    Kind,
    MedicineClass,
    MedicineName,
    Option,
    Question,
    Retirement,
    Row,
    Threshold,
)
from triage.knowledge.parts.rule import Finding, Rule
from triage.knowledge.parts.spelling import plain_name

__all__ = [
    "ANYWHERE",
    "EVERYTHING",
    "NO",
    "YES",
    "Cause",
    "Claim",
    "Explanation",
    "Finding",
    "Gate",
    "Group",
    "Kind",
    "KnowledgeBase",
    "Laws",
    "MedicineClass",
    "MedicineName",
    "Moment",
    "Option",
    "Provenance",
    "Question",
    "Retirement",
    "Review",
    "Route",
    "Rule",
    "Rung",
    "Source",
    "Step",
    "Threshold",
    "Undetermined",
]


@dataclass(frozen=True, eq=False)
class KnowledgeBase:
    """Everything the system knows. It cannot be changed, and is compared by identity; see `sha256`.

    `places` is the checklist whose items are the body parts of steps; "" if steps name no body parts.
    """

    id: str
    version: str
    title: str
    reviewed_by_clinician: bool
    sha256: str
    calls: Calls
    questions: Mapping[str, Question]
    thresholds: Mapping[str, Threshold]
    findings: Mapping[str, Finding]
    causes: Mapping[str, Cause]
    steps: Mapping[str, Step]
    explanations: Mapping[str, Explanation]
    moments: Mapping[str, Moment]
    rungs: Mapping[str, Rung]
    routes: Mapping[str, Route]
    undetermined: Undetermined
    laws: Laws
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    rules: Mapping[str, Rule]
    gates: Mapping[str, Gate] = field(default_factory=dict)
    retired: Mapping[str, Retirement] = field(default_factory=dict)
    medicines: Mapping[str, MedicineClass] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    lexicon: Lexicon = field(default_factory=Lexicon)
    places: str = ""
    lines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make its tables read-only: threads share them, and an engine is built from them once."""
        for each in fields(self):
            table = getattr(self, each.name)
            if isinstance(table, dict):
                object.__setattr__(self, each.name, MappingProxyType(table))

    def line_of(self, table: str, row: str) -> int:
        """Return the line of a row (or of an option, as `question.option`) in its table; 1 when unknown."""
        return self.lines.get(table, {}).get(row, 1)

    @cached_property
    def question_of(self) -> Mapping[str, Question]:
        """The question of each answerable finding (`age`, `site.calf`)."""
        return {finding: question for question in self.questions.values() for finding in question.findings}

    @cached_property
    def question_keys(self) -> tuple[str, ...]:
        """Every key under which a case can answer: ids of questions, and keys of names."""
        return (*self.questions, *(each.names for each in self.questions.values() if each.names))

    @cached_property
    def question_texts(self) -> tuple[tuple[str, str], ...]:
        """Every question with its text."""
        return tuple((question.id, question.ask) for question in self.questions.values())

    @cached_property
    def rewording(self) -> tuple[str, str] | None:
        """The question and the option that make texts speak of someone else, if there is such an option."""
        for question in self.questions.values():
            for option in question.options:
                if option.rewords:
                    return question.id, option.id
        return None

    def offered_under(self, offers: str) -> tuple[str, ...]:
        """Return the moments whose steps an outcome offers: all, or those up to the moment `offers`."""
        moments = tuple(self.moments)
        return moments if offers == EVERYTHING else moments[: moments.index(offers) + 1]

    @property
    def place_options(self) -> tuple[Option, ...]:
        """The body parts that steps can be for; none if steps name no body parts."""
        return self.questions[self.places].options if self.places in self.questions else ()

    @cached_property
    def named_question(self) -> Question | None:
        """The list that can be filled by names, if there is one."""
        return next((question for question in self.questions.values() if question.names), None)

    @cached_property
    def names(self) -> Mapping[str, MedicineName]:
        """Each name of a medicine, by its plain spelling."""
        known: dict[str, MedicineName] = {}
        for row in self.medicines.values():
            for generic, others in row.names.items():
                for name in (generic, *others):
                    known[plain_name(name)] = MedicineName(name, generic, row.items)
            for generic, wrong in row.misspelt.items():
                known |= dict.fromkeys(map(plain_name, wrong), MedicineName(generic, generic, row.items))
        return known

    @cached_property
    def red_flags(self) -> tuple[str, ...]:
        """Every finding that is a red flag by itself."""
        return tuple(flag for question in self.questions.values() for flag in question.red_flags)

    @cached_property
    def gated_items(self) -> frozenset[str]:
        """Every item of a checklist that has a gate; if the item does not apply, it counts as absent."""
        checklists = (question for question in self.questions.values() if question.kind == "checklist")
        return frozenset(finding for question in checklists for finding in question.gates)

    @cached_property
    def gated_red_flags(self) -> tuple[str, ...]:
        """Every red flag that is not asked of everybody."""
        return tuple(flag for flag in self.red_flags if flag in self.question_of[flag].gates)

    @cached_property
    def every_gate(self) -> tuple[Gate, ...]:
        """Every gate: those with a name, then those without, in the order of the questionnaire."""
        own = (
            Gate(name, "", row.asked_when, "questionnaire.toml")
            for name, row, _ in self.gated
            if row.asked_when and not row.gate
        )
        return (*self.gates.values(), *own)

    @property
    def gated(self) -> Iterator[tuple[str, Question | Option, Condition]]:
        """Every question and item with a gate of its own: its id, its row, and all that must hold for it."""
        for question in self.questions.values():
            if question.asked_when:
                yield question.id, question, question.asked_when
            for option in question.options:
                if option.asked_when:
                    name = f"{question.id}.{option.id}"
                    yield name, option, question.gates[name]

    def gate_of(self, row: Question | Option) -> Gate:
        """Return the gate of a question or item that has one.

        Raises:
            ValueError: it has none.
        """
        if row.asked_when is None:
            raise ValueError(f"{row.id} is asked of everybody")
        return self.gates.get(row.gate) or Gate(row.id, "", row.asked_when, "questionnaire.toml")

    def regated(self, gate: Gate, when: Condition | None) -> Mapping[str, Question]:
        """Return the questions that a gate decides about, as they would be with another condition or none."""

        def changed(name: str, row: Row) -> Row:
            is_its = row.gate == gate.id if gate.id in self.gates else name == gate.id and not row.gate
            return replace(row, asked_when=when) if row.asked_when and is_its else row

        regated = {}
        for question in self.questions.values():
            options = tuple(changed(f"{question.id}.{each.id}", each) for each in question.options)
            after = changed(question.id, question)
            if after is not question or any(map(operator.is_not, options, question.options)):
                regated[question.id] = replace(after, options=options)
        return regated

    @cached_property
    def in_doubt(self) -> Mapping[str, str]:
        """The disposition for "not sure" about a red flag, by the disposition that its yes would bring.

        That is the rung below. It is left out where it is no more than what every "not sure" calls for.
        """
        rungs = list(self.rungs)
        least = rungs.index(self.laws.not_sure_disposition)
        return {rungs[place]: rungs[place - 1] for place in range(least + 2, len(rungs))}

    @cached_property
    def concluders(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that conclude each derived finding."""
        concluding: dict[str, list[Rule]] = {finding: [] for finding in self.findings}
        for rule in self.rules.values():
            for finding in concluding.keys() & rule.findings:
                concluding[finding].append(rule)
        return {finding: tuple(rules) for finding, rules in concluding.items()}

    @cached_property
    def strata(self) -> Mapping[str, int]:
        """The stage in which each rule can fire: 0 for answers only, later for conclusions."""
        stage: dict[str, int] = {}

        def of(rule: Rule) -> int:
            if rule.id not in stage:
                derived = [finding for finding in rule.tested if finding in self.findings]
                below = [of(other) for finding in derived for other in self.concluders[finding]]
                stage[rule.id] = 1 + max(below, default=-1) if derived else 0
            return stage[rule.id]

        for rule in self.rules.values():
            of(rule)
        return stage

    def resting_on(self, findings: Iterable[str]) -> tuple[Rule, ...]:
        """Return the rules that rest on findings, directly or not, each after the rules it rests on."""
        moved, resting = set(findings), []
        for rule in self._in_order if moved else ():
            if not moved.isdisjoint(rule.tested):
                resting.append(rule)
                moved.update(rule.findings)
        return tuple(resting)

    @cached_property
    def _in_order(self) -> list[Rule]:
        return sorted(self.rules.values(), key=lambda rule: self.strata[rule.id])

    @cached_property
    def read_by(self) -> Mapping[str, frozenset[str]]:
        """The answerable findings that each rule reads, itself, through other rules, or through gates."""
        of_finding: dict[str, frozenset[str]] = {}
        for finding, question in self.question_of.items():
            gate = question.gates.get(finding)
            behind = [of_finding[each] for each in findings_of(gate)] if gate else []
            of_finding[finding] = frozenset({finding}).union(*behind)
        of_rule: dict[str, frozenset[str]] = {}
        for rule in self._in_order:
            concluding = (each.id for name in rule.tested for each in self.concluders.get(name, ()))
            asked = (of_finding[name] for name in rule.tested if name in of_finding)
            of_rule[rule.id] = frozenset[str]().union(*asked, *(of_rule[name] for name in concluding))
        return of_rule

    @cached_property
    def reasons_for_care(self) -> tuple[Rule, ...]:
        """The rules that call for more than self-care: each must be ruled out before self-care is given."""
        lowest = min(rung.rank for rung in self.rungs.values())
        return tuple(
            rule
            for rule in self.rules.values()
            if rule.disposition and self.rungs[rule.disposition].rank > lowest
        )

    def label_of(self, finding: str) -> str:
        """Return the label of a finding in plain words."""
        if finding in self.findings:
            return self.findings[finding].text
        question = self.question_of[finding]
        if question.kind != "checklist":
            return question.ask
        return next(option.label for option in question.options if finding == f"{question.id}.{option.id}")
