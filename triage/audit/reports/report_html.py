"""The audit as one HTML page for a clinician; it loads nothing from elsewhere and needs no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from triage.audit.model import ConditionReport
from triage.audit.mutants import OPERATORS
from triage.audit.reports.report_parts import Report, gathered, verdict_of
from triage.audit.wording import ReaderWords
from triage.explanation.answers import answers_in_words
from triage.explanation.phrasing import EVERY, SOME, Asked, phrase
from triage.explanation.templating import html_environment
from triage.explanation.topics import topics_of
from triage.knowledge.model import KnowledgeBase
from triage.knowledge.parts.conditions import All, Condition, Test

SECTIONS = {
    "summary": "In short",
    "missing": "What no case shows",
    "unnoticed": "Changes that nobody would notice",
    "proofs": "What holds for every possible person",
    "gated": "Red flags that are not asked of everybody",
    "rules": "The rules, topic by topic",
}


def html(report: Report) -> str:
    """Return the report as an HTML page; the same rules and cases give the same bytes."""
    # People pass the page on, so it names files from the rules folder on, not by their full path.
    report = replace(report, folder=PurePath(report.folder).name or "rules", vocabulary=ReaderWords)
    knowledge = report.knowledge
    template = html_environment("triage.audit").get_template("audit.html")
    return template.render(
        kb=knowledge,
        audit=report.audit,
        report=report,
        topics=topics_of(knowledge),
        seen={rule.id: rule for rule in report.audit.rules},
        rows={
            rule.id: list(_rows(knowledge, knowledge.rules[rule.id].when, iter(rule.conditions)))
            for rule in report.audit.rules
        },
        missing=report.by_rule(report.not_shown),
        unnoticed=report.by_rule(report.unnoticed),
        aside=report.by_rule(report.set_aside),
        told=partial(answers_in_words, knowledge),
        sections=SECTIONS,
        operators=OPERATORS,
        gathered=gathered,
        verdict_of=verdict_of,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a rule's condition, and how deeply it is indented.

    `lead` is the question, or says how the lines below belong together; `words` is the answer that is tested.
    `cells` say what the cases show of the test; each has a flag that is true if something is missing.
    """

    depth: int
    lead: str
    words: str = ""
    cells: Sequence[tuple[str, bool]] = ()


def _rows(
    knowledge: KnowledgeBase,
    condition: Condition,
    seen: Iterator[ConditionReport],
    depth: int = 0,
    asked: str = "",
) -> Iterator[Row]:
    """Yield a condition line by line; `asked` is the question that the line above already shows."""
    if isinstance(condition, Test):
        lead, words = _words(knowledge, condition)
        yield Row(depth, "" if lead == asked else lead, words, list(_cells(next(seen))))
        return
    manner = EVERY if isinstance(condition, All) else SOME
    leads = {_words(knowledge, part)[0] if isinstance(part, Test) else "" for part in condition.parts}
    shared = leads.pop() if len(leads) == 1 else ""
    yield Row(depth, f"{shared} {manner}:".lstrip())
    for part in condition.parts:
        yield from _rows(knowledge, part, seen, depth + 1, shared)


def _cells(seen: ConditionReport) -> Iterator[tuple[str, bool]]:
    for what in ("true", "false", "unknown"):
        number = getattr(seen, what)
        proved = f"never {what}" in seen.impossible
        yield (f"cannot be {what}", False) if proved else (f"{what} {number}", not number)
    if seen.decisive:
        yield "decides", False
    elif "never decisive" in seen.impossible:
        yield "cannot decide", False
    elif seen.masking:
        yield "decides beside others", False
    else:
        yield "never decides", True


def _words(knowledge: KnowledgeBase, test: Test) -> tuple[str, str]:
    """Return the question of a test, and the answer that it wants."""
    told = phrase(knowledge, test)
    if not isinstance(told, Asked):
        return "concluded:", knowledge.findings[test.finding].text
    labels = "; ".join(option.label for option in told.answers)
    plain = told.limit or ": ".join(part for part in (told.manner, labels) if part)
    return told.question.ask, f"{told.threshold.means} ({plain})" if told.threshold else plain
