"""The report of a run: one HTML page with its counts as bars, which loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from triage.evaluation.charts import charts
from triage.evaluation.tally import Tally
from triage.explanation.templating import html_environment
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import printable

MOST_BARS = 10
"""So many bars of a chart are seen at once; the others unfold."""


def html(knowledge: KnowledgeBase, tally: Tally, inputs: Sequence[str]) -> str:
    """Return the report as an HTML page: the same counts give the same bytes."""
    template = html_environment("triage.evaluation").get_template("report.html")
    return template.render(
        kb=knowledge,
        tally=tally,
        inputs=[printable(each) for each in inputs],
        charts=[*charts(knowledge, tally)],
        most=MOST_BARS,
    )
