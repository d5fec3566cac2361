"""What an assessment can say, as frozen data: causes, steps, explanations, the ladder and its laws."""

from __future__ import annotations

from dataclasses import dataclass

from triage.knowledge.parts.provenance import Provenance

ANYWHERE = "any"
"""The body part of a step that suits every place."""
EVERYTHING = "all"
"""What an outcome offers that offers the steps of every moment."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause, never a diagnosis."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A self-care step; `when` says how soon it is for, `kinds` are what safety rules withhold by."""

    id: str
    name: str
    when: str
    kinds: tuple[str, ...]
    how: str
    how_long: str
    how_often: str
    provenance: Provenance
    body_parts: tuple[str, ...] = (ANYWHERE,)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Something worth explaining beside an outcome."""

    id: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Moment:
    """When steps are for, and the heading they stand under; of what is for `at_once` only little is told."""

    id: str
    heading: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One disposition of the ladder; it `offers` all steps, or those up to a moment."""

    id: str
    rank: int
    title: str
    time_frame: str
    action: str
    offers: str
    watch_for: tuple[str, ...]
    provenance: Provenance
    soon_time_frame: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Whom to turn to, such as a midwife or a pharmacist; `words` say it beside what the disposition says."""

    id: str
    words: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The outcome that stands outside the ladder: not enough is known."""

    title: str
    time_frame: str
    action: str
    action_when_all_answered: str
    offers: str
    watch_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Laws:
    """The texts of what the laws add to an assessment whatever the rules say.

    `not_sure_emergency` is said where a sign that the person is not sure about could alone be an emergency,
    `refused_danger` where an answer about danger signs is not understood; "" says nothing more.
    `in_emergency` is said before the first question.
    """

    not_sure_disposition: str
    not_sure: str
    withheld_until_help: str
    withheld_until_known: str
    not_reviewed: str
    beyond_documents: str
    not_sure_emergency: str = ""
    refused_danger: str = ""
    in_emergency: str = ""
