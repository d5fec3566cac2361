"""The laws: what must hold for every possible intake.

A law is a function that yields goals. A goal is bits in the circuit of every intake, or of pairs of intakes;
no intake may set them, or some intake must. The circuit is made of the same rules and the same fold that
assess people. To add a law, write such a function and name it in `LAWS`; reports show its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import getdoc
from itertools import combinations, pairwise
from typing import TypeAlias

from triage.audit.coverage import place_of, reached
from triage.audit.model import Counterexample, Name, Proof, Sentence, Verdict, Witness
from triage.audit.progress import Progress
from triage.audit.sayings import Sayings
from triage.audit.table import Table
from triage.inference.assessment import UNDETERMINED
from triage.inference.columns.outcomes import CARE
from triage.inference.columns.standing import Bits, Standing, union
from triage.knowledge.model import NO, YES, Rule
from triage.knowledge.parts.conditions import Test
from triage.proof.everyone import Everyone, Sequel, learning, turning
from triage.proof.solver import Answer
from triage.proof.world import Examples, World


@dataclass(frozen=True)
class Goal:
    """Bits that no intake may set together, and what it means if one does.

    If the goal is `wanted`, some intake must. Goals about pairs of intakes have `pairs`.
    """

    subject: Name
    what: Sentence | str
    bits: tuple[Bits, ...]
    wanted: bool = False
    pairs: Sequel | None = None


@dataclass(frozen=True)
class Ground:
    """What proofs use: every possible intake, and cases and examples that may save a call of the solver."""

    cases: Table
    examples: World
    everyone: Everyone

    @property
    def rungs(self) -> list[str]:
        """The ladder, the least urgent disposition first."""
        return list(self.cases.knowledge.rungs)

    @cached_property
    def turning(self) -> Sequel:
        """All pairs of intakes where some red flags turn to yes, and nothing else differs."""
        return turning(self.everyone, self.cases.knowledge.red_flags)

    @cached_property
    def learning(self) -> Sequel:
        """All pairs of intakes where the second one also answers something that was unknown and applies."""
        return learning(self.everyone)


Statement: TypeAlias = Callable[[Ground], Iterator[Goal]]


def prove(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> tuple[Proof, ...]:
    """Prove or refute every law.

    Args:
        cases: the cases; where one of them shows something, the solver need not be asked.
        examples: intakes found before, which serve in the same way.
        everyone: every possible intake.
        progress: gets the laws, and passes each one on as its proof begins.
    """
    ground = Ground(cases, examples, everyone)
    return tuple(_proof(ground, each) for each in progress(LAWS, "proving", len(LAWS)))


def _proof(ground: Ground, statement: Statement) -> Proof:
    goals = list(statement(ground))
    against = tuple(entry for goal in goals for entry in _against(ground.everyone, goal))
    verdicts = {Verdict.PROVED, *(entry.verdict for entry in against)}
    verdict = next(each for each in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.PROVED) if each in verdicts)
    name = statement.__name__.replace("_", "-")
    return Proof(name, getdoc(statement) or "", verdict, len(goals), against)


def _against(everyone: Everyone, goal: Goal) -> Iterator[Counterexample]:
    """Yield a counterexample if a goal is refuted or undecided."""
    subject, place = goal.subject, place_of(everyone.knowledge, goal.subject)
    search = (goal.pairs or everyone).find(*goal.bits)
    if search.answer is Answer.UNDECIDED:
        yield Counterexample(subject, goal.what, place, Verdict.UNDECIDED)
    elif (search.answer is Answer.FOUND) != goal.wanted:
        rule = subject.id if subject.kind == "rule" else ""
        name, title = f"{subject}.{place.line}-against", f"{subject}: {goal.what}"
        witnesses = tuple(Witness(name, title, intake, rule) for intake in search.intakes)
        yield Counterexample(subject, goal.what, place, Verdict.REFUTED, witnesses)


def rules_add_something(ground: Ground) -> Iterator[Goal]:
    """Every rule fires for some intake, and there adds something that no other rule says.

    A case where it alone brings its disposition, a cause, a finding, a step, a kind withheld, an explanation
    or a sign to watch for; where no case shows it, a question.
    """
    sayings = Sayings(ground.cases.knowledge)
    shown = _added(ground.cases, sayings), _added(ground.examples, sayings)
    idle = [rule for rule in ground.everyone.compiled.rules if not any(adds[rule.id] for adds in shown)]
    adds = _added(ground.everyone, sayings) if idle else {}
    for rule in idle:
        fires = ground.everyone.find(ground.everyone.fired(rule.id)).answer is not Answer.NONE
        what = _shadows(ground, sayings, rule) if fires else "no intake fires it"
        yield Goal(Name("rule", rule.id), what, (adds[rule.id],), wanted=True)


def _added(world: World, sayings: Sayings) -> Mapping[str, Bits]:
    """Return, by rule, where the rule says something that no other rule says."""
    twice = sayings.said_twice(world)
    return {
        rule.id: union(world.fired(rule.id) & ~twice.get(saying, 0) for saying in sayings.of(rule))
        for rule in world.knowledge.rules.values()
    }


def _shadows(ground: Ground, sayings: Sayings, rule: Rule) -> Sentence | str:
    """Name the rules that, in all cases where this rule fires, fire too and say some of what it says."""
    fired, says = ground.cases.fired(rule.id), set(sayings.of(rule))
    beside = [
        Name("rule", other.id)
        for other in ground.everyone.compiled.rules
        if other is not rule
        and not fired & ~ground.cases.fired(other.id)
        and not says.isdisjoint(sayings.covered(other))
    ]
    return Sentence.listing("adds nothing beside {}", beside) if fired and beside else "adds nothing"


def outcomes_are_reached(ground: Ground) -> Iterator[Goal]:
    """Every disposition, self-care step, possible cause and finding is reached by some intake."""
    shown = reached(ground.cases), reached(ground.examples)
    for name, bits in reached(ground.everyone).items():
        if name.id != UNDETERMINED and not any(each[name] for each in shown):
            yield Goal(name, "no intake reaches it", (bits,), wanted=True)


def every_intake_has_an_outcome(ground: Ground) -> Iterator[Goal]:
    """Every intake has one outcome, no less urgent than its rules; self-care only where no more is open."""
    world, outcomes, lowest = ground.everyone, ground.everyone.outcomes, ground.rungs[0]
    ends, home = outcomes.disposition, outcomes.disposition[lowest]
    yield Goal(_rung(UNDETERMINED), "is not the outcome where no other is", (~union(ends.values()),))
    for one, other in combinations(ends, 2):
        yield Goal(_rung(one), f"is an outcome beside {other}", (ends[one], ends[other]))
    for rung in ground.rungs[1:]:
        bits = outcomes.fired(("disposition", rung)), ~_at_least(world, rung)
        yield Goal(_rung(rung), "is more urgent than the outcome, and a rule of it fires", bits)
    what = "is given while a reason for more is not ruled out"
    yield Goal(_rung(lowest), what, (home, outcomes.possible(CARE)))
    yield Goal(_rung(lowest), "is given where nothing is known", (home, ~union(world.columns.known)))


def red_flags_call_for_care(ground: Ground) -> Iterator[Goal]:
    """A red flag that is present fires a rule for more than self-care, whatever else is so."""
    world = ground.everyone
    for flag in world.knowledge.red_flags:
        bits = world.having(flag, YES), ~world.outcomes.fired(CARE)
        yield Goal(Name("option", flag), "no rule above self-care fires on it alone", bits)


def red_flags_never_lower(ground: Ground) -> Iterator[Goal]:
    """Turning red flags to present, from absent, not sure or not asked, never lowers the disposition."""
    pairs = ground.turning
    for rung in ground.rungs:
        bits = _at_least(pairs.first, rung), ~_at_least(pairs.second, rung)
        what = "a red flag that turns to present takes an outcome below it"
        yield Goal(_rung(rung), what, bits, pairs=pairs)


def not_sure_of_a_red_flag(ground: Ground) -> Iterator[Goal]:
    """Not sure about red flags gives what the laws of the ladder say, and at most a rung less than their yes.

    That is so for one red flag, and for any number at once, with all other answers unchanged.
    """
    world, laws, pairs = ground.everyone, ground.cases.knowledge.laws, ground.turning
    enough = _at_least(world, laws.not_sure_disposition)
    for flag in world.knowledge.red_flags:
        yield Goal(
            Name("option", flag), "a not sure to it may change nothing", (world.unknown(flag), ~enough)
        )
    first, second = pairs.first, pairs.second
    from_not_sure = [
        first.unknown(flag) | first.having(flag, YES) | ~second.having(flag, YES)
        for flag in world.knowledge.red_flags
    ]
    for below, rung in pairwise(ground.rungs):
        feared = _at_least(second, rung), ~_at_least(first, below)
        what = "is what a yes brings, and a not sure may bring less than the rung below"
        yield Goal(_rung(rung), what, (*feared, *from_not_sure), pairs=pairs)


def answers_by_name_count(ground: Ground) -> Iterator[Goal]:
    """An answer by name counts whatever its gate says: a gate makes absent only what nobody answered.

    Every rule stands as if each gate were open, and what does not apply and has no answer were answered "no".
    """
    world = ground.everyone
    gated = [finding for finding in world.compiled.findings if finding in world.knowledge.gated_items]
    absent = {item: ~(world.applies(item) | world.known(item) | world.unknown(item)) for item in gated}
    for item in gated:
        differs = world.open_finding(item) ^ ~(world.known(item) | absent[item])
        yield Goal(Name("option", item), "stands otherwise than its own answer says", (differs,))

    def ungated(test: Test) -> Standing:
        if test.finding not in absent:
            return world.test(test)
        told = absent[test.finding] if test.accepts_value(NO) else 0
        return world.of_test(test, union(world.accepted(test)) | told, world.open_finding(test.finding))

    for number, rule in enumerate(world.compiled.rules):
        if not rule.tested.isdisjoint(absent):
            differs = world.of_rule(rule, ungated).differs(world.rule(number))
            yield Goal(Name("rule", rule.id), "stands otherwise than if its gates were open", (differs,))


def unknown_is_never_safer(ground: Ground) -> Iterator[Goal]:
    """Where an intake gets self-care, no way of answering what is unknown and applies calls for more."""
    pairs, lowest = ground.learning, ground.rungs[0]
    before, after = (world.outcomes.disposition[lowest] for world in (pairs.first, pairs.second))
    what = "becomes another outcome when more is known"
    yield Goal(_rung(lowest), what, (before, ~after), pairs=pairs)


def range_holds(ground: Ground) -> Iterator[Goal]:
    """The range beside a disposition holds every disposition that the rules could still come to."""
    pairs = ground.learning
    first, second = pairs.first.outcomes, pairs.second.outcomes
    settled = ~union(
        pairs.second.open(rule.id) for rule in ground.everyone.compiled.rules if rule.disposition
    )
    for number, rung in enumerate(ground.rungs):
        above = union(first.lowest[each] for each in ground.rungs[number + 1 :])
        below = union(first.highest[each] for each in ("", *ground.rungs[:number]))
        bits = second.disposition[rung], settled, above | below
        yield Goal(_rung(rung), "lies outside the range that was given before", bits, pairs=pairs)


def no_step_beside_what_forbids_it(ground: Ground) -> Iterator[Goal]:
    """No step is given that a rule holds back, or without the caution of a rule that may hold it back."""
    world, outcomes = ground.everyone, ground.everyone.outcomes
    for step in world.knowledge.steps.values():
        name, given = Name("step", step.id), outcomes.given_step(step.id)
        against = [rule for rule in ground.everyone.compiled.rules if set(step.kinds) & set(rule.withholds)]
        what = "is given while a rule that fires holds it back"
        yield Goal(name, what, (given, world.any_fired(against)))
        bare = union(world.open(rule.id) & ~outcomes.caution(rule.id) for rule in against)
        yield Goal(name, "lacks the caution of a rule that is open and would hold it back", (given, bare))


def _rung(disposition: str) -> Name:
    return Name("disposition", disposition)


def _at_least(world: World, rung: str) -> Bits:
    """Return where the disposition is this one or a more urgent one."""
    rungs = list(world.knowledge.rungs)
    return union(world.outcomes.disposition[name] for name in rungs[rungs.index(rung) :])


LAWS: Sequence[Statement] = (
    rules_add_something,
    outcomes_are_reached,
    every_intake_has_an_outcome,
    red_flags_call_for_care,
    red_flags_never_lower,
    not_sure_of_a_red_flag,
    answers_by_name_count,
    unknown_is_never_safer,
    range_holds,
    no_step_beside_what_forbids_it,
)
"""The laws in the order of the report."""
