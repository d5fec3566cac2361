"""The report of a run: one page with what came of its cases, in bars, which loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage.batch.tally import Tally
from triage.explanation.phrasing import spaced
from triage.explanation.templating import html_environment
from triage.inference.assessment import UNDETERMINED
from triage.knowledge.model import KnowledgeBase
from triage.source.diagnostic import printable

MOST_BARS = 25


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that was counted: its name and its words, how often, and how long its bar is in percent."""

    name: str
    words: str
    count: int
    share: float
    length: float
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Some things that were counted, the most frequent first; `left_out` more are not shown."""

    title: str
    lead: str
    bars: Sequence[Bar]
    left_out: int = 0
    nothing: str = ""


def html(knowledge: KnowledgeBase, tally: Tally, inputs: Sequence[str]) -> str:
    """Return the report as an HTML page: the same counts give the same bytes."""
    template = html_environment("triage.batch").get_template("report.html")
    return template.render(
        kb=knowledge,
        tally=tally,
        inputs=[printable(each) for each in inputs],
        charts=[*_charts(knowledge, tally)],
    )


def _charts(knowledge: KnowledgeBase, tally: Tally) -> Iterable[Chart]:
    named = knowledge.calls.named_in
    rules = {rule.id: named(rule.title) for rule in knowledge.rules.values()}
    ranks = {rule.id: knowledge.rungs[rule.disposition].rank for rule in knowledge.reasons_for_care}
    valid = tally.cases - tally.invalid
    rungs = {name: knowledge.rungs[name].rank for name in reversed(list(knowledge.rungs))}
    dispositions = {name: tally.dispositions[name] for name in (*rungs, UNDETERMINED)}
    frames = {name: rung.time_frame for name, rung in knowledge.rungs.items()}
    frames[UNDETERMINED] = knowledge.undetermined.time_frame
    words = {name: f"{spaced(name)}, {frame}" for name, frame in frames.items()}
    yield Chart(
        "Dispositions",
        "How soon, and to whom.",
        _bars(dispositions, words, valid, rungs),
        nothing="No case could be assessed.",
    )
    reasons = {rule: count for rule, count in tally.rules.items() if knowledge.rules[rule].disposition}
    yield _chart(
        "Reasons", "Rules that fired and call for a disposition.", reasons, rules, valid, ranks, "None fired."
    )
    causes = {cause.id: named(cause.name) for cause in knowledge.causes.values()}
    yield _chart(
        "Possible causes",
        "Named by rules, never a diagnosis.",
        tally.causes,
        causes,
        valid,
        {},
        "None.",
    )
    yield _chart(
        "What was not ruled out",
        "Reasons for care that open or unsure answers leave possible.",
        tally.open,
        rules,
        valid,
        ranks,
        "Everything was ruled out.",
    )
    yield _chart(
        "Missed expectations",
        f"Of {tally.checked:,} checked, {tally.missed:,} missed and {tally.known_misses:,} known misses.",
        tally.misses,
        {},
        tally.checked,
        {},
        "None was missed." if tally.checked else "No case says what it expects.",
    )
    yield _chart(
        "Invalid inputs by kind",
        f"{tally.invalid:,} of {tally.cases:,} could not be assessed; each counts by its first fault.",
        tally.faults,
        {},
        tally.cases,
        {},
        "Every input was valid.",
    )


def _chart(
    title: str,
    lead: str,
    counts: Mapping[str, int],
    words: Mapping[str, str],
    whole: int,
    ranks: Mapping[str, int],
    nothing: str,
) -> Chart:
    ordered = dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    bars = _bars(ordered, words, whole, ranks)
    return Chart(title, lead, bars[:MOST_BARS], max(0, len(bars) - MOST_BARS), nothing)


def _bars(
    counts: Mapping[str, int], words: Mapping[str, str], whole: int, ranks: Mapping[str, int]
) -> list[Bar]:
    most = max(counts.values(), default=0)
    return [
        Bar(
            name,
            words.get(name, ""),
            count,
            round(100 * count / whole, 1),
            round(100 * count / most, 2),
            ranks.get(name, 0),
        )
        for name, count in counts.items()
        if count
    ]
