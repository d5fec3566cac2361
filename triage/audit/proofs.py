"""What holds for every possible intake.

Each statement is broken into goals that a search over the finite domains decides (`triage.audit.splitting`);
what joins the goals is said in the proof's method. The fold from rules to an outcome is taken apart in
`triage.audit.folding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import TypeAlias

from triage.audit.folding import Folding
from triage.audit.model import Counterexample, Place, Proof, Verdict, Witness
from triage.audit.progress import Progress
from triage.audit.reach import Reach
from triage.audit.spaces import Space, learning_more, single, turning
from triage.audit.splitting import Answer, Assignment, Formula, every, some
from triage.audit.table import Table
from triage.inference.assessment import UNDETERMINED
from triage.inference.standing import union
from triage.inference.domains import conditions_of
from triage.inference.outcomes import outcomes
from triage.inference.truth import Missing, Value
from triage.knowledge.conditions import All, Condition, Test, findings_of, tests_of
from triage.knowledge.model import YES, Rule

_Statement: TypeAlias = Callable[[], Proof]
_SAID = ("causes", "findings", "steps", "withholds", "explains", "watch_for")


def prove(table: Table, budget: int, progress: Progress) -> tuple[Proof, ...]:
    """Prove or refute every statement.

    Args:
        table: the cases in columns; a case that shows something saves a search.
        budget: the most nodes of each search.
        progress: told of each proof as it begins.
    """
    prover = _Prover(table, budget)
    statements = prover.statements()
    return tuple(proof() for proof in progress(statements, "proving", len(statements)))


class _Record:
    """The goals of one proof as they are decided."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self.goals = 0
        self.nodes = 0
        self.against: list[Counterexample] = []

    def search(self, space: Space, goal: Formula) -> tuple[Answer, Assignment]:
        found = space.search(goal, self._budget)
        self.goals += 1
        self.nodes += found.nodes
        return found.answer, found.assignment

    def refute(self, subject: str, what: str, place: Place, witnesses: Iterable[Witness] = ()) -> None:
        self.against.append(Counterexample(subject, what, place, Verdict.REFUTED, tuple(witnesses)))

    def undecided(self, subject: str, what: str, place: Place) -> None:
        self.against.append(Counterexample(subject, what, place, Verdict.UNDECIDED))

    def proof(self, name: str, statement: str, method: str, *, law: bool) -> Proof:
        verdicts = {entry.verdict for entry in self.against}
        verdict = Verdict.PROVED
        if verdicts:
            verdict = Verdict.REFUTED if Verdict.REFUTED in verdicts else Verdict.UNDECIDED
        return Proof(name, statement, method, verdict, self.goals, self.nodes, law, tuple(self.against))


class _Prover:
    def __init__(self, table: Table, budget: int) -> None:
        self._table = table
        self._knowledge = table.knowledge
        self._rungs = table.knowledge.rungs
        self._budget = budget
        self._space = single(table.compiled)
        self._reach = Reach(self._space, table.knowledge)
        self._folding = Folding(table.knowledge)

    def statements(self) -> list[_Statement]:
        return [
            self.rules_can_fire,
            self.rules_add_something,
            self.rules_differ,
            self.questions_are_read,
            self.options_are_read,
            self.outcomes_are_reached,
            self.every_intake_has_an_outcome,
            self.red_flags_call_for_care,
            self.red_flags_never_lower,
            self.not_sure_of_a_red_flag_is_for_the_doctor,
            self.unknown_is_never_safer,
            self.range_holds,
            self.no_step_beside_what_forbids_it,
            self.answered_whole_is_determined,
        ]

    def rules_can_fire(self) -> Proof:
        record = _Record(self._budget)
        for rule in self._knowledge.rules.values():
            answer, _ = record.search(self._space, self._space.fired(rule.id))
            where = Place(rule.file, next(tests_of(rule.when)).line or 1)
            if answer is Answer.UNDECIDED:
                record.undecided(rule.id, "not known whether it can fire", where)
            elif answer is Answer.NONE:
                alone, _ = record.search(self._space, _taking_conclusions_as_made(self._space, rule.when))
                words = "its conditions contradict each other"
                if alone is Answer.FOUND:
                    words = "no rule can conclude what it rests on beside its other conditions"
                record.refute(rule.id, words, where)
        return record.proof(
            "rules-can-fire",
            "Every rule fires for some intake: none contradicts itself, none is out of reach.",
            "One search a rule, through the chain of conclusions.",
            law=True,
        )

    def rules_add_something(self) -> Proof:
        record = _Record(self._budget)
        for rule in self._knowledge.rules.values():
            if self._adds_on_a_case(rule):
                continue
            answers = set()
            for goal in self._additions(rule):
                answer, _ = record.search(self._space, goal)
                answers.add(answer)
                if answer is Answer.FOUND:
                    break
            if Answer.FOUND in answers:
                continue
            where = Place(rule.file, 1)
            if Answer.UNDECIDED in answers:
                record.undecided(rule.id, "not known whether it ever adds anything", where)
            else:
                witnesses = self._firing(rule, "shadowed", "adds nothing")
                record.refute(rule.id, f"adds nothing: {self._shadows(rule)}", where, witnesses)
        return record.proof(
            "rules-add-something",
            "Every rule adds something to some assessment: none is shadowed by others.",
            "A case where it alone brings its disposition, a cause, a finding, a step, a kind withheld, an "
            "explanation or a sign to watch for; where no case shows it, a search for one.",
            law=True,
        )

    def _adds_on_a_case(self, rule: Rule) -> bool:
        others = [other for other in self._knowledge.rules.values() if other.id != rule.id]
        return any(
            self._table.fired(rule.id)
            & ~union(self._table.fired(other.id) for other in others if says(other))
            for says in _says(rule, self._rank)
        )

    def _additions(self, rule: Rule) -> Iterator[Formula]:
        others = [other for other in self._knowledge.rules.values() if other.id != rule.id]
        for says in _says(rule, self._rank):
            silent = [self._reach.silent(other) for other in others if says(other)]
            yield every([self._reach.fired(rule), *silent])

    def _rank(self, rule: Rule) -> tuple[int, bool]:
        return (self._rungs[rule.disposition].rank if rule.disposition else 0, rule.soon)

    def _shadows(self, rule: Rule) -> str:
        """The rules that fire whenever this one does, and say some of it, as far as the cases show."""
        fired = self._table.fired(rule.id)
        if not fired:
            return "other rules say it already" if list(_says(rule, self._rank)) else "it says nothing"
        with_it = [
            other.id
            for other in self._knowledge.rules.values()
            if other.id != rule.id
            and not fired & ~self._table.fired(other.id)
            and any(says(other) for says in _says(rule, self._rank))
        ]
        return f"{', '.join(with_it[:4])} say it already" if with_it else "other rules say it already"

    def _firing(self, rule: Rule, name: str, words: str) -> tuple[Witness, ...]:
        """An intake where a rule fires; none where none was found."""
        found = self._space.search(self._space.fired(rule.id), self._budget)
        if found.answer is not Answer.FOUND:
            return ()
        return self._space.witnesses(found.assignment, f"{rule.id}.{name}", f"{rule.title}: {words}", rule.id)

    def rules_differ(self) -> Proof:
        record = _Record(self._budget)
        alike: dict[int, list[Rule]] = {}
        for rule in self._knowledge.rules.values():
            alike.setdefault(self._table.fired(rule.id), []).append(rule)
        for group in alike.values():
            for one, other in combinations(group, 2):
                if _share(one, other):
                    self._compare(record, one, other)
        return record.proof(
            "rules-differ",
            "No two rules fire for exactly the same intakes and say the same thing.",
            "Pairs of which a case fires only one differ; for every other pair that shares a disposition, "
            "cause, finding, step, kind withheld, explanation or sign, a search for an intake that does.",
            law=True,
        )

    def _compare(self, record: _Record, one: Rule, other: Rule) -> None:
        answers = [
            record.search(self._space, every([self._reach.fired(first), self._reach.silent(second)]))[0]
            for first, second in ((one, other), (other, one))
        ]
        where = Place(other.file, 1)
        if answers == [Answer.NONE, Answer.NONE]:
            witnesses = self._firing(other, "doubled", f"fires exactly when {one.id} does")
            if witnesses:  # rules that never fire are reported as such
                record.refute(other.id, f"fires exactly when {one.id} does", where, witnesses)
        elif Answer.FOUND not in answers:
            record.undecided(other.id, f"not known whether it differs from {one.id}", where)

    def questions_are_read(self) -> Proof:
        record = _Record(self._budget)
        read = self._read()
        for question in self._knowledge.questions.values():
            words = any(option.rewords for option in question.options)
            if not words and not any(finding in read for finding in question.findings):
                where = Place("questionnaire.toml", self._knowledge.line_of("questionnaire", question.id))
                record.refute(question.id, "no rule and no other question rests on its answer", where)
        return record.proof(
            "questions-are-read",
            "Every question is read by a rule, decides whether another is asked, or how texts are worded.",
            "Every condition looked through.",
            law=False,
        )

    def options_are_read(self) -> Proof:
        record = _Record(self._budget)
        read = self._read()
        for question in self._knowledge.questions.values():
            if not any(finding in read for finding in question.findings):
                continue  # the whole question is reported
            for option in question.options:
                finding = f"{question.id}.{option.id}" if question.kind == "checklist" else question.id
                value = YES if question.kind == "checklist" else option.id
                if value not in read.get(finding, ()):
                    name = f"{question.id}.{option.id}"
                    where = Place("questionnaire.toml", self._knowledge.line_of("questionnaire", name))
                    record.refute(name, "no condition asks for it; it only rules others out", where)
        return record.proof(
            "options-are-read",
            "Every answer option is asked for by some condition.",
            "Every condition looked through.",
            law=False,
        )

    def _read(self) -> Mapping[str, set[str | int]]:
        """From each finding to the values that some condition accepts."""
        read: dict[str, set[str | int]] = {}
        for condition in conditions_of(self._knowledge):
            for test in tests_of(condition):
                if test.finding in self._table.compiled.domains:
                    domain = self._table.compiled.domains[test.finding]
                    accepted = (domain.values[each] for each in domain.accepted(test))
                    read.setdefault(test.finding, set()).update(accepted)
        return read

    def outcomes_are_reached(self) -> Proof:
        record = _Record(self._budget)
        knowledge = self._knowledge
        reached = self._table.outcomes
        wanted: list[tuple[str, str, int, Formula]] = [
            *(
                ("ladder", name, reached.disposition[name], self._reach.disposition(name))
                for name in knowledge.rungs
            ),
            *(
                ("steps", step.id, reached.given[step.id], self._reach.given(step))
                for step in knowledge.steps.values()
            ),
            *(
                ("causes", name, reached.causes[name], self._naming("causes", name))
                for name in knowledge.causes
            ),
            *(
                (
                    "findings",
                    name,
                    union(map(self._table.fired, self._concluding(name))),
                    self._naming("findings", name),
                )
                for name in knowledge.findings
            ),
        ]
        for table, name, column, goal in wanted:
            if column:
                continue
            answer, _ = record.search(self._space, goal)
            where = Place(f"{table}.toml", knowledge.line_of(table, name))
            if answer is Answer.NONE:
                record.refute(name, "no intake reaches it", where)
            elif answer is Answer.UNDECIDED:
                record.undecided(name, "not known whether an intake reaches it", where)
        return record.proof(
            "outcomes-are-reached",
            "Every disposition, self-care step, possible cause and finding is reached by some intake.",
            "A case that reaches it; where there is none, a search.",
            law=True,
        )

    def _concluding(self, finding: str) -> list[str]:
        return [rule.id for rule in self._knowledge.concluders[finding]]

    def _naming(self, key: str, name: str) -> Formula:
        rules = self._knowledge.rules.values()
        return some(self._reach.fired(rule) for rule in rules if name in getattr(rule, key))

    def every_intake_has_an_outcome(self) -> Proof:
        record = _Record(self._budget)
        record.goals, faults = self._folding.total()
        for fault in faults:
            record.refute("ladder", fault, Place("ladder.toml", 1))
        everything: dict[str, Value] = dict.fromkeys(self._table.compiled.findings, Missing.UNKNOWN)
        for words, intake in (("the empty intake", {}), ("not sure of everything", everything)):
            if self._disposition_of(intake) in (next(iter(self._rungs)), ""):
                record.refute(words, "ends in self-care", Place("ladder.toml", 1))
        return record.proof(
            "every-intake-has-an-outcome",
            "Every intake has exactly one outcome, as urgent as the most urgent rule that fires; self-care "
            "only where every reason for more is ruled out; the empty intake never gets self-care.",
            "All combinations of what the fold looks at, folded by the code that folds cases.",
            law=True,
        )

    def _disposition_of(self, intake: Mapping[str, Value]) -> str:
        columns = self._table.compiled.columns([intake])
        found = outcomes(self._knowledge, columns.full, self._table.compiled.run(columns))
        return next((name for name, column in found.disposition.items() if column), "")

    def _rank_of(self, disposition: str) -> int:
        return 0 if disposition == UNDETERMINED else self._rungs[disposition].rank

    def red_flags_call_for_care(self) -> Proof:
        record = _Record(self._budget)
        cares = some(self._reach.fired(rule) for rule in self._knowledge.reasons_for_care)
        for flag in self._knowledge.red_flags:
            present = self._space.leaf(flag, self._is_present(flag))
            answer, assignment = record.search(self._space, every([present, self._space.no(cares)]))
            where = Place("questionnaire.toml", self._knowledge.line_of("questionnaire", flag))
            if answer is Answer.UNDECIDED:
                record.undecided(flag, "not known whether a rule above self-care always fires on it", where)
            elif answer is Answer.FOUND:
                witnesses = self._space.witnesses(assignment, f"{flag}.no-care", f"{flag} calls for nothing")
                record.refute(flag, "no rule above self-care fires on it alone", where, witnesses)
        return record.proof(
            "red-flags-call-for-care",
            "A red flag that is present fires a rule for more than self-care, whatever else is so.",
            "One search a red flag.",
            law=True,
        )

    def _is_present(self, finding: str) -> Callable[[object], bool]:
        present = self._table.compiled.domains[finding].class_of(YES)
        return lambda state: state == present and not isinstance(state, Missing)

    def red_flags_never_lower(self) -> Proof:
        record = _Record(self._budget)
        space = turning(self._table.compiled, self._knowledge.red_flags, YES)
        sides = (Reach(space, self._knowledge, 0), Reach(space, self._knowledge, 1))
        silenced = [
            rule
            for rule in self._knowledge.rules.values()
            if rule.disposition and self._may_be_silenced(record, space, rule)
        ]
        for rule in silenced:
            self._silenced_and_lower(record, space, sides, rule)
        inherits = not silenced and not self._folding.more_fired_never_lowers()
        if not inherits or self.red_flags_call_for_care().verdict is not Verdict.PROVED:
            self._lower_by_what_is_open(record, space, sides)
        return record.proof(
            "red-flags-never-lower",
            "Turning any red flags to present, from absent, not sure or not asked, never lowers the "
            "disposition.",
            "Over all pairs of intakes that differ in red flags alone: a rule that fires goes on firing, or "
            "one at least as urgent does; every red flag fires a reason for care by itself; then the fold, "
            "for all combinations of what it looks at. Where one of these fails, a search for a pair whose "
            "disposition falls.",
            law=True,
        )

    def _may_be_silenced(self, record: _Record, space: Space, rule: Rule) -> bool:
        """Whether a rule may stop firing without another at least as urgent that fires instead."""
        stops = every([space.fired(rule.id, 0), space.no(space.fired(rule.id, 1))])
        if record.search(space, stops)[0] is Answer.NONE:
            return False
        urgent = [
            space.no(space.fired(other.id, 1))
            for other in self._knowledge.rules.values()
            if other.disposition and self._rank(other)[0] >= self._rank(rule)[0]
        ]
        return record.search(space, every([stops, *urgent]))[0] is not Answer.NONE

    def _silenced_and_lower(
        self, record: _Record, space: Space, sides: tuple[Reach, Reach], rule: Rule
    ) -> None:
        before, after = (side.at_least(rule.disposition) for side in sides)
        stops = [space.fired(rule.id, 0), space.no(space.fired(rule.id, 1))]
        answer, assignment = record.search(space, every([*stops, before, space.no(after)]))
        where = Place(rule.file, next(tests_of(rule.when)).line or 1)
        if answer is Answer.UNDECIDED:
            record.undecided(rule.id, "not known whether a red flag silences it", where)
        elif answer is Answer.FOUND:
            name = f"{rule.id}.red-flag-lowers"
            witnesses = space.witnesses(assignment, name, f"{rule.title}: silenced by a red flag", rule.id)
            record.refute(
                rule.id, "a red flag silences it, and nothing as urgent fires instead", where, witnesses
            )

    def _lower_by_what_is_open(self, record: _Record, space: Space, sides: tuple[Reach, Reach]) -> None:
        """Look for a red flag that takes away the weight of a "not sure", or self-care by what it opens."""
        before, after = sides
        level, lowest = self._knowledge.laws.not_sure_disposition, next(iter(self._rungs))
        for words, goal in (
            (
                "a red flag takes away the weight of a not sure",
                [before.not_sure, before.at_least(level), space.no(after.at_least(level))],
            ),
            (
                "a red flag leaves an outcome undetermined",
                [before.at_least(lowest), space.no(after.at_least(lowest))],
            ),
        ):
            answer, assignment = record.search(space, every(goal))
            where = Place("ladder.toml", 1)
            if answer is Answer.UNDECIDED:
                record.undecided("ladder", f"not known whether {words}", where)
            elif answer is Answer.FOUND:
                record.refute(
                    "ladder", words, where, space.witnesses(assignment, "ladder.red-flag-lowers", words)
                )

    def not_sure_of_a_red_flag_is_for_the_doctor(self) -> Proof:
        record = _Record(self._budget)
        heard = self._reach.at_least(self._knowledge.laws.not_sure_disposition)
        for flag in self._knowledge.red_flags:
            unsure = self._space.leaf(flag, lambda state: state is Missing.UNKNOWN)
            asked = self._space.question_applies(flag)
            answer, assignment = record.search(self._space, every([unsure, asked, self._space.no(heard)]))
            where = Place("questionnaire.toml", self._knowledge.line_of("questionnaire", flag))
            if answer is Answer.UNDECIDED:
                record.undecided(flag, "not known whether a not sure is always heard", where)
            elif answer is Answer.FOUND:
                witnesses = self._space.witnesses(assignment, f"{flag}.not-sure", f"Not sure about {flag}")
                record.refute(flag, "a not sure to it may change nothing", where, witnesses)
        for fault in self._folding.not_sure_counts() if self._knowledge.red_flags else ():
            record.refute("ladder", fault, Place("ladder.toml", 1))
        return record.proof(
            "not-sure-of-a-red-flag",
            "Not sure about a red flag that applies gives at least what the laws of the ladder say.",
            "For every red flag: a rule as urgent fires, or the not sure keeps a reason for care open; then "
            "the fold, for all combinations of what it looks at.",
            law=True,
        )

    def unknown_is_never_safer(self) -> Proof:
        record = _Record(self._budget)
        self._knowing_more(record)
        for fault in self._folding.knowing_more_never_finds_worse_than_self_care():
            record.refute("ladder", fault, Place("ladder.toml", 1))
        return record.proof(
            "unknown-is-never-safer",
            "Where an intake gets self-care, no way of answering what is unknown and applies calls for more.",
            "For every test, over all pairs of intakes where the second knows more: what is true stays true, "
            "what is ruled out stays ruled out. Conditions have no negation, so that rules inherit both; "
            "then the fold, for all combinations of what it looks at.",
            law=True,
        )

    def range_holds(self) -> Proof:
        record = _Record(self._budget)
        self._knowing_more(record)
        for fault in self._folding.range_holds():
            record.refute("ladder", fault, Place("ladder.toml", 1))
        return record.proof(
            "range-holds",
            "The range beside a disposition holds every disposition that the rules could still come to.",
            "As for unknown-is-never-safer.",
            law=True,
        )

    def _knowing_more(self, record: _Record) -> None:
        space = learning_more(self._table.compiled)
        places: dict[Test, Place] = {}
        for rule in self._knowledge.rules.values():
            for test in tests_of(rule.when):
                if test.finding in self._table.compiled.domains:
                    places.setdefault(test, Place(rule.file, test.line or 1))
        for question in self._knowledge.questions.values():
            if question.asked_when is not None:
                line = self._knowledge.line_of("questionnaire", question.id)
                for test in tests_of(question.asked_when):
                    places.setdefault(test, Place("questionnaire.toml", line))
        for test, place in places.items():
            applies = space.learned_where_it_applies(findings_of(test))
            before, after = space.holds(test, 0), space.holds(test, 1)
            could, can = space.holds(test, 0, possible=True), space.holds(test, 1, possible=True)
            for words, goal in (
                ("is true, and no longer when more is known", every([before, space.no(after), applies])),
                ("is ruled out, and no longer when more is known", every([can, space.no(could), applies])),
            ):
                answer, assignment = record.search(space, goal)
                if answer is Answer.UNDECIDED:
                    record.undecided(test.finding, f"not known whether it {words}", place)
                elif answer is Answer.FOUND:
                    name = f"{test.finding}.knowing-more"
                    witnesses = space.witnesses(assignment, name, f"{test.finding} {words}")
                    record.refute(test.finding, words, place, witnesses)

    def no_step_beside_what_forbids_it(self) -> Proof:
        record = _Record(self._budget)
        record.goals, faults = self._folding.steps_held_back()
        for step, fault in faults:
            record.refute(step, fault, Place("steps.toml", self._knowledge.line_of("steps", step)))
        return record.proof(
            "no-step-beside-what-forbids-it",
            "No step is given while a rule that fires holds back its kind; where such a rule is open, its "
            "caution stands beside the step.",
            "Every step, in all combinations of what the fold looks at, folded by the code that folds cases.",
            law=True,
        )

    def answered_whole_is_determined(self) -> Proof:
        record = _Record(self._budget)
        rules = [rule for rule in self._knowledge.rules.values() if rule.disposition]
        answered = [
            some(
                [
                    self._space.leaf(finding, lambda state: not isinstance(state, Missing)),
                    self._space.no(self._space.question_applies(finding)),
                ]
            )
            for finding in self._table.compiled.findings
        ]
        goal = every([*(self._reach.ruled_out(rule) for rule in rules), *answered])
        answer, assignment = record.search(self._space, goal)
        if answer is Answer.UNDECIDED:
            record.undecided(
                "intake", "not known whether every whole intake is determined", Place("ladder.toml", 1)
            )
        elif answer is Answer.FOUND:
            witnesses = self._space.witnesses(
                assignment,
                "answered-whole.undetermined",
                "Everything answered, and no rule of the ladder fires",
            )
            what = "everything that applies is answered, and no rule of the ladder fires or is open"
            record.refute("undetermined", what, Place("ladder.toml", 1), witnesses)
        return record.proof(
            "answered-whole-is-determined",
            "An intake with everything answered that applies comes to a disposition of the ladder.",
            "One search over all intakes.",
            law=False,
        )


def _taking_conclusions_as_made(space: Space, condition: Condition) -> Formula:
    if isinstance(condition, Test):
        return True if space.is_concluded(condition.finding) else space.holds(condition)
    join = every if isinstance(condition, All) else some
    return join(_taking_conclusions_as_made(space, part) for part in condition.parts)


def _says(rule: Rule, rank: Callable[[Rule], tuple[int, bool]]) -> Iterator[Callable[[Rule], bool]]:
    """Yield, for each thing that a rule says, whether another rule says it too (or something more urgent)."""
    if rule.disposition:
        yield lambda other: rank(other) >= rank(rule)
    for key in _SAID:
        for name in getattr(rule, key):
            yield partial(_names, key, name)


def _names(key: str, name: str, rule: Rule) -> bool:
    return name in getattr(rule, key)


def _share(one: Rule, other: Rule) -> bool:
    """Whether two rules say something that is the same."""
    if one.disposition and one.disposition == other.disposition:
        return True
    return any(set(getattr(one, key)) & set(getattr(other, key)) for key in _SAID)
