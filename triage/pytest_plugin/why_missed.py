"""Why a case missed its expectations, in plain words for its author."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from triage.cases.expectations import NAMES, accepted
from triage.explanation.answers import given_text
from triage.explanation.narrative import render_why_not
from triage.explanation.why_not import why_not_disposition, why_not_rule
from triage.inference.answers.intake import read_answers
from triage.inference.answers.working_memory import working_memory
from triage.inference.assessment import UNDETERMINED, Assessment
from triage.inference.grounds.support import support, with_conclusions
from triage.knowledge.model import KnowledgeBase
from triage.source.text import NARROW, bullets, wrap

_MOST_SHOWN = 4


def why_missed(knowledge: KnowledgeBase, data: Mapping[str, Any], found: Assessment) -> str:
    """Say what a case came to, and why it missed each expectation.

    Args:
        knowledge: the knowledge base that assessed the case.
        data: the valid case as read, with `answers` and `expect`.
        found: its assessment.
    """
    return "\n".join(_Why(knowledge, data, found).blocks())


class _Why:
    def __init__(self, knowledge: KnowledgeBase, data: Mapping[str, Any], found: Assessment) -> None:
        self._knowledge = knowledge
        self._expect: Mapping[str, Any] = data["expect"]
        self._found = found
        self._findings = read_answers(knowledge, data["answers"])
        self._memory = with_conclusions(knowledge, working_memory(knowledge, self._findings))
        self._given = {step.id: step for step in found.steps}
        self._withheld = {step.id: step for step in found.withheld}

    def blocks(self) -> Iterator[str]:
        """Yield paragraphs that end with a line break."""
        yield self._came_to()
        silent = NAMES["fires"].unmet(self._expect, self._found)
        wanted = accepted(self._expect)
        if not silent and self._found.disposition not in wanted and self._is_above(wanted[:1]):
            yield render_why_not(
                self._knowledge, why_not_disposition(self._knowledge, self._findings, wanted[0])
            )
        for key, tell in self._telling.items():
            yield from map(tell, NAMES[key].unmet(self._expect, self._found))

    @property
    def _telling(self) -> Mapping[str, Callable[[str], str]]:
        """For each key of expectations, the function that says why one of its names is not met."""
        return {
            "fires": self._silent,
            "silent": self._fires,
            "open": self._not_open,
            "causes": self._no_cause,
            "steps": self._no_step,
            "withheld": self._not_withheld,
            "cautions": self._no_caution,
            "not_open": self._silent,
            "not_steps": self._step,
        }

    def _is_above(self, wanted: Sequence[str]) -> bool:
        """Whether the disposition that is expected, if any, is one of the ladder and the more urgent."""
        return any(name in self._knowledge.rungs and self._calls_for_more(name) for name in wanted)

    def _calls_for_more(self, disposition: str) -> bool:
        if self._found.disposition == UNDETERMINED:
            return disposition != next(iter(self._knowledge.rungs))
        rungs = self._knowledge.rungs
        return rungs[disposition].rank > rungs[self._found.disposition].rank

    def _came_to(self) -> str:
        found = self._found
        when = "" if found.disposition == UNDETERMINED else f", {found.time_frame}"
        reasons = [
            f"because {reason.because} ({reason.rule})"
            for reason in found.reasons
            if reason.disposition == found.disposition
        ]
        if not reasons:
            reasons = [
                f"{entry.rule} ({entry.disposition}) is not ruled out, "
                f"{'not sure about' if entry.not_sure else 'without'} {_some(entry.questions)}"
                for entry in found.not_ruled_out
            ]
        if not reasons:
            reasons = ["no rule with a disposition fired"]
        more = [f"and {len(reasons) - _MOST_SHOWN} more"] if len(reasons) > _MOST_SHOWN else []
        return _list(f"It came to {found.disposition}{when}:", [*reasons[:_MOST_SHOWN], *more])

    def _silent(self, rule: str) -> str:
        return render_why_not(
            self._knowledge, why_not_rule(self._knowledge, self._findings, self._knowledge.rules[rule])
        )

    def _fires(self, rule: str) -> str:
        behind = support(self._knowledge, self._memory, self._knowledge.rules[rule])
        answers = [
            f"{name} = {given_text(self._memory[name])}"
            for name in self._knowledge.question_of
            if name in behind.answers
        ]
        through = [f"through {name}" for name in self._knowledge.rules if name in behind.rules]
        return _list(f"{rule} fires, on:", [*answers, *through])

    def _not_open(self, rule: str) -> str:
        return self._fires(rule) if rule in self._found.fired else self._silent(rule)

    def _no_cause(self, cause: str) -> str:
        naming = [rule.id for rule in self._knowledge.rules.values() if cause in rule.causes]
        return _paragraph(f"{cause} is named by {_silent_ones(naming)}.")

    def _no_step(self, step: str) -> str:
        held = self._withheld.get(step)
        if held is None:
            offering = [rule.id for rule in self._knowledge.rules.values() if step in rule.steps]
            return _paragraph(f"{step} is offered by {_silent_ones(offering)}.")
        by = f" ({_some(held.rules)})" if held.rules else ""
        because = "; ".join(held.because).removesuffix(".")
        return _paragraph(f"{step} is held back: {because}{by}.")

    def _not_withheld(self, step: str) -> str:
        if step not in self._given:
            return self._no_step(step)
        kinds = set(self._knowledge.steps[step].kinds)
        holding = [rule.id for rule in self._knowledge.rules.values() if kinds & set(rule.withholds)]
        return _paragraph(f"{step} is given: it would be held back by {_silent_ones(holding)}.")

    def _no_caution(self, rule: str) -> str:
        if rule in self._found.fired:
            return self._fires(rule)
        if rule not in self._found.open_rules:
            return self._silent(rule)
        kinds = ", ".join(self._knowledge.rules[rule].withholds)
        if not kinds:
            return _paragraph(f"{rule} holds back no kind of step, so it cautions about none.")
        return _paragraph(f"{rule} is open, but no step that it cautions about is given ({kinds}).")

    def _step(self, step: str) -> str:
        return _paragraph(f"{step} is given, offered by {_some(self._given[step].rules)}.")


def _some(names: Iterable[str]) -> str:
    every = list(names)
    shown = ", ".join(every[:_MOST_SHOWN])
    return shown if len(every) <= _MOST_SHOWN else f"{shown} and {len(every) - _MOST_SHOWN} more"


def _silent_ones(rules: Iterable[str]) -> str:
    named = _some(rules)
    return f"{named}; none of them fires" if named else "no rule"


def _paragraph(text: str) -> str:
    return _lines(wrap(text, width=NARROW))


def _list(head: str, items: Iterable[str]) -> str:
    return _lines([head, *bullets(items, width=NARROW)])


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
