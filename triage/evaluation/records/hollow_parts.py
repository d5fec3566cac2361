"""The parts of an assessment, worded, with holes for what differs from case to case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from triage.evaluation.records.rows import HOLE
from triage.inference.assessment import (
    Answer,
    Caution,
    DoubtfulSign,
    OpenRule,
    PossibleCause,
    Reason,
    RouteToCare,
    SelfCareStep,
    WithheldStep,
)
from triage.inference.wording import Wording
from triage.knowledge.model import Cause, Route, Rule, Step

LIST: Any = (HOLE,)
VALUE: Any = HOLE


def route_to_care(route: Route) -> Callable[[Wording], RouteToCare]:
    """Return a route to care, with a hole for the rules that name it."""
    return lambda wording: RouteToCare(route.id, wording.say(route.words), LIST)


def open_rule(rule: Rule) -> Callable[[Wording], OpenRule]:
    """Return a rule that is not ruled out, with holes for its questions and for whether it is in doubt."""
    return lambda wording: OpenRule(rule.id, wording.say(rule.title), rule.disposition, LIST, VALUE)


def doubtful_sign(finding: str, label: str, disposition: str) -> Callable[[Wording], DoubtfulSign]:
    """Return a sign about which the person is not sure."""
    return lambda wording: DoubtfulSign(finding, wording.say(label), disposition)


def answer(finding: str, value: str | int, label: str) -> Callable[[Wording], Answer]:
    """Return an answer that supports a reason."""
    return lambda wording: Answer(finding, value, wording.say(label))


def possible_cause(cause: Cause) -> Callable[[Wording], PossibleCause]:
    """Return a possible cause, with a hole for the rules that name it."""
    return lambda wording: PossibleCause(cause.id, wording.say(cause.name), wording.say(cause.text), LIST)


def caution(rule: Rule) -> Callable[[Wording], Caution]:
    """Return the caution that a rule puts beside a step."""
    return lambda wording: Caution(rule.id, wording.say(rule.caution))


def withheld_step(step: Step) -> Callable[[Wording], WithheldStep]:
    """Return a step that is held back, with holes for the reasons and the rules."""
    return lambda wording: WithheldStep(step.id, wording.say(step.name), LIST, LIST)


def reason(rule: Rule) -> Callable[[Wording], Reason]:
    """Return a reason for the disposition, with holes for the answers and rules behind it."""
    return lambda wording: wording.reason(rule, LIST, LIST)


def self_care_step(step: Step) -> Callable[[Wording], SelfCareStep]:
    """Return a step, with holes for the rules that offer it and for its cautions."""
    return lambda wording: wording.self_care_step(step, LIST, LIST)
