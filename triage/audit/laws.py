"""What holds for every possible intake.

Each statement is a set of goals: bits of the circuit of every intake, or of pairs of intakes, that nobody may
set. The solver answers for the very rules and the very fold that run. Where a statement says that
something is reached, the goals are looked for instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from triage.audit.coverage import witnesses_of
from triage.audit.model import Counterexample, Proof, Verdict, Witness
from triage.audit.progress import Progress
from triage.audit.sayings import Saying, Sayings, share
from triage.audit.table import Table
from triage.inference.assessment import UNDETERMINED
from triage.inference.domains import conditions_of
from triage.inference.outcomes import CARE
from triage.inference.standing import Bits, union
from triage.knowledge.conditions import Test, fold, tests_of
from triage.knowledge.model import YES, KnowledgeBase, Rule
from triage.proof.everyone import Everyone, Search, Sequel, learning, turning
from triage.proof.examples import Examples
from triage.proof.solver import Answer
from triage.proof.world import World
from triage.source.diagnostic import Location


def prove(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> tuple[Proof, ...]:
    """Prove or refute every statement.

    Args:
        cases: the cases; one that shows something saves a question.
        examples: intakes found before, that serve in the same way.
        everyone: every possible intake.
        progress: told of each proof as it begins.
    """
    prover = _Prover(cases, examples, everyone)
    return tuple(proof() for proof in progress(prover.statements, "proving", len(prover.statements)))


@dataclass
class _Record:
    """One statement as its goals are decided."""

    name: str
    statement: str
    method: str
    law: bool = True
    goals: int = 0
    exceptions: list[Counterexample] = field(default_factory=list)

    def refute(self, subject: str, what: str, place: Location, witnesses: Iterable[Witness] = ()) -> None:
        self.exceptions.append(Counterexample(subject, what, place, Verdict.REFUTED, tuple(witnesses)))

    def forbid(self, search: Search, subject: str, what: str, place: Location, witness: Witness) -> None:
        """File what was found against the statement, or that the question is undecided."""
        self.goals += 1
        if search.answer is Answer.FOUND:
            witnesses = witnesses_of(search, witness.name, witness.title, witness.rule)
            self.refute(subject, what, place, witnesses)
        elif search.answer is Answer.UNDECIDED:
            self.doubt(subject, f"not known whether {what}", place)

    def doubt(self, subject: str, what: str, place: Location) -> None:
        self.exceptions.append(Counterexample(subject, what, place, Verdict.UNDECIDED))

    def proof(self) -> Proof:
        verdicts = {entry.verdict for entry in self.exceptions}
        verdict = Verdict.UNDECIDED if verdicts else Verdict.PROVED
        if Verdict.REFUTED in verdicts:
            verdict = Verdict.REFUTED
        return Proof(
            self.name, self.statement, self.method, verdict, self.goals, self.law, tuple(self.exceptions)
        )


class _Prover:
    def __init__(self, cases: Table, examples: Examples, everyone: Everyone) -> None:
        self._cases = cases
        self._shown = (cases, examples.world)
        self._everyone = everyone
        self._knowledge: KnowledgeBase = cases.knowledge
        self._sayings = Sayings(cases.knowledge)
        self._rungs = list(cases.knowledge.rungs)
        self.statements: list[Callable[[], Proof]] = [
            self.rules_can_fire,
            self.rules_add_something,
            self.rules_differ,
            self.questions_are_read,
            self.options_are_read,
            self.outcomes_are_reached,
            self.every_intake_has_an_outcome,
            self.red_flags_call_for_care,
            self.red_flags_never_lower,
            self.not_sure_of_a_red_flag,
            self.unknown_is_never_safer,
            self.range_holds,
            self.no_step_beside_what_forbids_it,
            self.answered_whole_is_determined,
        ]

    def _line(self, table: str, name: str) -> Location:
        return Location(f"{table}.toml", self._knowledge.line_of(table, name))

    def _is_shown(self, claim: Callable[[World], Bits]) -> bool:
        """Whether a case or an example shows something."""
        return any(claim(world) for world in self._shown)

    def rules_can_fire(self) -> Proof:
        record = _Record(
            "rules-can-fire",
            "Every rule fires for some intake: none contradicts itself, none is out of reach.",
            "A case or an example where it fires; where there is none, a question.",
        )
        everyone = self._everyone
        for rule in self._knowledge.rules.values():
            if self._is_shown(lambda world, name=rule.id: world.fired(name)):
                continue
            record.goals += 1
            answer = everyone.find(everyone.fired(rule.id)).answer
            place = Location(rule.file, next(tests_of(rule.when)).line or 1)
            if answer is Answer.UNDECIDED:
                record.doubt(rule.id, "not known whether it can fire", place)
            elif answer is Answer.NONE:
                alone = everyone.find(_as_if_concluded(everyone, rule))
                words = "its conditions contradict each other"
                if alone.answer is Answer.FOUND:
                    words = "no rule can conclude what it rests on beside its other conditions"
                record.refute(rule.id, words, place)
        return record.proof()

    def rules_add_something(self) -> Proof:
        record = _Record(
            "rules-add-something",
            "Every rule adds something to some assessment: none is shadowed by others.",
            "A case where it alone brings its disposition, a cause, a finding, a step, a kind withheld, an "
            "explanation or a sign to watch for; where no case shows it, a question.",
        )
        sayings = self._sayings
        shown = [(world, sayings.said_twice(world)) for world in self._shown]
        everyone: Mapping[Saying, Bits] | None = None
        for rule in self._knowledge.rules.values():
            says = sayings.of(rule)
            if any(world.fired(rule.id) & ~twice.get(said, 0) for world, twice in shown for said in says):
                continue
            everyone = everyone or sayings.said_twice(self._everyone)
            fired = self._everyone.fired(rule.id)
            answers = set()
            for said in says:
                record.goals += 1
                answers.add(self._everyone.find(fired, ~everyone.get(said, 0)).answer)
                if Answer.FOUND in answers:
                    break
            if Answer.UNDECIDED in answers and Answer.FOUND not in answers:
                record.doubt(rule.id, "not known whether it ever adds anything", Location(rule.file, 1))
            elif Answer.FOUND not in answers:
                witnesses = self._firing(rule, "shadowed", "adds nothing")
                record.refute(
                    rule.id, f"adds nothing: {self._shadows(rule)}", Location(rule.file, 1), witnesses
                )
        return record.proof()

    def _shadows(self, rule: Rule) -> str:
        """The rules that fire whenever this one does, and say some of it, as far as the cases show."""
        fired, says = self._cases.fired(rule.id), set(self._sayings.of(rule))
        if not fired:
            return "other rules say it already" if says else "it says nothing"
        with_it = [
            other.id
            for other in self._knowledge.rules.values()
            if other.id != rule.id
            and not fired & ~self._cases.fired(other.id)
            and not says.isdisjoint(self._sayings.covered(other))
        ]
        return f"{', '.join(with_it[:4])} say it already" if with_it else "other rules say it already"

    def _firing(self, rule: Rule, name: str, words: str) -> tuple[Witness, ...]:
        """An intake where a rule fires; none where none was found."""
        search = self._everyone.find(self._everyone.fired(rule.id))
        if search.answer is not Answer.FOUND:
            return ()
        return witnesses_of(search, f"{rule.id}.{name}", f"{rule.title}: {words}", rule.id)

    def rules_differ(self) -> Proof:
        record = _Record(
            "rules-differ",
            "No two rules fire for exactly the same intakes and say the same thing.",
            "Pairs of which a case fires only one differ; for every other pair that shares a disposition, "
            "cause, finding, step, kind withheld, explanation or sign, a question for an intake that does.",
        )
        alike: dict[tuple[Bits, ...], list[Rule]] = {}
        for rule in self._knowledge.rules.values():
            alike.setdefault(tuple(world.fired(rule.id) for world in self._shown), []).append(rule)
        for group in alike.values():
            for one, other in combinations(group, 2):
                if share(one, other):
                    self._compare(record, one, other)
        return record.proof()

    def _compare(self, record: _Record, one: Rule, other: Rule) -> None:
        record.goals += 1
        differ = self._everyone.fired(one.id) ^ self._everyone.fired(other.id)
        answer = self._everyone.find(differ).answer
        if answer is Answer.NONE:
            what = f"fires exactly when {one.id} does"
            witnesses = self._firing(other, "doubled", what)
            if witnesses:  # rules that never fire are reported as such
                record.refute(other.id, what, Location(other.file, 1), witnesses)
        elif answer is Answer.UNDECIDED:
            record.doubt(other.id, f"not known whether it differs from {one.id}", Location(other.file, 1))

    def questions_are_read(self) -> Proof:
        record = _Record(
            "questions-are-read",
            "Every question is read by a rule, decides whether another is asked, or how texts are worded.",
            "Every condition looked through.",
            law=False,
        )
        for question in self._knowledge.questions.values():
            words = any(option.rewords for option in question.options)
            if not words and self._read.keys().isdisjoint(question.findings):
                place = self._line("questionnaire", question.id)
                record.refute(question.id, "no rule and no other question rests on its answer", place)
        return record.proof()

    def options_are_read(self) -> Proof:
        record = _Record(
            "options-are-read",
            "Every answer option is asked for by some condition.",
            "Every condition looked through.",
            law=False,
        )
        for question in self._knowledge.questions.values():
            if self._read.keys().isdisjoint(question.findings):
                continue  # the whole question is reported
            for option in question.options:
                name = f"{question.id}.{option.id}"
                finding, value = (name, YES) if question.kind == "checklist" else (question.id, option.id)
                if value not in self._read.get(finding, ()):
                    what = "no condition asks for it; it only rules others out"
                    record.refute(name, what, self._line("questionnaire", name))
        return record.proof()

    @cached_property
    def _read(self) -> Mapping[str, set[str | int]]:
        """From each finding to the values that some condition accepts."""
        read: dict[str, set[str | int]] = {}
        domains = self._cases.compiled.domains
        for condition in conditions_of(self._knowledge):
            for test in tests_of(condition):
                if test.finding in domains:
                    domain = domains[test.finding]
                    accepted = (domain.values[each] for each in domain.accepted(test))
                    read.setdefault(test.finding, set()).update(accepted)
        return read

    def outcomes_are_reached(self) -> Proof:
        record = _Record(
            "outcomes-are-reached",
            "Every disposition, self-care step, possible cause and finding is reached by some intake.",
            "A case that reaches it; where there is none, a question.",
        )
        for table, name, claim in self._reached():
            if self._is_shown(claim):
                continue
            record.goals += 1
            answer = self._everyone.find(claim(self._everyone)).answer
            if answer is Answer.NONE:
                record.refute(name, "no intake reaches it", self._line(table, name))
            elif answer is Answer.UNDECIDED:
                record.doubt(name, "not known whether an intake reaches it", self._line(table, name))
        return record.proof()

    def _reached(self) -> Iterator[tuple[str, str, Callable[[World], Bits]]]:
        for name in self._rungs:
            yield "ladder", name, lambda world, name=name: world.outcomes.disposition[name]
        for name in self._knowledge.steps:
            yield "steps", name, lambda world, name=name: world.outcomes.given_step(name)
        for name in self._knowledge.causes:
            yield "causes", name, lambda world, name=name: world.outcomes.fired(("cause", name))
        for name, rules in self._knowledge.concluders.items():
            yield "findings", name, lambda world, rules=rules: world.any_fired(rules)

    def every_intake_has_an_outcome(self) -> Proof:
        record = _Record(
            "every-intake-has-an-outcome",
            "Every intake has exactly one outcome, as urgent as the most urgent rule that fires; self-care "
            "only where every reason for more is ruled out; the empty intake never gets self-care.",
            "One question a way in which it could fail.",
        )
        world, outcomes = self._everyone, self._everyone.outcomes
        ends, lowest = list(outcomes.disposition.values()), self._rungs[0]
        more = union(one & other for one, other in combinations(ends, 2))
        faults: list[tuple[str, Bits]] = [
            ("some intake has no outcome, or more than one", ~union(ends) | more),
            (
                f"{lowest} is given while a reason for more is not ruled out",
                outcomes.disposition[lowest] & outcomes.possible(CARE),
            ),
        ]
        for number, name in enumerate(self._rungs[1:], start=1):
            below = union(outcomes.disposition[each] for each in (UNDETERMINED, *self._rungs[:number]))
            fired = outcomes.fired(("disposition", name))
            faults.append((f"a rule of {name} fires, and the outcome is less urgent", fired & below))
        empty = ~union((*world.columns.known, *world.columns.unknown))
        faults.append((f"the empty intake gets {lowest}", empty & outcomes.disposition[lowest]))
        unsure = ~union(~column for column in world.columns.unknown)
        what = f"being not sure of everything gets {lowest}"
        faults.append((what, unsure & outcomes.disposition[lowest]))
        for what, bit in faults:
            witness = Witness("ladder.outcome", what, {})
            record.forbid(world.find(bit), "ladder", what, Location("ladder.toml", 1), witness)
        return record.proof()

    def _at_least(self, world: World, rung: str) -> Bits:
        at = self._rungs.index(rung)
        return union(world.outcomes.disposition[name] for name in self._rungs[at:])

    def red_flags_call_for_care(self) -> Proof:
        record = _Record(
            "red-flags-call-for-care",
            "A red flag that is present fires a rule for more than self-care, whatever else is so.",
            "One question a red flag.",
        )
        everyone = self._everyone
        cares = everyone.outcomes.fired(CARE)
        for flag in self._knowledge.red_flags:
            what = "no rule above self-care fires on it alone"
            witness = Witness(f"{flag}.no-care", f"{flag} calls for nothing", {})
            search = everyone.find(everyone.having(flag, YES), ~cares)
            record.forbid(search, flag, what, self._line("questionnaire", flag), witness)
        return record.proof()

    def not_sure_of_a_red_flag(self) -> Proof:
        record = _Record(
            "not-sure-of-a-red-flag",
            "Not sure about a red flag that applies gives at least what the laws of the ladder say.",
            "One question a red flag, from its answer to the outcome.",
        )
        everyone = self._everyone
        enough = self._at_least(everyone, self._knowledge.laws.not_sure_disposition)
        for flag in self._knowledge.red_flags:
            what = "a not sure to it may change nothing"
            witness = Witness(f"{flag}.not-sure", f"Not sure about {flag}", {})
            search = everyone.find(everyone.unknown(flag), everyone.applies(flag), ~enough)
            record.forbid(search, flag, what, self._line("questionnaire", flag), witness)
        return record.proof()

    def red_flags_never_lower(self) -> Proof:
        record = _Record(
            "red-flags-never-lower",
            "Turning any red flags to present, from absent, not sure or not asked, never lowers the "
            "disposition.",
            "Over all pairs of intakes that differ in red flags alone, one question a rung.",
        )
        sequel = turning(self._everyone, self._knowledge.red_flags)
        for rung in self._rungs:
            what = f"a red flag that turns to present takes an outcome below {rung}"
            before, after = (self._at_least(world, rung) for world in (sequel.first, sequel.second))
            search = sequel.find(before, ~after)
            witness = Witness(f"ladder.red-flag-lowers-{rung}", what, {})
            record.forbid(search, rung, what, self._line("ladder", rung), witness)
        return record.proof()

    @cached_property
    def _learning(self) -> Sequel:
        return learning(self._everyone)

    def unknown_is_never_safer(self) -> Proof:
        lowest = self._rungs[0]
        record = _Record(
            "unknown-is-never-safer",
            "Where an intake gets self-care, no way of answering what is unknown and applies calls for more.",
            "Over all pairs of intakes where the second knows more, one question.",
        )
        sequel = self._learning
        before, after = (world.outcomes.disposition[lowest] for world in (sequel.first, sequel.second))
        what = f"{lowest} becomes another outcome when more is known"
        witness = Witness("ladder.unknown-safer", what, {})
        record.forbid(sequel.find(before, ~after), lowest, what, self._line("ladder", lowest), witness)
        return record.proof()

    def range_holds(self) -> Proof:
        record = _Record(
            "range-holds",
            "The range beside a disposition holds every disposition that the rules could still come to.",
            "Over all pairs of intakes where the second knows all that applies, one question a disposition.",
        )
        sequel = self._learning
        first, second = sequel.first.outcomes, sequel.second.outcomes
        settled = union(self._open_rules(sequel.second))
        for number, name in enumerate(self._rungs):
            above = union(first.lowest[each] for each in self._rungs[number + 1 :])
            below = union(first.highest[each] for each in self._rungs[:number]) | first.highest[""]
            what = f"{name} lies outside the range that was given before"
            search = sequel.find(second.disposition[name], ~settled, above | below)
            witness = Witness(f"ladder.range-{name}", what, {})
            record.forbid(search, name, what, self._line("ladder", name), witness)
        return record.proof()

    def _open_rules(self, world: World) -> Iterator[Bits]:
        rules = (rule for rule in self._knowledge.rules.values() if rule.disposition)
        return (world.open(rule.id) for rule in rules)

    def no_step_beside_what_forbids_it(self) -> Proof:
        record = _Record(
            "no-step-beside-what-forbids-it",
            "No step is given while a rule that fires holds back its kind; where such a rule is open, its "
            "caution stands beside the step.",
            "Two questions a step.",
        )
        world, outcomes = self._everyone, self._everyone.outcomes
        for step in self._knowledge.steps.values():
            place, kinds = self._line("steps", step.id), set(step.kinds)
            against = [rule for rule in self._knowledge.rules.values() if kinds & set(rule.withholds)]
            given = outcomes.given_step(step.id)
            what = "is given while a rule that fires holds it back"
            witness = Witness(f"{step.id}.held-back", f"{step.name}: {what}", {})
            record.forbid(world.find(given, world.any_fired(against)), step.id, what, place, witness)
            what = "lacks the caution of a rule that is open and would hold it back"
            bare = union(world.open(rule.id) & ~outcomes.caution(rule.id) for rule in against)
            witness = Witness(f"{step.id}.no-caution", f"{step.name}: {what}", {})
            record.forbid(world.find(given, bare), step.id, what, place, witness)
        return record.proof()

    def answered_whole_is_determined(self) -> Proof:
        record = _Record(
            "answered-whole-is-determined",
            "An intake with everything answered that applies comes to a disposition of the ladder.",
            "One question over all intakes.",
            law=False,
        )
        world = self._everyone
        ruled_out = ~union(
            world.possible(rule.id) for rule in self._knowledge.rules.values() if rule.disposition
        )
        answered = [~world.open_finding(finding) for finding in world.compiled.findings]
        what = "everything that applies is answered, and no rule of the ladder fires or is open"
        title = "Everything answered, and no rule of the ladder fires"
        witness = Witness("answered-whole.undetermined", title, {})
        search = world.find(ruled_out, *answered)
        record.forbid(search, "undetermined", what, Location("ladder.toml", 1), witness)
        return record.proof()


def _as_if_concluded(world: World, rule: Rule) -> Bits:
    """Where a rule would fire if all that it takes from other rules were concluded."""

    def look(test: Test) -> Bits:
        return world.full if test.finding in world.knowledge.findings else world.test(test).true

    def every(parts: Iterable[Bits]) -> Bits:
        return ~union(~part for part in parts)

    return fold(rule.when, look, every, union)
