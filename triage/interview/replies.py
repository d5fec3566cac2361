"""Replies to what a person asks after the result: how, why not, what if."""

from __future__ import annotations

from triage.explanation.narrative import render_derivation, render_why_not
from triage.explanation.why_not import why_not_disposition, why_not_rule
from triage.interview.parsing import NotUnderstood, read_answer
from triage.interview.session import Session
from triage.source.diagnostic import nearest

UNKNOWN_WISH = "Please type how, why not ..., what if ...=..., a, the number of an answer, or q."


def reply(session: Session, typed: str) -> str:
    """Return the reply to a question after the result.

    Raises:
        NotUnderstood: it is none of those that can be asked.
    """
    wish = typed.lower()
    if wish == "how":
        return render_derivation(session.knowledge, session.assessment())
    if wish.startswith("why not"):
        return _why_not(session, typed[len("why not") :])
    if wish.startswith("what if"):
        return _what_if(session, typed[len("what if") :])
    raise NotUnderstood(UNKNOWN_WISH)


def _why_not(session: Session, typed: str) -> str:
    knowledge = session.knowledge
    target = typed.strip(" ?").replace(" ", "_" if "-" not in typed else "-")
    if target in knowledge.rungs:
        return render_why_not(knowledge, why_not_disposition(knowledge, session.findings, target))
    if target in knowledge.rules:
        return render_why_not(knowledge, why_not_rule(knowledge, session.findings, knowledge.rules[target]))
    hint = nearest(target, [*knowledge.rungs, *knowledge.rules])
    return f'"{target}" is not a disposition or a rule{hint}\n'


def _what_if(session: Session, typed: str) -> str:
    name, _, answer = (part.strip() for part in typed.strip(" ?").partition("="))
    knowledge = session.knowledge
    if name not in knowledge.questions:
        return f'There is no question "{name}"{nearest(name, knowledge.questions)}\n'
    try:
        changed = session.answer(name, read_answer(knowledge.questions[name], answer, knowledge))
    except NotUnderstood as misfit:
        return f"{misfit}\n"
    before, after = session.assessment(), changed.assessment()
    if (before.disposition, before.soon) == (after.disposition, after.soon):
        lines = [f"It would stay: {after.title}."]
    else:
        lines = [f"It would be: {after.title}, {after.time_frame}."]
    lines += [f"- because {reason.because}" for reason in after.reasons if reason not in before.reasons]
    return "\n".join(lines) + "\n"
