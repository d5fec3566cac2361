"""What an assessment can say, as frozen data: causes, steps, explanations, the ladder and its laws."""

from __future__ import annotations

from dataclasses import dataclass

from triage.knowledge.parts.provenance import Provenance

ANYWHERE = "any"
"""The body part of a step that suits every place."""
EVERYTHING = "all"
"""The `offers` of an outcome that offers the steps of every moment."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause, never a diagnosis."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A self-care step; `when` is its moment, and safety rules withhold steps by their `kinds`.

    If help is needed soon, a step that `can_wait` is not among the first; what `in_short` says is never cut.
    """

    id: str
    name: str
    when: str
    kinds: tuple[str, ...]
    how: str
    how_long: str
    how_often: str
    provenance: Provenance
    body_parts: tuple[str, ...] = (ANYWHERE,)
    in_short: str = ""
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Something worth explaining beside an outcome."""

    id: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step is for, and the heading above such steps; those `at_once` come with few details."""

    id: str
    heading: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One disposition of the ladder; it `offers` all steps, or the steps up to a moment."""

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
    """What the laws add to an assessment, whatever the rules say.

    `not_sure_emergency` is shown if a sign that the person is not sure about could alone be an emergency,
    `refused_danger` if an answer about danger signs is not understood, and `in_emergency` before the first
    question. An empty text is not shown.
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
