"""What provenance lacks, both ways: from statements to rules, and from rules to statements."""

from __future__ import annotations

from collections.abc import Iterator

from triage.audit.model import Lack, Place
from triage.knowledge.model import KnowledgeBase, Provenance, Rule

KINDS = {
    "claim_unused": "claims marked for use that nothing rests on",
    "rule_without_source": "rules without a claim or guidance",
    "source_uncited": "sources that nothing cites",
    "source_unverified": "sources whose wording has not been read",
}
_UNVERIFIED = "unverified"


def lacks(knowledge: KnowledgeBase) -> tuple[Lack, ...]:
    """Return everything that provenance lacks, by kind."""
    return tuple(_lacks(knowledge))


def _lacks(knowledge: KnowledgeBase) -> Iterator[Lack]:
    cited = list(_provenances(knowledge))
    claims = {claim for provenance in cited for claim in provenance.claims}
    for claim in knowledge.claims.values():
        if claim.use != "exclude" and claim.id not in claims:
            where = Place("claims.toml", knowledge.line_of("claims", claim.id))
            yield Lack("claim_unused", claim.id, f'marked "{claim.use}", and nothing rests on it', where)
    for rule in knowledge.rules.values():
        if not rule.provenance.claims and not rule.provenance.guidance:
            yield Lack("rule_without_source", rule.id, "names no claim and no guidance", Place(rule.file, 1))
    guidance = {source for provenance in cited for source in provenance.guidance}
    documents = {claim.document for claim in knowledge.claims.values()}
    for source in knowledge.sources.values():
        where = Place("sources.toml", knowledge.line_of("sources", source.id))
        if source.id not in guidance | documents:
            yield Lack("source_uncited", source.id, "nothing cites it", where)
        if source.seen == _UNVERIFIED:
            users = [rule.id for rule in _citing(knowledge, source.id)]
            words = f"behind {len(users)} rules" if users else "behind no rule"
            yield Lack("source_unverified", source.id, f"its wording has not been read; {words}", where)


def _citing(knowledge: KnowledgeBase, source: str) -> Iterator[Rule]:
    return (rule for rule in knowledge.rules.values() if source in rule.provenance.guidance)


def _provenances(knowledge: KnowledgeBase) -> Iterator[Provenance]:
    for table in (
        knowledge.rules,
        knowledge.thresholds,
        knowledge.steps,
        knowledge.explanations,
        knowledge.rungs,
    ):
        yield from (row.provenance for row in table.values())
