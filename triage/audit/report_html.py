"""The audit as one page that a clinician can open: nothing is loaded, and no script is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath

from triage.audit.chain import chain_of
from triage.audit.model import ConditionReport, RuleReport, Verdict
from triage.audit.mutants import OPERATORS
from triage.audit.provenance import KINDS
from triage.audit.report_parts import Entry, Report, gathered
from triage.audit.wording import ReaderWords
from triage.explanation.answers import answers_in_words
from triage.explanation.phrasing import EVERY, SOME, Asked, phrase
from triage.explanation.templating import html_environment
from triage.explanation.topics import topics_of
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import KnowledgeBase, Question, Rule

SECTIONS = {
    "summary": "In short",
    "missing": "What no case shows",
    "unnoticed": "Changes that nobody would notice",
    "proofs": "What holds for every possible person",
    "chain": "From questions to outcomes",
    "rules": "The rules, topic by topic",
    "provenance": "What the sources lack",
}
_DECIDES = {
    "yes": "decides",
    "masked": "decides beside others",
    "no": "never decides",
    "cannot": "cannot decide",
}


def html(report: Report) -> str:
    """Return the report as an HTML page; the same rules and cases give the same bytes."""
    # A page is passed on: it names files from the rules folder on, not where that folder stands here.
    report = replace(report, folder=PurePath(report.folder).name or "rules", vocabulary=ReaderWords)
    knowledge = report.knowledge
    return (
        html_environment("triage.audit")
        .get_template("audit.html")
        .render(
            kb=knowledge,
            audit=report.audit,
            report=report,
            topics=topics_of(knowledge),
            views={view.rule.id: view for view in _views(report)},
            told=partial(answers_in_words, knowledge),
            sections=SECTIONS,
            operators=OPERATORS,
            kinds=KINDS,
            Verdict=Verdict,
            gathered=gathered,
            decides=_DECIDES,
            chain=chain_of(knowledge),
        )
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a rule's condition: its words, how deep it stands, and what the cases show of it.

    `lead` is what is asked, or how several lines belong together; `words` is the answer that is tested.
    """

    depth: int
    lead: str
    words: str = ""
    seen: ConditionReport | None = None

    def cell(self, what: str) -> str:
        """The number of cases where the condition is so; "cannot" where it is proved that none can be."""
        number = getattr(self.seen, what)
        cannot = self.seen is not None and f"never {what}" in self.seen.impossible
        return "cannot" if cannot and not number else str(number)

    @property
    def decides(self) -> str:
        """Whether some two cases show that the condition decides by itself."""
        if self.seen is None or self.seen.decisive:
            return "yes"
        if "never decisive" in self.seen.impossible:
            return "cannot"
        return "masked" if self.seen.masking else "no"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule on the page: its condition line by line, and what is missing; the numbers count every entry."""

    rule: Rule
    report: RuleReport
    rows: tuple[Row, ...]
    missing: Sequence[Entry]
    unnoticed: Mapping[str, Sequence[Entry]]
    aside: Sequence[Entry]
    lacks: int
    changes: int


def _views(report: Report) -> Iterator[RuleView]:
    every = [report.by_rule(each) for each in (report.not_shown, report.unnoticed, report.set_aside)]
    for seen in report.audit.rules:
        rule = report.knowledge.rules[seen.id]
        missing, unnoticed, aside = (entries.get(rule.id, ()) for entries in every)
        rows = tuple(_rows(report.knowledge, rule.when, iter(seen.conditions), 0))
        changes = {kind: gathered(entries) for kind, entries in groupby(unnoticed, key=attrgetter("kind"))}
        numbers = len(missing), len(unnoticed)
        yield RuleView(rule, seen, rows, gathered(missing), changes, aside, *numbers)


def _rows(
    knowledge: KnowledgeBase, condition: Condition, seen: Iterator[ConditionReport], depth: int
) -> Iterator[Row]:
    if isinstance(condition, Test):
        yield Row(depth, *_words(knowledge, condition), next(seen))
        return
    manner = EVERY if isinstance(condition, All) else SOME
    runs = [
        (question, list(parts)) for question, parts in groupby(condition.parts, partial(_asked, knowledge))
    ]
    alone = runs[0][0] if len(runs) == 1 else None
    yield Row(depth, f"{alone.ask} {manner}:" if alone else f"{manner}:")
    for question, parts in runs:
        together = question is not None and len(parts) > 1
        if question is not None and together and not alone:
            yield Row(depth + 1, question.ask)
        for part in parts:
            for row in _rows(knowledge, part, seen, depth + (2 if together and not alone else 1)):
                yield replace(row, lead="") if together else row


def _asked(knowledge: KnowledgeBase, part: Condition) -> Question | None:
    """Return the question that a part tests; nothing for a group, or for what rules conclude."""
    return knowledge.question_of.get(part.finding) if isinstance(part, Test) else None


def _words(knowledge: KnowledgeBase, test: Test) -> tuple[str, str]:
    """Return what a test asks about, and the answer it wants."""
    if test.finding in knowledge.findings:
        return "concluded:", knowledge.findings[test.finding].text
    said = phrase(knowledge, test)
    if not isinstance(said, Asked):
        raise TypeError(f"{test.finding} is neither asked nor concluded")
    labels = "; ".join(option.label for option in said.answers)
    plain = said.limit or ": ".join(part for part in (said.manner, labels) if part)
    return said.question.ask, f"{said.threshold.means} ({plain})" if said.threshold else plain
