"""The audit as one page that a clinician can open: nothing is loaded, and no script is needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby
from pathlib import PurePath

from triage.audit.model import ConditionReport, RuleReport, Verdict, Witness
from triage.audit.mutants import OPERATORS
from triage.audit.provenance import KINDS
from triage.audit.report_parts import Aside, Item, Report, gathered, percent
from triage.audit.report_picture import chain_of, in_stages, whole
from triage.explanation.answers import answers_in_words
from triage.explanation.phrasing import Asked, phrase, spaced
from triage.explanation.templating import html_environment
from triage.explanation.topics import Topic, topics_of
from triage.knowledge.conditions import All, Condition, Test
from triage.knowledge.model import YES, KnowledgeBase, Question, Rule

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
_TEST = re.compile(
    r"\b(?P<finding>\w+(?:\.\w+)?) "
    r"(?:(?:is|in) (?P<values>\w+(?:, \w+)*)|(?P<way>at_\w+) (?P<bound>\w+)(?: \(\w+\))?)"
)
_LEFT_OUT = re.compile(r"^leave (?P<name>\w+) out of (?P<key>cause|finding|step|withhold)s")
_JOINED = re.compile(r"\w+(?:[-_]\w+)+")


def html(report: Report) -> str:
    """Return the report as an HTML page; the same rules and cases give the same bytes."""
    # A page is passed on: it names files from the rules folder on, not where that folder stands here.
    report = replace(report, folder=PurePath(report.folder).name or "rules")
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
    missing: tuple[Item, ...]
    unnoticed: Mapping[str, Sequence[Item]]
    aside: tuple[Aside, ...]

    @property
    def lacks(self) -> int:
        """How much of the rule no case shows."""
        return _number(self.missing)

    @property
    def changes(self) -> int:
        """How many changes of the rule nobody would notice."""
        return sum(map(_number, self.unnoticed.values()))


def _number(items: Iterable[Item]) -> int:
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
        unnoticed: dict[str, list[Item]] = {}
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
    def _missing(self) -> Mapping[str, Sequence[Item]]:
        return self._report.by_rule(self._report.not_shown)

    @cached_property
    def _unnoticed(self) -> Mapping[str, Sequence[Item]]:
        return self._report.by_rule(self._report.unnoticed)

    @cached_property
    def _impossible(self) -> Mapping[tuple[str, str, int], frozenset[str]]:
        found: dict[tuple[str, str, int], frozenset[str]] = {}
        for entry in self._report.audit.impossible:
            if entry.measure == "condition":
                key = (entry.rule, entry.subject, entry.place.line)
                found[key] = found.get(key, frozenset()) | {entry.what}
        return found

    def _rows(
        self, condition: Condition, reports: Iterator[ConditionReport], rule: str, depth: int
    ) -> Iterator[Row]:
        if isinstance(condition, Test):
            lead, words = _words(self._knowledge, condition)
            yield self._row(depth, lead, words, next(reports), rule)
            return
        manner = "all of these" if isinstance(condition, All) else "at least one of these"
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
        cannot = self._impossible.get((rule, seen.text, seen.place.line), frozenset())
        return Row(depth, lead, words, seen, cannot)

    def subject(self, item: Item) -> str:
        """Return what an item is about, in plain words."""
        name = item.subject.removeprefix(f"{item.measure} ")
        return self._names.get((item.measure, name)) or self.plain(item.subject)

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        """What things are called, by the measure that counts them and their ids."""
        knowledge = self._knowledge
        return {
            **{
                ("cause", cause.id): f'the possible cause "{cause.name}"'
                for cause in knowledge.causes.values()
            },
            **{("step", step.id): f'the step "{step.name}"' for step in knowledge.steps.values()},
            **{("finding", each.id): f'the conclusion "{each.text}"' for each in knowledge.findings.values()},
            **{("question", question.id): question.ask for question in knowledge.questions.values()},
            **{
                ("option", f"{question.id}.{option.id}"): f'"{option.label}" ({question.ask})'
                for question in knowledge.questions.values()
                for option in question.options
            },
        }

    def plain(self, text: str) -> str:
        """Return a text with its tests ("age at_least adult (18)") and ids in plain words."""
        text = _LEFT_OUT.sub(self._plain_name, _TEST.sub(self._plain_test, text))
        return _JOINED.sub(self._plain_id, text)

    def _plain_name(self, found: re.Match[str]) -> str:
        name, key = found["name"], found["key"]
        return "leave out " + (self._names.get((key, name)) or f'the kind "{spaced(name)}"')

    def _plain_id(self, found: re.Match[str]) -> str:
        name = found.group()
        if name in self._knowledge.rules:
            return f'"{self._knowledge.rules[name].title}"'
        return spaced(name) if name in self._knowledge.rungs else name

    def _plain_test(self, found: re.Match[str]) -> str:
        knowledge, name = self._knowledge, found["finding"]
        if found["bound"] in knowledge.thresholds:
            return f'"{knowledge.thresholds[found["bound"]].means}"'
        if found["bound"] and name in knowledge.question_of:
            question = knowledge.question_of[name]
            return f'"{question.ask}" {found["way"].replace("_", " ")} {found["bound"]} {question.unit}'
        values = (found["values"] or "").split(", ")
        if name in knowledge.findings or (name in knowledge.question_of and values == [YES]):
            return f'"{knowledge.label_of(name)}"'
        if name in knowledge.question_of and set(values) <= set(knowledge.question_of[name].values):
            question = knowledge.question_of[name]
            labels = [option.label for option in question.options if option.id in values] or values
            return f'"{knowledge.label_of(name)}": {" or ".join(labels)}'
        return found.group()

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
