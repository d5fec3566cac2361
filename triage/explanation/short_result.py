"""The result on one screen: what it is, whom to call, what to do now, and what to watch for.

Some things are always said: the verdict, whom to call, and the signs in doubt. The rest of the room goes to a
few things to do now with their cautions, the reason, and more things to watch for. The verdict comes again at
the end, where a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from triage.explanation.doubt import Doubts, Wordings
from triage.explanation.narrative import (
    AT_ONCE,
    deciding_reasons,
    help_is_needed,
    in_doubt,
    open_asks,
    waiting_steps,
)
from triage.inference.assessment import UNDETERMINED, Assessment, SelfCareStep
from triage.knowledge.model import ANYWHERE, KnowledgeBase
from triage.knowledge.parts.pronouns import address
from triage.source.text import NARROW, plural, wrap

MOST_LINES = 21
"""How many of the 24 lines of a usual screen the result takes; the menu and the prompt stand below it."""
MOST_WORDS = 170
MOST_WORDS_IN_NEED = 90
"""A person who needs help today or now reads little."""

_SIGNS_FIRST = 2
"""How many of the signs that depend on the answers come before the third thing to do."""
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
    """One paragraph; its first line begins with `mark`, and the other lines are indented as far."""

    text: str
    mark: str = ""
    strong: bool = False

    def wrapped(self, width: int) -> list[str]:
        """Return its lines, wrapped to a width."""
        return wrap(self.text, self.mark, " " * len(self.mark), width)


def short_result(knowledge: KnowledgeBase, found: Assessment, unsure: Sequence[str] = ()) -> tuple[Line, ...]:
    """Return an assessment in few words; it begins and ends with the verdict.

    Args:
        knowledge: the knowledge base.
        found: the assessment.
        unsure: what the person was not sure about, if only this doubt calls for care.
    """
    return _Screen(knowledge, found, tuple(unsure)).lines()


def verdict(found: Assessment) -> str:
    """Return the disposition in a few words, with its time frame."""
    is_enough = found.disposition == UNDETERMINED or found.time_frame in found.title.lower()
    return found.title if is_enough else f"{found.title}, {found.time_frame}"


def words_in(lines: Iterable[Line]) -> int:
    """Return how many words the lines have."""
    return sum(any(map(str.isalnum, word)) for line in lines for word in line.text.split())


def lines_of(lines: Iterable[Line]) -> int:
    """Return how many lines of a usual screen these paragraphs take."""
    return sum(len(line.wrapped(NARROW)) for line in lines)


@dataclass(frozen=True, slots=True)
class _Part:
    """Something to say in a section; `ways` are its wordings, the fullest first."""

    section: str
    ways: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.ways[0]


@dataclass(frozen=True)
class _Screen:
    """Fits one result to the screen."""

    knowledge: KnowledgeBase
    found: Assessment
    unsure: tuple[str, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """Return all that must be said, and as much of the rest as there is room for."""
        said = list(self.musts())
        openings = ([*said, *opening] for opening in self.openings())
        said = next((each for each in openings if self.fits(self.with_more(each))), said)
        for part in self.mays():
            ways = (replace(part, ways=(way,)) for way in part.ways)
            said += next(([way] for way in ways if self.fits(self.with_more([*said, way]))), [])
        lines = self.with_more(said)
        return lines if self.fits(lines) else self.laid_out(said)

    def with_more(self, said: Sequence[_Part]) -> tuple[Line, ...]:
        """Return the lines, and how much more there is; in need, they only say that there is more."""
        more = self.counted(said)
        return self.laid_out(said, _MORE if more and self.in_need else more)

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether there is room for the lines."""
        return words_in(lines) <= self.most_words and lines_of(lines) <= MOST_LINES

    @property
    def most_words(self) -> int:
        return MOST_WORDS_IN_NEED if self.in_need else MOST_WORDS

    @property
    def in_need(self) -> bool:
        """Whether help is needed so soon that advice of other kinds can wait."""
        return help_is_needed(self.knowledge, self.found)

    def laid_out(self, said: Sequence[_Part], more: str = "") -> tuple[Line, ...]:
        """Return the lines of the parts, section by section, then `more`, then the verdict."""
        lines: list[Line] = []
        for section, heading in _HEADINGS.items():
            its = [line for part in said if part.section == section for line in part.lines]
            lines += [Line(heading), *its] if heading and its else its
        return (*lines, *([Line(more)] if more else ()), Line(""), Line(verdict(self.found), strong=True))

    def counted(self, said: Sequence[_Part]) -> str:
        """Return which key shows what is not said yet, and how much that is; "" if nothing is left."""
        shown = {line.text for part in said for line in part.lines}
        if self.asks:
            hidden = sum(ask not in shown for ask in self.asks)
            return f"Press a to answer them and {hidden} more." if hidden else "Press a to answer them."
        steps = sum(
            shown.isdisjoint({_full(step), step.name, self.in_short(step)}) for step in self.found.steps
        )
        signs = sum(text not in shown for text in self.found.watch_for)
        parts = (
            f"{plural(steps, 'more thing')} to do" if steps else "",
            f"{plural(signs, 'more thing')} to watch for" if signs else "",
        )
        left = " and ".join(part for part in parts if part)
        return f"Press m for {left}." if left else ""

    @cached_property
    def asks(self) -> list[str]:
        """The questions still to answer, if there is no disposition without them; else none."""
        return open_asks(self.knowledge, self.found) if self.found.disposition == UNDETERMINED else []

    def musts(self) -> tuple[_Part, ...]:
        """Return what must be said; signs in doubt as fully as there is room for."""
        said: tuple[_Part, ...] = ()
        for doubts in self.doubts.ways():
            said = tuple(self.musts_with(doubts))
            if lines_of(self.with_more(said)) <= MOST_LINES:
                break
        return said

    @cached_property
    def doubts(self) -> Wordings:
        """The ways to word what the person was not sure about."""
        _, labels = in_doubt(self.knowledge, self.found)
        worst = [sign for sign in self.found.not_sure if sign.label in labels]
        others = [sign for sign in self.found.not_sure if sign.label not in labels]
        return Wordings(self.knowledge, worst, others, self.found.about_other)

    def musts_with(self, doubts: Doubts) -> Iterator[_Part]:
        """Yield what must be said, with signs in doubt worded in a way."""
        found = self.found
        doubt, _ = in_doubt(self.knowledge, found)
        top = [Line(verdict(found).upper(), strong=True)]
        if doubt:
            top += [Line(doubt), *map(_bullet, doubts.emergencies)]
        yield _said("verdict", *top, Line(found.action), *(Line(route.words) for route in found.routes))
        others = [*map(_bullet, doubts.others), *map(_bullet, self.unsure)]
        if others:
            yield _said("not sure" if deciding_reasons(found) or doubt else "unsure", *others)
        if self.in_need:
            yield from (
                _said("now", *_told(step, self.in_short(step))) for step in found.steps if self.in_short(step)
            )
        if not doubt:
            yield from self.always

    def in_short(self, step: SelfCareStep) -> str:
        """Return the few words of a step that are never cut if help is needed; "" for any other step."""
        return address(self.knowledge.steps[step.id].in_short, about_other=self.found.about_other)

    @property
    def always(self) -> Iterator[_Part]:
        """What everybody with this disposition must watch for; in need, it has no heading."""
        for text in self.found.watch_for[: self.standing]:
            yield _said("call", Line(text)) if self.in_need else _said("signs", _bullet(text))

    @property
    def standing(self) -> int:
        """How many of the things to watch for belong to the disposition itself; they come first."""
        outcome = self.knowledge.rungs.get(self.found.disposition) or self.knowledge.undetermined
        return len(outcome.watch_for)

    @property
    def why(self) -> tuple[_Part, ...]:
        """The first reason for the disposition, if there is one."""
        reasons = deciding_reasons(self.found)[:1]
        return tuple(_said("reason", Line(f"Why: {reason.because}.")) for reason in reasons)

    def openings(self) -> Iterator[tuple[_Part, ...]]:
        """Yield the ways to begin if help is needed soon, the best first: a reason and a thing to do.

        If there is no room for both, the reason comes before a thing to do, but first aid before the reason.
        """
        if not self.in_need:
            return
        wordings = [replace(step, ways=(way,)) for step in self.steps[:1] for way in step.ways]
        first = next(iter(self.knowledge.moments))
        first_aid = any(step.when == first and not self.in_short(step) for step in self.found.steps)
        yield from ((*self.why, step) for step in wordings[:1])
        yield from ((step,) for step in (wordings if first_aid else ()))
        yield from ((*self.why, step) for step in wordings[1:])
        yield self.why
        yield from ((step,) for step in wordings)

    def mays(self) -> Iterator[_Part]:
        """Yield what is said if there is room, the most useful first."""
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
        """The first things to do, each in full or by its name alone; in need, only what cannot wait."""
        steps = self.found.steps
        if self.in_need:
            waiting = waiting_steps(self.knowledge, self.found)
            steps = tuple(step for step in steps if step.id not in waiting and not self.in_short(step))
        at_once = [step for step in steps if self.knowledge.moments[step.when].at_once]
        section = "now" if at_once else "later"
        return tuple(
            _Part(section, (_told(step, _full(step)), _told(step, step.name)))
            for step in _foremost(at_once or steps)
        )


def _foremost(steps: Sequence[SelfCareStep]) -> list[SelfCareStep]:
    """Return the few steps to show; the first one for the very body part is shown first or second."""
    own = [step for step in steps[1:] if ANYWHERE not in step.body_parts][:1]
    return [*steps[:1], *own, *(step for step in steps[1:] if step not in own)][:AT_ONCE]


def _said(section: str, *lines: Line) -> _Part:
    return _Part(section, (lines,))


def _bullet(text: str) -> Line:
    return Line(text, "- ")


def _told(step: SelfCareStep, text: str) -> tuple[Line, ...]:
    """Return the text of a step with its cautions, which are never left out."""
    return (_bullet(text), *(Line(f"Take care: {caution.text}", "  ") for caution in step.cautions))


def _full(step: SelfCareStep) -> str:
    """Return a step's name and what to do; no name if the text begins with the same word."""
    begins = step.name.split()[0].casefold().strip(",:.")
    return step.how if step.how.casefold().startswith(begins) else f"{step.name}. {step.how}"
