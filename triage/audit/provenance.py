"""What provenance lacks, both ways: from statements to rules, and from rules to statements."""

from __future__ import annotations

from collections.abc import Iterator

from triage.audit.model import Lack
from triage.knowledge.citations import unread_sources, unused_claims, unused_sources
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import Location


def lacks(knowledge: KnowledgeBase) -> Iterator[Lack]:
    """Yield everything that provenance lacks, by kind."""

    def lack(kind: str, table: str, name: str, what: str) -> Lack:
        return Lack(kind, name, what, Location(f"{table}.toml", knowledge.line_of(table, name)))

    for claim in unused_claims(knowledge):
        yield lack("claim_unused", "claims", claim.id, f'marked "{claim.use}", and nothing rests on it')
    for source in unused_sources(knowledge):
        yield lack("source_uncited", "sources", source.id, "nothing cites it")
    for source in unread_sources(knowledge):
        rules = sum(source.id in rule.provenance.guidance for rule in knowledge.rules.values())
        what = f"its wording has not been read; behind {rules or 'no'} rule{'' if rules == 1 else 's'}"
        yield lack("source_unverified", "sources", source.id, what)
