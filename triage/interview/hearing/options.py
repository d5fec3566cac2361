"""Finds the option that a person means: by its number, its label, its id, or some of its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.interview.hearing.typed import holds, plain, quoted
from triage.knowledge.model import Option, Question
from triage.knowledge.parts.pronouns import address
from triage.source.text import shortened

_MOST_DIGITS = 3
_NUMBERED = re.compile(r"(?P<number>\d{1,3}) (?P<label>.+)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_SMALL_WORDS = frozenset(
    re.findall(
        r"\S+",
        "a an the of or and in on at it is was are be to by for from with as so than that this there "
        "i my me we he she his her you your they their all any both some each every one no not yes y n ok "
        "none has have had do does only more less very much now",
    )
)
_DENIALS = frozenset(["no", "not", "never", "without", "none", "nor", "neither"])
_TURNING = frozenset(["no", "not", "never", "without", "less", "more"])
_MEANT_AS_INABILITY = frozenset(("can't", "couldn't", "won't"))


class NotUnderstood(ValueError):  # noqa: N818 - it is what the person is told
    """The answer does not fit; the message says what would fit."""


class NotAmongTheAnswers(NotUnderstood):
    """What was typed names none of the options at all."""


@dataclass(frozen=True, slots=True)
class Match:
    """The places of the options that a piece of a line names.

    `exact` says that the piece is a number, an id or a label. `whole` says that it is just a name or the
    plain words of one option that is not a red flag. If neither holds, only some words led to the options.
    """

    places: tuple[int, ...]
    exact: bool = False
    whole: bool = False


def option_named(question: Question, text: str) -> Match:
    """Return the options that a text names.

    A number, an id or a label is exact. Any other text must be a name in brackets in a label, hold the plain
    words of an option without denying them, or be a part of one label.

    Raises:
        NotUnderstood: the text names no option, or could mean one of several.
    """
    if text.isdecimal():
        return Match((_place(question, text),), exact=True)
    said = plain(text)
    exact = _exact(question, said)
    if exact is not None:
        return Match((exact,), exact=True)
    named = [place for place, option in enumerate(question.options) if said in set(_names(option))]
    if len(named) == 1:
        return Match((named[0],), whole=True)
    by_words = [
        (place, phrase)
        for place, option in enumerate(question.options)
        for phrase in map(plain, option.words)
        if holds(said, phrase)
    ]
    places = tuple(dict.fromkeys(place for place, _ in by_words))
    if by_words:
        if any(_denies(said, phrase) for _, phrase in by_words):
            raise NotUnderstood(
                f"{quoted(text)} seems to say that something is not so. "
                f"Please give only what is so, by its number{', or none' * (question.kind == 'checklist')}."
            )
        if any(question.options[place].red_flag for place in places):
            return Match(places)
        if len(places) == 1 and any(phrase == said for _, phrase in by_words):
            return Match(places, whole=True)
    return Match((_only(question, text, places or tuple(_by_part(question, said))),))


def option_offered(question: Question, others: Question, text: str) -> Match:
    """Return the options that a text names, among the numbered ones and others without a number.

    The places of the others follow those of the numbered ones.

    Raises:
        NotUnderstood: the text names no option, or could mean one of several numbered ones.
    """
    if not others.options or text.isdecimal() or is_exact(question, text):
        return option_named(question, text)
    if not is_exact(others, text):
        try:
            return option_named(question, text)
        except NotUnderstood as misfit:
            try:
                match = option_named(others, text)
            except NotUnderstood:
                raise misfit from None
    else:
        match = option_named(others, text)
    return replace(match, places=tuple(len(question.options) + place for place in match.places))


def is_exact(question: Question, text: str) -> bool:
    """Whether a text is the whole label or the id of one option."""
    return _exact(question, plain(text)) is not None


def doubtful(question: Question, match: Match, text: str) -> bool:
    """Whether a match must be confirmed before it counts.

    A match by some words must be confirmed in a list with a red flag: a person who means the red flag must
    not get the harmless line beside it. It must be confirmed in any question that is not a list, if other
    words of the label could turn the meaning, and if the text holds the plain words of the option.
    """
    if match.exact or match.whole:
        return False
    said = plain(text)
    if question.kind != "checklist" or question.red_flags:
        return True
    around = {
        each
        for place in match.places
        for label in labels(question.options[place])
        for each in set(label.split()) - set(said.split())
    }
    return bool(_TURNING & around) or any(
        holds(said, phrase) for place in match.places for phrase in map(plain, question.options[place].words)
    )


def labels(option: Option) -> tuple[str, ...]:
    """Return the label of an option in plain words, as worded for the person and for someone else."""
    return tuple(
        dict.fromkeys(plain(address(option.label, about_other=about_other)) for about_other in (False, True))
    )


def _place(question: Question, digits: str) -> int:
    most = len(question.options)
    if len(digits) > _MOST_DIGITS or not 1 <= int(digits) <= most:
        number = shortened(digits, _MOST_DIGITS)
        raise NotUnderstood(f"There is no number {number}. Please choose from 1 to {most}.")
    return int(digits) - 1


def _exact(question: Question, said: str) -> int | None:
    """Return the place of the option that is named in full, with or without its number before it."""
    numbered = _NUMBERED.fullmatch(said)
    named = _named(question, said)
    if named is None and numbered:
        named = _named(question, numbered["label"])
        return named if named == int(numbered["number"]) - 1 else None
    return named


def _named(question: Question, said: str) -> int | None:
    for place, option in enumerate(question.options):
        spaced = () if option.red_flag else (option.id.replace("_", " "),)
        if said in (option.id, *spaced, *labels(option)):
            return place
    return None


def _names(option: Option) -> Iterator[str]:
    """Yield the label before its bracket, and each name in the bracket; nothing for a red flag."""
    head, bracket, _ = option.label.partition("(")
    if not bracket or option.red_flag:
        return
    yield plain(head)
    for inside in _BRACKETS.findall(option.label):
        yield from (plain(name) for name in re.split(r",|\bor\b", inside))


def _denies(said: str, phrase: str) -> bool:
    rest = f" {said} ".replace(f" {phrase} ", " ").split()
    return any(
        each in _DENIALS or (each.endswith("n't") and each not in _MEANT_AS_INABILITY) for each in rest
    )


def _by_part(question: Question, said: str) -> Iterator[int]:
    """Yield the options whose label holds the text as whole words, if not all of them are small words."""
    if set(said.split()) <= _SMALL_WORDS:
        return
    for place, option in enumerate(question.options):
        if any(holds(label, said) for label in labels(option)):
            yield place


def _only(question: Question, text: str, places: tuple[int, ...]) -> int:
    if len(places) == 1:
        return places[0]
    if places:
        numbers = " or ".join(str(place + 1) for place in places)
        raise NotUnderstood(f"{quoted(text)} fits more than one answer: {numbers}. Please give the number.")
    raise NotAmongTheAnswers(
        f"{quoted(text)} is not among the answers. Please choose from 1 to {len(question.options)}."
    )
