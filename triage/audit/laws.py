"""What holds for every possible intake.

A statement is a list of goals: bits of the circuit of every intake, or of pairs of intakes, that nobody may
set, or that somebody must. The solver answers for the very rules and the very fold that run. Whoever adds a
statement writes a function that yields its goals, and names it in `STATEMENTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from triage.audit.coverage import place_of, reached, witnesses_of
from triage.audit.model import Counterexample, Name, Proof, Sentence, Verdict
from triage.audit.progress import Progress
from triage.audit.sayings import Sayings
from triage.audit.table import Table
from triage.inference.assessment import UNDETERMINED
from triage.inference.outcomes import CARE
from triage.inference.standing import Bits, union
from triage.knowledge.model import YES, Rule
from triage.proof.everyone import Everyone, Sequel, learning, turning
from triage.proof.examples import Examples
from triage.proof.solver import Answer
from triage.proof.world import World


@dataclass(frozen=True)
class Goal:
    """Bits that nobody may set together, and what it means if somebody does.

    Where it is `wanted`, somebody must. Goals about pairs are asked of `pairs`, all others of everyone.
    """

    subject: Name
    what: Sentence | str
    bits: tuple[Bits, ...]
    wanted: bool = False
    pairs: Sequel | None = None


@dataclass(frozen=True)
class Statement:
    """Something that is said of every intake, and how it is shown; a law is what the project promises."""

    id: str
    says: str
    method: str
    goals: Callable[[Ground], Iterable[Goal]]
    law: bool = True


@dataclass(frozen=True)
class Ground:
    """What proofs rest on: every possible intake, and cases and examples that show something sooner."""

    cases: Table
    examples: World
    everyone: Everyone

    @property
    def rules(self) -> Iterable[Rule]:
        """Every rule."""
        return self.cases.knowledge.rules.values()

    @property
    def rungs(self) -> list[str]:
        """The ladder, the least urgent disposition first."""
        return list(self.cases.knowledge.rungs)

    @cached_property
    def learning(self) -> Sequel:
        """All pairs where the second intake knows more that applies."""
        return learning(self.everyone)


def prove(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> tuple[Proof, ...]:
    """Prove or refute every statement.

    Args:
        cases: the cases; one that shows something saves a question.
        examples: intakes found before, that serve in the same way.
        everyone: every possible intake.
        progress: told of each proof as it begins.
    """
    ground = Ground(cases, examples.world, everyone)
    return tuple(_proof(ground, each) for each in progress(STATEMENTS, "proving", len(STATEMENTS)))


def _proof(ground: Ground, statement: Statement) -> Proof:
    goals = list(statement.goals(ground))
    against = tuple(entry for goal in goals for entry in _against(ground.everyone, goal))
    verdicts = {Verdict.PROVED, *(entry.verdict for entry in against)}
    verdict = next(each for each in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.PROVED) if each in verdicts)
    shown = (statement.id, statement.says, statement.method)
    return Proof(*shown, verdict, len(goals), statement.law, against)


def _against(everyone: Everyone, goal: Goal) -> Iterator[Counterexample]:
    """Yield what speaks against a goal, or that it is undecided."""
    subject, place = goal.subject, place_of(everyone.knowledge, goal.subject)
    search = (goal.pairs or everyone).find(*goal.bits)
    if search.answer is Answer.UNDECIDED:
        yield Counterexample(subject, goal.what, place, Verdict.UNDECIDED)
    elif (search.answer is Answer.FOUND) != goal.wanted:
        rule = subject.id if subject.kind == "rule" else ""
        name, title = f"{subject}.{place.line}-against", f"{subject}: {goal.what}"
        witnesses = witnesses_of(search, name, title, rule)
        yield Counterexample(subject, goal.what, place, Verdict.REFUTED, witnesses)


def _rules_add_something(ground: Ground) -> Iterator[Goal]:
    sayings = Sayings(ground.cases.knowledge)
    shown = _added(ground.cases, sayings), _added(ground.examples, sayings)
    idle = [rule for rule in ground.rules if not any(adds[rule.id] for adds in shown)]
    adds = _added(ground.everyone, sayings) if idle else {}
    for rule in idle:
        if ground.everyone.find(ground.everyone.fired(rule.id)).answer is Answer.NONE:
            what: Sentence | str = "no intake fires it"
        else:
            what = _shadows(ground, sayings, rule)
        yield Goal(Name("rule", rule.id), what, (adds[rule.id],), wanted=True)


def _added(world: World, sayings: Sayings) -> Mapping[str, Bits]:
    """Return, by rule, where it says something that no other rule says."""
    twice = sayings.said_twice(world)
    return {
        rule.id: union(world.fired(rule.id) & ~twice.get(saying, 0) for saying in sayings.of(rule))
        for rule in world.knowledge.rules.values()
    }


def _shadows(ground: Ground, sayings: Sayings, rule: Rule) -> Sentence | str:
    """Name the rules that fire whenever this one does, and say some of it, as far as the cases show."""
    fired, says = ground.cases.fired(rule.id), set(sayings.of(rule))
    beside = [
        Name("rule", other.id)
        for other in ground.rules
        if other is not rule
        and not fired & ~ground.cases.fired(other.id)
        and not says.isdisjoint(sayings.covered(other))
    ]
    return Sentence.listing("adds nothing beside {}", beside) if fired and beside else "adds nothing"


def _outcomes_are_reached(ground: Ground) -> Iterator[Goal]:
    shown = reached(ground.cases), reached(ground.examples)
    for name, bits in reached(ground.everyone).items():
        if name.id != UNDETERMINED and not any(each[name] for each in shown):
            yield Goal(name, "no intake reaches it", (bits,), wanted=True)


def _every_intake_has_an_outcome(ground: Ground) -> Iterator[Goal]:
    world, lowest = ground.everyone, ground.rungs[0]
    ends = world.outcomes.disposition
    yield Goal(_rung(UNDETERMINED), "is not the outcome where no other is", (~union(ends.values()),))
    for one, other in combinations(ends, 2):
        yield Goal(_rung(one), f"is an outcome beside {other}", (ends[one], ends[other]))
    for number, rung in enumerate(ground.rungs):
        below = union(ends[each] for each in (UNDETERMINED, *ground.rungs[:number]))
        bits = world.outcomes.fired(("disposition", rung)), below
        what = "a rule of it fires, and the outcome is less urgent"
        if rung != lowest:
            yield Goal(_rung(rung), what, bits)
    known = union(world.columns.known)
    for what, bit in (
        ("is given while a reason for more is not ruled out", world.outcomes.possible(CARE)),
        ("is given where nothing is known", ~known),
    ):
        yield Goal(_rung(lowest), what, (ends[lowest], bit))


def _red_flags_call_for_care(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    for flag in world.knowledge.red_flags:
        bits = world.having(flag, YES), ~world.outcomes.fired(CARE)
        yield Goal(Name("option", flag), "no rule above self-care fires on it alone", bits)


def _red_flags_never_lower(ground: Ground) -> Iterator[Goal]:
    pairs = turning(ground.everyone, ground.cases.knowledge.red_flags)
    for rung in ground.rungs:
        bits = _at_least(pairs.first, rung), ~_at_least(pairs.second, rung)
        what = "a red flag that turns to present takes an outcome below it"
        yield Goal(_rung(rung), what, bits, pairs=pairs)


def _not_sure_of_a_red_flag(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    enough = _at_least(world, world.knowledge.laws.not_sure_disposition)
    for flag in world.knowledge.red_flags:
        bits = world.unknown(flag), world.applies(flag), ~enough
        yield Goal(Name("option", flag), "a not sure to it may change nothing", bits)


def _unknown_is_never_safer(ground: Ground) -> Iterator[Goal]:
    pairs, lowest = ground.learning, ground.rungs[0]
    before, after = (world.outcomes.disposition[lowest] for world in (pairs.first, pairs.second))
    what = "becomes another outcome when more is known"
    yield Goal(_rung(lowest), what, (before, ~after), pairs=pairs)


def _range_holds(ground: Ground) -> Iterator[Goal]:
    pairs = ground.learning
    first, second = pairs.first.outcomes, pairs.second.outcomes
    settled = ~union(pairs.second.open(rule.id) for rule in ground.rules if rule.disposition)
    for number, rung in enumerate(ground.rungs):
        above = union(first.lowest[each] for each in ground.rungs[number + 1 :])
        below = union(first.highest[each] for each in ("", *ground.rungs[:number]))
        bits = second.disposition[rung], settled, above | below
        yield Goal(_rung(rung), "lies outside the range that was given before", bits, pairs=pairs)


def _no_step_beside_what_forbids_it(ground: Ground) -> Iterator[Goal]:
    world, outcomes = ground.everyone, ground.everyone.outcomes
    for step in world.knowledge.steps.values():
        against = [rule for rule in ground.rules if set(step.kinds) & set(rule.withholds)]
        bare = union(world.open(rule.id) & ~outcomes.caution(rule.id) for rule in against)
        for what, bit in (
            ("is given while a rule that fires holds it back", world.any_fired(against)),
            ("lacks the caution of a rule that is open and would hold it back", bare),
        ):
            yield Goal(Name("step", step.id), what, (outcomes.given_step(step.id), bit))


def _answered_whole_is_determined(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    ruled_out = ~union(world.possible(rule.id) for rule in ground.rules if rule.disposition)
    answered = (~world.open_finding(finding) for finding in world.compiled.findings)
    what = "everything that applies is answered, and no rule of the ladder fires or is open"
    yield Goal(_rung(UNDETERMINED), what, (ruled_out, *answered))


def _rung(disposition: str) -> Name:
    return Name("disposition", disposition)


def _at_least(world: World, rung: str) -> Bits:
    """Return where the disposition is this one or a more urgent one."""
    rungs = list(world.knowledge.rungs)
    return union(world.outcomes.disposition[name] for name in rungs[rungs.index(rung) :])


STATEMENTS = (
    Statement(
        "rules-add-something",
        "Every rule fires for some intake, and there adds something that no other rule says.",
        "A case where it alone brings its disposition, a cause, a finding, a step, a kind withheld, an "
        "explanation or a sign to watch for; where no case shows it, a question.",
        _rules_add_something,
    ),
    Statement(
        "outcomes-are-reached",
        "Every disposition, self-care step, possible cause and finding is reached by some intake.",
        "A case that reaches it; where there is none, a question.",
        _outcomes_are_reached,
    ),
    Statement(
        "every-intake-has-an-outcome",
        "Every intake has exactly one outcome, as urgent as the most urgent rule that fires; self-care "
        "only where every reason for more is ruled out, and never where nothing is known.",
        "One question a way in which it could fail.",
        _every_intake_has_an_outcome,
    ),
    Statement(
        "red-flags-call-for-care",
        "A red flag that is present fires a rule for more than self-care, whatever else is so.",
        "One question a red flag.",
        _red_flags_call_for_care,
    ),
    Statement(
        "red-flags-never-lower",
        "Turning any red flags to present, from absent, not sure or not asked, never lowers the disposition.",
        "Over all pairs of intakes that differ in red flags alone, one question a rung.",
        _red_flags_never_lower,
    ),
    Statement(
        "not-sure-of-a-red-flag",
        "Not sure about a red flag that applies gives at least what the laws of the ladder say.",
        "One question a red flag, from its answer to the outcome.",
        _not_sure_of_a_red_flag,
    ),
    Statement(
        "unknown-is-never-safer",
        "Where an intake gets self-care, no way of answering what is unknown and applies calls for more.",
        "Over all pairs of intakes where the second knows more, one question.",
        _unknown_is_never_safer,
    ),
    Statement(
        "range-holds",
        "The range beside a disposition holds every disposition that the rules could still come to.",
        "Over all pairs of intakes where the second knows all that applies, one question a disposition.",
        _range_holds,
    ),
    Statement(
        "no-step-beside-what-forbids-it",
        "No step is given while a rule that fires holds back its kind; where such a rule is open, its "
        "caution stands beside the step.",
        "Two questions a step.",
        _no_step_beside_what_forbids_it,
    ),
    Statement(
        "answered-whole-is-determined",
        "An intake with everything answered that applies comes to a disposition of the ladder.",
        "One question over all intakes.",
        _answered_whole_is_determined,
        law=False,
    ),
)
"""Every statement, in the order of the report."""
