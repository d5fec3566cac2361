"""The measures of an audit in short, for the end of a test run: what is missing first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from triage.audit.limits import percent_of
from triage.audit.model import Audit, Gap, Survivor
from triage.source.diagnostic import Location

WIDTH = 80
MOST_SHOWN = 5


def summary(audit: Audit, folder: str, *, everything: bool = False) -> Iterator[str]:
    """Yield what is missing, measure by measure, and then the measures.

    Args:
        audit: what was found.
        folder: the rules folder, as the reader can open it.
        everything: show all that is missing, not only the first of each measure.
    """
    missing: dict[str, list[tuple[Location, str]]] = {}
    for gap in audit.gaps:
        missing.setdefault(gap.measure, []).append((gap.place, _of_gap(gap)))
    for survivor in audit.mutation.survivors:
        missing.setdefault("mutation", []).append((survivor.place, _of_survivor(survivor)))
    for name in (measure.name for measure in audit.measures):
        entries = missing.get(name, [])
        shown = entries if everything else entries[:MOST_SHOWN]
        for place, words in shown:
            yield from _placed(f"{folder}/{place}", f"{name}: {words}")
        if len(entries) > len(shown):
            yield f"... and {len(entries) - len(shown)} more of {name} (-v)"
    if missing:
        yield ""
    for measure in audit.measures:
        share = f"{measure.covered} of {measure.total - measure.impossible}"
        head = f"{measure.name:<11} {percent_of(measure):>5.1f} %  {share:>12}  "
        yield from textwrap.wrap(measure.means, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


def _of_gap(gap: Gap) -> str:
    reason = "" if gap.reason == f"{gap.what} in any case" else f"; {gap.reason}"
    return f"{gap.subject}: {gap.what}{reason}"


def _of_survivor(survivor: Survivor) -> str:
    return f"this change would go unnoticed: {survivor.change}"


def _placed(place: str, words: str) -> Iterator[str]:
    if len(place) + 1 + len(words) <= WIDTH:
        yield f"{place} {words}"
    else:
        yield place
        yield from textwrap.wrap(words, WIDTH, initial_indent="    ", subsequent_indent="    ")
