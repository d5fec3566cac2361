"""What differs between two knowledge bases, as text on 80 columns, as data, and as cases."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from triage.audit.advice_changes import AdviceChange
from triage.audit.difference import Difference
from triage.audit.examining import Example
from triage.audit.joint import NEW, OLD
from triage.audit.levels import Level
from triage.audit.rule_changes import Kind, RuleChange
from triage.audit.splitting import Answer
from triage.audit.ways import Move, Way
from triage.explanation.answers import answers_in_words
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.intake import as_answers
from triage.inference.truth import Value
from triage.knowledge.model import NO, KnowledgeBase, Question, Rule

WIDTH = 80
SCHEMA_VERSION = "1"
_DIRECTIONS = ((True, "less urgent"), (False, "more urgent"))


def text(found: Difference, folders: tuple[str, str]) -> str:
    """Return the report; `folders` are the two rules folders as the reader can open them."""
    return "".join(f"{line}\n" for line in _Text(found, folders).lines())


class _Text:
    def __init__(self, found: Difference, folders: tuple[str, str]) -> None:
        self._found = found
        self._folders = folders

    def lines(self) -> Iterator[str]:
        found = self._found
        for less, words in _DIRECTIONS:
            yield from _wrap(_summary(found, less=less, words=words))
        yield from _wrap(_advice_summary(found))
        for less, words in _DIRECTIONS:
            for way in found.ways.of(less_urgent=less):
                yield from self._way(way, words)
        risky_first = sorted(found.advice, key=lambda change: not change.is_risky)
        for change in risky_first:
            yield from self._advice(change)
        yield from self._rest()

    def _way(self, way: Way, words: str) -> Iterator[str]:
        yield ""
        yield from _wrap(f"{words.upper()}: {', '.join(way.roots)}")
        yield from self._places(way.roots)
        for move, found in way.moves.items():
            yield from _wrap(f"{_said(move)}{'' if found.example else ': undecided'}", "  ")
            if found.example:
                yield from self._example(found.example)

    def _advice(self, change: AdviceChange) -> Iterator[str]:
        yield ""
        before, after = change.change
        mark = "LOOK FIRST: " if change.is_risky else ""
        yield from _wrap(f"{mark}{change.kind} {change.id} ({change.title}): {before} -> {after}")
        if change.found.example:
            yield from self._example(change.found.example)
        else:
            yield "  undecided: no example was found, and no proof that there is none"

    def _example(self, example: Example) -> Iterator[str]:
        yield from _wrap(f"Someone: {person(self._found.knowledge[NEW], example.findings[NEW])}", "    ")
        for word, side in (("before", OLD), ("after", NEW)):
            yield from _wrap(f"{word}: {_outcome(example.assessments[side])}", "    ")

    def _places(self, names: tuple[str, ...]) -> Iterator[str]:
        for folder, knowledge in zip(self._folders, self._found.knowledge, strict=True):
            for name in names:
                if name in knowledge.rules:
                    yield f"  {folder}/{_place(knowledge.rules[name])}"

    def _rest(self) -> Iterator[str]:
        found = self._found
        changed = [change for change in found.rules if change.kind is not Kind.SAME]
        if changed:
            yield ""
            yield f"RULES: {len(changed)} of {len(found.rules)} are not as they were"
            for change in changed:
                yield from _wrap(f"{change.id}: {change.kind.value}{_details(change)}", "  ")
        for title, entries in (
            ("QUESTIONNAIRE", found.tables.questionnaire),
            ("LADDER", found.tables.ladder),
        ):
            if entries:
                yield ""
                yield title
                for entry in entries:
                    yield from _wrap(entry, "  ")
        yield ""
        if found.tables.wording:
            counts = ", ".join(f"{len(names)} {kind}" for kind, names in found.tables.wording.items())
            yield from _wrap(f"Said in other words: {counts}.")
        if found.tables.sources:
            yield from _wrap(f"Resting on other sources: {', '.join(found.tables.sources)}.")
        cases = found.cases
        if cases.compared:
            moved, other = len(cases.dispositions), len(cases.advice)
            yield from _wrap(
                f"Of {cases.compared} known cases, {moved} come to another disposition and {other} more get "
                "other advice."
            )
        yield from _wrap(
            f"{found.people} people were looked at; {found.searches} searches, {found.nodes} nodes."
        )


def _summary(found: Difference, *, less: bool, words: str) -> str:
    answer = found.ways.answer(less_urgent=less)
    if answer is Answer.NONE:
        return f"Nobody becomes {words} (proved)."
    ways = found.ways.of(less_urgent=less)
    if ways:
        return f"{len(ways)} {'change makes' if len(ways) == 1 else 'changes make'} somebody {words}."
    return f"Whether anybody becomes {words} is undecided; give a larger --budget."


def _advice_summary(found: Difference) -> str:
    if not found.advice:
        return "Nobody gets other advice (proved)."
    risky = sum(change.is_risky for change in found.advice)
    return f"{len(found.advice)} pieces of advice change for somebody, {risky} of them to be looked at first."


def _said(move: Move) -> str:
    return " -> ".join(_level(level) for level in move)


def _level(level: Level) -> str:
    disposition, soon = level
    return f"{disposition} (soon)" if soon else disposition


def _outcome(assessment: Assessment) -> str:
    fired = [reason.rule for reason in assessment.reasons][:3]
    because = f"; {', '.join(fired)}" if fired else ""
    when = f" ({assessment.time_frame})" if assessment.disposition != UNDETERMINED else ""
    return f"{assessment.disposition}{when}{because}"


def _place(rule: Rule) -> str:
    return f"{rule.file}:{rule.line_of('disposition') if rule.disposition else 1}"


def _details(change: RuleChange) -> str:
    said = "; ".join(change.details) or ", ".join(change.roots)
    undecided = "; undecided whether for anybody" if change.found.answer is Answer.UNDECIDED else ""
    return f" ({said}){undecided}" if said else undecided


def _wrap(words: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def person(knowledge: KnowledgeBase, findings: Mapping[str, Value]) -> str:
    """Return someone's answers in plain words, question by question."""
    lists: list[Question] = []
    texts: list[str] = []
    for question, text in answers_in_words(knowledge, findings):
        if len(question.findings) > 1 and {findings.get(name) for name in question.findings} == {NO}:
            lists.append(question)
        else:
            texts.append(f"{question.ask} {text}.")
    if lists:
        number = len(lists)
        texts.append(
            f"Nothing in {number} other {'list' if number == 1 else 'lists'} that were gone through."
        )
    return " ".join(texts) or "nothing asked yet"


def record(found: Difference) -> dict[str, Any]:
    """Return the difference as JSON data."""
    old, new = found.knowledge
    return {
        "schema_version": SCHEMA_VERSION,
        "knowledge_bases": [{"version": base.version, "sha256": base.sha256} for base in (old, new)],
        "same_meaning": found.is_same_meaning,
        "less_urgent": found.ways.answer(less_urgent=True).value,
        "more_urgent": found.ways.answer(less_urgent=False).value,
        "ways": [
            {
                "roots": list(way.roots),
                "less_urgent": way.less_urgent,
                "moves": [
                    {
                        "before": _level(move[0]),
                        "after": _level(move[1]),
                        "answer": each.answer.value,
                        "example": _example_record(found, each.example),
                    }
                    for move, each in way.moves.items()
                ],
            }
            for way in found.ways.ways
        ],
        "advice": [
            {
                "kind": change.kind,
                "id": change.id,
                "before": change.change[0],
                "after": change.change[1],
                "look_first": change.is_risky,
                "answer": change.found.answer.value,
                "example": _example_record(found, change.found.example),
            }
            for change in found.advice
        ],
        "rules": [
            {"rule": change.id, "kind": change.kind.value, "details": list(change.details)}
            for change in found.rules
            if change.kind is not Kind.SAME
        ],
        "questionnaire": list(found.tables.questionnaire),
        "ladder": list(found.tables.ladder),
        "wording": {kind: list(names) for kind, names in found.tables.wording.items()},
        "cases": {
            "compared": found.cases.compared,
            "other_disposition": [
                {"case": each.id, "before": _level(each.before), "after": _level(each.after)}
                for each in found.cases.dispositions
            ],
            "other_advice": list(found.cases.advice),
        },
    }


def _example_record(found: Difference, example: Example | None) -> Any:
    if example is None:
        return None
    return {
        "answers": as_answers(found.knowledge[NEW], example.findings[NEW]),
        "before": example.assessments[OLD].disposition,
        "after": example.assessments[NEW].disposition,
    }


def witness_cases(found: Difference) -> list[dict[str, Any]]:
    """Return every example as a case; it expects what the new rules come to, and its title says what was."""
    examples = [
        *((".".join(way.roots), each.example) for way in found.ways.ways for each in way.moves.values()),
        *((f"{change.kind}.{change.id}", change.found.example) for change in found.advice),
    ]
    cases = []
    for number, (name, example) in enumerate(examples, start=1):
        if example is not None:
            before, after = example.assessments
            cases.append(
                {
                    "id": f"diff-{number}.{name}",
                    "title": f"{before.disposition} before, {after.disposition} now",
                    "answers": as_answers(found.knowledge[NEW], example.findings[NEW]),
                    "expect": {"disposition": after.disposition},
                }
            )
    return cases
