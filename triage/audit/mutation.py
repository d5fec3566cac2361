"""The mutation score of a rule base: which small changes of a rule would the cases notice?

A change is killed when an expectation of some case is no longer met. What survives is looked for among all
intakes: a change that alters nothing that a case could expect of any of them is set aside with that proof,
and for any other an intake is given that would notice it. DeMillo, Lipton and Sayward 1978; here for rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage.audit.differences import Differences
from triage.audit.model import Equivalent, Mutation, Survivor, Verdict, Witness
from triage.audit.mutants import OPERATORS, Mutant, mutants
from triage.audit.progress import Progress
from triage.audit.spaces import single
from triage.audit.splitting import Answer, Assignment
from triage.audit.table import Table
from triage.inference.compiled import Verdicts, union
from triage.inference.outcomes import Outcomes, outcomes
from triage.knowledge.conditions import All, Condition, Test, tests_of
from triage.knowledge.model import KnowledgeBase, Rule


def mutate(table: Table, budget: int, progress: Progress) -> Mutation:
    """Change every rule in every small way, and see what the cases notice.

    Args:
        table: the cases in columns.
        budget: the most nodes of each search for an intake that would notice a survivor.
        progress: called with each rule as it is done.
    """
    bench = Bench(table)
    judge = _Judge(table, budget)
    killed, total = Counter[str](), Counter[str]()
    survivors: list[Survivor] = []
    equivalents: list[Equivalent] = []
    for rule in progress(table.knowledge.rules.values(), "changing rules", len(table.knowledge.rules)):
        for mutant in mutants(table.knowledge, table.compiled.domains, rule):
            total[mutant.operator] += 1
            if bench.kills(mutant):
                killed[mutant.operator] += 1
                continue
            judged = judge.judge(mutant)
            if isinstance(judged, Equivalent):
                total[mutant.operator] -= 1
                equivalents.append(judged)
            else:
                survivors.append(judged)
    by_operator = {name: (killed[name], total[name]) for name in OPERATORS}
    return Mutation(killed.total(), total.total(), by_operator, tuple(survivors), tuple(equivalents))


def failing(table: Table) -> tuple[str, ...]:
    """Return the ids of the cases whose expectations the rules as they are do not meet."""
    return tuple(table.names(Bench(table).failing))


class _Expectations:
    """What the cases expect, as columns: the cases that want a name present, or absent."""

    def __init__(self, table: Table) -> None:
        self.present: dict[tuple[str, str], int] = {}
        self.absent: dict[tuple[str, str], int] = {}
        for number, case in enumerate(table.cases):
            bit = 1 << number
            for key, field in (
                ("fires", "fired"),
                ("open", "open"),
                ("causes", "causes"),
                ("steps", "given"),
                ("withheld", "withheld"),
                ("cautions", "cautions"),
            ):
                for name in case.expect.get(key, ()):
                    self._add(self.present, field, name, bit)
            for key, field in (("silent", "fired"), ("not_steps", "given")):
                for name in case.expect.get(key, ()):
                    self._add(self.absent, field, name, bit)
            for key in ("disposition", "lowest", "highest"):
                if key in case.expect:
                    self._add(self.present, key, case.expect[key], bit)
            if "soon" in case.expect:
                self._add(self.present if case.expect["soon"] else self.absent, "soon", "", bit)

    @staticmethod
    def _add(into: dict[tuple[str, str], int], field: str, name: str, bit: int) -> None:
        into[field, name] = into.get((field, name), 0) | bit

    def missed(self, field: str, name: str, column: int) -> int:
        """The cases whose expectation of one name is not met by its column."""
        return self.present.get((field, name), 0) & ~column | self.absent.get((field, name), 0) & column

    def missed_by(self, found: Outcomes) -> int:
        """The cases whose expectation of an outcome is not met."""
        columns = {"soon": {"": found.soon}}
        for field in ("disposition", "lowest", "highest", "causes", "given", "withheld", "cautions"):
            columns[field] = getattr(found, field)
        expected = {**self.present, **self.absent}
        return union(
            self.missed(field, name, columns[field].get(name, 0))  # what is not there is met nowhere
            for field, name in expected
            if field in columns
        )


Truths = tuple[int, int, int]
"""Columns where a condition is true, where it is true or open, and where "not sure" keeps it open."""


class Bench:
    """Runs one mutant after another over the cases."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._knowledge = table.knowledge
        self._expectations = _Expectations(table)
        strata = table.knowledge.strata
        self._in_order = sorted(table.knowledge.rules.values(), key=lambda rule: strata[rule.id])
        self._numbers = table.compiled.number_of
        self.failing = self._expectations.missed_by(table.outcomes)
        for number in range(len(table.compiled.rules)):
            self.failing |= self._missed_rule(table.verdicts, number)

    def kills(self, mutant: Mutant) -> bool:
        """Whether a case that meets its expectations on the rules as they are misses them on the mutant."""
        verdicts, rules = self._verdicts(mutant)
        return bool(self._missed_rules(verdicts) & ~self.failing) or bool(
            self._missed_outcomes(mutant, verdicts, rules) & ~self.failing
        )

    def noticed_by(self, mutant: Mutant) -> int:
        """The cases that meet their expectations on the rules as they are and miss them on the mutant."""
        verdicts, rules = self._verdicts(mutant)
        missed = self._missed_rules(verdicts) | self._missed_outcomes(mutant, verdicts, rules)
        return missed & ~self.failing

    def _missed_outcomes(self, mutant: Mutant, verdicts: Verdicts, rules: tuple[Rule, ...]) -> int:
        if mutant.changes_condition and self._as_before(verdicts):
            return 0
        found = outcomes(self._knowledge, self._table.full, verdicts, rules)
        if not mutant.caution:
            found = replace(found, cautions={**found.cautions, mutant.rule.id: 0})
        return self._expectations.missed_by(found)

    def _as_before(self, verdicts: Verdicts) -> bool:
        base = self._table.verdicts
        return (list(base.fired), list(base.possible), list(base.not_sure)) == (
            verdicts.fired,
            verdicts.possible,
            verdicts.not_sure,
        )

    def _missed_rules(self, verdicts: Verdicts) -> int:
        """The cases whose expectation of a rule that has changed is not met."""
        missed = 0
        base = self._table.verdicts
        for number, (fired, possible) in enumerate(zip(verdicts.fired, verdicts.possible, strict=True)):
            if fired != base.fired[number] or possible != base.possible[number]:
                missed |= self._missed_rule(verdicts, number)
        return missed

    def _missed_rule(self, verdicts: Verdicts, number: int) -> int:
        name = self._table.compiled.rules[number].id
        fired, possible = verdicts.fired[number], verdicts.possible[number]
        missed = self._expectations.missed("fired", name, fired)
        return missed | self._expectations.missed("open", name, possible & ~fired)

    def _verdicts(self, mutant: Mutant) -> tuple[Verdicts, tuple[Rule, ...]]:
        """The verdicts of the whole rule base with one rule changed, and its rules."""
        table = self._table
        number = self._numbers[mutant.rule.id]
        base = table.verdicts
        fired, possible, not_sure = list(base.fired), list(base.possible), list(base.not_sure)
        rules = list(table.compiled.rules)
        changed = mutant.changed
        if changed is None:
            fired[number] = possible[number] = not_sure[number] = 0
        else:
            rules[number] = changed
            if mutant.changes_condition or mutant.operator == "disposition_moved":
                # a rule that becomes a reason for care has not been asked yet what keeps it open
                sights = self._leaves(changed.when, mutant.blind)
                fired[number], possible[number], not_sure[number] = judge(changed.when, sights)
        verdicts = Verdicts(fired, possible, not_sure, base.open_findings)
        findings = {*mutant.rule.findings, *(changed.findings if changed else ())}
        if findings and (
            fired[number] != base.fired[number]
            or possible[number] != base.possible[number]
            or not_sure[number] != base.not_sure[number]
            or (changed is not None and changed.findings != mutant.rule.findings)
        ):
            self._propagate(verdicts, rules, findings)
        return verdicts, tuple(rules)

    def _leaves(self, condition: Condition, blind: int | None) -> Iterator[Truths]:
        for number, test in enumerate(tests_of(condition)):
            sight = self._table.sight(test)
            if number == blind:
                yield sight.true, sight.true, 0
            else:
                yield sight.true, sight.possible, sight.not_sure

    def _propagate(self, verdicts: Verdicts, rules: Sequence[Rule], changed: set[str]) -> None:
        """Evaluate again, in place, the rules that rest on changed conclusions."""
        fired, possible, not_sure = (
            list(verdicts.fired),
            list(verdicts.possible),
            list(verdicts.not_sure),
        )
        now = {rule.id: rule for rule in rules}

        def look(test: Test) -> Truths:
            if test.finding not in self._knowledge.findings:
                sight = self._table.sight(test)
                return sight.true, sight.possible, sight.not_sure
            numbers = [
                self._numbers[rule.id]
                for rule in self._knowledge.concluders[test.finding]
                if test.finding in now[rule.id].findings
            ]
            true = union(fired[number] for number in numbers)
            return (
                true,
                union(possible[number] for number in numbers),
                union(not_sure[number] for number in numbers) & ~true,
            )

        for rule in self._in_order:
            if rule.tested & changed:
                number = self._numbers[rule.id]
                leaves = (look(test) for test in tests_of(rule.when))
                fired[number], possible[number], not_sure[number] = judge(rule.when, leaves)
                changed.update(rule.findings)
        for into, columns in (
            (verdicts.fired, fired),
            (verdicts.possible, possible),
            (verdicts.not_sure, not_sure),
        ):
            into[:] = columns  # type: ignore[index]


def judge(condition: Condition, leaves: Iterator[Truths]) -> Truths:
    """Evaluate a condition from what its tests are, in the order of `tests_of`."""
    if isinstance(condition, Test):
        return next(leaves)
    parts = [judge(part, leaves) for part in condition.parts]
    not_sure = union(part[2] for part in parts)
    if not isinstance(condition, All):
        true = union(part[0] for part in parts)
        return true, union(part[1] for part in parts), not_sure & ~true
    true, possible, _ = parts[0]
    for part in parts[1:]:
        true, possible = true & part[0], possible & part[1]
    return true, possible, not_sure & possible


class _Judge:
    """Decides by search whether any intake at all would notice a survivor."""

    def __init__(self, table: Table, budget: int) -> None:
        self._table = table
        self._knowledge: KnowledgeBase = table.knowledge
        self._space = single(table.compiled)
        self._differences = Differences(self._space, table.knowledge)
        self._budget = budget

    def judge(self, mutant: Mutant) -> Survivor | Equivalent:
        """Prove a survivor equivalent, or give an intake that would notice it, or say neither was found."""
        nodes = 0
        undecided = False
        for formula in self._differences.of(mutant):
            found = self._space.search(formula, self._budget)
            nodes += found.nodes
            if found.answer is Answer.FOUND:
                witness = self._witness(mutant, found.assignment)
                return self._survivor(mutant, Verdict.REFUTED, nodes, witness)
            undecided = undecided or found.answer is Answer.UNDECIDED
        if undecided:
            return self._survivor(mutant, Verdict.UNDECIDED, nodes, None)
        return Equivalent(mutant.rule.id, mutant.operator, mutant.change, mutant.place, nodes)

    @staticmethod
    def _survivor(mutant: Mutant, proof: Verdict, nodes: int, witness: Witness | None) -> Survivor:
        return Survivor(mutant.rule.id, mutant.operator, mutant.change, mutant.place, proof, nodes, witness)

    def _witness(self, mutant: Mutant, assignment: Assignment) -> Witness:
        name = f"{mutant.rule.id}.{mutant.operator.replace('_', '-')}-line-{mutant.place.line}"
        title = f"{mutant.rule.title}: {mutant.change}"
        return Witness(name, title, self._space.intake(assignment), mutant.rule.id)
