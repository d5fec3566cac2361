"""The assessment: what the system says about one intake, as frozen data and as a JSON record."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA_VERSION = "1"
UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Answer:
    """A finding with its value as it entered the conclusion ("yes", "weekly", 660, "unknown", ...)."""

    finding: str
    value: str | int
    label: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One source behind a conclusion."""

    id: str
    publisher: str
    title: str
    seen: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a disposition was reached: one rule, the answers that made it fire, and its sources."""

    rule: str
    title: str
    disposition: str
    because: str
    answers: tuple[Answer, ...]
    through: tuple[str, ...]
    sources: tuple[Citation, ...]
    beyond_documents: bool


@dataclass(frozen=True, slots=True)
class RouteToCare:
    """Whom to turn to beside what the disposition says, with the rules that name them."""

    id: str
    words: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenRule:
    """A rule above self-care that is not ruled out, and the questions that would settle it."""

    rule: str
    title: str
    disposition: str
    questions: tuple[str, ...]
    not_sure: bool


@dataclass(frozen=True, slots=True)
class DoubtfulSign:
    """A sign that the person is not sure about, and the disposition that its yes alone would bring."""

    finding: str
    label: str
    disposition: str


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A possible cause with the rules that name it."""

    id: str
    name: str
    text: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """A safety rule that may apply: what stands beside a step."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class SelfCareStep:
    """A step offered, with its cautions and sources; `when` is first_aid, now, later or prevention."""

    id: str
    name: str
    when: str
    how: str
    how_long: str
    how_often: str
    body_parts: tuple[str, ...]
    rules: tuple[str, ...]
    cautions: tuple[Caution, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class WithheldStep:
    """A step that would have been offered, and why it is not. No rules: the disposition withholds it."""

    id: str
    name: str
    because: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which knowledge base made an assessment; `signed` are the fired rules that a clinician signed."""

    id: str
    version: str
    sha256: str
    reviewed_by_clinician: bool
    notice: str
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the system says about one intake.

    `lowest` and `highest` are the range of dispositions over every way of answering what is not known
    ("" where no rule of the ladder could fire). `not_sure` are the signs that the person is not sure about
    and whose yes alone would call for care. With `about_other` the texts speak of someone else. `questions`
    were not asked and could settle or raise the disposition, in the order of the questionnaire. `steps` are
    in the order in which to take them: first aid, now, later, prevention. `fired` and
    `open_rules` name every rule that fired or is not ruled out.
    """

    case: str
    disposition: str
    title: str
    time_frame: str
    soon: bool
    action: str
    routes: tuple[RouteToCare, ...]
    lowest: str
    highest: str
    not_ruled_out: tuple[OpenRule, ...]
    not_sure: tuple[DoubtfulSign, ...]
    about_other: bool
    questions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    causes: tuple[PossibleCause, ...]
    steps: tuple[SelfCareStep, ...]
    withheld: tuple[WithheldStep, ...]
    explanations: tuple[str, ...]
    watch_for: tuple[str, ...]
    fired: tuple[str, ...]
    open_rules: tuple[str, ...]
    knowledge_base: Stamp

    def to_dict(self) -> dict[str, Any]:
        """Return the assessment as JSON data, plain dicts and lists (see `triage schema assessment`)."""
        record: dict[str, Any] = _plain(asdict(self))
        return {"schema_version": SCHEMA_VERSION, **record}

    record = to_dict

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON: the same bytes for the same answers."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
