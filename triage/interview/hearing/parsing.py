"""Turns what a person types into an answer as a case file holds it, or into a clear question back.

Nothing with a question mark counts as a yes. A red flag that was only found by words does not count either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from triage.interview.hearing.options import (
    Match,
    NotAmongTheAnswers,
    NotUnderstood,
    doubtful,
    is_exact,
    option_named,
    option_offered,
)
from triage.interview.hearing.spoken import read_spoken_amount
from triage.interview.hearing.typed import plain, quoted, readable, tidy
from triage.knowledge.model import NO, YES, KnowledgeBase, Option, Question
from triage.knowledge.parts.medicines import did_you_mean, items_of_name

__all__ = [
    "Guess",
    "Inquiry",
    "NotUnderstood",
    "Reading",
    "Taken",
    "read",
    "read_answer",
    "yes_no_or_not_sure",
]

NOT_SURE = ("not sure", "unsure", "don't know", "dont know", "do not know", "unknown", "no idea", "dunno")
_NOT_SURE = frozenset(
    (*NOT_SURE, *(f"i {words}" for words in NOT_SURE), "i'm not sure", "i am not sure", "idk")
)
_YES = frozenset(
    {
        *("y", "yes", "1", "yeah", "yep", "yup", "aye", "right", "correct", "that's right", "thats right"),
        *("yes it is", "yes it does", "yes i do", "yes i am", "yes that's right", "yes thats right"),
    }
)
_YES_WITH_MORE = re.compile(r"(?:yes|yeah|yep)[ ,]+.+")
_TURNED = re.compile(
    r"\b(?:but|no|not|never|only|except|unless|if|or|maybe|perhaps|was|were|had|ago|last|\w+n'?t)\b|[?]"
)
"""A red flag is also confirmed by a yes with more words behind it, as long as none of these turns it."""
_NO = frozenset(("n", "no", "2", "nope", "nah", "no it isn't", "no it doesn't", "no i don't", "no i'm not"))
_NONE = frozenset(
    {
        *("none", "none of these", "none of them", "none of the above", "none of that", "none of those"),
        *("nothing", "nothing like that", "not any", "nope", "nah", "nil", "no", "n", "0"),
    }
)
_NO_BEFORE = "no "
_COURTESY = re.compile(
    r"[, ]+(?:my )?(?:dear|love|please|thanks|thank you|doctor|sir|madam|mate|darling|i think|i'm afraid)$"
)
_LONGEST = 4000
_NOT_SURE_OF = re.compile(
    r"(?:i'm |i am |i )?(?:not sure|unsure|don't know|dont know|do not know)(?: about| of| if)? (?P<rest>.+)"
)
_SURE_NOT = re.compile(r"(?P<rest>.+?) (?:not sure|unsure)")
_PARTING = re.compile(r"[,;&]|\b(?:and|but)\b")
_UNSURE = "?"
UNREADABLE = "Some of that could not be read. Please type it again."
_NOTHING_NAMED = "Please type numbers or words, none, not sure, or s to skip this question."


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer; `echo` says to repeat it to the person, as it was not typed just so."""

    answer: Any
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """Options by id: `doubtful` ones were found by words and must be confirmed, `certain` ones need not."""

    doubtful: tuple[str, ...]
    certain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The person asks what some options mean, by id."""

    options: tuple[str, ...]


Reading: TypeAlias = Taken | Guess | Inquiry


def read_answer(question: Question, typed: str, knowledge: KnowledgeBase | None = None) -> Any:
    """Return the answer that a line gives to a question, if it needs no confirming.

    Args:
        question: the question that was asked.
        typed: numbers or words; for a checklist several, with spaces or commas between them; for a number
            question a number with its unit.
        knowledge: the knowledge base whose names may fill a list; without it, names are not understood.

    Raises:
        NotUnderstood: the line does not fit; the message says what would.
    """
    reading = read(question, typed, knowledge)
    if isinstance(reading, Taken):
        return reading.answer
    options = {option.id: place for place, option in enumerate(question.options, start=1)}
    named = reading.options if isinstance(reading, Inquiry) else reading.doubtful
    raise NotUnderstood(f"Please give the number: {' or '.join(str(options[name]) for name in named)}.")


def read(
    question: Question,
    typed: str,
    knowledge: KnowledgeBase | None = None,
    others: tuple[Option, ...] = (),
) -> Reading:
    """Return how a line is understood as an answer to a question.

    Args:
        question: the question that was asked.
        typed: the line, as for `read_answer`.
        knowledge: as for `read_answer`.
        others: items of a checklist that have no number, but can be named.

    Raises:
        NotUnderstood: the line does not fit; the message says what would.
    """
    if not readable(typed):
        raise NotUnderstood(UNREADABLE)
    if len(typed) > _LONGEST:
        raise NotUnderstood("That is too long. Please give numbers or a few words.")
    text = _plain_answer(tidy(typed).rstrip(".!"))
    if not text:
        raise NotUnderstood("Please type an answer, or s to skip this question.")
    if text in _NOT_SURE:
        return Taken("unknown")
    if question.kind == "checklist":
        return _Checklist(question, knowledge if question.names else None, others).read(text)
    if _UNSURE in text:
        return _single_inquiry(question, text)
    if question.kind == "number":
        amount = read_spoken_amount(question, text)
        return Taken(amount.value, amount.echo)
    if question.kind == "yes_no":
        return Taken(_yes_or_no(text))
    match = option_named(question, text)
    name = question.options[match.places[0]].id
    return Guess((name,)) if doubtful(question, match, text) else Taken(name, echo=not match.exact)


def yes_no_or_not_sure(text: str) -> str:
    """Return "yes", "no" or "unknown" for a line that confirms a red flag; a number does not count.

    Raises:
        NotUnderstood: the line does not fit; the message says what would.
    """
    answer = _plain_answer(tidy(text).rstrip(".!"))
    if answer in _NOT_SURE:
        return "unknown"
    if _YES_WITH_MORE.fullmatch(answer) and not _TURNED.search(answer):
        return YES
    return _yes_or_no("" if answer.isdecimal() else answer)


def _plain_answer(text: str) -> str:
    """Return a yes, no, none or not sure without polite words after it; return any other text as it is."""
    bare = _COURTESY.sub("", text)
    return bare if bare in _YES | _NO | _NONE | _NOT_SURE and not bare.isdecimal() else text


def _yes_or_no(text: str) -> str:
    words = " ".join(text.replace(",", " ").split())
    if words in _YES:
        return YES
    if words in _NO:
        return NO
    raise NotUnderstood("Please answer yes, no or not sure.")


def _single_inquiry(question: Question, text: str) -> Inquiry:
    if question.options:
        bare = " ".join(text.replace(_UNSURE, " ").split())
        match = option_named(question, bare) if bare else None
        if match is not None:
            return Inquiry(tuple(question.options[place].id for place in match.places))
    raise NotUnderstood(
        "Type ? alone to hear what the question means, or answer without a question mark, or with not sure."
    )


@dataclass(frozen=True)
class _Checklist:
    """Reads lines typed at one checklist; `names` is a knowledge base whose names may fill it."""

    question: Question
    names: KnowledgeBase | None
    others: tuple[Option, ...] = ()

    @cached_property
    def whole(self) -> Question:
        """The question with all items that can be named."""
        return replace(self.question, options=(*self.question.options, *self.others))

    def read(self, text: str) -> Reading:
        if " ".join(text.replace(",", " ").split()).removeprefix(_NO_BEFORE) in _NONE:
            return Taken("none")
        if _is_inquiry(text) and not is_exact(self.whole, text):
            return self._inquiry(text)
        for unsure, most in ((_NOT_SURE_OF.fullmatch(text), len(text)), (_SURE_NOT.fullmatch(text), 1)):
            if unsure and not is_exact(self.whole, text):
                return self._not_sure_of(unsure["rest"], most)
        return self._listed(list(self._pieces(text)))

    def _inquiry(self, text: str) -> Inquiry:
        bare = " ".join(text.replace(_UNSURE, " ").split())
        named = [place for piece in self._pieces(bare) for place in self._named(piece).places]
        if not named:
            raise NotUnderstood(
                f"{_NOTHING_NAMED} Type ? alone to hear what it means, ? 3 to hear of answer 3."
            )
        return Inquiry(tuple(self.whole.options[place].id for place in dict.fromkeys(named)))

    def _not_sure_of(self, rest: str, most: int) -> Taken:
        pieces = list(self._pieces(rest.replace(_UNSURE, "")))
        several = len(pieces) > most or (len(pieces) > 1 and re.search(r"[,;]| but ", rest))
        if several or not pieces:
            raise NotUnderstood(
                "Please put a question mark before each one that you are not sure about: ?3 ?5."
            )
        places = [place for piece in pieces for place in self._named(piece).places]
        return self._taken(dict.fromkeys(places, _UNSURE), echo=True)

    def _listed(self, pieces: list[str]) -> Reading:
        if not pieces:
            raise NotUnderstood(_NOTHING_NAMED)
        marks: dict[int, str] = {}
        to_confirm: list[int] = []
        echo = False
        for place, piece in enumerate(pieces):
            unsure = _NOT_SURE_OF.fullmatch(piece) if place and place == len(pieces) - 1 else None
            mark = _UNSURE if piece.startswith(_UNSURE) or unsure else ""
            bare = unsure["rest"] if unsure else piece.removeprefix(_UNSURE).strip()
            if _UNSURE in bare:
                raise NotUnderstood(f"I do not know what {quoted(piece)} asks. Type ? 3 to hear of answer 3.")
            match = self._named(bare)
            for named in match.places:
                if marks.setdefault(named, mark) != mark:
                    what = f"Number {named + 1}" if named < len(self.question.options) else quoted(bare)
                    raise NotUnderstood(f"{what} cannot be both so and not sure. Please give it once.")
            if not mark and doubtful(self.whole, match, bare):
                to_confirm += match.places
            echo = echo or bool(mark) or not match.exact
        if not to_confirm:
            return self._taken(marks, echo=echo)
        return Guess(
            self._ids(marks, [place for place in marks if place in to_confirm]),
            self._ids(marks, [place for place in marks if place not in to_confirm]),
        )

    def _named(self, piece: str) -> Match:
        if self.names is None or piece.isdecimal() or is_exact(self.whole, piece):
            return self._offered(piece)
        items = items_of_name(self.names, piece)
        if items is not None:
            places = (place for place, option in enumerate(self.whole.options) if option.id in items)
            return Match(tuple(places), whole=True)
        try:
            return self._offered(piece)
        except NotAmongTheAnswers:
            near = did_you_mean(self.names, piece)
            asked = f"{near[0].upper()}{near[1:]} " if near else ""
            raise NotUnderstood(
                f"I do not know {quoted(piece)}. {asked}Please check the name on the pack, or choose the "
                "number of its kind."
            ) from None

    def _offered(self, piece: str) -> Match:
        return option_offered(self.question, replace(self.question, options=self.others), piece)

    def _taken(self, marks: dict[int, str], *, echo: bool) -> Taken:
        """Return the items that were listed; "none" if all the names given belong to no item."""
        return Taken(list(self._ids(marks, list(marks))) or "none", echo)

    def _ids(self, marks: dict[int, str], places: list[int]) -> tuple[str, ...]:
        return tuple(f"{marks[place]}{self.whole.options[place].id}" for place in sorted(places))

    def _pieces(self, text: str) -> Iterator[str]:
        """Yield the parts of a line: the longest stretches that are a label, else those between commas."""
        ends = [(0, 0), *(match.span() for match in _PARTING.finditer(text)), (len(text), len(text))]
        start = 0
        while start < len(ends) - 1:
            begin = ends[start][1]
            for stop in range(len(ends) - 1, start, -1):
                piece = text[begin : ends[stop][0]].strip()
                if stop == start + 1 or is_exact(self.whole, piece.removeprefix(_UNSURE)):
                    break
            start = stop
            yield from self._numbers(piece)

    def _numbers(self, piece: str) -> Iterator[str]:
        """Yield the numbers of a piece one by one if it holds nothing else; otherwise yield the piece."""
        if re.fullmatch(r"[?\d ]+", piece):
            yield from re.findall(r"\??\d+", piece) if re.search(r"\d", piece) else ()
        elif plain(piece.replace(_UNSURE, "")):
            yield piece


def _is_inquiry(text: str) -> bool:
    """Whether a line has a question mark that is not right before a number or a word."""
    return any(
        (match.end() == len(text) or text[match.end()] in " ,;?")
        or (match.start() > 0 and text[match.start() - 1] not in " ,;&")
        for match in re.finditer(r"\?", text)
    )
