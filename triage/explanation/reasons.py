"""Says in plain words why a result is what it is, what may cause it, and why it is not sooner or later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.explanation.answers import findings_text
from triage.explanation.narrative import deciding_reasons, first_few, open_asks, unsure_of
from triage.explanation.short_result import verdict
from triage.explanation.why_not import why_not_disposition
from triage.inference.assess import assess_findings
from triage.inference.assessment import UNDETERMINED, Assessment, Reason
from triage.inference.truth import Value
from triage.knowledge.model import NO, YES, KnowledgeBase
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW, page

_MOST_OPEN = 5
_MOST_CHANGES = 4


def render_reasons(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], found: Assessment, width: int = NARROW
) -> str:
    """Return the reasons for an assessment of some findings, as text of a width."""
    rest = [reason for reason in found.reasons if reason.disposition != found.disposition]
    lines = [f"Why: {verdict(found)}", *map(_because, deciding_reasons(found))]
    unsure = [sign.label for sign in found.not_sure] or list(unsure_of(knowledge, findings, found))
    if any(entry.not_sure for entry in found.not_ruled_out):
        lines += ["", knowledge.laws.not_sure, *_first(unsure, "sign")]
    elif found.disposition == UNDETERMINED:
        lines += ["", "These could not be ruled out yet:"]
        lines += _first([entry.title for entry in found.not_ruled_out], "sign")
    if rest:
        lines += ["", "What also holds, and is less urgent:", *map(_because, rest)]
    if not found.reasons:
        lines += ["", "Nothing that was answered fits a pattern. That is not an all-clear."]
    return page([*lines, "", "Type how to see each rule, its sources, and the answers behind it."], width)


def render_causes(found: Assessment, width: int = NARROW) -> str:
    """Return the possible causes, as text of a width."""
    if not found.causes:
        return page(["No possible cause is named for these answers."], width)
    causes = (f"- {cause.name}. {cause.text}" for cause in found.causes)
    return page(["Possible causes (not a diagnosis):", *causes], width)


def render_sooner_or_later(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], width: int = NARROW
) -> str:
    """Return why the result is not one step more urgent, and not one step less urgent."""
    found = assess_findings(knowledge, findings)
    rungs = list(knowledge.rungs)
    if found.disposition == UNDETERMINED:
        return page(_not_at_all(knowledge, found), width)
    place = rungs.index(found.disposition)
    lines: list[str] = []
    if place + 1 < len(rungs):
        lines += _not_sooner(knowledge, findings, rungs[place + 1], about_other=found.about_other)
    else:
        lines.append("Nothing is more urgent than this.")
    lines.append("")
    if place:
        lines += _not_later(knowledge, found, rungs[place - 1])
    else:
        lines.append("Nothing is less urgent than this.")
    return page(lines, width)


def _not_sooner(
    knowledge: KnowledgeBase, findings: Mapping[str, Value], rung: str, *, about_other: bool
) -> Iterator[str]:
    title = knowledge.rungs[rung].title
    yield f'Why not sooner ("{title}")? Nothing that was answered calls for it.'
    change = why_not_disposition(knowledge, findings, rung).change
    if change and len(change) <= _MOST_CHANGES:
        yield f"It would be so, for example, with {'this answer' if len(change) == 1 else 'these answers'}:"
        for name, value in change.items():
            yield f"- {_change_text(knowledge, name, value, about_other=about_other)}"


def _not_later(knowledge: KnowledgeBase, found: Assessment, rung: str) -> Iterator[str]:
    yield f'Why not later ("{knowledge.rungs[rung].title}")? This speaks against it:'
    yield from map(_because, deciding_reasons(found))
    yield from (f"- not sure: {sign.label}" for sign in found.not_sure)


def _not_at_all(knowledge: KnowledgeBase, found: Assessment) -> Iterator[str]:
    yield "It cannot be said yet how soon. What was not answered could still make it urgent:"
    yield from _first(open_asks(knowledge, found), "question")


def _change_text(knowledge: KnowledgeBase, finding: str, value: str | int, *, about_other: bool) -> str:
    """Return a changed answer in words: an item with yes or no, or a question with its answer."""
    question = knowledge.question_of[finding]
    label = address(knowledge.label_of(finding), about_other=about_other)
    if question.kind == "checklist" and value in (YES, NO):
        return f"{label}: {value}"
    return f"{label} {findings_text(question, {finding: value}, about_other=about_other)}"


def _because(reason: Reason) -> str:
    return f"- {reason.because}"


def _first(texts: list[str], noun: str) -> Iterator[str]:
    return (f"- {text}" for text in first_few(texts, _MOST_OPEN, noun))
