"""The counts of a run as bar charts, for the summary in lines and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.evaluation.tally import Tally
from triage.explanation.phrasing import spaced
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import printable


@dataclass(frozen=True, slots=True)
class Bar:
    """One count: what was counted (name and words), how often, and its share of the whole in percent.

    `length` is the bar's length in percent of the longest bar; `rung` is the rank of its disposition, or 0.
    """

    name: str
    words: str
    count: int
    share: float
    length: float
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts of one kind; `nothing` is the text to show if there are none."""

    title: str
    lead: str
    bars: Sequence[Bar]
    nothing: str


def charts(knowledge: KnowledgeBase, tally: Tally) -> Iterator[Chart]:
    """Yield the charts of a run: dispositions by urgency, everything else by frequency."""
    named = knowledge.calls.named_in
    rules = {rule.id: named(rule.title) for rule in knowledge.rules.values()}
    causes = {cause.id: named(cause.name) for cause in knowledge.causes.values()}
    ranks = {
        rule.id: knowledge.rungs[rule.disposition].rank
        for rule in knowledge.rules.values()
        if rule.disposition
    }
    valid = tally.cases - tally.invalid
    yield _dispositions(knowledge, tally, valid)
    yield _chart(
        "Reasons",
        "Rules that fired and call for a disposition, in its colour.",
        {rule: count for rule, count in tally.rules.items() if rule in ranks},
        valid,
        "None fired.",
        rules,
        ranks,
    )
    yield _chart(
        "Possible causes", "Named by rules, never a diagnosis.", tally.causes, valid, "None.", causes
    )
    yield _chart(
        "What was not ruled out",
        "Reasons for care that open or unsure answers leave possible.",
        tally.open,
        valid,
        "Everything was ruled out.",
        rules,
        ranks,
    )
    yield _chart(
        "Missed expectations",
        f"{tally.checked:,} checked, {tally.missed:,} missed, {tally.known_misses:,} known to be missed.",
        tally.misses,
        tally.checked,
        "None was missed." if tally.checked else "No case says what it expects.",
    )
    yield _chart(
        "Invalid inputs by kind",
        f"{tally.invalid:,} of {tally.cases:,} could not be assessed; each counts by its first fault.",
        tally.faults,
        tally.cases,
        "Every input was valid.",
    )


def _dispositions(knowledge: KnowledgeBase, tally: Tally, valid: int) -> Chart:
    frames = {name: rung.time_frame for name, rung in reversed([*knowledge.rungs.items()])}
    frames[UNDETERMINED] = knowledge.undetermined.time_frame
    words = {name: f"{spaced(name)}, {frame}" for name, frame in frames.items()}
    return Chart(
        "Dispositions",
        f"How soon, and to whom, of {valid:,} that could be assessed.",
        _bars(
            {name: tally.dispositions[name] for name in frames},
            valid,
            words,
            {name: rung.rank for name, rung in knowledge.rungs.items()},
        ),
        "No case could be assessed.",
    )


def _chart(
    title: str,
    lead: str,
    counts: Mapping[str, int],
    whole: int,
    nothing: str,
    words: Mapping[str, str] | None = None,
    ranks: Mapping[str, int] | None = None,
) -> Chart:
    ordered = dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return Chart(title, lead, _bars(ordered, whole, words or {}, ranks or {}), nothing)


def _bars(
    counts: Mapping[str, int], whole: int, words: Mapping[str, str], ranks: Mapping[str, int]
) -> list[Bar]:
    most = max(counts.values(), default=0)
    return [
        Bar(
            printable(name),
            words.get(name, ""),
            count,
            round(100 * count / whole, 1),
            round(100 * count / most, 2),
            ranks.get(name, 0),
        )
        for name, count in counts.items()
        if count
    ]
