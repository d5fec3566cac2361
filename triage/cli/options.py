"""What `triage evaluate` was asked for, as its ways of running take it."""

from __future__ import annotations

from dataclasses import dataclass

BOTH = "both"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    paths: tuple[str, ...]
    form: str
    output: str | None
    engine: str
    full: bool
    jobs: int
    cross_check: int
    dask: str | None = None
