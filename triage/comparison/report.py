"""What differs between two knowledge bases, as data; and that data as text on 80 columns, and as cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from triage.comparison.acuity import Acuity
from triage.comparison.advice import AdviceChange
from triage.comparison.difference import Difference
from triage.comparison.questionnaires import NEW, OLD
from triage.comparison.rule_changes import Kind
from triage.comparison.transitions import Way
from triage.comparison.world_pair import Sighting
from triage.explanation.answers import answers_in_words
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.intake import as_answers
from triage.inference.truth import Value
from triage.knowledge.model import NO, KnowledgeBase, Question
from triage.proof.solver import Answer
from triage.source.text import plural, wrap

SCHEMA_VERSION = "2"
_MOST_NAMES = 40
_UNDECIDED = Answer.UNDECIDED.value

Data: TypeAlias = Mapping[str, Any]


def record(difference: Difference) -> dict[str, Any]:
    """Return the difference as JSON data."""
    ways, advice, tables, cases = difference.ways, difference.advice, difference.tables, difference.cases
    return {
        "schema_version": SCHEMA_VERSION,
        "knowledge_bases": [
            {"version": base.version, "sha256": base.sha256} for base in difference.knowledge
        ],
        "same_meaning": difference.is_same_meaning,
        "less_urgent": ways.answer(less_urgent=True).value,
        "more_urgent": ways.answer(less_urgent=False).value,
        "without_example": difference.without_example,
        "ways": [_way_record(difference, way) for way in ways.ways],
        "roots_not_asked": list(ways.unasked),
        "advice": [
            {**_advice_record(change), **_sighting_record(difference, change.sighting)}
            for change in advice.changes
        ],
        "advice_not_asked": [_advice_record(change) for change in advice.unasked],
        "rules_compared": len(difference.rules),
        "rules": [
            {
                "rule": change.id,
                "kind": change.kind.value,
                "details": list(change.details),
                "roots": list(change.roots),
                "answer": change.answer.value,
            }
            for change in difference.rules
            if change.kind is not Kind.SAME
        ],
        "questionnaire": list(tables.questionnaire),
        "ladder": list(tables.ladder),
        "wording": {kind: list(names) for kind, names in tables.wording.items()},
        "sources": list(tables.sources),
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


def _way_record(difference: Difference, way: Way) -> Data:
    moves = [
        {"before": _acuity(old), "after": _acuity(new), **_sighting_record(difference, sighting)}
        for (old, new), sighting in way.moves.items()
    ]
    places = [
        [_place(knowledge, name) for name in way.roots if name in knowledge.rules]
        for knowledge in difference.knowledge
    ]
    return {"roots": list(way.roots), "places": places, "less_urgent": way.less_urgent, "moves": moves}


def _place(knowledge: KnowledgeBase, name: str) -> str:
    rule = knowledge.rules[name]
    return f"{rule.file}:{rule.line_of('disposition') if rule.disposition else 1}"


def _advice_record(change: AdviceChange) -> Data:
    return {
        "kind": change.kind,
        "id": change.id,
        "title": change.title,
        "before": change.change[OLD],
        "after": change.change[NEW],
        "look_first": change.is_risky,
    }


def _sighting_record(difference: Difference, sighting: Sighting) -> Data:
    """Return what was seen, with the answers of somebody who shows it, and what both bases tell them."""
    example = difference.examples.get(sighting)
    if example is None:
        return {"answer": sighting.answer.value, "example": None}
    knowledge, findings = difference.knowledge[NEW], example.findings[NEW]
    before, after = example.assessments
    return {
        "answer": sighting.answer.value,
        "example": {
            "answers": as_answers(knowledge, findings),
            "before": before.disposition,
            "after": after.disposition,
            "in_words": {
                "someone": person(knowledge, findings),
                "before": _outcome(before),
                "after": _outcome(after),
            },
        },
    }


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
        texts.append(f"Nothing in {plural(len(lists), 'other list')} that were gone through.")
    return " ".join(texts) or "nothing asked yet"


def _acuity(acuity: Acuity) -> str:
    disposition, soon = acuity
    return f"{disposition} (soon)" if soon else disposition


def _outcome(assessment: Assessment) -> str:
    reasons = ", ".join(reason.rule for reason in assessment.reasons[:3])
    when = f" ({assessment.time_frame})" if assessment.disposition != UNDETERMINED else ""
    return f"{assessment.disposition}{when}{'; ' if reasons else ''}{reasons}"


def witness_cases(difference: Difference) -> list[dict[str, Any]]:
    """Return every example as a case; it expects what the new rules come to, and its title says what was."""
    data = record(difference)
    shown = [(".".join(way["roots"]), move["example"]) for way in data["ways"] for move in way["moves"]]
    shown += [(f"{change['kind']}.{change['id']}", change["example"]) for change in data["advice"]]
    return [
        {
            "id": f"diff-{number}.{name}",
            "title": f"{example['before']} before, {example['after']} now",
            "answers": example["answers"],
            "expect": {"disposition": example["after"]},
        }
        for number, (name, example) in enumerate(shown, start=1)
        if example
    ]


def text(difference: Difference, folders: tuple[str, str]) -> str:
    """Return the report; `folders` are the two rules folders as the reader can open them."""
    data = record(difference)
    lines: list[str] = []
    for less, words in ((True, "less urgent"), (False, "more urgent")):
        gone = [way for way in data["ways"] if way["less_urgent"] == less and _is_gone(way)]
        lines += _lines(_summary(data[words.replace(" ", "_")], len(gone), words))
    lines += _lines(_advice_summary(data))
    if data["without_example"]:
        lines += _lines(f"{data['without_example']} of all these changes are named without an example.")
    for part in (
        _ways(data, folders),
        _advice(data),
        _unasked(data),
        _rules(data),
        _tables(data),
        _rest(data),
    ):
        lines += part
    return "".join(f"{line}\n" for line in lines)


def _lines(words: str, indent: str = "") -> list[str]:
    return wrap(words, indent, f"{indent}  ")


def _is_gone(way: Data) -> bool:
    return any(move["answer"] == Answer.FOUND.value for move in way["moves"])


def _summary(answer: str, number: int, words: str) -> str:
    if answer == Answer.NONE.value:
        return f"Nobody becomes {words} (proved)."
    if answer == _UNDECIDED:
        return f"Whether anybody becomes {words} is undecided; give a larger --budget."
    return f"{plural(number, 'change makes', 'changes make')} somebody {words}."


def _advice_summary(data: Data) -> str:
    changes = data["advice"]
    if not (changes or data["advice_not_asked"]):
        return "Nobody gets other advice (proved)."
    risky = sum(change["look_first"] for change in changes)
    return f"{len(changes)} pieces of advice change for somebody, {risky} of them to be looked at first."


def _ways(data: Data, folders: tuple[str, str]) -> Iterator[str]:
    for way in filter(_is_gone, data["ways"]):
        direction = "LESS URGENT" if way["less_urgent"] else "MORE URGENT"
        yield ""
        yield from _lines(f"{direction}: {', '.join(way['roots']) or 'by no single rule that was looked at'}")
        for folder, places in zip(folders, way["places"], strict=True):
            yield from (f"  {folder}/{place}" for place in places)
        for move in way["moves"]:
            undecided = ": undecided" if move["answer"] == _UNDECIDED else ""
            yield from _lines(f"{move['before']} -> {move['after']}{undecided}", "  ")
            yield from _example(move["example"])


def _advice(data: Data) -> Iterator[str]:
    for change in data["advice"]:
        mark = "LOOK FIRST: " if change["look_first"] else ""
        name = f"{change['kind']} {change['id']} ({change['title']})"
        yield ""
        yield from _lines(f"{mark}{name}: {change['before']} -> {change['after']}")
        if change["answer"] == _UNDECIDED:
            yield "  undecided: no example was found, and no proof that there is none"
        yield from _example(change["example"])


def _example(example: Data | None) -> Iterator[str]:
    if example:
        words = example["in_words"]
        for line in (
            f"Someone: {words['someone']}",
            f"before: {words['before']}",
            f"after: {words['after']}",
        ):
            yield from _lines(line, "    ")


def _unasked(data: Data) -> Iterator[str]:
    advice = dict.fromkeys(f"{change['kind']} {change['id']}" for change in data["advice_not_asked"])
    kinds = ((data["roots_not_asked"], "may move somebody too"), ([*advice], "may change for somebody too"))
    for names, what in kinds:
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            yield ""
            yield from _lines(f"NOT LOOKED AT ONE BY ONE, {what}: {', '.join(names[:_MOST_NAMES])}{more}")


def _rules(data: Data) -> Iterator[str]:
    if data["rules"]:
        yield ""
        yield f"RULES: {len(data['rules'])} of {data['rules_compared']} are not as they were"
    for change in data["rules"]:
        details = "; ".join(change["details"]) or ", ".join(change["roots"])
        undecided = "; undecided whether for anybody" if change["answer"] == _UNDECIDED else ""
        told = f" ({details})" if details else ""
        yield from _lines(f"{change['rule']}: {change['kind']}{told}{undecided}", "  ")


def _tables(data: Data) -> Iterator[str]:
    for key in ("questionnaire", "ladder"):
        if data[key]:
            yield ""
            yield key.upper()
        for entry in data[key]:
            yield from _lines(entry, "  ")


def _rest(data: Data) -> Iterator[str]:
    yield ""
    if data["wording"]:
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in data["wording"].items())
        yield from _lines(f"Said in other words: {counts}.")
    if data["sources"]:
        yield from _lines(f"Resting on other sources: {', '.join(data['sources'])}.")
    cases = data["cases"]
    if cases["compared"]:
        moved, other = len(cases["other_disposition"]), len(cases["other_advice"])
        yield from _lines(
            f"Of {cases['compared']} known cases, {moved} come to another disposition and {other} more get "
            "other advice."
        )
    if cases["not_comparable"]:
        yield from _lines(
            f"{plural(len(cases['not_comparable']), 'known case')} could not be compared, for want of an "
            f"answer in one questionnaire: {', '.join(cases['not_comparable'])}."
        )
    yield f"The solver was asked {plural(data['questions'], 'question')}."
