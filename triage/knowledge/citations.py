"""Which claims and sources the knowledge base cites, and which it does not."""

from __future__ import annotations

from triage.knowledge.model import Claim, KnowledgeBase, Provenance, Source


def provenances(knowledge: KnowledgeBase) -> tuple[Provenance, ...]:
    """Return the provenance of each rule and of each row of a table that cites sources."""
    tables = (
        knowledge.rules,
        knowledge.steps,
        knowledge.thresholds,
        knowledge.explanations,
        knowledge.rungs,
        knowledge.medicines,
        knowledge.routes,
    )
    return tuple(row.provenance for table in tables for row in table.values())


def unused_claims(knowledge: KnowledgeBase) -> tuple[Claim, ...]:
    """Return the claims that are marked for use, but that nothing cites."""
    cited = {claim for provenance in provenances(knowledge) for claim in provenance.claims}
    return tuple(
        claim for claim in knowledge.claims.values() if claim.use != "exclude" and claim.id not in cited
    )


def idle_claims(knowledge: KnowledgeBase) -> tuple[Claim, ...]:
    """Return the `encode` claims that are cited, but by no rule, nor by a step or text that a rule gives."""
    rules = knowledge.rules.values()
    given = {name for rule in rules for name in (*rule.steps, *rule.explains)}
    acting = [
        *(rule.provenance for rule in rules),
        *(step.provenance for step in knowledge.steps.values() if step.id in given),
        *(text.provenance for text in knowledge.explanations.values() if text.id in given),
    ]
    used = {claim for provenance in acting for claim in provenance.claims}
    used |= {claim.id for claim in unused_claims(knowledge)}
    return tuple(
        claim for claim in knowledge.claims.values() if claim.use == "encode" and claim.id not in used
    )


def unused_sources(knowledge: KnowledgeBase) -> tuple[Source, ...]:
    """Return the sources that nothing cites, and that no claim comes from."""
    used = {source for provenance in provenances(knowledge) for source in provenance.guidance}
    used |= {claim.document for claim in knowledge.claims.values()}
    return tuple(source for source in knowledge.sources.values() if source.id not in used)
