"""The knowledge base as frozen data: questionnaire, rules, causes, steps, sources."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeVar

from triage.knowledge.calls import Calls
from triage.knowledge.conditions import All, Condition, findings_of
from triage.knowledge.lexicon import Lexicon
from triage.knowledge.spelling import plain_name

Kind = Literal["choice", "scale", "number", "yes_no", "checklist"]
YES = "yes"
NO = "no"
ANYWHERE = "any"
"""The body part of a step that suits every place."""
EVERYTHING = "all"
"""What an outcome offers that offers the steps of every moment."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whom a question or an item concerns: a condition on earlier answers, and what that means in words.

    One without a name has the id of the question or item (`question.item`) behind it, and says no more in
    words than its condition does.
    """

    id: str
    means: str
    when: Condition
    file: str = "gates.toml"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice or scale, or one item of a checklist.

    Under an option that `rewords`, texts speak of someone else rather than to "you". `words` are plain words
    for it that people type. An item with `asked_when` concerns only some people; `rationale` says why a red
    flag need not be asked of the others, and `gate` what the condition is called, if it has a name.
    """

    id: str
    label: str
    means: str = ""
    group: str = ""
    red_flag: bool = False
    rewords: bool = False
    words: tuple[str, ...] = ()
    asked_when: Condition | None = None
    gate: str = ""
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the items of a checklist: a line that stands for them, and what it means."""

    name: str
    means: str = ""


@dataclass(frozen=True)
class Question:
    """One question of the questionnaire.

    `opening`, `by_group`, `groups`, `first_ask` and `first_line` only say how the interview puts it: before
    all others, by groups first, after a yes-or-no question, and as a line beside others that begin so.
    `confirm` asks about one sign of it that was told in own words, and says what time is meant.
    `same_line` says how the next question can be answered on the same line. `goes_stale` says that it asks of
    now: whoever takes an interview up after a day is asked it again. Answers to `shared`
    questions are about the person: they hold for another complaint too.

    A list with `names` can be filled by names of medicines: a case file holds them under that key.
    """

    id: str
    kind: Kind
    ask: str
    means: str
    why: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    minimum: int = 0
    maximum: int = 0
    asked_when: Condition | None = None
    gate: str = ""
    rationale: str = ""
    opening: bool = False
    goes_stale: bool = False
    shared: bool = False
    by_group: bool = False
    groups: tuple[Group, ...] = ()
    first_ask: str = ""
    first_line: str = ""
    same_line: str = ""
    confirm: str = "Is this so now?"
    names: str = ""

    @cached_property
    def findings(self) -> tuple[str, ...]:
        """The findings this question answers: itself, or one for each checklist item."""
        if self.kind == "checklist":
            return tuple(f"{self.id}.{option.id}" for option in self.options)
        return (self.id,)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The named values that a finding of this question can have; empty for a number."""
        if self.kind == "number":
            return ()
        if self.kind in ("choice", "scale"):
            return tuple(option.id for option in self.options)
        return (YES, NO)

    @cached_property
    def gates(self) -> Mapping[str, Condition]:
        """From each finding that does not concern everybody to the condition under which it does."""
        own = dict.fromkeys(self.findings, self.asked_when)
        if self.kind != "checklist":
            return {finding: gate for finding, gate in own.items() if gate}
        gates = {}
        for finding, option in zip(self.findings, self.options, strict=True):
            parts = tuple(gate for gate in (self.asked_when, option.asked_when) if gate)
            if parts:
                gates[finding] = parts[0] if len(parts) == 1 else All(parts)
        return gates

    @cached_property
    def behind(self) -> Mapping[Condition | None, tuple[str, ...]]:
        """From each gate to the findings behind it; from None to those that concern everybody."""
        behind: dict[Condition | None, tuple[str, ...]] = {}
        for finding in self.findings:
            gate = self.gates.get(finding)
            behind[gate] = (*behind.get(gate, ()), finding)
        return behind

    @cached_property
    def gated_by(self) -> frozenset[str]:
        """The findings that gates of this question look at."""
        return frozenset[str]().union(*(findings_of(gate) for gate in self.behind if gate))

    @cached_property
    def red_flags(self) -> tuple[str, ...]:
        """The findings of this question that are red flags by themselves."""
        return tuple(f"{self.id}.{option.id}" for option in self.options if option.red_flag)


Row = TypeVar("Row", Question, Option)


@dataclass(frozen=True, slots=True)
class Retirement:
    """An id of the questionnaire that is out of use (`question`, `question.item`), and what came after it.

    A `red_flag` is an item whose answers still count: its yes is that of its most urgent successor.
    """

    id: str
    successors: tuple[str, ...]
    reason: str
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """The sign-off of a rule by a clinician: the sha256 of what was read, who signed, and when."""

    id: str
    sha256: str
    reviewer: str
    registration: str
    date: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a statement comes from: claims of source documents, and published guidance."""

    claims: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()

    @property
    def beyond_documents(self) -> bool:
        """Whether this rests on guidance alone, not on a source document."""
        return not self.claims


@dataclass(frozen=True, slots=True)
class MedicineClass:
    """Medicines that stand for the same items of a list: each generic name with its brand and other names.

    `misspelt` holds how a generic name is often written wrongly.
    """

    id: str
    label: str
    items: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    provenance: Provenance
    misspelt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class MedicineName:
    """A name as it is rightly written, the medicine it belongs to, and the items that it stands for."""

    text: str
    generic: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number (or a step of a scale) behind a loose word, with its reason."""

    id: str
    finding: str
    value: int | str
    means: str
    reason: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that rules conclude and other rules test."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause, never a diagnosis."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A self-care step; `when` says how soon it is for, `kinds` are what safety rules withhold by."""

    id: str
    name: str
    when: str
    kinds: tuple[str, ...]
    how: str
    how_long: str
    how_often: str
    provenance: Provenance
    body_parts: tuple[str, ...] = (ANYWHERE,)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Something worth explaining beside an outcome."""

    id: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Moment:
    """When steps are for, and the heading they stand under; of what is for `at_once` only little is told."""

    id: str
    heading: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One disposition of the ladder; it `offers` all steps, or those up to a moment."""

    id: str
    rank: int
    title: str
    time_frame: str
    action: str
    offers: str
    watch_for: tuple[str, ...]
    provenance: Provenance
    soon_time_frame: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Whom to turn to, such as a midwife or a pharmacist; `words` say it beside what the disposition says."""

    id: str
    words: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The outcome that stands outside the ladder: not enough is known."""

    title: str
    time_frame: str
    action: str
    action_when_all_answered: str
    offers: str
    watch_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Laws:
    """The texts of what the laws add to an assessment whatever the rules say.

    `not_sure_emergency` is said where a sign that the person is not sure about could alone be an emergency,
    `refused_danger` where an answer about danger signs is not understood; "" says nothing more.
    `in_emergency` is said before the first question.
    """

    not_sure_disposition: str
    not_sure: str
    withheld_until_help: str
    withheld_until_known: str
    not_reviewed: str
    beyond_documents: str
    not_sure_emergency: str = ""
    refused_danger: str = ""
    in_emergency: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source document or a piece of published guidance."""

    id: str
    kind: str
    publisher: str
    title: str
    date: str
    seen: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a source document, in our own words."""

    id: str
    document: str
    kind: str
    use: Literal["encode", "explain", "exclude"]
    text: str
    limit: str = ""
    reason: str = ""


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
    def tested(self) -> frozenset[str]:
        """The findings this rule's condition looks at."""
        return findings_of(self.when)


@dataclass(frozen=True, eq=False)
class KnowledgeBase:
    """Everything the system knows; it cannot be changed. Compared by identity, `sha256` tells two apart.

    `places` is the checklist whose items are the body parts of steps; "" where steps are for no place.
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
        """Close its tables: threads share them, and an engine is built from them once."""
        for each in fields(self):
            table = getattr(self, each.name)
            if isinstance(table, dict):
                object.__setattr__(self, each.name, MappingProxyType(table))

    def line_of(self, table: str, row: str) -> int:
        """Return the line of a row (or of an option, as `question.option`) in its table; 1 when unknown."""
        return self.lines.get(table, {}).get(row, 1)

    @cached_property
    def question_of(self) -> Mapping[str, Question]:
        """From each answerable finding (`age`, `site.calf`) to its question."""
        return {finding: question for question in self.questions.values() for finding in question.findings}

    @cached_property
    def rewording(self) -> tuple[str, str] | None:
        """The question and the option under which texts speak of someone else, where there is one."""
        for question in self.questions.values():
            for option in question.options:
                if option.rewords:
                    return question.id, option.id
        return None

    def offered_under(self, offers: str) -> tuple[str, ...]:
        """Return the moments whose steps an outcome offers: all, or those up to the one that it names."""
        moments = tuple(self.moments)
        return moments if offers == EVERYTHING else moments[: moments.index(offers) + 1]

    @property
    def place_options(self) -> tuple[Option, ...]:
        """The places that steps can be for; none where steps are for no place."""
        return self.questions[self.places].options if self.places in self.questions else ()

    @cached_property
    def named_question(self) -> Question | None:
        """The list that can be filled by names, where there is one."""
        return next((question for question in self.questions.values() if question.names), None)

    @cached_property
    def names(self) -> Mapping[str, MedicineName]:
        """From each name of a medicine, made plain, to the name and its items."""
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
        """Every item of a checklist that has a gate: where it does not apply, it counts as absent."""
        checklists = (question for question in self.questions.values() if question.kind == "checklist")
        return frozenset(finding for question in checklists for finding in question.gates)

    @cached_property
    def gated_red_flags(self) -> tuple[str, ...]:
        """Every red flag that is not asked of everybody."""
        return tuple(flag for flag in self.red_flags if flag in self.question_of[flag].gates)

    @cached_property
    def every_gate(self) -> tuple[Gate, ...]:
        """Every gate: those with a name, then those of questions and items, in the order of these."""
        own = (
            Gate(name, "", row.asked_when, "questionnaire.toml")
            for name, row, _ in self.gated
            if row.asked_when and not row.gate
        )
        return (*self.gates.values(), *own)

    @property
    def gated(self) -> Iterator[tuple[str, Question | Option, Condition]]:
        """Every question and item that has a gate of its own: its id, and all that must hold for it."""
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
        """Return the questions that a gate decides about, as they are with another condition, or none."""

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

    def findings_behind(self, gate: Gate) -> frozenset[str]:
        """Return the findings that a gate decides about."""
        without = self.regated(gate, None)
        return frozenset(
            finding
            for name, question in without.items()
            for finding in question.findings
            if question.gates.get(finding) != self.questions[name].gates.get(finding)
        )

    @cached_property
    def in_doubt(self) -> Mapping[str, str]:
        """From a disposition to what a "not sure" calls for about a red flag whose yes would bring it.

        That is the rung below, where this is more than the "not sure" about any reason for care calls for.
        """
        rungs = list(self.rungs)
        least = rungs.index(self.laws.not_sure_disposition)
        return {rungs[place]: rungs[place - 1] for place in range(least + 2, len(rungs))}

    @cached_property
    def concluders(self) -> Mapping[str, tuple[Rule, ...]]:
        """From each derived finding to the rules that conclude it."""
        concluding: dict[str, list[Rule]] = {finding: [] for finding in self.findings}
        for rule in self.rules.values():
            for finding in concluding.keys() & rule.findings:
                concluding[finding].append(rule)
        return {finding: tuple(rules) for finding, rules in concluding.items()}

    @cached_property
    def strata(self) -> Mapping[str, int]:
        """The stage in which each rule can fire: 0 from answers alone, later ones from conclusions."""
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
        """Return the rules that rest on derived findings through the chain, each after what it rests on."""
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
        """From each rule to the answerable findings that it reads, through the chain and through gates."""
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
        """Return a finding's short label in plain words."""
        if finding in self.findings:
            return self.findings[finding].text
        question = self.question_of[finding]
        if question.kind != "checklist":
            return question.ask
        return next(option.label for option in question.options if finding == f"{question.id}.{option.id}")
