"""Checks of the case files of a knowledge base, which mirror the rules: one file for each rule.

`triage evaluate` checks whether the expectations of the cases are met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from triage.cases.reading.raw_case import RawCase, Unreadable
from triage.inference.answers.intake_error import IntakeError
from triage.inference.answers.reading import read_answer
from triage.knowledge.checking.lint import Check
from triage.knowledge.gaps import gaps, named
from triage.knowledge.model import KnowledgeBase, Rule
from triage.knowledge.parts.conditions import tests_of
from triage.source.diagnostic import Diagnostic, nearest
from triage.source.pointer import Pointer, pointer_text

VIGNETTES = "vignettes"


@dataclass(frozen=True)
class Cases:
    """The cases of a knowledge base as read from their folder, and the rules they belong to.

    The folders are named as their reader named them; `inputs` is what `read_cases` gave for `folder`.
    """

    knowledge: KnowledgeBase
    inputs: tuple[RawCase | Unreadable, ...]
    folder: str
    rules_folder: str

    @cached_property
    def files(self) -> Mapping[str, list[RawCase]]:
        """The cases by file, named from the folder on; a file that cannot be read has none."""
        found: dict[str, list[RawCase]] = defaultdict(list)
        for raw in self.inputs:
            if isinstance(raw, RawCase):
                found[self.inside(raw.file)].append(raw)
            elif not raw.empty_folder:
                found[self.inside(raw.file)].extend(())
        return found

    @cached_property
    def mirrored(self) -> Mapping[str, Rule]:
        """The rules, by the files of their cases."""
        return {mirror(rule.file): rule for rule in self.knowledge.rules.values()}

    @cached_property
    def of_gates(self) -> frozenset[str]:
        """The files of the cases of gates, one for each gate."""
        return frozenset(f"gates/{gate.id}.json" for gate in self.knowledge.every_gate)

    def inside(self, file: str) -> str:
        """Return a file's name from the folder on."""
        return PurePath(file).relative_to(self.folder).as_posix()

    def outside(self, name: str) -> str:
        """Return the name by which a file of the folder can be opened."""
        return str(Path(self.folder, name))

    def with_rule(self) -> Iterator[tuple[Rule, str, list[RawCase]]]:
        """Yield each rule that has readable cases, with their file and the cases."""
        for name, rule in self.mirrored.items():
            if self.files.get(name):
                yield rule, self.outside(name), self.files[name]


def mirror(rule_file: str) -> str:
    """Return the name of the case file of a rule file."""
    return PurePath(rule_file).with_suffix(".json").as_posix()


def _problem(raw: RawCase, place: Pointer, message: str) -> Diagnostic:
    return Diagnostic(raw.locate(place), message)


def _expected(raw: RawCase, key: str) -> list[Any]:
    expect = raw.data.get("expect") if isinstance(raw.data, Mapping) else None
    found = expect.get(key) if isinstance(expect, Mapping) else None
    return found if isinstance(found, list) else []


def _rule_without_cases(cases: Cases) -> Iterator[Diagnostic]:
    for name, rule in cases.mirrored.items():
        if name not in cases.files:
            file = str(Path(cases.rules_folder, rule.file))
            yield Diagnostic.at(file, 1, "/id", f"has no cases; write {cases.outside(name)}")


def _cases_without_rule(cases: Cases) -> Iterator[Diagnostic]:
    """Files outside the folders are about the whole base, vignettes about people, `gates` about gates."""
    for name in cases.files:
        mirrors = "/" in name and not name.startswith(f"{VIGNETTES}/")
        if mirrors and name not in cases.mirrored and name not in cases.of_gates:
            message = f"no rule has the name of this file{nearest(name, cases.mirrored)}"
            yield Diagnostic.at(cases.outside(name), 1, "", f"{message}; rename it or remove it")


def _rule_never_fired(cases: Cases) -> Iterator[Diagnostic]:
    for rule, file, found in cases.with_rule():
        if not any(rule.id in _expected(raw, "fires") for raw in found):
            message = f'no case expects the rule to fire; add one with "fires": ["{rule.id}"]'
            yield Diagnostic.at(file, 1, "", message)


def _rule_never_silent(cases: Cases) -> Iterator[Diagnostic]:
    for rule, file, found in cases.with_rule():
        if not any(rule.id in _expected(raw, "silent") for raw in found):
            message = f'no case expects the rule to be silent; add a near miss with "silent": ["{rule.id}"]'
            yield Diagnostic.at(file, 1, "", message)


def _foreign_case_id(cases: Cases) -> Iterator[Diagnostic]:
    for rule, _, found in cases.with_rule():
        for raw in found:
            name = raw.data.get("id") if isinstance(raw.data, Mapping) else None
            if isinstance(name, str) and not name.startswith(f"{rule.id}."):
                message = f'"{name}" does not begin with its rule; call it "{rule.id}.(what is special)"'
                yield _problem(raw, ("id",), message)


def _idle_case(cases: Cases) -> Iterator[Diagnostic]:
    for raw in cases.inputs:
        if isinstance(raw, RawCase) and isinstance(raw.data, Mapping) and "expect" not in raw.data:
            yield _problem(raw, (), "expects nothing; add what it should show")


def _untried_edge(cases: Cases) -> Iterator[Diagnostic]:
    for rule, file, found in cases.with_rule():
        for test in tests_of(rule.when):
            if test.threshold is None:
                continue
            tried = {_answer(cases.knowledge, raw, test.finding) for raw in found}
            lacking = [value for value in edges(cases.knowledge, test.threshold) if value not in tried]
            if lacking:
                values = ", ".join(str(value) for value in lacking)
                message = (
                    f"no case where {test.finding} is {values}, about {test.threshold}; add one for each"
                )
                yield Diagnostic.at(file, 1, "", message)


def edges(knowledge: KnowledgeBase, threshold: str) -> list[int | str]:
    """Return the answers just below, at and just above a threshold."""
    cut = knowledge.thresholds[threshold].value
    question = knowledge.questions[knowledge.thresholds[threshold].finding]
    if isinstance(cut, int):
        return [n for n in (cut - 1, cut, cut + 1) if question.minimum <= n <= question.maximum]
    at = question.values.index(cut)
    return list(question.values[max(0, at - 1) : at + 2])


def _answer(knowledge: KnowledgeBase, raw: RawCase, finding: str) -> Any:
    answers = raw.data.get("answers") if isinstance(raw.data, Mapping) else None
    question = knowledge.questions.get(finding)
    if question is None or not isinstance(answers, Mapping) or finding not in answers:
        return None
    try:
        return read_answer(question, answers[finding]).named.get(finding)
    except IntakeError:
        return None


def _unfinished_case(cases: Cases) -> Iterator[Diagnostic]:
    for raw in (raw for raw in cases.inputs if isinstance(raw, RawCase)):
        for place, text in gaps(raw.data):
            shown = replace(raw.locate(place), pointer=pointer_text((*raw.base, *named(place))))
            yield Diagnostic(shown, f"is not filled in yet: {text}")


def _unreadable_case(cases: Cases) -> Iterator[Diagnostic]:
    for raw in cases.inputs:
        if isinstance(raw, Unreadable) and not raw.empty_folder:
            yield raw.diagnostic


CHECKS: tuple[Check[Cases], ...] = (
    Check("rule-without-cases", "a rule that has no file of cases", _rule_without_cases),
    Check("cases-without-rule", "a file of cases that belongs to no rule", _cases_without_rule),
    Check("rule-never-fired", "a rule that no case of its file fires", _rule_never_fired),
    Check("rule-never-silent", "a rule without a near miss in its file", _rule_never_silent),
    Check("untried-edge", "a value next to a rule's threshold that no case tries", _untried_edge),
    Check("foreign-case-id", "a case whose id does not begin with its rule", _foreign_case_id),
    Check("idle-case", "a case that expects nothing", _idle_case),
    Check("unfinished-case", "a case with gaps that are not filled in", _unfinished_case),
    Check("unreadable-case", "a file of cases that is not JSON", _unreadable_case),
)
