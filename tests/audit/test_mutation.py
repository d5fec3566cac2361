"""A change is killed, equivalent or survives exactly as brute force over every intake finds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from audit.brute import Brute, Seen
from audit.tiny import (
    EXAMPLES,
    Intake,
    Kinds,
    asks,
    base,
    bases,
    case,
    intakes_of,
    question,
    rule,
    table_of,
    worlds_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shipped import KNOWLEDGE

from triage.audit.model import Mutant, Mutation, Survivor, TestedCase, Verdict
from triage.audit.mutants import mutants, words_of
from triage.audit.mutation import Notice, failing, mutate
from triage.audit.progress import silent
from triage.audit.witnesses import cases_of
from triage.audit.wording import AuthorWords
from triage.cases.expectations import NAMES
from triage.inference.answers.intake import read_answers
from triage.inference.columns.compiled import numbers_in
from triage.inference.columns.standing import union
from triage.inference.domains import domains
from triage.inference.truth import Missing
from triage.knowledge.model import Gate, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All, tests_of
from triage.knowledge.parts.conditions import Any as AnyOf
from triage.source.diagnostic import Location

KEYS = tuple(NAMES)


def changed(knowledge: KnowledgeBase, mutant: Mutant) -> Brute:
    """The knowledge base with one rule or gate changed."""
    before, after, blind = mutant.change.before, mutant.change.after, mutant.change.blind
    if isinstance(before, Gate):
        return Brute(replace(knowledge, questions={**knowledge.questions, **mutant.change.questions}))
    assert after is None or isinstance(after, Rule)
    rules = {**knowledge.rules, before.id: after or before}
    if after is None:
        del rules[before.id]
    tests = [] if after is None else list(tests_of(after.when))
    number = next((number for number, test in enumerate(tests) if test is blind), None)
    return Brute(
        replace(knowledge, rules=rules),
        blind=None if number is None else (before.id, number),
        uncautioned=before.id if mutant.operator == "caution_dropped" else "",
    )


def every_mutant(knowledge: KnowledgeBase) -> list[Mutant]:
    fine = domains(knowledge, fine=True)
    owners: list[Rule | Gate] = [*knowledge.rules.values(), *knowledge.every_gate]
    return [mutant for owner in owners for mutant in mutants(knowledge, fine, owner)]


def true_of(knowledge: KnowledgeBase, seen: Seen) -> dict[str, list[str]]:
    return {
        "fires": sorted(seen.fired),
        "silent": sorted(knowledge.rules.keys() - seen.fired),
        "open": sorted(seen.open),
        "not_open": sorted(knowledge.rules.keys() - seen.open),
        "causes": sorted(seen.causes),
        "steps": sorted(seen.given),
        "not_steps": sorted(knowledge.steps.keys() - seen.given),
        "withheld": sorted(seen.withheld),
        "cautions": sorted(seen.cautions),
    }


@st.composite
def expectations(draw: st.DrawFn, knowledge: KnowledgeBase, seen: Seen) -> dict[str, Any]:
    """What a case may expect: mostly what is so, sometimes what is not."""
    found: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(["disposition", "soon", *KEYS]), max_size=3, unique=True)):
        if key in KEYS:
            names = true_of(knowledge, seen)[key]
            found[key] = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
        else:
            found[key] = getattr(seen, key)
    if draw(st.integers(0, 9)) == 9:
        found["disposition"] = draw(st.sampled_from([*knowledge.rungs, "undetermined"]))
    return found


@st.composite
def cases_for(draw: st.DrawFn, knowledge: KnowledgeBase, intakes: Sequence[Intake]) -> list[TestedCase]:
    brute = Brute(knowledge)
    chosen = draw(st.lists(st.sampled_from(intakes), max_size=6))
    return [
        case(number, intake, draw(expectations(knowledge, brute.see(intake))))
        for number, intake in enumerate(chosen)
    ]


def named(knowledge: KnowledgeBase, each: Mutant | Survivor) -> tuple[str, str, str, int]:
    mutant = each.mutant if isinstance(each, Survivor) else each
    return (
        mutant.change.before.id,
        mutant.operator,
        words_of(AuthorWords(knowledge), mutant),
        mutant.place.line,
    )


@EXAMPLES
@given(bases(Kinds(questions=2, rules=3)), st.data())
def test_against_brute_force(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    intakes = list(intakes_of(knowledge))
    examples = data.draw(st.lists(st.sampled_from(intakes), max_size=4))
    assert_agrees(knowledge, data.draw(cases_for(knowledge, intakes)), examples)


def assert_agrees(
    knowledge: KnowledgeBase, cases: Sequence[TestedCase], examples: Sequence[Intake] = ()
) -> Mutation:
    intakes = list(intakes_of(knowledge))
    table = table_of(knowledge, cases)
    found = mutate(*worlds_of(knowledge, cases, examples), silent)
    base = Brute(knowledge)
    missed = {each.id for each in cases if base.see(each.findings).misses(each.expect)}
    assert set(failing(table)) == missed
    passing = [each for each in cases if each.id not in missed]
    before = [base.see(intake).shown() for intake in intakes]
    killed, equivalent, surviving = Counter[str](), Counter[Any](), Counter[Any]()
    for mutant in every_mutant(knowledge):
        brute = changed(knowledge, mutant)
        if any(brute.see(each.findings).misses(each.expect) for each in passing):
            killed[mutant.operator] += 1
        elif all(brute.see(intake).shown() == seen for intake, seen in zip(intakes, before, strict=True)):
            equivalent[named(knowledge, mutant)] += 1
        else:
            surviving[named(knowledge, mutant)] += 1
    assert Counter(named(knowledge, each) for each in found.equivalents) == equivalent
    assert Counter(named(knowledge, each) for each in found.survivors) == surviving
    assert {name: count for name, (count, _) in found.by_operator.items() if count} == killed
    assert found.killed == killed.total()
    assert found.total == killed.total() + surviving.total()
    assert_witnesses_show(knowledge, found)
    return found


@EXAMPLES
@given(bases(Kinds(questions=2, rules=4)))
def test_a_witness_kept_as_a_case_notices_its_change(knowledge: KnowledgeBase) -> None:
    base = Brute(knowledge)
    for survivor in mutate(*worlds_of(knowledge), silent).survivors:
        assert survivor.witness
        ((kept,),) = cases_of(knowledge, [survivor.witness]).values()
        findings = read_answers(knowledge, kept["answers"])
        assert base.see(findings) == base.see(survivor.witness.findings)
        seen, after = base.see(findings), changed(knowledge, survivor.mutant).see(findings)
        assert not seen.misses(kept["expect"])
        assert after.misses(kept["expect"]), named(knowledge, survivor)


@EXAMPLES
@given(bases(Kinds(questions=2, rules=4)))
def test_the_cases_that_notice_a_change(knowledge: KnowledgeBase) -> None:
    """Where every intake is a case that expects all it can, each one notices exactly its own difference."""
    assert_notices(knowledge, ("disposition", "soon", *KEYS))


@pytest.mark.parametrize("key", KEYS)
@settings(EXAMPLES, max_examples=10)
@given(bases(Kinds(questions=2, rules=4)))
def test_each_key_alone_notices_a_change(key: str, knowledge: KnowledgeBase) -> None:
    """What fails here is no part of the differences that `triage/proof/variation.py` yields."""
    assert_notices(knowledge, (key,))


def assert_notices(knowledge: KnowledgeBase, keys: Sequence[str]) -> None:
    intakes = list(intakes_of(knowledge))
    base = Brute(knowledge)
    before = [base.see(intake) for intake in intakes]
    cases = []
    for number, (intake, seen) in enumerate(zip(intakes, before, strict=True)):
        outcome = {"disposition": seen.disposition, "soon": seen.soon}
        expect = {**true_of(knowledge, seen), **outcome}
        cases.append(case(number, intake, {key: expect[key] for key in keys}))
    notice = Notice(table_of(knowledge, cases))
    assert not notice.failing
    for mutant in every_mutant(knowledge):
        brute = changed(knowledge, mutant)
        gone = [brute.see(intake).misses(each.expect) for intake, each in zip(intakes, cases, strict=True)]
        noticing = set(numbers_in(union(noticing for _, noticing in notice.altered(mutant))))
        assert noticing == {number for number, missed in enumerate(gone) if missed}, named(knowledge, mutant)
        assert notice.look(mutant)[0] == any(gone)


X, Y, Z = (question(name, "yes_no") for name in "xyz")
X_PRESENT, Y_PRESENT = asks("x"), asks("y")
BOTH = All((X_PRESENT, Y_PRESENT))
NEVER = All((asks("x"), asks("x", "no")))
AT_HOME_SOON = replace(KNOWLEDGE.rungs["self_care"], soon_time_frame="tomorrow")

CONCLUDED = (
    rule("one", BOTH, findings=("derived",)),
    rule("two", AnyOf((asks("derived"), asks("x"))), disposition="doctor"),
)
"""Leaving the conclusion out changes no rule; but not sure of y is no longer heard."""

HEARD_ELSEWHERE = (
    rule("one", BOTH, findings=("derived",)),
    rule("two", AnyOf((asks("derived"), asks("x"), All((asks("z", "no"), asks("y"))))), disposition="doctor"),
    rule("three", asks("z"), disposition="doctor"),
)
"""As above, but only where z is present, and there the third rule fires."""

READ_BEHIND = (
    rule("one", All((asks("x"), AnyOf((asks("x"), asks("y"))))), findings=("derived",)),
    rule("two", asks("derived"), disposition="doctor"),
)
"""Leaving y out changes no rule; but not sure of y is no longer heard in the rule behind."""

ALWAYS_OPEN = rule("two", All((asks("x"), AnyOf((asks("y"), asks("y", "no"))))), disposition="doctor")
"""Wherever x is present it fires or is open, so that no self-care is ever given there."""

HARD = [
    (base([X, Y], *CONCLUDED), "finding_dropped", 0),
    (base([X, Y], *CONCLUDED, not_sure="self_care"), "finding_dropped", 1),
    (base([X, Y, Z], *HEARD_ELSEWHERE), "finding_dropped", 1),
    (base([X, Y], *READ_BEHIND), "condition_dropped", 0),
    (
        base(
            [X, Y],
            rule("one", NEVER, disposition="self_care"),
            rule("two", asks("y"), disposition="self_care"),
        ),
        "disposition_moved",
        0,
    ),
    (
        base(
            [X], rule("one", asks("x"), disposition="doctor"), rule("two", asks("x"), disposition="emergency")
        ),
        "disposition_moved",
        3,
    ),
    (
        base(
            [X],
            rule("one", asks("x"), disposition="doctor", soon=True),
            rule("two", asks("x"), disposition="doctor"),
        ),
        "disposition_moved",
        0,
    ),
    (
        base(
            [X, Y],
            rule("one", NEVER, withholds=("walking", "touch"), caution="take care"),
            rule("two", asks("y"), disposition="self_care", steps=("rub", "walk")),
        ),
        "withholding_dropped",
        2,
    ),
    (
        replace(
            base([X, Y], rule("one", asks("x"), disposition="self_care"), ALWAYS_OPEN),
            rungs={**KNOWLEDGE.rungs, "self_care": AT_HOME_SOON},
        ),
        "disposition_moved",
        1,
    ),
]


@pytest.mark.parametrize(("knowledge", "operator", "equivalent"), HARD)
def test_changes_that_hide(knowledge: KnowledgeBase, operator: str, equivalent: int) -> None:
    found = assert_agrees(knowledge, [])
    hidden = [
        each for each in found.equivalents if (each.mutant.rule, each.mutant.operator) == ("one", operator)
    ]
    assert len(hidden) == equivalent


def test_a_case_notices_that_a_not_sure_is_heard_now() -> None:
    knowledge = base([X], rule("one", asks("x"), disposition="self_care"))
    undetermined = case(0, {"x": Missing.UNKNOWN}, {"disposition": "undetermined"})
    found = assert_agrees(knowledge, [undetermined])
    assert found.by_operator["disposition_moved"] == (1, 1)


def test_a_case_notices_that_nothing_is_held_back_any_more() -> None:
    cautious = rule("one", asks("x"), withholds=("touch",), caution="take care")
    knowledge = base([X, Y], cautious, rule("two", asks("y"), disposition="self_care", steps=("rub",)))
    cautioned = case(0, {"y": "yes"}, {"cautions": ["one"]})
    found = assert_agrees(knowledge, [cautioned])
    assert found.by_operator["withholding_dropped"] == (1, 1)


def test_a_red_flag_in_doubt_stays_one_where_its_test_takes_not_known_for_no() -> None:
    """The doubt asks what its yes would give; with that yes the answer is known."""
    signs = question("signs", "checklist", "fit", flags="fit")
    either = AnyOf((asks("signs.fit"), asks("signs.fit", "no")))
    knowledge = base([signs], rule("one", either, disposition="emergency"))
    seen = Brute(knowledge).see({"signs.fit": Missing.UNKNOWN})
    in_doubt = case(0, {"signs.fit": Missing.UNKNOWN}, {"disposition": seen.disposition})
    assert_agrees(knowledge, [in_doubt])
    notice = Notice(table_of(knowledge, [in_doubt]))
    for mutant in every_mutant(knowledge):
        if mutant.operator == "unknown_as_no":
            assert not notice.look(mutant)[0], named(knowledge, mutant)


def test_a_caution_of_a_rule_that_has_none_fails() -> None:
    knowledge = base([X], rule("one", asks("x"), disposition="self_care"))
    assert failing(table_of(knowledge, [case(0, {}, {"cautions": ["one"]})])) == ("case-0",)


def assert_witnesses_show(knowledge: KnowledgeBase, found: Mutation) -> None:
    base = Brute(knowledge)
    by_name: dict[Any, list[Mutant]] = {}
    for mutant in every_mutant(knowledge):
        by_name.setdefault(named(knowledge, mutant), []).append(mutant)
    for survivor in found.survivors:
        assert survivor.equivalent is Verdict.REFUTED
        assert survivor.witness
        shown: Mapping[str, Any] = survivor.witness.findings
        alike = by_name[named(knowledge, survivor)]
        assert any(changed(knowledge, each).see(shown).shown() != base.see(shown).shown() for each in alike)


def test_a_gate_with_a_name_is_changed_once_for_all_that_it_decides_about() -> None:
    gate = Gate("where-x", "people with x", asks("x", line=3))
    signs = question("signs", "checklist", "numb", "limp", flags="numb")
    items = tuple(replace(item, asked_when=gate.when, gate=gate.id) for item in signs.options)
    either = AnyOf((asks("signs.numb"), asks("signs.limp")))
    plain = base(
        [X, replace(signs, options=items)],
        rule("one", either, disposition="urgent"),
        rule("two", asks("x", "no"), disposition="self_care"),
    )
    knowledge = replace(plain, gates={gate.id: gate})
    assert knowledge.every_gate == (gate,)
    gated, freed = knowledge.questions["signs"].gates, knowledge.regated(gate, None)["signs"].gates
    assert gated.keys() - freed.keys() == {"signs.numb", "signs.limp"}
    spared = case(0, {"x": "no"}, {"disposition": "self_care"})
    assert assert_agrees(knowledge, [spared]).by_operator["gate_dropped"] == (1, 1)
    (left,) = [
        each for each in assert_agrees(knowledge, []).survivors if each.mutant.operator == "gate_dropped"
    ]
    assert (left.mutant.rule, left.mutant.place) == ("", Location("gates.toml", 3))
    assert words_of(AuthorWords(knowledge), left.mutant) == "ask everybody"
    assert left.witness
    assert list(cases_of(knowledge, [left.witness])) == ["gates/where-x"]
