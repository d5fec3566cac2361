"""What holds for every possible intake.

A statement is a list of goals: bits of the circuit of every intake, or of pairs of intakes, that nobody may
set, or that somebody must. The solver answers for the very rules and the very fold that run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations

from triage.audit.coverage import outcomes_of, witnesses_of
from triage.audit.model import Counterexample, Name, Proof, Sentence, Verdict
from triage.audit.progress import Progress
from triage.audit.sayings import Sayings, share
from triage.audit.table import Table
from triage.inference.assessment import UNDETERMINED
from triage.inference.domains import conditions_of
from triage.inference.outcomes import CARE
from triage.inference.standing import Bits, intersection, union
from triage.knowledge.conditions import Test, fold, tests_of
from triage.knowledge.model import YES, Rule
from triage.proof.everyone import Claim, Everyone, Sequel, learning, turning
from triage.proof.examples import Examples
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.diagnostic import Location


@dataclass(frozen=True)
class Goal:
    """Bits that nobody may set together, or that somebody must, and what it means if it is otherwise.

    Where nobody sets what somebody must, `showing` finds a witness. Goals about pairs are asked of `pairs`.
    """

    subject: Name
    what: Sentence | str
    place: Location
    bits: tuple[Bits, ...]
    wanted: bool = False
    showing: Bits = 0
    pairs: Sequel | None = None


@dataclass(frozen=True)
class Statement:
    """Something that is said of every intake, and how it is shown; a law is what the project promises."""

    id: str
    says: str
    method: str
    goals: Callable[[Ground], Iterable[Goal | Counterexample]]
    law: bool = True


class Ground:
    """What proofs rest on: every possible intake, and cases and examples that show something sooner."""

    def __init__(self, cases: Table, examples: Examples, everyone: Everyone) -> None:
        self.cases = cases
        self.shown = (cases, examples.world)
        self.everyone = everyone
        self.knowledge = cases.knowledge
        self.rules = tuple(cases.knowledge.rules.values())
        self.rungs = list(cases.knowledge.rungs)
        self.sayings = Sayings(cases.knowledge)

    def line(self, table: str, name: str) -> Location:
        """Where a row of a table stands."""
        return Location(f"{table}.toml", self.knowledge.line_of(table, name))

    def is_shown(self, claim: Claim) -> bool:
        """Whether a case or an example shows something."""
        return any(claim(world) for world in self.shown)

    def at_least(self, world: World, rung: str) -> Bits:
        """Where the disposition is this one or a more urgent one."""
        return union(world.outcomes.disposition[name] for name in self.rungs[self.rungs.index(rung) :])

    @cached_property
    def learning(self) -> Sequel:
        """All pairs where the second intake knows more that applies."""
        return learning(self.everyone)

    @cached_property
    def said_twice(self) -> Mapping[tuple[str, str], Bits]:
        """Where two rules or more say something, among everyone."""
        return self.sayings.said_twice(self.everyone)

    @cached_property
    def read(self) -> Mapping[str, set[str | int]]:
        """From each finding to the values that some condition accepts."""
        read: dict[str, set[str | int]] = {}
        domains = self.cases.compiled.domains
        for condition in conditions_of(self.knowledge):
            for test in tests_of(condition):
                if test.finding in domains:
                    domain = domains[test.finding]
                    accepted = (domain.values[each] for each in domain.accepted(test))
                    read.setdefault(test.finding, set()).update(accepted)
        return read


def prove(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> tuple[Proof, ...]:
    """Prove or refute every statement.

    Args:
        cases: the cases; one that shows something saves a question.
        examples: intakes found before, that serve in the same way.
        everyone: every possible intake.
        progress: told of each proof as it begins.
    """
    ground = Ground(cases, examples, everyone)
    return tuple(_proof(ground, each) for each in progress(STATEMENTS, "proving", len(STATEMENTS)))


def _proof(ground: Ground, statement: Statement) -> Proof:
    goals = 0
    exceptions: list[Counterexample] = []
    for goal in statement.goals(ground):
        goals += isinstance(goal, Goal)
        exceptions += _against(ground, goal) if isinstance(goal, Goal) else [goal]
    verdicts = {entry.verdict for entry in exceptions}
    verdict = Verdict.UNDECIDED if verdicts else Verdict.PROVED
    verdict = Verdict.REFUTED if Verdict.REFUTED in verdicts else verdict
    shown = (statement.id, statement.says, statement.method)
    return Proof(*shown, verdict, goals, statement.law, tuple(exceptions))


def _against(ground: Ground, goal: Goal) -> Iterator[Counterexample]:
    """Yield what speaks against a goal, or that it is undecided."""
    search = (goal.pairs or ground.everyone).find(*goal.bits)
    if search.answer is Answer.UNDECIDED:
        yield Counterexample(goal.subject, goal.what, goal.place, Verdict.UNDECIDED)
    elif (search.answer is Answer.FOUND) != goal.wanted:
        if goal.wanted and goal.showing:
            search = ground.everyone.find(goal.showing)
        about = goal.subject.id if goal.subject.kind == "rule" else ""
        name = f"{goal.subject.id}.{goal.place.line}-against"
        witnesses = witnesses_of(search, name, f"{goal.subject.id}: {goal.what}", about)
        yield Counterexample(goal.subject, goal.what, goal.place, Verdict.REFUTED, witnesses)


def _rules_can_fire(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    for rule in ground.rules:
        if not ground.is_shown(partial(World.fired, rule=rule.id)):
            what = "its conditions contradict each other"
            if world.find(_as_if_concluded(world, rule)).answer is Answer.FOUND:
                what = "no rule can conclude what it rests on beside its other conditions"
            place = Location(rule.file, next(tests_of(rule.when)).line or 1)
            yield Goal(_rule(rule), what, place, (world.fired(rule.id),), wanted=True)


def _as_if_concluded(world: World, rule: Rule) -> Bits:
    """Where a rule would fire if all that it takes from other rules were concluded."""

    def look(test: Test) -> Bits:
        return world.full if test.finding in world.knowledge.findings else world.test(test).true

    return fold(rule.when, look, intersection, union)


def _rules_add_something(ground: Ground) -> Iterator[Goal]:
    shown = [(world, ground.sayings.said_twice(world)) for world in ground.shown]
    for rule in ground.rules:
        says = ground.sayings.of(rule)
        if not any(world.fired(rule.id) & ~twice.get(said, 0) for world, twice in shown for said in says):
            fired = ground.everyone.fired(rule.id)
            adds = union(fired & ~ground.said_twice.get(said, 0) for said in says)
            place = Location(rule.file, 1)
            yield Goal(_rule(rule), _shadows(ground, rule), place, (adds,), wanted=True, showing=fired)


def _shadows(ground: Ground, rule: Rule) -> Sentence | str:
    """Name the rules that fire whenever this one does, and say some of it, as far as the cases show."""
    fired, says = ground.cases.fired(rule.id), set(ground.sayings.of(rule))
    with_it = [
        _rule(other)
        for other in ground.rules
        if fired
        and other.id != rule.id
        and not fired & ~ground.cases.fired(other.id)
        and not says.isdisjoint(ground.sayings.covered(other))
    ]
    if with_it:
        verb = "says" if len(with_it) == 1 else "say"
        return Sentence.listing(f"adds nothing: {{}} {verb} it already", with_it)
    return "adds nothing: other rules say it already" if says else "adds nothing: it says nothing"


def _rules_differ(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    alike: dict[tuple[Bits, ...], list[Rule]] = {}
    for rule in ground.rules:
        alike.setdefault(tuple(world.fired(rule.id) for world in ground.shown), []).append(rule)
    for shown, rules in alike.items():
        firing = rules
        if not any(shown):  # those that nobody fires are told of as such
            firing = [rule for rule in rules if world.find(world.fired(rule.id)).answer is Answer.FOUND]
        for one, other in combinations(firing, 2):
            if share(one, other):
                bits = world.fired(one.id) ^ world.fired(other.id)
                what = Sentence("fires exactly when {} does", (_rule(one),))
                place, fired = Location(other.file, 1), world.fired(other.id)
                yield Goal(_rule(other), what, place, (bits,), wanted=True, showing=fired)


def _questions_are_read(ground: Ground) -> Iterator[Counterexample]:
    for question in ground.knowledge.questions.values():
        words = any(option.rewords for option in question.options)
        if not words and ground.read.keys().isdisjoint(question.findings):
            what = "no rule and no other question rests on its answer"
            place = ground.line("questionnaire", question.id)
            yield Counterexample(Name("question", question.id), what, place, Verdict.REFUTED)


def _options_are_read(ground: Ground) -> Iterator[Counterexample]:
    for question in ground.knowledge.questions.values():
        if ground.read.keys().isdisjoint(question.findings):
            continue  # the whole question is reported
        for option in question.options:
            name = f"{question.id}.{option.id}"
            finding, value = (name, YES) if question.kind == "checklist" else (question.id, option.id)
            if value not in ground.read.get(finding, ()):
                what = "no condition asks for it; it only rules others out"
                place = ground.line("questionnaire", name)
                yield Counterexample(Name("option", name), what, place, Verdict.REFUTED)


def _outcomes_are_reached(ground: Ground) -> Iterator[Goal]:
    for name, place, claim in outcomes_of(ground.knowledge):
        if name != _rung(UNDETERMINED) and not ground.is_shown(claim):
            yield Goal(name, "no intake reaches it", place, (claim(ground.everyone),), wanted=True)


def _every_intake_has_an_outcome(ground: Ground) -> Iterator[Goal]:
    world, outcomes, lowest = ground.everyone, ground.everyone.outcomes, ground.rungs[0]
    ends, home = list(outcomes.disposition.values()), outcomes.disposition[lowest]
    several = union(one & other for one, other in combinations(ends, 2))
    empty = ~union((*world.columns.known, *world.columns.unknown))
    unsure = intersection(world.columns.unknown) if world.columns.unknown else world.full
    faults: list[tuple[str, str, Bits]] = [
        ("some intake has no outcome, or more than one{}", "", ~union(ends) | several),
        ("{} is given while a reason for more is not ruled out", lowest, home & outcomes.possible(CARE)),
        ("the empty intake gets {}", lowest, empty & home),
        ("being not sure of everything gets {}", lowest, unsure & home),
    ]
    for number, name in enumerate(ground.rungs[1:], start=1):
        below = union(outcomes.disposition[each] for each in (UNDETERMINED, *ground.rungs[:number]))
        fired = outcomes.fired(("disposition", name))
        faults.append(("a rule of {} fires, and the outcome is less urgent", name, fired & below))
    for template, rung, bit in faults:
        names = (_rung(rung),) if rung else ()
        what = Sentence(template, names) if names else template.format("")
        yield Goal(Name("table", "ladder"), what, Location("ladder.toml", 1), (bit,))


def _red_flags_call_for_care(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    for flag in ground.knowledge.red_flags:
        bits = world.having(flag, YES), ~world.outcomes.fired(CARE)
        what = "no rule above self-care fires on it alone"
        yield Goal(Name("option", flag), what, ground.line("questionnaire", flag), bits)


def _red_flags_never_lower(ground: Ground) -> Iterator[Goal]:
    pairs = turning(ground.everyone, ground.knowledge.red_flags)
    for rung in ground.rungs:
        bits = ground.at_least(pairs.first, rung), ~ground.at_least(pairs.second, rung)
        what = "a red flag that turns to present takes an outcome below it"
        yield Goal(_rung(rung), what, ground.line("ladder", rung), bits, pairs=pairs)


def _not_sure_of_a_red_flag(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    enough = ground.at_least(world, ground.knowledge.laws.not_sure_disposition)
    for flag in ground.knowledge.red_flags:
        bits = world.unknown(flag), world.applies(flag), ~enough
        what = "a not sure to it may change nothing"
        yield Goal(Name("option", flag), what, ground.line("questionnaire", flag), bits)


def _unknown_is_never_safer(ground: Ground) -> Iterator[Goal]:
    pairs, lowest = ground.learning, ground.rungs[0]
    before, after = (world.outcomes.disposition[lowest] for world in (pairs.first, pairs.second))
    what = "becomes another outcome when more is known"
    yield Goal(_rung(lowest), what, ground.line("ladder", lowest), (before, ~after), pairs=pairs)


def _range_holds(ground: Ground) -> Iterator[Goal]:
    pairs = ground.learning
    first, second = pairs.first.outcomes, pairs.second.outcomes
    settled = ~union(pairs.second.open(rule.id) for rule in ground.rules if rule.disposition)
    for number, rung in enumerate(ground.rungs):
        above = union(first.lowest[each] for each in ground.rungs[number + 1 :])
        below = union(first.highest[each] for each in ground.rungs[:number]) | first.highest[""]
        what = "lies outside the range that was given before"
        bits = second.disposition[rung], settled, above | below
        yield Goal(_rung(rung), what, ground.line("ladder", rung), bits, pairs=pairs)


def _no_step_beside_what_forbids_it(ground: Ground) -> Iterator[Goal]:
    world, outcomes = ground.everyone, ground.everyone.outcomes
    for step in ground.knowledge.steps.values():
        kinds, given = set(step.kinds), outcomes.given_step(step.id)
        against = [rule for rule in ground.rules if kinds & set(rule.withholds)]
        bare = union(world.open(rule.id) & ~outcomes.caution(rule.id) for rule in against)
        for what, bit in (
            ("is given while a rule that fires holds it back", world.any_fired(against)),
            ("lacks the caution of a rule that is open and would hold it back", bare),
        ):
            yield Goal(Name("step", step.id), what, ground.line("steps", step.id), (given, bit))


def _answered_whole_is_determined(ground: Ground) -> Iterator[Goal]:
    world = ground.everyone
    ruled_out = ~union(world.possible(rule.id) for rule in ground.rules if rule.disposition)
    answered = (~world.open_finding(finding) for finding in world.compiled.findings)
    what = "everything that applies is answered, and no rule of the ladder fires or is open"
    yield Goal(_rung(UNDETERMINED), what, Location("ladder.toml", 1), (ruled_out, *answered))


def _rule(rule: Rule) -> Name:
    return Name("rule", rule.id)


def _rung(disposition: str) -> Name:
    return Name("disposition", disposition)


STATEMENTS = (
    Statement(
        "rules-can-fire",
        "Every rule fires for some intake: none contradicts itself, none is out of reach.",
        "A case or an example where it fires; where there is none, a question.",
        _rules_can_fire,
    ),
    Statement(
        "rules-add-something",
        "Every rule adds something to some assessment: none is shadowed by others.",
        "A case where it alone brings its disposition, a cause, a finding, a step, a kind withheld, an "
        "explanation or a sign to watch for; where no case shows it, a question.",
        _rules_add_something,
    ),
    Statement(
        "rules-differ",
        "No two rules fire for exactly the same intakes and say the same thing.",
        "Pairs of which a case fires only one differ; for every other pair that shares a disposition, "
        "cause, finding, step, kind withheld, explanation or sign, a question for an intake that does.",
        _rules_differ,
    ),
    Statement(
        "questions-are-read",
        "Every question is read by a rule, decides whether another is asked, or how texts are worded.",
        "Every condition looked through.",
        _questions_are_read,
        law=False,
    ),
    Statement(
        "options-are-read",
        "Every answer option is asked for by some condition.",
        "Every condition looked through.",
        _options_are_read,
        law=False,
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
        "only where every reason for more is ruled out; the empty intake never gets self-care.",
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
