"""One whole audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.audit.coverage import cover, masked, place_of
from triage.audit.laws import prove
from triage.audit.model import Audit, GatedRedFlag, Measure, Name, TestedCase, Verdict
from triage.audit.mutation import failing, mutate
from triage.audit.progress import Progress, silent
from triage.audit.table import Table
from triage.explanation.phrasing import gate_text
from triage.inference.answers.case_answers import as_answers
from triage.inference.columns.compiled import Compiled
from triage.inference.grounds.spared import spared_flags
from triage.knowledge.model import KnowledgeBase
from triage.proof.everyone import BUDGET, Everyone
from triage.proof.world import Examples


def audit(
    knowledge: KnowledgeBase,
    cases: Sequence[TestedCase],
    invalid: int = 0,
    *,
    budget: int = BUDGET,
    progress: Progress = silent,
    proofs: bool = True,
) -> Audit:
    """Audit a knowledge base on cases.

    Args:
        knowledge: a loaded knowledge base.
        cases: valid cases; one that fails its own expectations is named, and kills no mutant.
        invalid: how many cases were left out because they are invalid.
        budget: the most conflicts of the solver for each question.
        progress: shows how far the audit has come.
        proofs: whether to prove the laws, whose verdicts do not depend on the cases.
    """
    compiled = Compiled(knowledge, fine=True)
    table = Table(compiled, cases)
    everyone = Everyone(compiled, budget=budget)
    coverage = cover(table, everyone)
    shown = [witness.findings for gap in coverage.gaps for witness in gap.witnesses]
    examples = Examples(compiled, {frozenset(intake.items()): intake for intake in shown}.values())
    mutation = mutate(table, examples, everyone, progress)
    proved = prove(table, examples, everyone, progress) if proofs else ()
    gaps = (*coverage.gaps, *masked(table, everyone))
    means = "small changes of a rule or a gate that at least one case notices"
    aside = len(mutation.equivalents)
    score = Measure("mutation", means, mutation.killed, mutation.total + aside, aside)
    return Audit(
        knowledge_base=knowledge.id,
        version=knowledge.version,
        sha256=knowledge.sha256,
        reviewed_by_clinician=knowledge.reviewed_by_clinician,
        cases=len(cases),
        invalid_cases=invalid,
        failing=failing(table),
        measures=(*coverage.measures, score),
        gaps=tuple(gap for gap in gaps if gap.impossible is not Verdict.PROVED),
        impossible=tuple(gap for gap in gaps if gap.impossible is Verdict.PROVED),
        gated_red_flags=tuple(_gated_red_flags(knowledge)),
        rules=coverage.rules,
        mutation=mutation,
        proofs=proved,
    )


def _gated_red_flags(knowledge: KnowledgeBase) -> Iterator[GatedRedFlag]:
    for spared in spared_flags(knowledge):
        name, means = Name("option", spared.finding), (gate_text(knowledge, gate) for gate in spared.gates)
        not_asked = as_answers(knowledge, spared.person or {})
        place, rationale = place_of(knowledge, name), " ".join(spared.rationales)
        yield GatedRedFlag(name, place, "; and ".join(means), rationale, not_asked)
