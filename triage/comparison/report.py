"""What differs between two knowledge bases, as text on 80 columns, as data, and as cases."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from triage.comparison.acuity import Acuity
from triage.comparison.advice import AdviceChange
from triage.comparison.difference import Difference
from triage.comparison.rule_changes import Kind, RuleChange
from triage.comparison.transitions import Move, Way
from triage.comparison.world_pair import NEW, OLD, Sighting
from triage.explanation.answers import answers_in_words
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.intake import as_answers
from triage.inference.truth import Value
from triage.knowledge.model import NO, KnowledgeBase, Question, Rule
from triage.proof.solver import Answer

WIDTH = 80
SCHEMA_VERSION = "2"
_MOST_NAMES = 40
_DIRECTIONS = ((True, "less urgent"), (False, "more urgent"))


def text(difference: Difference, folders: tuple[str, str]) -> str:
    """Return the report; `folders` are the two rules folders as the reader can open them."""
    return "".join(f"{line}\n" for line in _Text(difference, folders).lines())


class _Text:
    def __init__(self, difference: Difference, folders: tuple[str, str]) -> None:
        self._difference = difference
        self._folders = folders

    def lines(self) -> Iterator[str]:
        difference = self._difference
        for less, words in _DIRECTIONS:
            yield from _wrap(_summary(difference, less=less, words=words))
        yield from _wrap(_advice_summary(difference))
        if difference.without_example:
            yield from _wrap(
                f"{difference.without_example} of all these changes are named without an example."
            )
        for less, words in _DIRECTIONS:
            for way in difference.ways.of(less_urgent=less):
                yield from self._way(way, words)
        for change in difference.advice.changes:
            yield from self._advice(change)
        yield from self._unasked()
        yield from self._rest()

    def _way(self, way: Way, words: str) -> Iterator[str]:
        yield ""
        yield from _wrap(f"{words.upper()}: {', '.join(way.roots) or 'by no single rule that was looked at'}")
        yield from self._places(way.roots)
        for move, sighting in way.moves.items():
            undecided = sighting.answer is Answer.UNDECIDED
            yield from _wrap(f"{_move(move)}{': undecided' if undecided else ''}", "  ")
            yield from self._example(sighting)

    def _advice(self, change: AdviceChange) -> Iterator[str]:
        yield ""
        before, after = change.change
        mark = "LOOK FIRST: " if change.is_risky else ""
        yield from _wrap(f"{mark}{change.kind} {change.id} ({change.title}): {before} -> {after}")
        if change.sighting.answer is Answer.UNDECIDED:
            yield "  undecided: no example was found, and no proof that there is none"
        yield from self._example(change.sighting)

    def _example(self, sighting: Sighting) -> Iterator[str]:
        example = self._difference.examples.get(sighting)
        if example is not None:
            words = person(self._difference.knowledge[NEW], example.findings[NEW])
            yield from _wrap(f"Someone: {words}", "    ")
            for word, side in (("before", OLD), ("after", NEW)):
                yield from _wrap(f"{word}: {_outcome(example.assessments[side])}", "    ")

    def _places(self, names: tuple[str, ...]) -> Iterator[str]:
        for folder, knowledge in zip(self._folders, self._difference.knowledge, strict=True):
            for name in names:
                if name in knowledge.rules:
                    yield f"  {folder}/{_place(knowledge.rules[name])}"

    def _unasked(self) -> Iterator[str]:
        rules = self._difference.ways.unasked
        advice = dict.fromkeys(f"{each.kind} {each.id}" for each in self._difference.advice.unasked)
        for names, what in ((rules, "may move somebody too"), (tuple(advice), "may change for somebody too")):
            if names:
                more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
                yield ""
                yield from _wrap(f"NOT LOOKED AT ONE BY ONE, {what}: {', '.join(names[:_MOST_NAMES])}{more}")

    def _rest(self) -> Iterator[str]:
        difference = self._difference
        changed = [change for change in difference.rules if change.kind is not Kind.SAME]
        if changed:
            yield ""
            yield f"RULES: {len(changed)} of {len(difference.rules)} are not as they were"
            for change in changed:
                yield from _wrap(f"{change.id}: {change.kind.value}{_details(change)}", "  ")
        tables = difference.tables
        for title, entries in (("QUESTIONNAIRE", tables.questionnaire), ("LADDER", tables.ladder)):
            if entries:
                yield ""
                yield title
                for entry in entries:
                    yield from _wrap(entry, "  ")
        yield ""
        if tables.wording:
            counts = ", ".join(f"{len(names)} {kind}" for kind, names in tables.wording.items())
            yield from _wrap(f"Said in other words: {counts}.")
        if tables.sources:
            yield from _wrap(f"Resting on other sources: {', '.join(tables.sources)}.")
        yield from self._cases()
        count = difference.questions
        yield f"The solver was asked {count} {'question' if count == 1 else 'questions'}."

    def _cases(self) -> Iterator[str]:
        cases = self._difference.cases
        if cases.compared:
            moved, other = len(cases.dispositions), len(cases.advice)
            yield from _wrap(
                f"Of {cases.compared} known cases, {moved} come to another disposition and {other} more get "
                "other advice."
            )
        if cases.not_comparable:
            names = ", ".join(cases.not_comparable)
            many = f"{len(cases.not_comparable)} known case{'s' * (len(cases.not_comparable) > 1)}"
            yield from _wrap(
                f"{many} could not be compared, for want of an answer in one questionnaire: {names}."
            )


def _summary(difference: Difference, *, less: bool, words: str) -> str:
    answer = difference.ways.answer(less_urgent=less)
    if answer is Answer.NONE:
        return f"Nobody becomes {words} (proved)."
    ways = difference.ways.of(less_urgent=less)
    if ways:
        return f"{len(ways)} {'change makes' if len(ways) == 1 else 'changes make'} somebody {words}."
    return f"Whether anybody becomes {words} is undecided; give a larger --budget."


def _advice_summary(difference: Difference) -> str:
    advice = difference.advice
    if not (advice.changes or advice.unasked):
        return "Nobody gets other advice (proved)."
    risky = sum(change.is_risky for change in advice.changes)
    return (
        f"{len(advice.changes)} pieces of advice change for somebody, {risky} of them to be looked at first."
    )


def _move(move: Move) -> str:
    return " -> ".join(_acuity(acuity) for acuity in move)


def _acuity(acuity: Acuity) -> str:
    disposition, soon = acuity
    return f"{disposition} (soon)" if soon else disposition


def _outcome(assessment: Assessment) -> str:
    reasons = [reason.rule for reason in assessment.reasons][:3]
    because = f"; {', '.join(reasons)}" if reasons else ""
    when = f" ({assessment.time_frame})" if assessment.disposition != UNDETERMINED else ""
    return f"{assessment.disposition}{when}{because}"


def _place(rule: Rule) -> str:
    return f"{rule.file}:{rule.line_of('disposition') if rule.disposition else 1}"


def _details(change: RuleChange) -> str:
    details = "; ".join(change.details) or ", ".join(change.roots)
    undecided = "; undecided whether for anybody" if change.answer is Answer.UNDECIDED else ""
    return f" ({details}){undecided}" if details else undecided


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


def record(difference: Difference) -> dict[str, Any]:
    """Return the difference as JSON data."""
    ways, advice, cases = difference.ways, difference.advice, difference.cases
    return {
        "schema_version": SCHEMA_VERSION,
        "knowledge_bases": [
            {"version": base.version, "sha256": base.sha256} for base in difference.knowledge
        ],
        "same_meaning": difference.is_same_meaning,
        "less_urgent": ways.answer(less_urgent=True).value,
        "more_urgent": ways.answer(less_urgent=False).value,
        "without_example": difference.without_example,
        "ways": [
            {
                "roots": list(way.roots),
                "less_urgent": way.less_urgent,
                "moves": [
                    {
                        "before": _acuity(move[OLD]),
                        "after": _acuity(move[NEW]),
                        **_sighting_record(difference, sighting),
                    }
                    for move, sighting in way.moves.items()
                ],
            }
            for way in ways.ways
        ],
        "roots_not_asked": list(ways.unasked),
        "advice": [
            {**_advice_record(change), **_sighting_record(difference, change.sighting)}
            for change in advice.changes
        ],
        "advice_not_asked": [_advice_record(change) for change in advice.unasked],
        "rules": [
            {"rule": change.id, "kind": change.kind.value, "details": list(change.details)}
            for change in difference.rules
            if change.kind is not Kind.SAME
        ],
        "questionnaire": list(difference.tables.questionnaire),
        "ladder": list(difference.tables.ladder),
        "wording": {kind: list(names) for kind, names in difference.tables.wording.items()},
        "cases": {
            "compared": cases.compared,
            "not_comparable": list(cases.not_comparable),
            "other_disposition": [
                {"case": each.id, "before": _acuity(each.before), "after": _acuity(each.after)}
                for each in cases.dispositions
            ],
            "other_advice": list(cases.advice),
        },
        "questions": difference.questions,
    }


def _advice_record(change: AdviceChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "id": change.id,
        "before": change.change[OLD],
        "after": change.change[NEW],
        "look_first": change.is_risky,
    }


def _sighting_record(difference: Difference, sighting: Sighting) -> dict[str, Any]:
    example = difference.examples.get(sighting)
    return {
        "answer": sighting.answer.value,
        "example": example
        and {
            "answers": as_answers(difference.knowledge[NEW], example.findings[NEW]),
            "before": example.assessments[OLD].disposition,
            "after": example.assessments[NEW].disposition,
        },
    }


def witness_cases(difference: Difference) -> list[dict[str, Any]]:
    """Return every example as a case; it expects what the new rules come to, and its title says what was."""
    sightings = [
        *((".".join(way.roots), each) for way in difference.ways.ways for each in way.moves.values()),
        *((f"{change.kind}.{change.id}", change.sighting) for change in difference.advice.changes),
    ]
    cases = []
    for number, (name, sighting) in enumerate(sightings, start=1):
        example = difference.examples.get(sighting)
        if example is not None:
            before, after = example.assessments
            cases.append(
                {
                    "id": f"diff-{number}.{name}",
                    "title": f"{before.disposition} before, {after.disposition} now",
                    "answers": as_answers(difference.knowledge[NEW], example.findings[NEW]),
                    "expect": {"disposition": after.disposition},
                }
            )
    return cases
