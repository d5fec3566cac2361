"""Numbers, durations and days as people say them: "sixteen", "a fortnight", "this morning", "day two"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage.explanation.amounts import singular_unit
from triage.interview.hearing.amounts import Amount, example_of, fits, read_amount
from triage.interview.hearing.options import NotUnderstood
from triage.interview.hearing.rough import rough, unit_without_number
from triage.interview.hearing.spans import amounts_at
from triage.knowledge.model import Question
from triage.knowledge.parts.lexicon import DAY, DURATION, Word, words_of

_BEFORE = frozenset(("since", "for", "from", "about", "around", "maybe", "perhaps", "only", "just", "nearly"))
_BEHIND = frozenset(("ago", "now", "already", "long", "so"))
_OTHER_SIGNS = re.compile(r"[^a-z0-9' -]|(?<![a-z])-")
_IN_DAYS = ("day", "week", "month")
_WITH_MORE = ("second", "minute", "hour", "day", "week", "month")
"""The units of questions in which "more than" adds one, and the larger of two counts; not so of an age."""


def read_spoken_amount(question: Question, text: str) -> Amount:
    """Return the number that a text gives in figures or in words.

    Raises:
        NotUnderstood: as `read_amount` does.
    """
    said = rough(text)
    if said.is_range and singular_unit(question) not in _WITH_MORE:
        raise NotUnderstood(f"Please give one number{example_of(question)}, or not sure.")
    amount = _read(question, said.text)
    if said.more and singular_unit(question) in _WITH_MORE:
        amount = Amount(min(amount.value + 1, int(question.maximum)), echo=True)
    return replace(amount, echo=amount.echo or said.text != text)


def _read(question: Question, text: str) -> Amount:
    """Return the number that a text gives, however rough it was.

    Raises:
        NotUnderstood: as `read_amount` does.
    """
    try:
        return read_amount(question, text)
    except NotUnderstood as misfit:
        told = _asked_back(question, text) or misfit
        if _OTHER_SIGNS.search(text):
            raise told from None
        for said in _in_figures(question, words_of(text)):
            try:
                return replace(read_amount(question, said), echo=True)
            except NotUnderstood as other:
                told = other if said.isdecimal() else told
        raise told from None


def _asked_back(question: Question, text: str) -> NotUnderstood | None:
    """Return what to ask of a text with a unit and no number; None for any other text."""
    unit = unit_without_number(text)
    if not unit or not fits(question, unit):
        return None
    number = f'type the number and "{unit}s"'
    return NotUnderstood(f"About how many {unit}s? A guess will do: {number}, or not sure.")


def _in_figures(question: Question, words: Sequence[Word]) -> Iterator[str]:
    """Yield the readings of words as a number with its unit; none if they say anything else."""
    said = spoken = [word for word in words if not word.mark]
    while said and said[0].text in _BEFORE:
        said = said[1:]
    while said and said[-1].text in _BEHIND:
        said = said[:-1]
    if not said or len(said) < len(spoken) - 2:
        return
    yield " ".join(word.text for word in said)
    texts = [word.text for word in said]
    if "few" in texts:
        return
    in_days = singular_unit(question) in _IN_DAYS
    if in_days and texts[0] == "day" and len(texts) == 2 and texts[1].isdecimal():  # noqa: PLR2004 - "day two"
        yield f"{texts[1]} days"
    for slot in (DURATION, DAY) if in_days else (DURATION,):
        for amount in amounts_at(slot, said, 0, None):
            if amount.end == len(said) and amount.value == int(amount.value):
                yield f"{int(amount.value)} {amount.unit}s"
            elif amount.end == len(said):
                yield f"{amount.value:g} {amount.unit}s"
