"""The audit as text for a terminal: what is missing first."""

from __future__ import annotations

from collections.abc import Iterator

from triage.audit.model import Audit


def text(audit: Audit) -> str:
    """Return the report, line by line."""
    return "".join(f"{line}\n" for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    for gap in audit.gaps:
        yield f"{gap.place} {gap.measure}: {gap.subject} {gap.what}: {gap.reason}"
    for survivor in audit.mutation.survivors:
        yield f"{survivor.place} this change would go unnoticed: {survivor.change}"
    for proof in audit.proofs:
        yield f"{proof.id}: {proof.verdict.value} ({proof.goals} goals, {proof.nodes} nodes)"
        for against in proof.exceptions:
            yield f"  {against.place} {against.subject}: {against.what}"
    for lack in audit.provenance:
        yield f"{lack.place} {lack.kind}: {lack.subject}: {lack.what}"
    for measure in audit.measures:
        share = f"{measure.covered} of {measure.total}"
        yield f"{measure.name:12} {measure.percent:6.1f} %  {share} {measure.means}"
