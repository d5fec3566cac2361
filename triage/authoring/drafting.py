"""Drafting and trying the cases of a rule: one that fires it, near misses, edges and an unknown answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from triage.authoring.lint.case_files import edges
from triage.explanation.answers import value_text
from triage.explanation.why_not import why_not_rule
from triage.inference.answers.intake import read_answers
from triage.inference.answers.reading import NONE, NOT_SURE_MARK, UNKNOWN
from triage.inference.answers.working_memory import working_memory
from triage.inference.assess import assess_findings
from triage.inference.grounds.support import with_conclusions
from triage.inference.truth import Missing, Truth, Value, truth_of
from triage.knowledge.gaps import gap
from triage.knowledge.model import YES, KnowledgeBase, Rule
from triage.knowledge.parts.conditions import tests_of
from triage.knowledge.parts.pronouns import address

Case: TypeAlias = dict[str, Any]
Findings: TypeAlias = Mapping[str, Value]


def cases_text(cases: Iterable[Case]) -> str:
    """Return cases as the text of a case file, with one key on each line."""
    written = (
        ",\n".join(
            f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in case.items()
        )
        for case in cases
    )
    return "[\n" + ",\n".join(f"  {{\n{case}\n  }}" for case in written) + "\n]\n"


def case_gaps(rule: str) -> list[Case]:
    """Return the cases that every rule needs, with gaps for their authors to fill in."""
    return [
        _gap(rule, "typical", "a person whom the rule is made for", fires=[rule]),
        _gap(rule, "near-miss", "a person whom it just does not fit", silent=[rule]),
        _gap(rule, "not-sure", "a person who is not sure about one answer", silent=[rule], open=[rule]),
    ]


def _gap(rule: str, name: str, title: str, **expect: list[str]) -> Case:
    answers = {gap("a question"): gap("its answer")}
    return {"id": f"{rule}.{name}", "title": gap(title), "answers": answers, "expect": expect}


def draft_cases(knowledge: KnowledgeBase, rule: Rule, *, expects_disposition: bool) -> list[Case]:
    """Return cases for a rule, each of them tried; a case that was not found is a gap.

    If no answers fire the rule, there are none.

    Args:
        knowledge: a knowledge base that holds the rule.
        rule: the rule.
        expects_disposition: whether the rule's disposition is settled, so that a case can expect it.
    """
    fitting = why_not_rule(knowledge, {}, rule).change
    if fitting is None:
        return []
    drafts = _Drafts(knowledge, rule)
    drafts.add_typical(fitting, expects_disposition=expects_disposition)
    for finding in fitting:
        drafts.add_near_miss(fitting, finding)
    drafts.add_edges(fitting)
    drafts.add_unknown(fitting)
    return drafts.cases


class _Drafts:
    """The growing list of cases of one rule; no two have the same answers."""

    def __init__(self, knowledge: KnowledgeBase, rule: Rule) -> None:
        self._knowledge = knowledge
        self._rule = rule
        self._cases: list[Case] = []

    @property
    def cases(self) -> list[Case]:
        """The cases, with a gap for what was not found."""
        _, near_miss, not_sure = case_gaps(self._rule.id)
        opens = ["open" in case["expect"] for case in self._cases]
        silent = ["silent" in case["expect"] for case in self._cases]
        lacking = [] if silent.count(True) > opens.count(True) else [near_miss]
        return [*self._cases, *lacking, *([] if any(opens) else [not_sure])]

    def add_typical(self, fitting: Findings, *, expects_disposition: bool) -> None:
        found = assess_findings(self._knowledge, read_answers(self._knowledge, self._answers(fitting)))
        expect: Case = {"fires": [self._rule.id]}
        if expects_disposition and found.disposition == self._rule.disposition:
            expect = {"disposition": found.disposition, **expect}
        self._add("typical", self._rule.title, fitting, expect)

    def add_near_miss(self, fitting: Findings, finding: str) -> None:
        """Change one answer to the nearest one with which the rule does not fire."""
        for value in self._others(finding, fitting[finding]):
            changed = {**fitting, finding: value}
            if self._truth(changed) is Truth.FALSE:
                self._add(*self._telling(finding, value), changed, {"silent": [self._rule.id]})
                return

    def add_edges(self, fitting: Findings) -> None:
        """Try the values just below, at and just above each threshold of the rule."""
        for test in tests_of(self._rule.when):
            for value in edges(self._knowledge, test.threshold) if test.threshold else ():
                changed = {**fitting, test.finding: value}
                key = "fires" if self._truth(changed) is Truth.TRUE else "silent"
                self._add(*self._telling(test.finding, value), changed, {key: [self._rule.id]})

    def add_unknown(self, fitting: Findings) -> None:
        """Turn the first answer that can leave the rule open to "not sure"."""
        for finding in fitting:
            changed = {**fitting, finding: Missing.UNKNOWN}
            if self._truth(changed) is Truth.OPEN:
                title = f"The same, not sure: {self._label(finding)}"
                expect = {"silent": [self._rule.id], "open": [self._rule.id]}
                self._add("not-sure", title, changed, expect)
                return

    def _add(self, name: str, title: str, findings: Findings, expect: Case) -> None:
        answers = self._answers(findings)
        if any(case["answers"] == answers for case in self._cases):
            return
        self._cases.append(
            {"id": f"{self._rule.id}.{name}", "title": title, "answers": answers, "expect": expect}
        )

    def _truth(self, findings: Findings) -> Truth:
        given = read_answers(self._knowledge, self._answers(findings))
        return truth_of(
            self._rule.when, with_conclusions(self._knowledge, working_memory(self._knowledge, given))
        )

    def _answers(self, findings: Findings) -> Case:
        """Return findings as the answers of a case; a checklist counts as completely answered."""
        answers: Case = {}
        for question in self._knowledge.questions.values():
            given = {name: findings[name] for name in question.findings if name in findings}
            if not given:
                continue
            if question.kind == "checklist":
                marks = {YES: "", Missing.UNKNOWN: NOT_SURE_MARK}
                named = [marks[value] + _item(name) for name, value in given.items() if value in marks]
                answers[question.id] = named or NONE
            else:
                (value,) = given.values()
                answers[question.id] = UNKNOWN if isinstance(value, Missing) else value
        return answers

    def _others(self, finding: str, value: Value) -> Iterator[str | int]:
        """Yield the other values of a finding, the nearest first."""
        question = self._knowledge.question_of[finding]
        if isinstance(value, int):
            near = (value - 1, value + 1, question.minimum, question.maximum)
            yield from (each for each in near if question.minimum <= each <= question.maximum)
        elif value in question.values:
            at = question.values.index(str(value))
            order = sorted(question.values, key=lambda each: abs(question.values.index(each) - at))
            yield from order[1:]

    def _label(self, finding: str) -> str:
        return address(self._knowledge.label_of(finding))

    def _telling(self, finding: str, value: str | int) -> tuple[str, str]:
        """Return name and title of a case in which a finding has another value."""
        question = self._knowledge.question_of[finding]
        if question.kind == "checklist":
            here, without = ("with", "with") if value == YES else ("no", "without")
            return f"{here}-{_kebab(_item(finding))}", f"The same, {without}: {self._label(finding)}"
        return (
            f"{_kebab(finding)}-{_kebab(str(value))}",
            f"{self._label(finding)} {value_text(question, value)}",
        )


def _item(finding: str) -> str:
    return finding.partition(".")[2]


def _kebab(name: str) -> str:
    return name.replace("_", "-")
