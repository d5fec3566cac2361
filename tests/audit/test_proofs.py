"""A statement about all intakes is proved exactly where it is true; its witnesses show where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations, product

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
    states_of,
    worlds_of,
)
from hypothesis import given
from hypothesis import strategies as st

from triage.audit.laws import prove
from triage.audit.model import Proof, Verdict
from triage.audit.progress import silent
from triage.inference.columns.compiled import Columns, Compiled, Verdicts
from triage.inference.columns.outcomes import CARE, Outcomes
from triage.inference.columns.standing import Bits
from triage.inference.truth import Missing, Value
from triage.knowledge.model import NO, YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import All
from triage.knowledge.parts.conditions import Any as AnyOf


class World:
    """Every intake of a tiny base, assessed by brute force."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.brute = Brute(knowledge)
        self.intakes = list(intakes_of(knowledge))
        self.seen = [self.brute.see(intake) for intake in self.intakes]
        self._numbers = {self._key(intake): number for number, intake in enumerate(self.intakes)}

    @staticmethod
    def _key(intake: Intake) -> frozenset[tuple[str, Value]]:
        return frozenset(intake.items())

    def of(self, intake: Intake) -> Seen:
        return self.seen[self._numbers[self._key(intake)]]

    def rank(self, seen: Seen) -> int:
        return self.brute.rank(seen.disposition)

    @cached_property
    def reasons(self) -> set[str]:
        return {rule.id for rule in self.knowledge.reasons_for_care}

    def whole(self, intake: Intake) -> bool:
        """Whether everything has an answer, but for what does not apply and was not answered."""
        return all(
            not isinstance(intake[finding], Missing)
            if finding in intake
            else not self.brute.applies(intake, finding)
            for finding in self.knowledge.question_of
        )

    def learning(self) -> Iterator[tuple[Intake, Intake]]:
        """Every intake, with every way of answering more of what applies."""
        for before in self.intakes:
            ways = []
            for finding in self.knowledge.question_of:
                state = before.get(finding)
                known = state is not None and not isinstance(state, Missing)
                ways.append([state] if known else [*states_of(self.knowledge, finding)[2:], state])
            for states in product(*ways):
                after = {
                    finding: state
                    for finding, state in zip(self.knowledge.question_of, states, strict=True)
                    if state is not None
                }
                if all(
                    after.get(finding) == before.get(finding) or self.brute.applies(after, finding)
                    for finding in self.knowledge.question_of
                ):
                    yield before, after

    def turning(self) -> Iterator[tuple[Intake, Intake]]:
        """Every intake, with any of its red flags turned to present."""
        flags = self.knowledge.red_flags
        for before in self.intakes:
            for number in range(1, len(flags) + 1):
                for turned in combinations(flags, number):
                    yield before, {**before, **dict.fromkeys(turned, YES)}

    def turning_from_not_sure(self) -> Iterator[tuple[Intake, Intake]]:
        """Every intake, with any of the red flags turned to present of which the person is not sure."""
        for before, after in self.turning():
            turned = [flag for flag in self.knowledge.red_flags if after.get(flag) != before.get(flag)]
            if all(before.get(flag) is Missing.UNKNOWN for flag in turned):
                yield before, after


def proofs_of(
    knowledge: KnowledgeBase, intakes: Sequence[Intake] = (), examples: Sequence[Intake] = ()
) -> dict[str, Proof]:
    cases = [case(number, intake) for number, intake in enumerate(intakes)]
    return {proof.id: proof for proof in prove(*worlds_of(knowledge, cases, examples), silent)}


def refuted(proof: Proof) -> set[str]:
    assert all(entry.verdict is Verdict.REFUTED for entry in proof.exceptions)
    assert (proof.verdict is Verdict.PROVED) == (not proof.exceptions)
    return {entry.subject.id for entry in proof.exceptions}


def witnesses(proof: Proof) -> dict[str, list[Mapping[str, Value]]]:
    return {entry.subject.id: [each.findings for each in entry.witnesses] for entry in proof.exceptions}


def said(rule: Rule) -> set[tuple[str, str]]:
    keys = ("causes", "findings", "steps", "withholds", "explains", "watch_for")
    return {(key, name) for key in keys for name in getattr(rule, key)}


def adds(world: World, rule: Rule) -> bool:
    """Whether the rule says something, on some intake, that no other rule says there."""
    rules = world.knowledge.rules

    def level(each: Rule) -> tuple[int, bool]:
        return world.brute.rank(each.disposition), each.soon

    for seen in world.seen:
        if rule.id in seen.fired:
            others = [rules[name] for name in seen.fired - {rule.id}]
            if rule.disposition and all(level(other) < level(rule) for other in others):
                return True
            if said(rule) - {each for other in others for each in said(other)}:
                return True
    return False


@EXAMPLES
@given(bases(), st.data())
def test_statements_about_rules(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    world = World(knowledge)
    some = st.lists(st.sampled_from(world.intakes), max_size=4)
    proofs = proofs_of(knowledge, data.draw(some), data.draw(some))
    rules = list(knowledge.rules.values())
    firing = {name for seen in world.seen for name in seen.fired}
    proof = proofs["rules-add-something"]
    assert refuted(proof) == {rule.id for rule in rules if not adds(world, rule)}
    out_of_reach = {entry.subject.id for entry in proof.exceptions if entry.what == "no intake fires it"}
    assert out_of_reach == knowledge.rules.keys() - firing


@EXAMPLES
@given(bases(), st.data())
def test_statements_about_what_is_reached(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    world = World(knowledge)
    some = st.lists(st.sampled_from(world.intakes), max_size=4)
    proofs = proofs_of(knowledge, data.draw(some), data.draw(some))
    reached = {
        name for seen in world.seen for name in (seen.disposition, *seen.given, *seen.causes, *seen.concluded)
    }
    wanted = {*knowledge.rungs, *knowledge.steps, *knowledge.causes, *knowledge.findings}
    assert refuted(proofs["outcomes-are-reached"]) == wanted - reached


@EXAMPLES
@given(bases() | bases(Kinds(cared_for=True)), st.data())
def test_statements_about_red_flags(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    world = World(knowledge)
    some = st.lists(st.sampled_from(world.intakes), max_size=4)
    proofs = proofs_of(knowledge, data.draw(some), data.draw(some))
    holds = all(
        world.rank(world.of(after)) >= world.rank(world.of(before)) for before, after in world.turning()
    )
    proof = proofs["red-flags-never-lower"]
    assert (proof.verdict is Verdict.PROVED) == holds
    assert bool(refuted(proof)) != holds
    for before, after in witnesses(proof).values():
        assert {finding for finding in after if after[finding] != before.get(finding)} <= set(
            knowledge.red_flags
        )
        assert before.items() - after.items() <= {(flag, before.get(flag)) for flag in knowledge.red_flags}
        assert world.rank(world.of(after)) < world.rank(world.of(before))

    flagged = [
        (flag, intake) for flag in knowledge.red_flags for intake in world.intakes if intake.get(flag) == YES
    ]
    idle = {flag for flag, intake in flagged if not world.of(intake).fired & world.reasons}
    proof = proofs["red-flags-call-for-care"]
    assert refuted(proof) == idle
    for flag, (person,) in witnesses(proof).items():
        assert person[flag] == YES
        assert not world.of(person).fired & world.reasons

    least = world.brute.rank(knowledge.laws.not_sure_disposition)
    unheard = {
        flag
        for flag in knowledge.red_flags
        for intake in world.intakes
        if intake.get(flag) is Missing.UNKNOWN and world.rank(world.of(intake)) < least
    }
    ladder = list(knowledge.rungs)
    for before, after in world.turning_from_not_sure():
        low, high = world.rank(world.of(before)), world.rank(world.of(after))
        unheard |= {ladder[above] for above in range(1, high) if low < above}
    proof = proofs["not-sure-of-a-red-flag"]
    assert refuted(proof) == unheard
    shown = witnesses(proof)
    for flag in shown.keys() & set(knowledge.red_flags):
        assert shown[flag][0][flag] is Missing.UNKNOWN
        assert world.rank(world.of(shown[flag][0])) < least
    for rung in shown.keys() & set(ladder):
        low, high = (world.rank(world.of(person)) for person in shown[rung])
        assert low + 1 < world.brute.rank(rung) <= high


@EXAMPLES
@given(bases())
def test_an_answer_by_name_counts_whatever_its_gate_says(knowledge: KnowledgeBase) -> None:
    assert refuted(proofs_of(knowledge)["answers-by-name-count"]) == set()
    brute, everyone = Brute(knowledge), list(intakes_of(knowledge))
    ungated = {
        question.id: replace(
            question,
            asked_when=None if question.kind == "checklist" else question.asked_when,
            options=tuple(replace(option, asked_when=None) for option in question.options),
        )
        for question in knowledge.questions.values()
    }
    everybody = Brute(replace(knowledge, questions=ungated))
    for intake in everyone:
        absent = {
            item: NO
            for item in knowledge.gated_items
            if item not in intake and not brute.applies(intake, item)
        }
        assert brute.see(intake) == everybody.see({**intake, **absent})


@EXAMPLES
@given(bases())
def test_statements_about_outcomes(knowledge: KnowledgeBase) -> None:
    world = World(knowledge)
    proofs = proofs_of(knowledge)
    bottom = next(iter(knowledge.rungs))
    assert world.of({}).disposition != bottom
    for seen in world.seen:
        ranks = [world.brute.rank(knowledge.rules[name].disposition) for name in seen.fired]
        assert seen.disposition == "undetermined" or world.rank(seen) >= max(ranks, default=0)
        assert seen.disposition != bottom or not seen.open & world.reasons
        for name in seen.fired:
            for step in seen.given:
                assert not set(knowledge.rules[name].withholds) & set(knowledge.steps[step].kinds)
    for before, after in world.learning():
        earlier, later = world.of(before), world.of(after)
        assert earlier.disposition != bottom or later.disposition == bottom
        if world.whole(after) and later.disposition != "undetermined":
            low, high = (world.brute.rank(name) for name in (earlier.lowest, earlier.highest))
            assert low <= world.rank(later) <= high
    for name in (
        "every-intake-has-an-outcome",
        "unknown-is-never-safer",
        "range-holds",
        "no-step-beside-what-forbids-it",
    ):
        assert refuted(proofs[name]) == set(), name


BROKEN = {
    "at home whatever is open": (
        "disposition",
        {"every-intake-has-an-outcome", "not-sure-of-a-red-flag", "unknown-is-never-safer", "range-holds"},
    ),
    "a range of one disposition": ("highest", {"range-holds"}),
    "a step whatever holds it back": ("_give", {"no-step-beside-what-forbids-it"}),
    "no caution": ("_caution", {"no-step-beside-what-forbids-it"}),
    "a not sure for the doctor alone": ("suspected", {"not-sure-of-a-red-flag"}),
    "one not sure for another": ("not_sure", {"not-sure-of-a-red-flag"}),
}


def at_home_whatever_is_open(outcomes: Outcomes) -> dict[str, Bits]:
    care = outcomes.fired(CARE)
    home = outcomes.fired(("disposition", "self_care")) & ~care
    none = dict.fromkeys(("urgent", "emergency"), 0)
    return {**none, "doctor": care, "self_care": home, "undetermined": ~(care | home)}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fold_that_breaks_a_law_refutes_it(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both = All((asks("signs.numb"), asks("signs.limp")))
    rules = (
        rule("at-home", asks("x"), disposition="self_care", steps=("rub",)),
        rule("to-the-doctor", asks("y"), disposition="doctor", withholds=("touch",), caution="take care"),
        rule("not-alone", AnyOf((asks("signs.numb"), asks("signs.limp"))), disposition="doctor"),
        rule("together", both, disposition="emergency"),
    )
    signs = question("signs", "checklist", "numb", "limp", flags="numb limp")
    knowledge = base([question("x", "yes_no"), question("y", "yes_no"), signs], *rules)
    before = {name for name, proof in proofs_of(knowledge).items() if refuted(proof)}
    instead = {
        "disposition": property(at_home_whatever_is_open),
        "highest": property(lambda outcomes: outcomes.lowest),
        "_give": lambda outcomes, step: outcomes.fired(("offer", step)),
        "_caution": lambda *_: 0,
        "suspected": lambda *_: 0,
        "not_sure": lambda *_: 0,
    }
    part, broken = BROKEN[fault]
    monkeypatch.setattr(Outcomes, part, instead[part])
    after = {name for name, proof in proofs_of(knowledge).items() if refuted(proof)}
    assert after - before == broken


def test_a_program_that_loses_a_not_sure_behind_a_closed_gate_is_refuted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, signs = question("x", "yes_no"), question("signs", "checklist", "numb", flags="numb")
    numb = replace(signs.options[0], asked_when=asks("x"))
    knowledge = base(
        [x, replace(signs, options=(numb,))], rule("one", asks("signs.numb"), disposition="urgent")
    )
    run = Compiled.run

    def forgetful(program: Compiled, columns: Columns) -> Verdicts:
        gated = [program.index_of[item] for item in program.knowledge.gated_items]
        unknown = [0 if index in gated else lanes for index, lanes in enumerate(columns.unknown)]
        return run(program, replace(columns, unknown=unknown))

    assert refuted(proofs_of(knowledge)["answers-by-name-count"]) == set()
    monkeypatch.setattr(Compiled, "run", forgetful)
    assert refuted(proofs_of(knowledge)["answers-by-name-count"]) == {"signs.numb", "one"}
