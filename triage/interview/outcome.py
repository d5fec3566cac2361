"""The outcome of an interview about one complaint or several: the most urgent one wins."""

from __future__ import annotations

from collections.abc import Sequence

from triage.explanation.narrative import unsure_of
from triage.explanation.short_result import Line, short_result, verdict
from triage.inference.assessment import Assessment
from triage.interview.interview import Interview


def most_urgent(interviews: Sequence[Interview]) -> Assessment:
    """Return the most urgent of the assessments of some complaints.

    An undetermined one is no all-clear: it counts as more urgent than the lowest rung, but than no other.
    """
    ladder = list(interviews[0].knowledge.rungs)

    def urgency(found: Assessment) -> tuple[float, bool]:
        return (ladder.index(found.disposition) if found.disposition in ladder else 0.5, found.soon)

    return max((interview.assessment() for interview in interviews), key=urgency)


def result_lines(interviews: Sequence[Interview]) -> tuple[Line, ...]:
    """Return the result of the latest complaint; if there are others, add which result holds for all."""
    latest = interviews[-1]
    found = latest.assessment()
    lines = short_result(latest.knowledge, found, unsure_of(latest.knowledge, latest.findings, found))
    if len(interviews) == 1:
        return lines
    others = "; ".join(verdict(interview.assessment()) for interview in interviews[:-1])
    return (
        *lines[:-1],
        Line(f"Before, for the other complaint: {others}. The more urgent holds:"),
        Line(verdict(most_urgent(interviews)), strong=True),
    )
