"""The audit as one page that a clinician can open: nothing is loaded, and no script is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby
from pathlib import PurePath

from triage.audit.model import ConditionReport, Named, RuleReport, Verdict, Witness
from triage.audit.mutants import OPERATORS
from triage.audit.provenance import KINDS
from triage.audit.report_parts import Entry, Report, gathered, percent
from triage.audit.report_picture import chain_of, in_stages, whole
from triage.audit.wording import ReaderWords
from triage.explanation.answers import answers_in_words
from triage.explanation.phrasing import EVERY, SOME, Asked, phrase
from triage.explanation.templating import html_environment
from triage.explanation.topics import Topic, topics_of
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import KnowledgeBase, Question, Rule
from triage.source.diagnostic import Location

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
    chain = chain_of(report.knowledge)
    return (
        html_environment("triage.audit")
        .get_template("audit.html")
        .render(
            kb=report.knowledge,
            audit=report.audit,
            report=report,
            page=_Page(report),
            sections=SECTIONS,
            percent=percent,
            operators=OPERATORS,
            kinds=KINDS,
            Verdict=Verdict,
            gathered=gathered,
            decides=_DECIDES,
            chain=chain,
            picture=whole(chain),
            stages=in_stages(chain),
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
    cannot: frozenset[str] = frozenset()

    def cell(self, what: str) -> str:
        """The number of cases where the condition is so; "cannot" where it is proved that none can be."""
        number = getattr(self.seen, what)
        return "cannot" if not number and f"never {what}" in self.cannot else str(number)

    @property
    def decides(self) -> str:
        """Whether some two cases show that the condition decides by itself."""
        if self.seen is None or self.seen.decisive:
            return "yes"
        if "never decisive" in self.cannot:
            return "cannot"
        return "masked" if self.seen.masking else "no"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule on the page: its condition line by line, and what is missing."""

    rule: Rule
    report: RuleReport
    rows: tuple[Row, ...]
    missing: tuple[Entry, ...]
    unnoticed: Mapping[str, Sequence[Entry]]
    aside: tuple[Entry, ...]

    @property
    def lacks(self) -> int:
        """How much of the rule no case shows."""
        return _number(self.missing)

    @property
    def changes(self) -> int:
        """How many changes of the rule nobody would notice."""
        return sum(map(_number, self.unnoticed.values()))


def _number(items: Iterable[Entry]) -> int:
    return sum(1 + item.alike for item in items)


class _Page:
    """What the template asks for."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._knowledge = report.knowledge

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics, the most urgent rules of each first."""
        return topics_of(self._knowledge)

    @cached_property
    def views(self) -> Mapping[str, RuleView]:
        """Every rule as the page shows it."""
        return {report.id: self._view(report) for report in self._report.audit.rules}

    def _view(self, report: RuleReport) -> RuleView:
        rule = self._knowledge.rules[report.id]
        unnoticed: dict[str, list[Entry]] = {}
        for item in self._unnoticed.get(rule.id, ()):
            unnoticed.setdefault(item.kind, []).append(item)
        return RuleView(
            rule,
            report,
            tuple(self._rows(rule.when, iter(report.conditions), report.id, 0)),
            tuple(gathered(self._missing.get(rule.id, ()))),
            {kind: gathered(items) for kind, items in unnoticed.items()},
            tuple(entry for entry in self._report.set_aside if entry.rule == rule.id),
        )

    @cached_property
    def _missing(self) -> Mapping[str, Sequence[Entry]]:
        return self._report.by_rule(self._report.not_shown)

    @cached_property
    def _unnoticed(self) -> Mapping[str, Sequence[Entry]]:
        return self._report.by_rule(self._report.unnoticed)

    @cached_property
    def _impossible(self) -> Mapping[tuple[str, Named, Location], frozenset[str]]:
        impossible: dict[tuple[str, Named, Location], frozenset[str]] = {}
        for gap in self._report.audit.impossible:
            if gap.measure == "condition":
                key = gap.rule, gap.subject, gap.place
                impossible[key] = impossible.get(key, frozenset()) | {gap.what}
        return impossible

    def _rows(
        self, condition: Condition, reports: Iterator[ConditionReport], rule: str, depth: int
    ) -> Iterator[Row]:
        if isinstance(condition, Test):
            lead, words = _words(self._knowledge, condition)
            yield self._row(depth, lead, words, next(reports), rule)
            return
        manner = EVERY if isinstance(condition, All) else SOME
        runs = [
            (question, list(parts))
            for question, parts in groupby(condition.parts, partial(_asked, self._knowledge))
        ]
        alone = runs[0][0] if len(runs) == 1 else None
        yield Row(depth, f"{alone.ask} {manner}:" if alone else f"{manner}:")
        for question, parts in runs:
            together = question is not None and len(parts) > 1
            if question is not None and together and not alone:
                yield Row(depth + 1, question.ask)
            for part in parts:
                for row in self._rows(part, reports, rule, depth + (2 if together and not alone else 1)):
                    yield replace(row, lead="") if together else row

    def _row(self, depth: int, lead: str, words: str, seen: ConditionReport, rule: str) -> Row:
        cannot = self._impossible.get((rule, seen.test, seen.place), frozenset())
        return Row(depth, lead, words, seen, cannot)

    def told(self, witness: Witness) -> list[tuple[str, str]]:
        """Return an intake in plain words: each question that is answered, and the answer."""
        return [
            (question.ask, text) for question, text in answers_in_words(self._knowledge, witness.findings)
        ]


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
