"""Puts an assessment into plain text for a person: disposition, why, what to do, what to watch for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from triage.explanation.why_not import WhyNot
from triage.inference.assessment import UNDETERMINED, Assessment, Citation, Reason, SelfCareStep, WithheldStep
from triage.inference.truth import Missing, Truth, Value
from triage.knowledge.model import EVERYTHING, KnowledgeBase, Moment
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW, page, plural


def render_assessment(knowledge: KnowledgeBase, found: Assessment, width: int = NARROW) -> str:
    """Return a whole assessment as text of a width."""
    doubt, signs = in_doubt(knowledge, found)
    lines = [found.title.upper(), *([doubt] if doubt else ()), *_bullets(signs), found.action]
    lines += [route.words for route in found.routes]
    if found.disposition != UNDETERMINED:
        lines.append(f"Time frame: {found.time_frame}.")
    open_flags = [entry.title for entry in found.not_ruled_out if entry.not_sure]
    why = [reason.because for reason in deciding_reasons(found)]
    lines += _section("Why", _bullets(why or ([knowledge.laws.not_sure] if open_flags else ())))
    others = [sign.label for sign in found.not_sure if sign.finding not in _emergencies(knowledge, found)]
    lines += _section("Signs that you were not sure about", _bullets(others))
    is_open = found.disposition == UNDETERMINED
    head = "Still to answer" if is_open else "Not answered yet, and could make this more urgent"
    lines += _section(head, _bullets(open_asks(knowledge, found)))
    for head, steps in in_order(knowledge.moments.values(), found.steps, waiting_steps(knowledge, found)):
        lines += _section(head, [line for step in steps for line in _step(step)])
    held = [step for step in found.withheld if step.rules]
    lines += _section("Not now, and why", _bullets(_held(held)))
    lines += _section("Watch for", _bullets(found.watch_for))
    causes = (f"{cause.name}. {cause.text}" for cause in found.causes)
    lines += _section("Possible causes (not a diagnosis)", _bullets(causes))
    lines += _section("Good to know", _bullets(found.explanations))
    lines += _section("Could not be ruled out", _bullets(open_flags))
    return page([*lines, "", _stamp(found)], width)


def _section(head: str, lines: Sequence[str]) -> list[str]:
    """Return lines under a heading, after a blank line; nothing if there are no lines."""
    return ["", head, *lines] if lines else []


def deciding_reasons(found: Assessment) -> list[Reason]:
    """Return the reasons that call for the disposition itself, not for a less urgent one."""
    return [reason for reason in found.reasons if reason.disposition == found.disposition]


def open_asks(knowledge: KnowledgeBase, found: Assessment) -> list[str]:
    """Return the questions still to answer, worded for the person."""
    return [address(knowledge.questions[name].ask, about_other=found.about_other) for name in found.questions]


def first_few(texts: Sequence[str], most: int, noun: str) -> Iterator[str]:
    """Yield the first texts, then how many more there are, if any."""
    yield from texts[:most]
    if len(texts) > most:
        yield f"and {plural(len(texts) - most, f'more {noun}')}"


def _held(steps: Sequence[WithheldStep]) -> Iterator[str]:
    """Yield each reason once, with the steps that it holds back."""
    for reason in dict.fromkeys(reason for step in steps for reason in step.because):
        yield f"because {reason}: {'; '.join(step.name for step in steps if reason in step.because)}"


def in_doubt(knowledge: KnowledgeBase, found: Assessment) -> tuple[str, tuple[str, ...]]:
    """Return what to do about signs in doubt that could be an emergency, and these signs.

    Both are empty if there are no such signs, or if it is an emergency already.
    """
    signs = _emergencies(knowledge, found)
    laws = knowledge.laws
    text = laws.not_sure_emergency or laws.not_sure
    labels = tuple(sign.label for sign in found.not_sure if sign.finding in signs)
    return knowledge.calls.named_in(text) if signs else "", labels


_MOST_UNSURE = 3


def unsure_of(knowledge: KnowledgeBase, findings: Mapping[str, Value], found: Assessment) -> tuple[str, ...]:
    """Return what the person was not sure about, if only this doubt calls for care; else nothing.

    If a rule calls for the disposition or a danger sign is in doubt, it is nothing. Each entry is the label
    of an item, or a question that is not a list; the last one may say how many more there are.
    """
    if found.not_sure or deciding_reasons(found):
        return ()
    asked = {name for entry in found.not_ruled_out if entry.not_sure for name in entry.questions}
    unsure = [
        address(knowledge.label_of(finding), about_other=found.about_other)
        for finding, question in knowledge.question_of.items()
        if question.id in asked and findings.get(finding) is Missing.UNKNOWN
    ]
    more = len(unsure) - _MOST_UNSURE
    return (*unsure[:_MOST_UNSURE], *([f"and {more} more"] if more > 0 else ()))


AT_ONCE = 3
"""The most things to do that a person gets for now, unless there is more first aid."""


def help_is_needed(knowledge: KnowledgeBase, found: Assessment) -> bool:
    """Whether help is needed so soon that advice of other kinds can wait."""
    rung = knowledge.rungs.get(found.disposition)
    return rung is not None and rung.offers != EVERYTHING


def waiting_steps(knowledge: KnowledgeBase, found: Assessment) -> frozenset[str]:
    """Return the steps that can wait, where help is needed first; else none."""
    if not help_is_needed(knowledge, found):
        return frozenset()
    return frozenset(step.id for step in found.steps if knowledge.steps[step.id].can_wait)


def in_order(
    moments: Iterable[Moment], steps: Sequence[SelfCareStep], waiting: Collection[str] = ()
) -> Iterator[tuple[str, Sequence[SelfCareStep]]]:
    """Yield each heading with its steps, in the order to do them.

    Only a few steps are for now, so that nobody must do many things at once; the others come later.

    Args:
        moments: the headings, the first thing first.
        steps: the steps, in order.
        waiting: those that come later, whatever their moment.
    """
    room, put_off = AT_ONCE, list[SelfCareStep]()
    for number, moment in enumerate(moments):
        its = [step for step in steps if step.when == moment.id]
        if moment.at_once:
            first = [step for step in its if step.id not in waiting]
            now = first[: len(first) if number == 0 else max(0, room)]
            its, put_off = now, [*put_off, *(step for step in its if step not in now)]
            room -= len(its)
        else:
            its, put_off = [*put_off, *its], []
        if its:
            yield moment.heading, its
    if put_off:
        yield moment.heading, put_off


def render_derivation(knowledge: KnowledgeBase, found: Assessment, width: int = NARROW) -> str:
    """Return how each conclusion came about: rules, answers, the chain, and the sources."""
    lines = [f"{found.case or 'This intake'}: {found.disposition}, {found.time_frame}"]
    if found.lowest and found.lowest != found.highest:
        lines.append(f"Depending on what is not known: from {found.lowest} to {found.highest}.")
    if not found.reasons:
        lines += ["", "No rule with a disposition fired. Nothing fired is not an all-clear."]
    for reason in found.reasons:
        lines += ["", *_reason(knowledge, reason)]
    if any(entry.not_sure for entry in found.not_ruled_out):
        lines += ["", knowledge.laws.not_sure]
    lines += ["", "Possible causes, and the rules that name them"]
    lines += _bullets(f"{cause.name}: {', '.join(cause.rules)}" for cause in found.causes) or ["  none"]
    lines += ["", "Self-care, and the rules that offer it"]
    for step in found.steps:
        lines += _bullets([f"{step.name}: {', '.join(step.rules)} ({_cited(step.sources)})"])
        lines += _bullets((f"with the caution of {caution.rule}" for caution in step.cautions), indent=4)
    for withheld in found.withheld:
        by = ", ".join(withheld.rules) or "the disposition"
        lines += _bullets([f"{withheld.name}: withheld by {by}"])
    if not found.steps and not found.withheld:
        lines.append("  none")
    if found.not_ruled_out:
        lines += ["", "Not ruled out"]
        for entry in found.not_ruled_out:
            because = "you were not sure about" if entry.not_sure else "not answered:"
            lines += _bullets([f"{entry.rule} ({entry.disposition}); {because} {', '.join(entry.questions)}"])
    return page([*lines, "", _stamp(found)], width)


_MARKS = {Truth.TRUE: "holds", Truth.FALSE: "fails", Truth.OPEN: "open "}


def render_why_not(knowledge: KnowledgeBase, why: WhyNot, width: int = NARROW) -> str:
    """Return why a rule did not fire, or a disposition was not reached."""
    if why.already:
        return f"Why not {why.target}? It is so: this intake brings it.\n"
    lines = [f"Why not {why.target}?"]
    if why.against:
        lines += ["These rules call for more:", *_bullets(why.against)]
    if why.checks:
        rule = knowledge.rules[why.rule]
        lines.append(f'The rule {rule.id} ("{address(rule.title)}", {rule.file}) asks that:')
        for check in why.checks:
            found = f" (answer: {check.found})" if check.found else ""
            lines.append(_set_in(f"{_MARKS[check.truth]}  {check.text}{found}", 2 + 2 * check.depth))
    if why.change is None:
        lines.append("No change of a few answers was found that would bring it.")
    elif not why.change:
        lines.append("It would come without any change of answers.")
    else:
        lines += ["The nearest change that would bring it:"]
        lines += _bullets(f"{name} = {value}" for name, value in why.change.items())
    return page(lines, width)


def _emergencies(knowledge: KnowledgeBase, found: Assessment) -> tuple[str, ...]:
    """Return the signs in doubt whose "yes" alone would be an emergency; none if it is one already."""
    top = list(knowledge.rungs)[-1]
    if found.disposition == top:
        return ()
    return tuple(sign.finding for sign in found.not_sure if sign.disposition == top)


def _reason(knowledge: KnowledgeBase, reason: Reason) -> Iterator[str]:
    rule = knowledge.rules[reason.rule]
    yield f"{reason.disposition}: {reason.title}"
    yield _set_in(f"because {reason.because}", 2)
    yield _set_in(f"rule {rule.id} (rules/{rule.file})", 2)
    for answer in reason.answers:
        yield _set_in(f"answer {answer.finding} = {answer.value}", 4)
    for through in reason.through:
        concluded = ", ".join(knowledge.rules[through].findings)
        yield _set_in(f"through {through}, which concludes {concluded}", 4)
    yield _set_in(f"source: {_cited(reason.sources)}", 2)
    if rule.provenance.claims:
        yield _set_in(f"claims: {', '.join(rule.provenance.claims)}", 2)
    if reason.beyond_documents:
        yield _set_in(f"({knowledge.laws.beyond_documents})", 2)


def _cited(sources: tuple[Citation, ...]) -> str:
    shown = [
        f"{source.publisher}, {source.title}" + (" [unverified]" if source.seen == "unverified" else "")
        for source in sources
    ]
    return "; ".join(shown) or "none"


def _step(step: SelfCareStep) -> Iterator[str]:
    yield from _bullets([f"{step.name}. {step.how} How long: {step.how_long}. How often: {step.how_often}."])
    for caution in step.cautions:
        yield _set_in(f"Take care: {caution.text}", 4)


def _stamp(found: Assessment) -> str:
    stamp = found.knowledge_base
    said = f"Knowledge base {stamp.version}, sha256 {stamp.sha256[:12]}."
    if stamp.signed:
        said += (
            f" A clinician has signed {len(stamp.signed)} of {plural(len(found.fired), 'rule')} behind this."
        )
    return f"{said} {stamp.notice}".strip()


def _set_in(text: str, indent: int) -> str:
    return f"{' ' * indent}{text}"


def _bullets(texts: Iterable[str], indent: int = 2) -> list[str]:
    return [_set_in(f"- {text}", indent) for text in texts]
