"""Tiny knowledge bases of a few findings and rules, small enough to go through every intake there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE

from triage.audit.model import TestedCase
from triage.audit.table import Table
from triage.inference.columns.compiled import Compiled
from triage.inference.truth import Missing, Value
from triage.knowledge.model import (
    NO,
    YES,
    Cause,
    Finding,
    Kind,
    KnowledgeBase,
    Option,
    Provenance,
    Question,
    Rule,
    Step,
    Threshold,
)
from triage.knowledge.parts.conditions import All, Condition, Test
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.proof.everyone import Everyone
from triage.proof.solver import SOLVER
from triage.proof.world import Examples

Intake: TypeAlias = Mapping[str, Value]

SOURCED = Provenance(guidance=("project-judgement",))
EXAMPLES = settings(max_examples=max(10, settings().max_examples // 5))
"""For tests that go through every intake of a base, once for each change of a rule."""


def question(
    name: str, kind: Kind, *options: str, gate: Condition | None = None, flags: str = ""
) -> Question:
    """A question; `flags` names its items that are red flags."""
    return Question(
        id=name,
        kind=kind,
        ask=name,
        means="",
        why="",
        options=tuple(Option(each, each, red_flag=each in flags.split()) for each in options),
        unit="days" if kind == "number" else "",
        minimum=0,
        maximum=2 if kind == "number" else 0,
        asked_when=gate,
    )


def threshold(name: str, finding: str, value: int | str) -> Threshold:
    return Threshold(name, finding, value, "", "", SOURCED)


def asks(finding: str, *values: str, line: int = 0) -> Test:
    return Test(finding, accepts=frozenset(values or (YES,)), line=line)


SCALE = ("low", "mid", "high")


def bound(finding: str, at_least: int | str | None = None, at_most: int | str | None = None) -> Test:
    """A bound as the loader resolves it: on a number, or on the scale."""
    value = at_most if at_least is None else at_least
    named = f"{finding}_{value}"
    if not isinstance(value, str):
        lowest, highest = (value, None) if at_most is None else (None, value)
        return Test(finding, at_least=lowest, at_most=highest, threshold=named)
    cut = SCALE.index(value)
    accepted = SCALE[cut:] if at_most is None else SCALE[: cut + 1]
    return Test(finding, accepts=frozenset(accepted), threshold=named)


def rule(name: str, when: Condition, **then: Any) -> Rule:
    return Rule(
        id=name,
        title=name,
        topic="tiny",
        file=f"tiny/{name}.toml",
        when=when,
        provenance=SOURCED,
        reason="so",
        **then,
    )


STEPS = tuple(
    Step(name, name, when, kinds, "", "", "", SOURCED)
    for name, when, kinds in (
        ("rub", "now", ("touch",)),
        ("cool", "first_aid", ("touch", "cooling")),
        ("walk", "prevention", ("walking",)),
    )
)


def text(condition: Condition) -> str:
    """A condition on one line."""
    if isinstance(condition, Test):
        if condition.accepts is not None:
            return f"{condition.finding} in {'|'.join(sorted(condition.accepts))}"
        return f"{condition.finding} {condition.at_least}..{condition.at_most}"
    join = "all" if isinstance(condition, All) else "any"
    return f"{join}({', '.join(map(text, condition.parts))})"


@dataclass(frozen=True, eq=False, repr=False)
class Tiny(KnowledgeBase):
    """A base that hypothesis can print on a few lines."""

    def __repr__(self) -> str:
        gates = [
            " and ".join(
                [finding, *([f"only if {text(each.gates[finding])}"] if finding in each.gates else [])]
            )
            for each in self.questions.values()
            for finding in each.findings
        ]
        keys = ("disposition", "soon", "causes", "findings", "steps", "withholds")
        rules = [
            f"{each.id}: {text(each.when)} -> "
            + " ".join(f"{key}={getattr(each, key)}" for key in keys if getattr(each, key))
            for each in self.rules.values()
        ]
        ladder = ", ".join(self.rungs)
        laws = f"not sure: {self.laws.not_sure_disposition}; undetermined offers: {self.undetermined.offers}"
        return "\n  ".join(["Tiny", "; ".join(gates), *rules, ladder, laws])

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 - the printer's protocol
        printer.text(repr(self))


def base(
    questions: Sequence[Question],
    *rules: Rule,
    rungs: int = 4,
    not_sure: str = "doctor",
    offers: Any = "first_aid",
) -> KnowledgeBase:
    """A knowledge base of these questions and rules, not checked as a loaded one would be."""
    numbers = [question.id for question in questions if question.kind == "number"]
    scales = [question.id for question in questions if question.kind == "scale"]
    thresholds = [
        *(threshold(f"{name}_{value}", name, value) for name in numbers for value in range(3)),
        *(threshold(f"{name}_{value}", name, value) for name in scales for value in SCALE),
    ]
    ladder = dict(list(KNOWLEDGE.rungs.items())[:rungs])
    tested = {finding for each in rules for finding in each.tested}
    answered = {finding for each in questions for finding in each.findings}
    concluded = {finding for each in rules for finding in each.findings} | (tested - answered)
    made = replace(
        KNOWLEDGE,
        questions={each.id: each for each in questions},
        thresholds={each.id: each for each in thresholds},
        findings={name: Finding(name, name) for name in sorted(concluded)},
        causes={name: Cause(name, name, "") for name in ("salt", "nerve")},
        steps={step.id: step for step in STEPS},
        explanations={},
        rungs=ladder,
        undetermined=replace(KNOWLEDGE.undetermined, offers=offers),
        laws=replace(
            KNOWLEDGE.laws, not_sure_disposition=not_sure if not_sure in ladder else list(ladder)[-1]
        ),
        rules={each.id: each for each in rules},
        gates={},
        retired={},
        medicines={},
        lines={},
    )
    return Tiny(**{each.name: getattr(made, each.name) for each in fields(made)})


def table_of(knowledge: KnowledgeBase, cases: Sequence[TestedCase] = ()) -> Table:
    return Table(Compiled(knowledge, fine=True), cases)


def worlds_of(
    knowledge: KnowledgeBase,
    cases: Sequence[TestedCase] = (),
    examples: Sequence[Intake] = (),
    solver: str = SOLVER,
) -> tuple[Table, Examples, Everyone]:
    """Cases, examples and everyone, as the audit looks at them."""
    table = table_of(knowledge, cases)
    everyone = Everyone(table.compiled, solver=solver)
    return table, Examples(table.compiled, examples), everyone


def case(number: int, findings: Intake, expect: Mapping[str, Any] | None = None) -> TestedCase:
    return TestedCase(f"case-{number}", "cases.json", number + 1, findings, expect or {})


def states_of(knowledge: KnowledgeBase, finding: str) -> list[Value | None]:
    """Every state of a finding, every single number included; None where it was not asked."""
    asked = knowledge.question_of[finding]
    numbers = range(asked.minimum, asked.maximum + 1)
    return [None, Missing.UNKNOWN, *(asked.values or numbers)]


def intakes_of(knowledge: KnowledgeBase) -> Iterator[dict[str, Value]]:
    """Every intake that there is."""
    names = list(knowledge.question_of)
    for states in product(*(states_of(knowledge, name) for name in names)):
        yield {name: state for name, state in zip(names, states, strict=True) if state is not None}


def tests_on(asked: Question, *, flag_absent: bool) -> list[Test]:
    """Every test that a rule might make on a question; with `flag_absent` also on an absent red flag."""
    name = asked.id
    if asked.kind == "number":
        return [
            *(bound(name, at_least=value) for value in range(3)),
            *(bound(name, at_most=value) for value in range(3)),
        ]
    if asked.kind == "checklist":
        return [
            *(asks(item) for item in asked.findings),
            *(asks(item, NO) for item in asked.findings if flag_absent or item not in asked.red_flags),
        ]
    values = asked.values
    tests = [asks(name, value) for value in values]
    if asked.kind == "choice":
        tests += [asks(name, *values[:2]), asks(name, *values)]
    if asked.kind == "scale":
        tests += [bound(name, at_least=value) for value in SCALE] + [
            bound(name, at_most=value) for value in SCALE
        ]
    return tests


@dataclass(frozen=True)
class Kinds:
    """What generated bases may hold."""

    flag_absent: bool = True  # rules may test that a red flag is absent, which the loader refuses
    cared_for: bool = False  # every red flag has a rule above self-care, which the loader asks for
    questions: int = 3
    rules: int = 4


POOL = (
    question("hurts", "yes_no"),
    question("days", "number"),
    question("often", "scale", *SCALE),
    question("where", "choice", "leg", "arm", "neck"),
    question("signs", "checklist", "fit", flags="fit"),
    question("more", "checklist", "numb", "cold", flags="numb"),
)


@st.composite
def questionnaires(draw: st.DrawFn, kinds: Kinds) -> list[Question]:
    """Two or three questions of any kinds, each perhaps asked only where the earlier ones say so."""
    some = st.lists(st.sampled_from(POOL), min_size=2, max_size=kinds.questions, unique_by=lambda one: one.id)
    chosen = draw(some)
    if sum(len(each.findings) for each in chosen) > 3:
        chosen = chosen[:2]
    asked: list[Question] = []
    for each in chosen:
        asked.append(draw(gated(each, asked, kinds)))
    return asked


@st.composite
def gated(draw: st.DrawFn, each: Question, asked: Sequence[Question], kinds: Kinds = Kinds()) -> Question:
    """A question that is perhaps asked only where earlier ones say so, or some of its items are."""
    earlier = [test for one in asked for test in tests_on(one, flag_absent=kinds.flag_absent)]
    gates = st.none() | conditions(earlier, 2) if earlier else st.none()
    items = each.options if each.kind == "checklist" else ()
    options = tuple(replace(item, asked_when=draw(gates)) for item in items) or each.options
    return replace(each, asked_when=draw(gates), options=options)


def conditions(tests: Sequence[Test], most: int = 3) -> st.SearchStrategy[Condition]:
    """Conditions over tests, `any` in `all` in `any` and repeated tests included."""
    leaf: st.SearchStrategy[Condition] = st.sampled_from(list(tests))
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda join, parts: join(tuple(parts)),
            st.sampled_from([All, AnyOf]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=most,
    )


def numbered(condition: Condition, start: int) -> tuple[Condition, int]:
    """The condition with a line of its own for each test, and the next line."""
    if isinstance(condition, Test):
        return replace(condition, line=start), start + 1
    parts = []
    for part in condition.parts:
        given, start = numbered(part, start)
        parts.append(given)
    return type(condition)(tuple(parts)), start


FINDINGS = ("derived0", "derived1")


@st.composite
def rules_for(
    draw: st.DrawFn, questions: Sequence[Question], ladder: Sequence[str], kinds: Kinds
) -> list[Rule]:
    """A few rules that may chain: each tests only conclusions of earlier stages."""
    found = []
    for number in range(draw(st.integers(2, kinds.rules))):
        stage = draw(st.integers(0, 2)) if number else 0
        tests = [test for one in questions for test in tests_on(one, flag_absent=kinds.flag_absent)]
        tests += [asks(name) for name in FINDINGS[:stage]] * 3
        when, _ = numbered(draw(conditions(tests)), 7)
        then: dict[str, Any] = {"disposition": draw(st.sampled_from(["", *ladder]))}
        then["soon"] = then["disposition"] == "doctor" and draw(st.booleans())
        then["causes"] = tuple(draw(st.sets(st.sampled_from(["salt", "nerve"]), max_size=1)))
        then["findings"] = (
            tuple(sorted(draw(st.sets(st.sampled_from(FINDINGS[stage:]), max_size=2)))) if stage < 2 else ()
        )
        then["steps"] = tuple(sorted(draw(st.sets(st.sampled_from([step.id for step in STEPS]), max_size=2))))
        then["withholds"] = tuple(
            sorted(draw(st.sets(st.sampled_from(["touch", "cooling", "walking"]), max_size=2)))
        )
        then["caution"] = "take care" if then["withholds"] else ""
        found.append(rule(f"rule-{number}", when, **then))
    return found


@st.composite
def bases(draw: st.DrawFn, kinds: Kinds = Kinds()) -> KnowledgeBase:
    """Small bases of every kind, also such as the loader would refuse."""
    questions = draw(questionnaires(kinds))
    rungs = draw(st.sampled_from([4, 4, 4, 3, 2, 1]))
    ladder = list(KNOWLEDGE.rungs)[:rungs]
    rules = draw(rules_for(questions, ladder, kinds))
    if kinds.cared_for and rungs > 1:
        for flag in (flag for each in questions for flag in each.red_flags):
            rules.append(
                rule(f"flag-{flag}", asks(flag, line=7), disposition=draw(st.sampled_from(ladder[1:])))
            )
    not_sure = draw(st.sampled_from(["doctor", "doctor", "urgent"]))
    offers = draw(st.sampled_from(["first_aid", "first_aid", "now", "all"]))
    return base(questions, *rules, rungs=rungs, not_sure=not_sure, offers=offers)
