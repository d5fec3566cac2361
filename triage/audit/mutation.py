"""The mutation score of a rule base: which small changes of a rule would the cases notice?

A change is killed when an expectation of some case is no longer met. What survives is asked of everyone: a
change that alters nothing that a case could expect of anybody is set aside with that proof, and for any other
an intake is given that would notice it. DeMillo, Lipton and Sayward 1978; here for rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from triage.audit.model import Mutant, Mutation, Survivor, Verdict, Witness
from triage.audit.mutants import OPERATORS, mutants, words_of
from triage.audit.progress import Progress
from triage.audit.table import Table
from triage.cases.expectations import ExpectedColumns
from triage.inference.compiled import numbers_in
from triage.inference.standing import Bits, union
from triage.proof.everyone import Everyone, Intake
from triage.proof.examples import Examples
from triage.proof.solver import Answer
from triage.proof.variation import Difference, Variation, Variations
from triage.proof.world import World


def mutate(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> Mutation:
    """Change every rule in every small way, and see what the cases notice.

    Args:
        cases: the cases.
        examples: intakes to look at before everyone is asked.
        everyone: every possible intake.
        progress: called with each rule as it is done.
    """
    notice = Notice(cases)
    judge = _Judge(examples, everyone)
    killed, total = Counter[str](), Counter[str]()
    survivors: list[Survivor] = []
    equivalents: list[Survivor] = []
    rules = cases.knowledge.rules
    for rule in progress(rules.values(), "changing rules", len(rules)):
        for mutant in mutants(cases.knowledge, cases.compiled.domains, rule):
            total[mutant.operator] += 1
            if notice.kills(mutant):
                killed[mutant.operator] += 1
                continue
            survivor = judge.judge(mutant)
            if survivor.equivalent is Verdict.PROVED:
                total[mutant.operator] -= 1
                equivalents.append(survivor)
            else:
                survivors.append(survivor)
    by_operator = {name: (killed[name], total[name]) for name in OPERATORS}
    return Mutation(killed.total(), total.total(), by_operator, tuple(survivors), tuple(equivalents))


def failing(cases: Table) -> tuple[str, ...]:
    """Return the ids of the cases whose expectations the rules as they are do not meet."""
    return tuple(cases.names(Notice(cases).failing))


class Notice:
    """What the cases expect, and which of them would notice a change of a rule."""

    def __init__(self, cases: Table) -> None:
        """Lay out the expectations; cases that miss theirs on the rules as they are notice nothing."""
        self._variations = Variations(cases)
        self._expected = ExpectedColumns([case.expect for case in cases.cases])
        self.failing = self._expected.missed_disposition(cases.outcomes.disposition) | union(
            self._expected.missed(field, name, _column(cases, field, name))
            for field in self._expected.fields()
            for name in self._expected.names(field)
        )

    def kills(self, mutant: Mutant) -> bool:
        """Whether a case that meets its expectations on the rules as they are misses them on the mutant."""
        return any(self.noticing(mutant))

    def noticing(self, mutant: Mutant) -> Iterator[Bits]:
        """Yield, for each thing that the mutant alters, the cases that notice it."""
        variation = self._variations.of(mutant.change)
        for field, name, before, after in variation.differences():
            if before != after:
                yield self._missed(variation, field, name, after) & ~self.failing

    def _missed(self, variation: Variation, field: str, name: str, column: Bits) -> Bits:
        if field == "disposition":
            return self._expected.missed_disposition(variation.outcomes.disposition)
        return self._expected.missed(field, name, column)


def _column(world: World, field: str, name: str) -> Bits:
    """Return the column of what a case can expect; 0 for a name that the knowledge base does not have."""
    if field in ("fired", "open"):
        return getattr(world, field)(name) if name in world.knowledge.rules else 0
    if field == "soon":
        return world.outcomes.soon
    return getattr(world.outcomes, field).get(name, 0)


def _kind(difference: Difference) -> str:
    return "rule" if difference[0] in ("fired", "open") else difference[0]


class _Judge:
    """Decides whether any intake at all would notice a survivor."""

    def __init__(self, examples: Examples, everyone: Everyone) -> None:
        self._examples = examples
        self._everyone = everyone
        self._among_examples = Variations(examples.world)
        self._among_everyone = Variations(everyone)

    def judge(self, mutant: Mutant) -> Survivor:
        """Prove a survivor equivalent, or give an intake that would notice it, or say neither was found."""
        if self._examples.intakes:
            for _, _, before, after in self._among_examples.of(mutant.change).differences():
                for lane in numbers_in(before ^ after):
                    return self._survivor(mutant, Verdict.REFUTED, self._examples.intakes[lane])
        differences = self._among_everyone.of(mutant.change).differences()
        for _, alike in groupby(differences, key=_kind):  # a small question is a quick one
            search = self._everyone.find(union(before ^ after for _, _, before, after in alike))
            if search.answer is Answer.FOUND:
                return self._survivor(mutant, Verdict.REFUTED, search.intakes[0])
            if search.answer is Answer.UNDECIDED:
                return Survivor(mutant, Verdict.UNDECIDED)
        return Survivor(mutant, Verdict.PROVED)

    def _survivor(self, mutant: Mutant, verdict: Verdict, intake: Intake) -> Survivor:
        name = f"{mutant.rule.id}.{mutant.operator.replace('_', '-')}-line-{mutant.place.line}"
        title = f"{mutant.rule.title}: {words_of(self._everyone.knowledge, mutant)}"
        return Survivor(mutant, verdict, Witness(name, title, intake, mutant.rule.id))
