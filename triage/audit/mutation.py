"""The mutation score of a rule base: which small changes of a rule or a gate would the cases notice?

A case kills a change if an expectation of the case is no longer met. For each survivor the solver is asked
about every possible intake: either no case can ever notice the change, and it is set aside with that proof;
or an intake is given that would notice it. DeMillo, Lipton and Sayward 1978; here for rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from triage.audit.model import Mutant, Mutation, Survivor, Verdict, Witness
from triage.audit.mutants import OPERATORS, mutants, words_of
from triage.audit.progress import Progress
from triage.audit.table import Table
from triage.audit.wording import AuthorWords, Words
from triage.cases.expectations import ExpectedColumns, Shown
from triage.inference.columns.compiled import numbers_in
from triage.inference.columns.standing import union
from triage.knowledge.model import Gate, Rule
from triage.proof.everyone import Everyone, Search
from triage.proof.solver import Answer
from triage.proof.variation import Variation
from triage.proof.world import Examples, Intake


def mutate(cases: Table, examples: Examples, everyone: Everyone, progress: Progress) -> Mutation:
    """Change every rule and gate in every small way, and see which changes the cases notice.

    Args:
        cases: the cases.
        examples: intakes to try before the solver.
        everyone: every possible intake.
        progress: gets the rules and gates, and passes each one on.
    """
    notice = Notice(cases)
    judge = _Judge(examples, everyone, AuthorWords(cases.knowledge))
    killed, total = Counter[str](), Counter[str]()
    survivors: list[Survivor] = []
    equivalents: list[Survivor] = []
    every: Sequence[Rule | Gate] = (*cases.knowledge.rules.values(), *cases.knowledge.every_gate)
    for owner in progress(every, "changing rules and gates", len(every)):
        for mutant in mutants(cases.knowledge, cases.compiled.domains, owner):
            noticed, somebody = notice.look(mutant)
            total[mutant.operator] += 1
            if noticed:
                killed[mutant.operator] += 1
                continue
            survivor = judge.judge(mutant, somebody)
            if survivor.equivalent is Verdict.PROVED:
                total[mutant.operator] -= 1
                equivalents.append(survivor)
            else:
                survivors.append(survivor)
    by_operator = {name: (killed[name], total[name]) for name in OPERATORS}
    return Mutation(killed.total(), total.total(), by_operator, tuple(survivors), tuple(equivalents))


def failing(cases: Table) -> tuple[str, ...]:
    """Return the ids of the cases whose expectations the unchanged rules do not meet."""
    return tuple(cases.cases[number].id for number in numbers_in(Notice(cases).failing))


class Notice:
    """Tells which cases notice a change of a rule or a gate."""

    def __init__(self, cases: Table) -> None:
        """Lay out the expectations; a case that fails on the unchanged rules notices nothing."""
        self._cases = cases
        self._expected = ExpectedColumns([case.expect for case in cases.cases])
        self._expecting: dict[tuple[str, str], int] = {}
        for field in self._expected.fields():
            for name in self._expected.names(field):
                expected = partial(self._expected.missed, field, name)
                self._expecting[field, name] = expected(0) | expected(cases.full)
        shown = Shown(list(cases.knowledge.rules), cases.verdicts, cases.outcomes)
        self.failing: int = self._expected.missed_by(shown)

    def look(self, mutant: Mutant) -> tuple[bool, Intake | None]:
        """Return whether a case notices a mutant; if not, also findings of a case that it alters, if any."""
        somebody = 0
        for altered, noticing in self.altered(mutant):
            if noticing:
                return True, None
            somebody = somebody or altered
        return False, self._cases.cases[somebody.bit_length() - 1].findings if somebody else None

    def altered(self, mutant: Mutant) -> Iterator[tuple[int, int]]:
        """Yield, for each field that a mutant alters, the cases where it does, and the cases that notice it.

        Once one altered case is known, only fields that some case expects are looked at.
        """
        variation = Variation(self._cases, mutant.change)
        somebody: list[int] = []
        differences = variation.differences(lambda *place: not somebody or place in self._expecting)
        for field, name, lanes in differences:
            if lanes:
                somebody.append(lanes)
                noticing = lanes & self._expecting.get((field, name), 0)
                if field == "disposition":
                    noticing = self._expected.missed_disposition(variation.outcomes.disposition)
                yield lanes, noticing & ~self.failing


@dataclass(frozen=True)
class _Judge:
    """Decides whether any possible intake would notice a survivor."""

    examples: Examples
    everyone: Everyone
    words: Words

    def judge(self, mutant: Mutant, somebody: Intake | None) -> Survivor:
        """Prove a survivor equivalent, or find an intake that notices it; `somebody` is one, if known."""
        search = Search(Answer.FOUND, (somebody,)) if somebody is not None else self._search(mutant)
        if search.answer is not Answer.FOUND:
            proved = search.answer is Answer.NONE
            return Survivor(mutant, Verdict.PROVED if proved else Verdict.UNDECIDED)
        owner = mutant.change.before
        name = f"{owner.id}.{mutant.operator.replace('_', '-')}-line-{mutant.place.line}"
        called, about = (
            (owner.title, owner.id)
            if isinstance(owner, Rule)
            else (f"asked: {owner.id}", f"gates/{owner.id}")
        )
        title = f"{called}: {words_of(self.words, mutant)}"
        witness = Witness(name, title, search.intakes[0], about, mutant.change)
        return Survivor(mutant, Verdict.REFUTED, witness)

    def _search(self, mutant: Mutant) -> Search:
        among = Variation(self.examples, mutant.change) if self.examples.intakes else None
        for _, _, lanes in among.differences() if among else ():
            if lanes:
                return Search(Answer.FOUND, (self.examples.intakes[lanes.bit_length() - 1],))
        search = Search(Answer.NONE)
        for differences in Variation(self.everyone, mutant.change).stages():
            search = self.everyone.find(union(lanes for _, _, lanes in differences))
            if search.answer is not Answer.NONE:
                break
        return search
