"""Where the knowledge comes from, and who has signed it, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Review:
    """The sign-off of a rule by a clinician: the sha256 of what was read, who signed, and when."""

    id: str
    sha256: str
    reviewer: str
    registration: str
    date: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a statement comes from: claims of source documents, and published guidance."""

    claims: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()

    @property
    def beyond_documents(self) -> bool:
        """Whether this comes from guidance alone, not from a source document."""
        return not self.claims


@dataclass(frozen=True, slots=True)
class Source:
    """A source document or a piece of published guidance."""

    id: str
    kind: str
    publisher: str
    title: str
    date: str
    seen: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a source document, in our own words."""

    id: str
    document: str
    kind: str
    use: Literal["encode", "explain", "exclude"]
    text: str
    limit: str = ""
    reason: str = ""
