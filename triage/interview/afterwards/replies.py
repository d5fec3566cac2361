"""Replies to what a person asks after the result, wrapped to a width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from triage.explanation.narrative import render_assessment, render_derivation, render_why_not
from triage.explanation.note import Note, note_of, note_text
from triage.explanation.reasons import render_causes, render_reasons, render_sooner_or_later
from triage.explanation.short_result import verdict
from triage.explanation.why_not import why_not_disposition, why_not_rule
from triage.interview.hearing.parsing import NotUnderstood, read_answer
from triage.interview.interview import Interview
from triage.source.diagnostic import nearest
from triage.source.text import page

UNKNOWN_WISH = "Please type one of the letters above, the number of an answer to change it, or q."

_REPLIES: Mapping[str, Callable[[Interview, int], str]] = {
    "m": lambda interview, width: render_assessment(interview.knowledge, interview.assessment(), width),
    "w": lambda interview, width: render_reasons(
        interview.knowledge, interview.findings, interview.assessment(), width
    ),
    "c": lambda interview, width: render_causes(interview.assessment(), width),
    "n": lambda interview, width: render_sooner_or_later(interview.knowledge, interview.findings, width),
    "p": lambda interview, width: note_text(note_about(interview, today()), width),
    "how": lambda interview, width: render_derivation(interview.knowledge, interview.assessment(), width),
}


def note_about(interview: Interview, day: str) -> Note:
    """Return the note for the doctor about an interview."""
    return note_of(interview.knowledge, interview.findings, day, interview.words(), interview.sentences)


def today() -> str:
    """Return today's date as a note shows it."""
    return datetime.now().astimezone().strftime("%d.%m.%Y")


def reply(interview: Interview, typed: str, width: int) -> str:
    """Return the reply to a question after the result.

    Raises:
        NotUnderstood: nobody can ask this.
    """
    wish = typed.lower()
    if wish in _REPLIES:
        return _REPLIES[wish](interview, width)
    if wish.startswith("why not"):
        return _why_not(interview, typed[len("why not") :], width)
    if wish.startswith("what if"):
        name, _, answer = (part.strip() for part in typed[len("what if") :].strip(" ?").partition("="))
        return _what_if_answered(interview, name, answer, width)
    raise NotUnderstood(UNKNOWN_WISH)


def what_if(before: Interview, after: Interview, width: int) -> str:
    """Return how the result would change with other answers."""
    now, then = before.assessment(), after.assessment()
    if (now.disposition, now.soon) == (then.disposition, then.soon):
        lines = [f"It would stay: {verdict(now)}."]
    else:
        lines = [f"It would be: {verdict(then)}."]
    lines += [f"- because {reason.because}" for reason in then.reasons if reason not in now.reasons]
    asks = [before.knowledge.questions[name].ask for name in then.questions]
    if then.disposition not in before.knowledge.rungs and asks:
        lines.append(f"This would be asked: {asks[0]}")
    return page(lines, width)


def _why_not(interview: Interview, typed: str, width: int) -> str:
    knowledge = interview.knowledge
    target = typed.strip(" ?").replace(" ", "_" if "-" not in typed else "-")
    if target in knowledge.rungs:
        return render_why_not(knowledge, why_not_disposition(knowledge, interview.findings, target), width)
    if target in knowledge.rules:
        why = why_not_rule(knowledge, interview.findings, knowledge.rules[target])
        return render_why_not(knowledge, why, width)
    hint = nearest(target, [*knowledge.rungs, *knowledge.rules])
    return page([f'"{target}" is not a disposition or a rule{hint}'], width)


def _what_if_answered(interview: Interview, name: str, answer: str, width: int) -> str:
    knowledge = interview.knowledge
    if name not in knowledge.questions:
        return page([f'There is no question "{name}"{nearest(name, knowledge.questions)}'], width)
    try:
        changed = interview.change(name, read_answer(knowledge.questions[name], answer, knowledge))
    except NotUnderstood as misfit:
        return page([str(misfit)], width)
    return what_if(interview, changed, width)
