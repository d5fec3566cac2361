"""The result on one screen: what it is, whom to call, what to do now, and what to watch for.

What must be said stands whatever it takes: the verdict, whom to call, the signs that are not sure. What room
is left goes to the few things to do now, each with its cautions, to the reason, and to more to watch for. The
verdict stands again at the end, where a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from triage.explanation.narrative import AT_ONCE, in_doubt
from triage.inference.assessment import UNDETERMINED, Assessment, DoubtfulSign, SelfCareStep
from triage.knowledge.model import ANYWHERE, EVERYTHING, KnowledgeBase
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW, plural, wrap

MOST_LINES = 21
"""How many of the 24 lines of a usual screen the result takes; the menu and the prompt stand below it."""
MOST_WORDS = 170
MOST_WORDS_IN_NEED = 90
"""Whoever needs help today or now reads little."""

_SIGNS_FIRST = 2
"""How many of the signs that these answers bring come before a third thing to do."""
_MORE = "Press m for more."
_HEADINGS = {
    "verdict": "",
    "reason": "",
    "call": "",
    "not sure": "Not sure:",
    "unsure": "Why: you were not sure about this, so it cannot be ruled out here:",
    "questions": "Still to answer:",
    "now": "What to do now:",
    "later": "What can help:",
    "signs": "Watch for:",
}
"""The sections in their order, with their headings."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a text; its first line begins with `mark`, the others are set in as far."""

    text: str
    mark: str = ""
    strong: bool = False

    def wrapped(self, width: int) -> list[str]:
        """Return the lines that it takes."""
        return wrap(self.text, self.mark, " " * len(self.mark), width)


def short_result(knowledge: KnowledgeBase, found: Assessment, unsure: Sequence[str] = ()) -> tuple[Line, ...]:
    """Return an assessment in few words, the verdict first and last.

    Args:
        knowledge: the knowledge base.
        found: the assessment.
        unsure: what the person was not sure about where only this calls for care.
    """
    return _Screen(knowledge, found, tuple(unsure)).lines()


def verdict(found: Assessment) -> str:
    """Return the disposition in a few words, and when."""
    told = found.disposition == UNDETERMINED or found.time_frame in found.title.lower()
    return found.title if told else f"{found.title}, {found.time_frame}"


def words_in(lines: Iterable[Line]) -> int:
    """Return how many words some lines have."""
    return sum(any(map(str.isalnum, word)) for line in lines for word in line.text.split())


def lines_of(lines: Iterable[Line]) -> int:
    """Return how many lines of a usual screen some lines take."""
    return sum(len(line.wrapped(NARROW)) for line in lines)


@dataclass(frozen=True, slots=True)
class _Part:
    """Something to say in a section, in one of several ways, the fullest first."""

    section: str
    ways: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.ways[0]


@dataclass(frozen=True)
class _Screen:
    """One result in the making."""

    knowledge: KnowledgeBase
    found: Assessment
    unsure: tuple[str, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """Return what must stand, and of the rest what there is room for."""
        said = list(self.musts())
        openings = ([*said, *opening] for opening in self.openings())
        said = next((each for each in openings if self.fits(self.with_more(each))), said)
        for part in self.mays():
            ways = (replace(part, ways=(way,)) for way in part.ways)
            said += next(([way] for way in ways if self.fits(self.with_more([*said, way]))), [])
        lines = self.with_more(said)
        return lines if self.fits(lines) else self.laid_out(said)

    def with_more(self, said: Sequence[_Part]) -> tuple[Line, ...]:
        """Return what is said, and how much more there is; in need it is enough that there is more."""
        more = self.counted(said)
        return self.laid_out(said, _MORE if more and self.in_need else more)

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether there is room for some lines."""
        return words_in(lines) <= self.most_words and lines_of(lines) <= MOST_LINES

    @property
    def most_words(self) -> int:
        return MOST_WORDS_IN_NEED if self.in_need else MOST_WORDS

    @property
    def in_need(self) -> bool:
        """Whether help is needed so soon that advice of other kinds can wait."""
        rung = self.knowledge.rungs.get(self.found.disposition)
        return rung is not None and rung.offers != EVERYTHING

    def laid_out(self, said: Sequence[_Part], more: str = "") -> tuple[Line, ...]:
        """Return what is said, section by section, then that there is more, then the verdict."""
        lines: list[Line] = []
        for section, heading in _HEADINGS.items():
            its = [line for part in said if part.section == section for line in part.lines]
            lines += [Line(heading), *its] if heading and its else its
        return (*lines, *([Line(more)] if more else ()), Line(""), Line(verdict(self.found), strong=True))

    def counted(self, said: Sequence[_Part]) -> str:
        """Say what key shows more than what is said, and how much; "" where there is no more."""
        shown = {line.text for part in said for line in part.lines}
        if self.asks:
            hidden = sum(ask not in shown for ask in self.asks)
            return f"Press a to answer them and {hidden} more." if hidden else "Press a to answer them."
        steps = sum(shown.isdisjoint({_full(step), step.name}) for step in self.found.steps)
        signs = sum(text not in shown for text in self.found.watch_for)
        parts = (
            f"{plural(steps, 'more thing')} to do" if steps else "",
            f"{plural(signs, 'more thing')} to watch for" if signs else "",
        )
        told = " and ".join(part for part in parts if part)
        return f"Press m for {told}." if told else ""

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """The questions still to answer, where nothing can be said without."""
        if self.found.disposition != UNDETERMINED:
            return ()
        asks = (self.knowledge.questions[name].ask for name in self.found.questions)
        return tuple(address(ask, about_other=self.found.about_other) for ask in asks)

    def musts(self) -> Iterator[_Part]:
        """Yield what must stand."""
        found = self.found
        doubt, signs = in_doubt(self.knowledge, found)
        top = [Line(verdict(found).upper(), strong=True)]
        if doubt:
            top += [Line(doubt), *map(_bullet, signs)]
        yield _said("verdict", *top, Line(found.action), *(Line(route.words) for route in found.routes))
        others = [_bullet(self.named(sign)) for sign in found.not_sure if sign.label not in signs]
        others += map(_bullet, self.unsure)
        if others:
            explained = any(reason.disposition == found.disposition for reason in found.reasons)
            yield _said("not sure" if explained or doubt else "unsure", *others)
        if not doubt:
            yield from self.always

    def named(self, sign: DoubtfulSign) -> str:
        """Return what the person was not sure about; examples in brackets stand only beside red flags."""
        return sign.label if sign.finding in self.knowledge.red_flags else sign.label.partition(" (")[0]

    @property
    def always(self) -> Iterator[_Part]:
        """What to watch for, whatever the rules say; in need, whom to call is said without a heading."""
        for text in self.found.watch_for[: self.standing]:
            yield _said("call", Line(text)) if self.in_need else _said("signs", _bullet(text))

    @property
    def standing(self) -> int:
        """How many of the texts of what to watch for stand whatever the rules say; they come first."""
        outcome = self.knowledge.rungs.get(self.found.disposition) or self.knowledge.undetermined
        return len(outcome.watch_for)

    @property
    def why(self) -> tuple[_Part, ...]:
        """The first reason for the disposition."""
        found = self.found
        reasons = [each.because for each in found.reasons if each.disposition == found.disposition]
        return tuple(_said("reason", Line(f"Why: {reason}.")) for reason in reasons[:1])

    def openings(self) -> Iterator[tuple[_Part, ...]]:
        """Yield what comes first for whoever needs help soon: why, and a thing to do; the best first.

        Where both have no room, a reason goes before a thing to do, but never before first aid.
        """
        if not self.in_need:
            return
        told = [replace(step, ways=(way,)) for step in self.steps[:1] for way in step.ways]
        first_aid = any(step.when == next(iter(self.knowledge.moments)) for step in self.found.steps)
        yield from ((*self.why, step) for step in told[:1])
        yield from ((step,) for step in (told if first_aid else ()))
        yield from ((*self.why, step) for step in told[1:])
        yield self.why
        yield from ((step,) for step in told)

    def mays(self) -> Iterator[_Part]:
        """Yield what is said where there is room, the most useful first."""
        found = self.found
        yield from (_said("questions", _bullet(ask)) for ask in self.asks)
        first, rest = self.steps[:1], self.steps[1:]
        yield from () if self.in_need else first
        if in_doubt(self.knowledge, found)[0]:
            yield from self.always
        signs = (_said("signs", _bullet(text)) for text in found.watch_for[self.standing :])
        yield from filter(None, (*rest[:1], *islice(signs, _SIGNS_FIRST), *rest[1:], *signs))
        yield from () if self.in_need else self.why

    @cached_property
    def steps(self) -> tuple[_Part, ...]:
        """The first things to do: in full, or by name."""
        at_once = [step for step in self.found.steps if self.knowledge.moments[step.when].at_once]
        section = "now" if at_once else "later"
        return tuple(
            _Part(section, (_told(step, _full(step)), _told(step, step.name)))
            for step in _foremost(at_once or self.found.steps)
        )


def _foremost(steps: Sequence[SelfCareStep]) -> list[SelfCareStep]:
    """Return the few steps to tell; the first that is for the place itself comes first or second."""
    own = [step for step in steps[1:] if ANYWHERE not in step.body_parts][:1]
    return [*steps[:1], *own, *(step for step in steps[1:] if step not in own)][:AT_ONCE]


def _said(section: str, *lines: Line) -> _Part:
    return _Part(section, (lines,))


def _bullet(text: str) -> Line:
    return Line(text, "- ")


def _told(step: SelfCareStep, text: str) -> tuple[Line, ...]:
    """Return a step with its cautions, which are never left out."""
    return (_bullet(text), *(Line(f"Take care: {caution.text}", "  ") for caution in step.cautions))


def _full(step: SelfCareStep) -> str:
    """Return a step's name and what to do; a name that the text begins with is not said twice."""
    begins = step.name.split()[0].casefold().strip(",:.")
    return step.how if step.how.casefold().startswith(begins) else f"{step.name}. {step.how}"
