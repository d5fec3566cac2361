"""What provenance lacks, both ways: from statements to rules, and from rules to statements."""

from __future__ import annotations

from collections.abc import Iterator

from triage.audit.model import Lack
from triage.knowledge.citations import unread_sources, unused_claims, unused_sources
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location

KINDS = {
    "claim_unused": "claims marked for use that nothing rests on",
    "source_uncited": "sources that nothing cites",
    "source_unverified": "sources whose wording has not been read",
}


def lacks(knowledge: KnowledgeBase) -> Iterator[Lack]:
    """Yield everything that provenance lacks, by kind."""
    for claim in unused_claims(knowledge):
        where = Location("claims.toml", knowledge.line_of("claims", claim.id))
        yield Lack("claim_unused", claim.id, f'marked "{claim.use}", and nothing rests on it', where)
    for source in unused_sources(knowledge):
        where = Location("sources.toml", knowledge.line_of("sources", source.id))
        yield Lack("source_uncited", source.id, "nothing cites it", where)
    for source in unread_sources(knowledge):
        rules = sum(source.id in rule.provenance.guidance for rule in knowledge.rules.values())
        words = f"behind {rules} rules" if rules else "behind no rule"
        where = Location("sources.toml", knowledge.line_of("sources", source.id))
        yield Lack("source_unverified", source.id, f"its wording has not been read; {words}", where)
