"""The summary of a run: its counts as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from triage.evaluation.charts import Bar, Chart, charts
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase
from triage.source.text import wrap

_MOST = 10
_NAME = 57


def lines(knowledge: KnowledgeBase, tally: Tally, *, everything: bool = False) -> Iterator[str]:
    """Yield the counts of a run as lines, the most frequent first.

    Args:
        knowledge: the knowledge base.
        tally: the counts.
        everything: name everything that was counted, not only the ten most frequent of each kind.
    """
    yield from tally.counts(knowledge)
    for chart in charts(knowledge, tally):
        if chart.bars:
            yield ""
            yield from _chapter(chart, len(chart.bars) if everything else _MOST)


def _chapter(chart: Chart, most: int) -> Iterator[str]:
    yield chart.title
    for bar in chart.bars[:most]:
        yield from _row(bar)
    if len(chart.bars) > most:
        yield f"  and {len(chart.bars) - most:,} more; --summary all names them"


def _row(bar: Bar) -> Iterator[str]:
    *above, name = wrap(bar.name, "  ", "    ", _NAME)
    yield from above
    yield f"{name:<{_NAME}} {bar.count:>11,} {bar.share:>5} %"
